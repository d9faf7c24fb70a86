/** What consoles say when the system runs but something in it fails, and what it means. */
import { always, type Cause, rebuildImage } from './diagnosis-cause.ts';
import { endOfInit } from './exit-status.ts';

function adviceOnEnd(status: number): readonly string[] {
  const { signal, exitCode } = endOfInit(status);
  const first =
    signal === 4
      ? 'It was built for a newer processor: give QEMU another (-cpu max), or build for the older one.'
      : signal !== 0
        ? 'Run the same program under the same kernel by hand: `chroot ROOT /sbin/init` in a virtual machine, with a debugger.'
        : exitCode === 127 || exitCode === 101
          ? 'It could not run another program: check that program, its loader and its architecture with `file`.'
          : 'An init must never return. If it is a script, its last line must exec or wait, or power the machine off.';
  return [first, 'The lines of the console just before say what it did last.', rebuildImage];
}

export const userlandCauses: readonly Cause[] = [
  {
    id: 'missing-library',
    where: 'root file system',
    shows: /^.*?(\S+): error while loading shared libraries: (\S+): (.*)$/,
    cause: ([, program, library, why]) => `${program} lacks the library ${library}: ${why}.`,
    fix: ([, , library]) => [`Add the package that has ${library}, of the machine's architecture.`, rebuildImage],
  },
  {
    id: 'missing-library',
    where: 'root file system',
    shows: /^.*?(Error loading shared library (\S+): (.*?) \(needed by (\S+)\)).*$/,
    cause: ([, , library, why, program]) => `${program} lacks the library ${library}: ${why}.`,
    fix: ([, , library]) => [`Add the package that has ${library}, of the machine's architecture.`, rebuildImage],
  },
  {
    id: 'missing-symbol',
    where: 'root file system',
    shows:
      /^.*?(?:Error relocating (?<a>\S+): (?<b>\S+): symbol not found|(?<c>[^\s:]+): symbol lookup error: (?:\S+: )?(?<d>undefined symbol: \S+|\S+)|(?<e>[^\s:]+): (?:\S+: )?(?<f>version `\S+' not found)).*$/,
    cause: ({ groups: { a, b, c, d, e, f } = {} }) =>
      `${a ?? c ?? e} and its libraries do not fit each other: ${b === undefined ? (d ?? f) : `undefined symbol: ${b}`}.`,
    fix: ({ groups: { a, c, e } = {} }) => [
      `${a ?? c ?? e} was built against another version of a library than the image has: both must come from the same archive.`,
      rebuildImage,
    ],
  },
  {
    id: 'wrong-architecture',
    where: 'root file system',
    shows:
      /^.*?(?:can't execute '(?<a>[^']+)': Exec format error|(?<b>\/\S+): (?:cannot execute binary file: )?Exec format error).*$/,
    cause: ({ groups }) => `${groups!.a ?? groups!.b} was built for another architecture (errno 8).`,
    fix: ({ groups }) => [
      `Look at it with \`file\`: ${groups!.a ?? groups!.b}.`,
      'Rebuild the package that has it; the check of `bootplan image` names every such file.',
      rebuildImage,
    ],
  },
  {
    id: 'init-script-missing',
    where: 'root file system',
    shows: /^.*can't run '([^']+)': (.*)$/,
    cause: ([, program, why]) => `init cannot run ${program}: ${why}.`,
    fix: ([, program]) => [
      `Is ${program} in the image, executable, and is the interpreter of its #! line there? See etc/inittab.`,
      rebuildImage,
    ],
  },
  {
    id: 'kernel-fault',
    where: 'kernel',
    shows:
      /^.*(BUG: .*|Oops: .*|general protection fault.*|kernel BUG at .*|Unable to handle kernel .*|soft lockup.*|self-detected stall.*|Internal error: .*)$/,
    cause: ([, said]) => `The kernel itself failed: "${said}".`,
    fix: always(
      'Try another kernel, another machine (-M) or --accel tcg; a fault that comes back is a fault of the kernel or of its modules.',
    ),
  },
  {
    id: 'init-ended',
    where: 'root file system',
    shows: /^.*Attempted to kill init! exitcode=0x(?<status>[0-9a-f]+).*$/,
    cause: ({ groups }) =>
      `The init ended, and nothing may take its place: ${endOfInit(Number.parseInt(groups!.status!, 16)).words}.`,
    fix: ({ groups }) => adviceOnEnd(Number.parseInt(groups!.status!, 16)),
  },
  {
    id: 'self-test-failed',
    where: 'self-test',
    shows: /^BOOTPLAN: failed: (.*)$/,
    cause: ([, what]) => `The system booted, but its self-test failed: ${what}.`,
    fix: always(
      'The lines of the console above it are the output of the failing step.',
      'Start it yourself: `bootplan boot --interactive`.',
    ),
  },
  {
    id: 'disk-error',
    where: 'machine',
    shows:
      /^.*((?:blk_update_request: )?(?:I\/O|critical medium) error, dev \S+.*|Buffer I\/O error on dev.*|ata\d+(?:\.\d+)?: .*(?:failed command|exception Emask).*)$/,
    cause: ([, said]) => `The guest could not read its disk: "${said}".`,
    fix: always('Check the image: `qemu-img check IMAGE`; is the disk of the host full or failing?', rebuildImage),
  },
  {
    id: 'needs-fsck',
    where: 'root file system',
    shows: /^.*((?:\S+: )?UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY.*|.*[Ff]ile system check failed.*)$/,
    cause: ([, said]) => `A file system is damaged, and the guest's own check does not mend it by itself: "${said}".`,
    fix: always(
      'Check it: `e2fsck -fn` on the partition. An image that was written to is best made again.',
      rebuildImage,
    ),
  },
  {
    id: 'not-mounted',
    where: 'root file system',
    shows:
      /^.*(mount: (?:mounting \S+ on \S+ failed: .*|\S+: (?:can't find|wrong fs type|special device|unknown filesystem).*))$/,
    cause: ([, said]) => `A file system could not be mounted in the guest: "${said}".`,
    fix: always(
      'Is the device right, is its file system in the kernel or in a loaded module, and does the mount point exist?',
      'See etc/fstab and the start scripts of the image.',
      rebuildImage,
    ),
  },
  {
    id: 'read-only',
    where: 'root file system',
    shows: /^.*(?:: )?Read-only file system$/,
    cause: () => 'The guest wants to write where everything is mounted read-only.',
    fix: always('Give the kernel `rw`, or have the start script run `mount -o remount,rw /`.', rebuildImage),
  },
  {
    id: 'disk-full',
    where: 'root file system',
    shows: /^.*No space left on device.*$/,
    cause: () => 'A file system in the guest is full.',
    fix: always('Raise root-size in image.yaml, or give /tmp more memory with --memory MIB.', rebuildImage),
  },
  {
    id: 'network',
    where: 'machine',
    shows:
      /^.*(Network is unreachable|Temporary failure in name resolution|bad address '[^']*'|No route to host|Could not resolve \S+|udhcpc: no lease.*|(?:ip|ifconfig): .*(?:No such device|can't find device '[^']*'|SIOC\S+: .*)|Cannot find device "\S+"|RTNETLINK answers: .*|ping: .*unreachable.*|DHCPDISCOVER.*no (?:offers|answer).*|connect: Connection (?:refused|timed out)).*$/,
    cause: ([, said]) => `The guest has no working network: "${said}".`,
    fix: always(
      'Is there a network card, and its driver? The boot check gives the guest none on purpose.',
      'Then in this order: the interface up, an address, a default route (gateway), nameserver lines in /etc/resolv.conf.',
    ),
  },
  {
    id: 'no-verdict-port',
    where: 'initramfs',
    shows:
      /^.*((?:\/dev\/vport\S+|\/dev\/virtio-ports\/\S+|\/sys\/class\/virtio-ports\S*)(?:'?): (?:cannot |can't )?.*(?:No such (?:file|device)|nonexistent directory)).*$/,
    cause: ([, said]) => `The port over which the guest answers is not there: "${said}".`,
    fix: always('The kernel needs virtio_console (and virtio_pci), built in or loaded by the initramfs.', rebuildImage),
  },
  {
    id: 'command-missing',
    where: 'root file system',
    shows: /^(?:[^:\n]*: )?(?:line )?\d*:? ?([\w./+-]+): (?:command )?not found$/,
    cause: ([, program]) => `A script of the guest did not find ${program}.`,
    fix: ([, program]) => [
      `Add the package that has ${program} to the image, or correct PATH in the script.`,
      rebuildImage,
    ],
  },
  {
    id: 'panic',
    where: 'kernel',
    shows: /^.*Kernel panic - not syncing: (.*)$/,
    cause: ([, said]) => `The kernel gave up: "${said}".`,
    fix: always('The lines above the panic say what came before it; the call trace names the function.'),
  },
  {
    id: 'no-console',
    where: 'root file system',
    shows: /^.*(Warning: unable to open an initial console.*)$/,
    cause: () =>
      'The first program has no console: /dev/console was not there when it started, so nothing it says is seen.',
    fix: always(
      'Put the device node dev/console (character, 5:1) into the initramfs, or set CONFIG_DEVTMPFS_MOUNT=y.',
      'The command line of the kernel must name a console that exists (console=ttyS0; arm64: ttyAMA0).',
      rebuildImage,
    ),
  },
  {
    id: 'shell-without-test',
    where: 'self-test',
    shows: /^.*(can't access tty; job control turned off|Please press Enter to activate this console\.|\S+ login:) *$/,
    cause: ([, said]) => `The system came up as far as a shell or a login ("${said}"), but no self-test answered.`,
    fix: always(
      'A system passes when it prints a line BOOTPLAN-OK: start the self-test from its start script (etc/inittab, etc/rcS).',
      'The guest of the mini-distribution tests itself when the machine has the port bootplan.verdict.',
    ),
  },
];
