/** Consoles as they were, and the lines that kernels and systems print, each with the cause that it stands for. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diagnose, readableConsole } from '../src/runner/boot/diagnosis.ts';
import { endOfInit } from '../src/runner/boot/exit-status.ts';
import { root } from './rig.ts';

const recorded = (name: string): string => readFileSync(`${root}/test/fixtures/605-diagnosis/${name}.log`, 'utf8');

describe('recorded consoles', () => {
  test.each([
    [
      'wrong-arch-init',
      'init-not-started',
      /\/sbin\/init is not a program for this machine \(errno 8.*another architecture/,
      /file \.\/sbin\/init/,
    ],
    ['no-init-found', 'no-init', /has no init/, /Add the package with the init/],
    [
      'missing-module-debian-kernel',
      'no-root-device',
      /no driver for the root device "vda" \(error -6/,
      /initramfs that loads them/,
    ],
  ])('%s', (name, id, cause, fix) => {
    const found = diagnose(recorded(name));
    expect(found.id).toBe(id);
    expect(found.cause).toMatch(cause);
    expect(found.fix.join('\n')).toMatch(fix);
    const lines = recorded(name).split('\n');
    expect(lines[found.evidence.line - 1]).toContain(found.evidence.text);
  });

  test('a boot that went well is not explained away', () => {
    for (const name of ['good-boot', 'good-selfhost'])
      expect(diagnose(recorded(name)).id, 'no row may match what is normal').toBe('unknown');
  });
});

/** What is printed -> the row, and words that the cause must have. */
const said: readonly (readonly [console: string, id: string, cause: RegExp])[] = [
  [
    'VFS: Cannot open root device "sdz1" or unknown-block(0,0): error -6\nPlease append a correct "root=" boot option; here are the available partitions:\nfe00           65536 vda\n driver: virtio_blk\n  fe01           60000 vda1 12345678-01\nKernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)',
    'no-root-device',
    /no root device "sdz1".*what the kernel sees is vda, vda1/,
  ],
  [
    'Failed to execute /sbin/init (error -13)\nKernel panic - not syncing: No working init found.',
    'init-not-started',
    /errno 13/,
  ],
  [
    "EXT4-fs (vda2): VFS: Can't find ext4 filesystem\nKernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(254,2)",
    'root-damaged',
    /on vda2 is damaged or is none/,
  ],
  [
    "EXT4-fs (sda2): couldn't mount RDWR because of unsupported optional features (10000)\nKernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(8,2)",
    'root-features',
    /features that this kernel does not know/,
  ],
  [
    'Error relocating /bin/sh: __strftime_l: symbol not found\nKernel panic - not syncing: Attempted to kill init! exitcode=0x00007f00',
    'missing-symbol',
    /\/bin\/sh and its libraries do not fit each other: undefined symbol: __strftime_l/,
  ],
  [
    "/sbin/init: /lib/libc.so.6: version `GLIBC_2.38' not found (required by /sbin/init)",
    'missing-symbol',
    /GLIBC_2\.38/,
  ],
  ['/sbin/init: symbol lookup error: /sbin/init: undefined symbol: foo', 'missing-symbol', /undefined symbol: foo/],
  ['Warning: unable to open an initial console.\nRun /sbin/init as init process', 'no-console', /no console/],
  ['mount: mounting /dev/sda2 on / failed: Invalid argument', 'not-mounted', /could not be mounted/],
  ["rcS: line 3: can't create /tmp/x: Read-only file system", 'read-only', /read-only/],
  ['/dev/vda2: UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY.', 'needs-fsck', /damaged/],
  ["can't open /dev/tty1: No such file or directory", 'unknown', /Not recognised/],
  ["/bin/sh: can't access tty; job control turned off\n/ # ", 'shell-without-test', /no self-test answered/],
  [
    'SeaBIOS\nBooting from Hard Disk...\nBoot failed: not a bootable disk\n\nNo bootable device.',
    'no-boot-device',
    /nothing to boot/,
  ],
  ['BdsDxe: failed to load Boot0001 "UEFI QEMU HARDDISK" from PciRoot(0x0): Not Found', 'no-efi-loader', /UEFI/],
  ['Failed to load ldlinux.c32\nBoot failed: please change disks', 'no-boot-device', /nothing to boot/],
  ['SYSLINUX 6.04\nCould not find kernel image: linux\nboot:', 'loader-broken', /does not find/],
  ['GRUB loading.\nerror: no such device: 1234.\ngrub rescue>', 'loader-broken', /no such device/],
  ['crc error\n\n -- System halted', 'kernel-damaged', /unpack itself/],
  ['This kernel requires an x86-64 CPU, but only detected an i686 CPU.', 'wrong-processor', /x86-64 CPU/],
  ['[    0.5] Initramfs unpacking failed: junk within compressed archive', 'initramfs-damaged', /unpack the initramfs/],
  ['Kernel panic - not syncing: System is deadlocked on memory', 'out-of-memory', /memory/],
  [
    '[    1.2] libata: Unknown symbol scsi_host_alloc (err -2)\nBOOTPLAN-INIT: root device /dev/sda2 did not appear',
    'module-order',
    /libata was loaded before the one that has scsi_host_alloc/,
  ],
  ["virtio_blk: version magic '6.1.0-9 SMP' should be '6.1.0-12 SMP'", 'module-of-other-kernel', /another kernel/],
  ['BOOTPLAN-INIT: module ext4.ko: errno 2 (no such file)', 'module-missing', /ext4\.ko is not in the initramfs/],
  ['tiny-init: load module failed: ext4.ko: errno=2', 'module-missing', /ext4\.ko/],
  ['[init] module load failed: virtio_blk.ko errno=2', 'module-missing', /virtio_blk\.ko/],
  ['modprobe: FATAL: Module virtio_blk not found in directory /lib/modules/6.1', 'module-missing', /virtio_blk/],
  ['modprobe: module ext4 not found in modules.dep', 'module-missing', /ext4/],
  ['ALERT!  UUID=12ab does not exist.  Dropping to a shell!', 'no-root-device', /UUID=12ab/],
  ['VFS: Cannot open root device "sda2" or unknown-block(0,0): error -6', 'no-root-device', /no driver/],
  ['VFS: Cannot open root device "sda2" or unknown-block(8,2): error -19', 'no-root-device', /cannot mount/],
  [
    "/dev/root: Can't open blockdev\nKernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)",
    'no-root-device',
    /no root device/,
  ],
  [
    'Kernel panic - not syncing: VFS: Unable to mount root fs on "/dev/vda" or unknown-block(254,0)',
    'no-root-device',
    /\/dev\/vda/,
  ],
  ["EXT4-fs (vda): couldn't mount because of unsupported optional features (10000)", 'root-features', /does not know/],
  ["EXT4-fs (sda1): VFS: Can't find ext4 filesystem", 'root-damaged', /sda1/],
  [
    'EXT4-fs (vda): bad geometry: block count 24576 exceeds size of device (8192 blocks)',
    'root-damaged',
    /bad geometry/,
  ],
  [
    'Failed to execute /init (error -8)\nKernel panic - not syncing: No working init found.',
    'initramfs-init',
    /\/init.*another architecture/,
  ],
  ['Failed to execute /init (error -2)', 'initramfs-init', /\/init is not there/],
  [
    "Starting init: /sbin/init exists but couldn't execute it (error -13)\nKernel panic - not syncing: No working init found.",
    'init-not-started',
    /may not be run \(errno 13/,
  ],
  [
    'Kernel panic - not syncing: Requested init /bin/agent failed (error -2).',
    'init-not-started',
    /\/bin\/agent is not there/,
  ],
  [
    'Kernel panic - not syncing: Attempted to kill init! exitcode=0x00006500',
    'init-ended',
    /exit code 101 \(a panic of a Rust program/,
  ],
  ['Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100', 'init-ended', /exit code 1\b/],
  ['Kernel panic - not syncing: Attempted to kill init! exitcode=0x00007f00', 'init-ended', /127 .*did not find/],
  ['Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b', 'init-ended', /signal 11 \(SIGSEGV/],
  ['Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000004', 'init-ended', /SIGILL/],
  [
    '/sbin/init: error while loading shared libraries: libc.so.6: cannot open shared object file\nKernel panic - not syncing: Attempted to kill init! exitcode=0x00007f00',
    'missing-library',
    /lacks the library libc\.so\.6/,
  ],
  [
    'Error loading shared library libz.so.1: No such file or directory (needed by /usr/bin/tool)',
    'missing-library',
    /\/usr\/bin\/tool lacks the library libz\.so\.1/,
  ],
  [
    "can't execute '/usr/bin/tool': Exec format error",
    'wrong-architecture',
    /\/usr\/bin\/tool was built for another architecture/,
  ],
  ["can't run '/etc/init.d/rcS': No such file or directory", 'init-script-missing', /rcS/],
  ['BOOTPLAN: failed: tcc does not rebuild itself', 'self-test-failed', /tcc does not rebuild itself/],
  ['ping: sendto: Network is unreachable', 'network', /no working network/],
  ["ip: can't find device 'eth0'", 'network', /eth0/],
  ["wget: bad address 'deb.example.org'", 'network', /bad address/],
  ['sh: /dev/vport0p1: No such file or directory', 'no-verdict-port', /not there/],
  ['BUG: unable to handle page fault for address: ffff', 'kernel-fault', /kernel itself failed/],
  ['cp: write error: No space left on device', 'disk-full', /full/],
  ['Kernel panic - not syncing: Something quite new', 'panic', /Something quite new/],
];

describe('lines that consoles show', () => {
  test.each(said)('%j is %s', (console, id, cause) => {
    const found = diagnose(console);
    expect(found.id, found.cause).toBe(id);
    expect(found.cause).toMatch(cause);
    expect(found.fix.length).toBeGreaterThan(0);
  });

  test('time stamps, colours and carriage returns change nothing', () => {
    for (const [console, id] of said) {
      const raw = console.replace(/^/gm, '[    1.234567] \u001b[1;31m').replaceAll('\n', '\u001b[0m\r\n');
      expect(diagnose(raw).id).toBe(id);
    }
  });

  test('what QEMU itself says counts when the guest said nothing', () => {
    const machineSaid = "qemu-system-x86_64: -drive file=x: Could not open 'x': Permission denied";
    expect(diagnose('', { machineSaid })).toMatchObject({ id: 'machine-refused', where: 'machine' });
  });

  test('silence, a limit, and what nobody knows are told apart', () => {
    expect(diagnose('', { timedOut: true, seconds: 9 }).id).toBe('no-output');
    expect(diagnose('hello\n\n', { timedOut: true, seconds: 9 })).toMatchObject({
      id: 'time-limit',
      evidence: { line: 1, text: 'hello' },
    });
    expect(diagnose('one\ntwo\n')).toMatchObject({
      id: 'unknown',
      where: 'unknown',
      evidence: { line: 2, text: 'two' },
    });
  });
});

test('any text has a diagnosis whose evidence is a line of it', () => {
  const pieces = fc.constantFrom(...said.map(([console]) => console), '\u001b[2J', '\r\n', 'errno', 'VFS:', '\0');
  const text = fc.array(fc.oneof(pieces, fc.string({ unit: 'binary' })), { maxLength: 12 }).map((a) => a.join('\n'));
  fc.assert(
    fc.property(text, (console) => {
      const { evidence } = diagnose(console);
      if (evidence.line === 0) return readableConsole(console).trim() === '';
      return readableConsole(console).split('\n')[evidence.line - 1]!.includes(evidence.text);
    }),
  );
});

test('the status of process 1 is read as wait(2) reads it', () => {
  expect(endOfInit(0x6500)).toMatchObject({ signal: 0, exitCode: 101 });
  expect(endOfInit(0x0b)).toMatchObject({ signal: 11 });
  expect(endOfInit(0x8b)).toMatchObject({ signal: 11 });
  expect(endOfInit(0)).toMatchObject({ signal: 0, exitCode: 0, words: expect.stringContaining('returned') });
});
