/** What consoles say when the system runs but something that it starts fails, and what it means. */
import { always, type Cause, loggedIn, rebuildImage } from './cause.ts';

/** The rows of this file, in no order that matters. */
export const serviceCauses: readonly Cause[] = [
  {
    id: 'self-test-failed',
    where: 'self-test',
    phase: 'system',
    grade: 'effect',
    shows: /^.*(?<!['"])BOOTPLAN: failed: (.*)$/,
    cause: ([, what]) => `The system booted, but its self-test failed: ${what}.`,
    fix: always(
      'The lines of the console above it are the output of the failing step.',
      'Start it yourself: `bootplan boot --interactive`.',
    ),
  },
  {
    id: 'disk-error',
    where: 'machine',
    phase: 'disk',
    shows:
      /^.*((?:blk_update_request: )?(?:I\/O|critical medium) error, dev (?!fd\d|sr\d)\S+.*|Buffer I\/O error on dev(?:ice)? (?!fd\d|sr\d).*|ata\d+(?:\.\d+)?: .*(?:failed command|exception Emask).*)$/,
    cause: ([, said]) => `The guest could not read its disk: "${said}".`,
    fix: always('Check the image: `qemu-img check IMAGE`; is the disk of the host full or failing?', rebuildImage),
  },
  {
    id: 'needs-fsck',
    where: 'root file system',
    phase: 'root-file-system',
    grade: 'effect',
    shows: /^(.*UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY.*|.*[Ff]ile system check failed.*)$/,
    cause: ([, said]) => `A file system is damaged, and the guest's own check does not mend it by itself: "${said}".`,
    fix: always(
      'Check it: `e2fsck -fn` on the partition. An image that was written to is best made again.',
      rebuildImage,
    ),
  },
  {
    id: 'hung-task',
    where: 'machine',
    phase: 'init',
    grade: 'effect',
    shows: /^.*INFO: task (.+?):\d+ blocked for more than (\d+) seconds.*$/,
    cause: ([, task, seconds]) =>
      `The process ${task} of the guest waited ${seconds} s without end, as a rule for a disk.`,
    fix: always('Is the disk of the host slow, full or failing? `qemu-img check IMAGE`.', 'Try --accel tcg.'),
  },
  {
    id: 'device-missing',
    where: 'root file system',
    phase: 'system',
    shows:
      /^.*?(?:Timed out waiting for device (?:\S+\.device - )?(\S+?)\.?|fsck(?:\.\w+)?: Unable to resolve '(\S+)'.*|mount: (?:\S+: )?(?:can't|cannot) find (?:in \/etc\/fstab )?((?:PART)?(?:UUID|LABEL)=\S+?)\.?(?: in \/etc\/fstab)?\.?|The disk drive for (\S+) is not ready yet or not present\.?|mount: (?:\S+: )?special device (\S+) does not exist.*)$/,
    cause: ([, ...devices]) =>
      `A device that the start scripts of the guest wait for did not appear: ${devices.find((device) => device !== undefined)}.`,
    fix: always('Is it in etc/fstab by mistake? Mark it `nofail` there, or give the machine that disk.', rebuildImage),
  },
  {
    id: 'not-mounted',
    where: 'root file system',
    phase: 'system',
    grade: 'noise',
    shows:
      /^.*(mount: (?:mounting \S+ on \S+ failed: .*|\S+: (?:wrong fs type|unknown filesystem|mount point does not exist|fsconfig|can't read superblock|permission denied|already mounted).*|(?:wrong fs type|unknown filesystem type).*))$/,
    cause: ([, said]) => `A file system could not be mounted in the guest: "${said}".`,
    fix: always(
      'Is the device right, is its file system in the kernel or in a loaded module, and does the mount point exist?',
      'See etc/fstab and the start scripts of the image.',
      rebuildImage,
    ),
  },
  {
    id: 'emergency',
    where: 'root file system',
    phase: 'outcome',
    grade: 'effect',
    shows:
      /^.*(You are in emergency mode|Entering emergency mode|dropped into an emergency shell|emergency recovery shell launched|Give root password for maintenance|Cannot open access to console|You are in rescue mode|Give root password|Press Enter for maintenance|starting emergency shell|A maintenance shell will now be started|sulogin: ).*$/,
    cause: ([, said], console) => {
      const [, failed] = /^.*\[FAILED\] (.*?)\.?$/m.exec(console) ?? [];
      return `The system stopped for a person to mend it ("${said}")${failed === undefined ? '' : `: ${failed}`}.`;
    },
    fix: always('The lines with FAILED and "Dependency failed" above it name what did not start.', rebuildImage),
  },
  {
    id: 'read-only',
    where: 'root file system',
    phase: 'outcome',
    grade: 'noise',
    shows: /^.*(?:: Read-only file system|Read-only file system|[Rr]emounting filesystem read-only)$/,
    cause: () => 'The guest wants to write where everything is mounted read-only.',
    fix: always('Give the kernel `rw`, or have the start script run `mount -o remount,rw /`.', rebuildImage),
  },
  {
    id: 'disk-full',
    where: 'root file system',
    phase: 'system',
    shows: /^.*(?:No space left on device|: [Dd]isk quota exceeded|write error: No space).*$/,
    cause: () => 'A file system in the guest is full.',
    fix: always('Raise root-size in image.yaml, or give /tmp more memory with --memory MIB.', rebuildImage),
  },
  {
    id: 'network',
    where: 'machine',
    phase: 'outcome',
    grade: 'noise',
    unless: loggedIn,
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
    phase: 'outcome',
    grade: 'noise',
    shows:
      /^.*((?:\/dev\/vport\S+|\/dev\/virtio-ports\/\S+|\/sys\/class\/virtio-ports\S*)(?:'?): (?:cannot |can't )?.*(?:No such (?:file|device)|nonexistent directory)).*$/,
    cause: ([, said]) => `The port over which the guest answers is not there: "${said}".`,
    fix: always('The kernel needs virtio_console (and virtio_pci), built in or loaded by the initramfs.', rebuildImage),
  },
  {
    id: 'command-missing',
    where: 'root file system',
    phase: 'outcome',
    grade: 'noise',
    shows: /^(?:[^:\n]*: ){0,2}(?:line )?\d*:? ?([\w./+-]+): (?:command )?not found$/,
    cause: ([, program]) => `A script of the guest did not find ${program}.`,
    fix: ([, program]) => [
      `Add the package that has ${program} to the image, or correct PATH in the script; when it is there, add its loader, or what the first line of the script names.`,
      rebuildImage,
    ],
  },
  {
    id: 'panic',
    where: 'kernel',
    phase: 'init',
    grade: 'summary',
    shows:
      /^.*Kernel panic(?: - not \w+)?:? (?!Attempted to kill init|VFS: |No (?:working )?init found|Requested init|Out of memory|System is deadlocked)(.*)$/,
    cause: ([, said]) => `The kernel gave up: "${said}".`,
    fix: always('The lines above the panic say what came before it; the call trace names the function.'),
  },
  {
    id: 'no-console',
    where: 'root file system',
    phase: 'outcome',
    grade: 'noise',
    shows: /^.*(Warning: unable to open an initial console.*)$/,
    cause: () =>
      'The first program has no console: /dev/console was not there when it started, so nothing it says is seen.',
    fix: always(
      'Put the device node dev/console (character, 5:1) into the initramfs, or set CONFIG_DEVTMPFS_MOUNT=y.',
      'The command line of the kernel must name a console that exists (console=ttyS0; arm64: ttyAMA0).',
      rebuildImage,
    ),
  },
];
