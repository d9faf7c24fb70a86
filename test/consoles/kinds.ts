/** The ways in which a boot fails, kind by kind, in the words of several programs. Causes were written down before the program was asked. */
import type { Blamed } from './console.ts';

const linux = 'Linux version 6.12.48+deb13-amd64 (debian-kernel@lists.debian.org) #1 SMP Debian';
const rooted = 'VFS: Mounted root (ext4 filesystem) readonly on device 254:2.';
const noRoot = 'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(254,2)';
const killed = 'Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100';
const lines = (...said: readonly string[]): string => said.join('\n');

const loader = 'boot loader';
const root = 'root file system';

export const kinds: readonly Blamed[] = [
  // Boot loaders.
  [lines('GNU GRUB  version 2.12', "error: can't find command `linux'.", 'grub> '), 'loader-broken', /linux/, loader],
  [
    lines('Welcome to GRUB!', 'error: unknown filesystem.', 'grub rescue> '),
    'loader-broken',
    /unknown filesystem/,
    loader,
  ],
  [
    lines('GRUB loading.', "error: attempt to read or write outside of disk `hd0'.", 'grub rescue> '),
    'loader-broken',
    /cut off.*outside of disk/,
    loader,
  ],
  [
    lines(
      'GNU GRUB  version 2.06',
      'error: premature end of file /vmlinuz.',
      'error: you need to load the kernel first.',
    ),
    'loader-broken',
    /premature end/,
    loader,
  ],
  [lines('GNU GRUB  version 0.97', 'Error 15: File not found'), 'loader-broken', /File not found/, loader],
  [
    lines(
      'GNU GRUB  version 2.12',
      'error: verification requested but nobody cares: /vmlinuz.',
      'error: you need to load the kernel first.',
    ),
    'efi-refused',
    /Secure Boot/,
    loader,
  ],
  ['Verification failed: (0x1A) Security Violation', 'efi-refused', /Secure Boot/, loader],
  ['Bootloader has not verified loaded image.\nSystem is compromised.  halting.', 'efi-refused', /Secure Boot/, loader],
  [
    lines('systemd-boot 252', 'Failed to execute Debian (\\vmlinuz): Security Violation'),
    'efi-refused',
    /Secure Boot/,
    loader,
  ],
  [lines('GRUB loading.', 'Enter passphrase for hd0,gpt3 (1234): '), 'root-locked', /passphrase/, loader],
  ['ISOLINUX: Image checksum error, sorry...', 'loader-broken', /cannot read/, loader],
  [
    lines('U-Boot 2024.01', 'Bad Data CRC', "ERROR: can't get kernel image!", '=> '),
    'loader-broken',
    /Bad Data CRC/,
    loader,
  ],
  [lines('SYSLINUX 6.04 EDD', 'vesamenu.c32: not a COM32R image', 'boot: '), 'loader-broken', /one version/, loader],
  [
    'PANIC: linux: Failed to open kernel with path `boot():/vmlinuz`. Is the path correct?',
    'loader-broken',
    /vmlinuz/,
    loader,
  ],
  // The kernel itself.
  ['ZSTD-compressed data is corrupt\n\n -- System halted', 'kernel-damaged', /unpack itself/, 'kernel'],
  ['Kernel is not a valid ELF file\n\n -- System halted', 'kernel-damaged', /valid ELF/, 'kernel'],
  [
    'Error: unrecognized/unsupported machine ID (r1 = 0x00000000).\n\nAvailable machine support:',
    'wrong-processor',
    /machine ID/,
    'kernel',
  ],
  [
    lines(linux, 'PANIC: early exception 0x0e IP 10:ffffffff81a3 error 0 cr2 0xffffffffff'),
    'kernel-fault',
    /early exception/,
    'kernel',
  ],
  [
    lines(
      linux,
      'BUG: kernel NULL pointer dereference, address: 0000000000000010',
      'Oops: 0000 [#1] PREEMPT SMP',
      'RIP: 0010:virtblk_probe+0x1c/0x8a0 [virtio_blk]',
      'Gave up waiting for root file system device.  Common problems:',
      'ALERT!  UUID=12-34 does not exist.  Dropping to a shell!',
    ),
    'kernel-fault',
    /NULL pointer/,
    'kernel',
  ],
  [
    lines(linux, 'virtio_blk: probe of virtio1 failed with error -22', 'Waiting for root device /dev/vda2...'),
    'driver-failed',
    /error -22/,
    'kernel',
  ],
  [
    lines(linux, 'pci 0000:00:01.0: PIIX3: Enabling Passive Release'),
    'kernel-stopped',
    /before its first program/,
    'kernel',
  ],
  [
    lines(linux, "Kernel panic - not syncing: IO-APIC + timer doesn't work!  Boot with apic=debug"),
    'kernel-fault',
    /IO-APIC/,
    'kernel',
  ],
  [
    lines(linux, rooted, 'Run /sbin/init as init process', '  with arguments:', '    /sbin/init'),
    'init-silent',
    /console=/,
    root,
  ],
  [
    lines(linux, 'Freeing unused kernel image (initmem) memory: 2672K', 'Run /init as init process'),
    'init-silent',
    /\/init/,
    root,
  ],
  // Memory.
  [
    lines(
      linux,
      'Run /init as init process',
      'modprobe invoked oom-killer: gfp_mask=0x1100cca, order=0',
      'Kernel panic - not syncing: System is deadlocked on memory',
    ),
    'out-of-memory',
    /--memory/,
    'machine',
  ],
  [
    lines(linux, 'initrd extends beyond end of memory (0x1f000000 > 0x10000000)', 'disabling initrd', noRoot),
    'initramfs-too-large',
    /--memory/,
    'machine',
  ],
  [lines(linux, rooted, 'sh: fork failed: Cannot allocate memory'), 'out-of-memory', /memory/, 'machine'],
  // An initramfs in the wrong compression.
  [
    lines(linux, 'Initramfs unpacking failed: compression method zstd not configured', noRoot),
    'initramfs-compression',
    /CONFIG_RD_ZSTD/,
    'initramfs',
  ],
  // Disks.
  [
    lines(
      linux,
      'vda2: rw=0, sector=8388600, nr_sectors = 8 limit=4194304',
      'attempt to access beyond end of device',
      'EXT4-fs (vda2): unable to read superblock',
      noRoot,
    ),
    'disk-too-short',
    /cut off/,
    'machine',
  ],
  [
    lines(
      linux,
      'end_request: I/O error, dev sda, sector 0',
      'Buffer I/O error on device sda, logical block 0',
      'mount: mounting /dev/sda1 on /root failed: Input/output error',
    ),
    'disk-error',
    /could not read its disk/,
    'machine',
  ],
  [
    lines(
      linux,
      rooted,
      'I/O error, dev vda, sector 9000 op 0x0:(READ)',
      'EXT4-fs error (device vda2): ext4_find_entry:1455: inode #2: comm init: reading directory lblock 0',
      'Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000007',
    ),
    'disk-error',
    /dev vda, sector 9000/,
    'machine',
  ],
  [
    lines(
      linux,
      'blk_update_request: I/O error, dev fd0, sector 0 op 0x0:(READ)',
      'Buffer I/O error on dev fd0, logical block 0, async page read',
      'ALERT!  LABEL=root does not exist.  Dropping to a shell!',
    ),
    'no-root-device',
    /LABEL=root/,
    'initramfs',
  ],
  [
    lines(
      linux,
      rooted,
      'EXT4-fs error (device vda2): ext4_lookup:1855: inode #12: comm sh: iget: bad extra_isize',
      'EXT4-fs (vda2): Remounting filesystem read-only',
      'touch: /run/x: Read-only file system',
    ),
    'root-damaged',
    /ext4_lookup/,
    root,
  ],
  ['sd 0:0:0:0: [sda] tag#0 Sense Key : Medium Error [current]', 'disk-error', /Medium Error/, 'machine'],
  ['nvme nvme0: I/O 1 QID 0 timeout, disable controller', 'disk-error', /timeout/, 'machine'],
  [lines(linux, 'EXT4-fs (vda2): unable to read superblock', noRoot), 'root-damaged', /superblock/, root],
  [
    lines(rooted, 'audit: type=1400 apparmor="DENIED" operation="exec" profile="init" name="/etc/rc"', killed),
    'access-refused',
    /AppArmor/,
    root,
  ],
  [lines(rooted, 'Kernel panic - not syncing: No working init found.'), 'no-init', /has no init/, root],
  // Modules.
  [
    lines(
      linux,
      'insmod: ERROR: could not insert module virtio_blk.ko: Invalid module format',
      'Waiting for root device /dev/vda2...',
    ),
    'module-of-other-kernel',
    /another kernel/,
    'initramfs',
  ],
  [
    lines(
      linux,
      "insmod: can't insert 'virtio_blk.ko': invalid module format",
      'mount: mounting /dev/vda2 on /newroot failed: No such file or directory',
    ),
    'module-of-other-kernel',
    /virtio_blk/,
    'initramfs',
  ],
  [
    lines(
      linux,
      "modprobe: FATAL: could not open moddep file '/lib/modules/6.1.0-13-amd64/modules.dep.bin'",
      'Gave up waiting for root file system device.',
    ),
    'module-missing',
    /6\.1\.0-13-amd64/,
    'initramfs',
  ],
  [
    lines(
      linux,
      'Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7',
      'Gave up waiting for root file system device.',
    ),
    'module-unsigned',
    /signed/,
    'initramfs',
  ],
  // A root that must be put together.
  [
    lines(
      linux,
      'Please unlock disk vda3_crypt: ',
      'cryptsetup: ERROR: vda3_crypt: cryptsetup failed, bad password or options?',
      'ALERT!  /dev/mapper/vda3_crypt does not exist.  Dropping to a shell!',
    ),
    'root-locked',
    /encrypted/,
    'initramfs',
  ],
  [
    lines(linux, 'Please enter passphrase for disk QEMU_HARDDISK (luks-1234): '),
    'root-locked',
    /passphrase/,
    'initramfs',
  ],
  [
    lines(
      linux,
      'md/raid1:md0: not enough operational mirrors.',
      'md: pers->run() failed ...',
      'ALERT!  /dev/md0 does not exist.  Dropping to a shell!',
    ),
    'no-root-device',
    /RAID/,
    'initramfs',
  ],
  [
    lines(
      linux,
      "Command: /sbin/zpool import -N 'rpool'",
      "Message: cannot import 'rpool': no such pool available",
      'Manually import the pool and exit.',
    ),
    'no-root-device',
    /ZFS/,
    'initramfs',
  ],
  [
    lines(
      linux,
      'IP-Config: No network devices available',
      'VFS: Unable to mount root fs via NFS, trying floppy.',
      'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(2,0)',
    ),
    'root-nfs',
    /network/,
    loader,
  ],
  [
    lines(
      linux,
      "ERROR: '/dev/disk/by-label/ARCH_202607' device did not show up after 30 seconds...",
      'Falling back to interactive prompt',
    ),
    'no-live-medium',
    /ARCH_202607/,
    'initramfs',
  ],
  [
    lines(linux, 'dracut: FATAL: No or empty root= argument', 'dracut: Refusing to continue'),
    'no-root-parameter',
    /root=/,
    loader,
  ],
  [
    lines(linux, 'No root device specified. Boot arguments must include a root= parameter.', '(initramfs) '),
    'no-root-parameter',
    /root=/,
    loader,
  ],
  [
    lines(
      linux,
      'Timed out waiting for device /dev/disk/by-label/nixos, trying to mount anyway.',
      'mounting /dev/disk/by-label/nixos on /...',
      'mount: mounting /dev/disk/by-label/nixos on /mnt-root/ failed: No such file or directory',
      'An error occurred in stage 1 of the boot process, which must mount the',
    ),
    'no-root-device',
    /by-label\/nixos/,
    'initramfs',
  ],
  [
    lines(linux, 'A start job is running for /dev/disk/by-uuid/77-88 (1min 29s / 1min 30s)'),
    'device-awaited',
    /by-uuid\/77-88/,
    root,
  ],
  // File systems.
  [
    lines(
      linux,
      'XFS (vda2): Superblock has unknown incompatible features (0x20) enabled.',
      'XFS (vda2): Filesystem cannot be safely mounted by this kernel.',
      noRoot,
    ),
    'root-features',
    /unknown incompatible features/,
    root,
  ],
  [
    lines(
      linux,
      'BTRFS error (device vda2): cannot mount because of unsupported optional features (0x1)',
      'BTRFS error (device vda2): open_ctree failed',
      noRoot,
    ),
    'root-features',
    /unsupported optional features/,
    root,
  ],
  [
    lines(
      linux,
      "EXT3-fs (sda2): error: couldn't mount because of unsupported optional features (240)",
      'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(8,2)',
    ),
    'root-features',
    /extent, flex_bg.*no driver/,
    root,
  ],
  [
    lines(
      linux,
      "mount: /sysroot: unknown filesystem type 'btrfs'.",
      '[FAILED] Failed to mount /sysroot.',
      'Entering emergency mode. Exit the shell to continue.',
    ),
    'not-mounted',
    /btrfs/,
    root,
  ],
  [
    lines(
      linux,
      'fsck.ext4: /dev/vda2 has unsupported feature(s): metadata_csum_seed',
      'e2fsck: Get a newer version of e2fsck!',
      'fsck failed with exit status 8.',
      'You are in emergency mode.',
    ),
    'fsck-too-old',
    /metadata_csum_seed/,
    root,
  ],
  [
    lines('/dev/vda2: e2fsck: Get a newer version of e2fsck!', 'fsck died with exit status 8'),
    'fsck-too-old',
    /older/,
    root,
  ],
  [
    lines(
      linux,
      'systemd-fsck[301]: Superblock last mount time (Sun Nov 29 2026, now = Thu Jan 1 1970) is in the future.',
      'systemd-fsck[301]: /dev/vda2: UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY.',
      'You are in emergency mode.',
    ),
    'wrong-clock',
    /clock/,
    'machine',
  ],
  [
    lines(
      linux,
      'fsck: error 2 (No such file or directory) while executing fsck.ext4 for /dev/vda2',
      'fsck exited with status code 8',
      'The root filesystem on /dev/vda2 requires a manual fsck',
    ),
    'fsck-missing',
    /fsck\.ext4/,
    root,
  ],
  [
    lines(
      linux,
      '/dev/vda2: Inodes that were part of a corrupted orphan linked list found.',
      'fsck exited with status code 4',
      'Failure: File system check of the root filesystem failed',
      '(initramfs) ',
    ),
    'needs-fsck',
    /damaged/,
    root,
  ],
  [
    lines(
      linux,
      'device-mapper: verity: 254:2: data block 0 is corrupted',
      'Kernel panic - not syncing: dm-verity device corrupted',
    ),
    'root-damaged',
    /verity/,
    root,
  ],
  [
    lines(
      linux,
      'SQUASHFS error: xz decompression failed, data probably corrupt',
      'SQUASHFS error: Failed to read block 0x5c3cb5e: -5',
      noRoot,
    ),
    'root-damaged',
    /decompression failed/,
    root,
  ],
  [
    lines(
      linux,
      "overlayfs: filesystem on '/run/overlay' not supported as upperdir",
      'mount: mounting overlay on /root failed: Invalid argument',
    ),
    'not-mounted',
    /overlay/,
    root,
  ],
  // Handing over to the root.
  [
    lines(
      linux,
      'ERROR: Root device mounted successfully, but /sbin/init does not exist.',
      'Bailing out, you are on your own. Good luck.',
    ),
    'no-init',
    /\/sbin\/init/,
    root,
  ],
  [
    lines(
      linux,
      '/sbin/init not found in new root. Launching emergency recovery shell',
      "initramfs emergency recovery shell launched. Type 'exit' to continue boot",
    ),
    'no-init',
    /\/sbin\/init/,
    root,
  ],
  [
    lines(
      linux,
      'Cannot find init!',
      'Please check to make sure you passed a valid root filesystem!',
      'Dropping to a shell.',
    ),
    'no-init',
    /has no init/,
    root,
  ],
  [lines('run-init: opening console: No such file or directory', killed), 'no-console', /dev\/console/, root],
  [lines('switch_root: bad newroot /mnt', killed), 'not-mounted', /hand over/, 'initramfs'],
  [
    lines(linux, 'switch_root: failed to execute /sbin/init: Exec format error', killed),
    'init-not-started',
    /another architecture/,
    root,
  ],
  [
    lines(linux, '/init: exec: line 31: /sbin/init: Permission denied', killed),
    'init-not-started',
    /may not be run/,
    root,
  ],
  [
    lines(
      linux,
      'audit: type=1800 audit(1.0:2): pid=1 uid=0 op=appraise_data cause=missing-hash comm="swapper/0" name="/usr/sbin/init"',
      'Failed to execute /sbin/init (error -13)',
    ),
    'access-refused',
    /IMA/,
    root,
  ],
  [
    lines(
      linux,
      'request_module: modprobe binfmt-464c cannot be processed, kmod busy with 50 threads',
      "Starting init: /sbin/init exists but couldn't execute it (error -8)",
    ),
    'init-wrong-architecture',
    /word size/,
    root,
  ],
  // Inits.
  [
    lines(rooted, 'INIT: version 3.06 booting', 'INIT: no more processes left in this runlevel'),
    'no-inittab',
    /inittab/,
    root,
  ],
  [lines(rooted, 'INIT: version 2.88 booting', '', 'Enter runlevel: '), 'no-inittab', /initdefault/, root],
  [
    lines(
      rooted,
      'systemd[1]: Refusing to run under cgroup v1, SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1 not specified on kernel command line.',
      'systemd[1]: Freezing execution.',
    ),
    'init-frozen',
    /cgroup v1/,
    root,
  ],
  [
    lines(
      rooted,
      'systemd[1]: Failed to start default target: Unit default.target not found.',
      'systemd[1]: Failed to load rescue target: Unit rescue.target not found.',
      'systemd[1]: Freezing execution.',
    ),
    'init-frozen',
    /default target/,
    root,
  ],
  [
    lines(rooted, 'systemd[1]: System cannot boot: Missing /etc/machine-id and /etc is mounted read-only.'),
    'init-frozen',
    /machine-id/,
    root,
  ],
  [
    lines(rooted, 'systemd[1]: Caught <SEGV>, dumped core as pid 12.', 'systemd[1]: Freezing execution.'),
    'init-frozen',
    /SEGV/,
    root,
  ],
  [
    lines(
      'Run /sbin/init as init process',
      '- runit: $Id: 25da3b86 $: booting.',
      'runit: fatal: unable to start child: /etc/runit/1: file does not exist',
    ),
    'init-refused',
    /\/etc\/runit\/1/,
    root,
  ],
  [
    lines('Run /sbin/init as init process', 'dinit: could not find service description: boot'),
    'init-refused',
    /boot/,
    root,
  ],
  [
    lines(
      rooted,
      '/etc/init.d/rcS: line 12: syntax error: unexpected end of file',
      "can't run '/etc/init.d/rcS': No such file or directory",
    ),
    'init-syntax',
    /line 12/,
    root,
  ],
  [
    lines(
      rooted,
      "can't open /dev/ttyS0: No such file or directory",
      "can't open /dev/ttyS0: No such file or directory",
    ),
    'no-terminal',
    /ttyS0/,
    root,
  ],
  [
    lines(
      rooted,
      'avc:  denied  { execute } for  pid=1 comm="init" name="rcS" dev="vda2" ino=77 scontext=system_u permissive=0',
      "init: can't run /etc/init.d/rcS: Permission denied",
      killed,
    ),
    'access-refused',
    /SELinux/,
    root,
  ],
  // The system.
  [
    lines(
      rooted,
      "fsck.ext4: Unable to resolve 'UUID=dead-beef'",
      '[FAILED] Failed to start File System Check on /dev/disk/by-uuid/dead-beef.',
      'You are in emergency mode.',
    ),
    'device-missing',
    /UUID=dead-beef/,
    root,
  ],
  [
    lines(rooted, "mount: can't find UUID=dead-beef", 'Give root password for maintenance'),
    'device-missing',
    /UUID=dead-beef[\s\S]*fstab/,
    root,
  ],
  [
    lines(
      rooted,
      "make: Warning: File `x.c' has modification time 6e+07 s in the future",
      'make: warning:  Clock skew detected.',
    ),
    'wrong-clock',
    /clock/,
    'machine',
  ],
  [
    lines(rooted, '[FAILED] Failed to start self-test.service - Self-test.', 'Debian GNU/Linux 13 guest ttyS0'),
    'service-failed',
    /Self-test/,
    root,
  ],
  [lines(rooted, 'y', 'y', 'the guest wrote more than 64 MiB, and was ended'), 'flood', /without end/, 'unknown'],
  // Nobody saw a root file system: the system did not come up.
  [
    lines(linux, 'Run /init as init process', "sh: can't access tty; job control turned off", '~ # '),
    'shell-without-test',
    /^(?!.*came up).*no root file system/,
    'self-test',
  ],
  [
    lines(linux, 'Run /init as init process', 'reboot: Power down'),
    'ended-without-verdict',
    /^(?!.*came up).*no root file system/,
    'self-test',
  ],
  [lines(linux, 'Run /init as init process', 'dracut:/# '), 'initramfs-shell', /gave up before a root/, 'initramfs'],
];
