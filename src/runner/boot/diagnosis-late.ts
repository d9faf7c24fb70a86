/** What consoles say when the root file system, its init or the self-test fails, and what it means. */
import { always, type Cause, diskDrivers, rebuildImage, rebuildInitramfs, starting } from './diagnosis-cause.ts';
import { errnoWords } from './exit-status.ts';

/** The block devices that the guest saw, in words. */
const seenDevices = (console: string): string => {
  const [, devices] = /^BOOTPLAN-INIT: block devices:(.*)$/m.exec(console) ?? [];
  if (devices === undefined || devices.trim() === 'none') return 'no block device at all: no driver found the disk';
  return `the guest saw${devices}`;
};

/** The disks and partitions that the kernel lists when it cannot open its root, `vda, vda1`; '' when it sees none. */
const listedPartitions = (console: string): string => {
  const [, list = ''] =
    /here are the available partitions:\n((?:.*\n)*?)(?=.*Kernel panic|$(?![\s\S]))/m.exec(console) ?? [];
  return [...list.matchAll(/^\s*[0-9a-f]{4}\s+\d+\s+(\S+)/gm)].map(([, name]) => name).join(', ');
};

/** Rows in the order in which a boot can fail. */
export const lateCauses: readonly Cause[] = [
  // -------------------------------------------------------------- the root device
  {
    id: 'no-root-device',
    where: 'initramfs',
    shows: /^BOOTPLAN-INIT: root device (\S+) did not appear$/,
    cause: ([, root], console) => `The root device ${root} did not appear; ${seenDevices(console)}.`,
    fix: (_, console) => [
      /block devices:.* [hsv]d[a-z]/.test(console)
        ? 'The disk is there, so root= names another file system: compare it with `dumpe2fs -h` of the root partition.'
        : `The driver of the disk is missing or was loaded in the wrong order. ${diskDrivers}`,
      rebuildImage,
    ],
  },
  {
    id: 'no-root-parameter',
    where: 'boot loader',
    shows: /^BOOTPLAN-INIT: no root= .*$/,
    cause: () => 'The kernel was started without root= on its command line.',
    fix: always('Add root=UUID=... to the configuration of the boot loader.', rebuildImage),
  },
  {
    id: 'no-root-device',
    where: 'initramfs',
    shows:
      /^.*(Gave up waiting for (?:root|suspend\/resume) (?:file system )?device|ALERT! +(\S+) does not exist|Waiting for root device (\S+?)\.\.\.|Timed out waiting for device (\S+)).*$/,
    cause: ([, said, a, b, c]) => `The root device ${a ?? b ?? c ?? ''} did not appear: "${said}".`.replace('  ', ' '),
    fix: always(`Is root= right, and is the driver of the disk in the initramfs? ${diskDrivers}`, rebuildInitramfs),
  },
  {
    id: 'no-root-device',
    where: 'kernel',
    shows: /^.*VFS: Cannot open root device "?([^" ]*)"? or unknown-block\((\d+),(\d+)\): error (-\d+).*$/,
    cause: ([, device, major, , errno], console) => {
      const why = `error ${errno}, ${errnoWords(Number(errno))}`;
      const there = listedPartitions(console);
      if (major !== '0') return `The kernel sees the root device "${device}" but cannot mount it (${why}).`;
      return there === ''
        ? `The kernel has no driver for the root device "${device}" (${why}), and no initramfs brought one.`
        : `There is no root device "${device}" (${why}); what the kernel sees is ${there}.`;
    },
    fix: ([, , major], console) => {
      if (major !== '0')
        return [
          'Is its file system built into the kernel (CONFIG_EXT4_FS=y), and is the partition the right one?',
          rebuildImage,
        ];
      if (listedPartitions(console) !== '')
        return [
          'root= names the wrong device: one of those that the kernel sees must stand there.',
          'If the right one is not among them, its driver is missing, or the disk has no partition table the kernel knows.',
          rebuildImage,
        ];
      return [
        'A distribution kernel has its disk drivers as modules: it needs an initramfs that loads them, or a kernel with them built in.',
        diskDrivers,
        rebuildImage,
      ];
    },
  },
  {
    id: 'root-features',
    where: 'root file system',
    shows:
      /^.*EXT4-fs \((\S+)\): .*(couldn't mount because of unsupported optional features \(\S+\)|couldn't mount RDWR because of unsupported optional features \(\S+\)).*$/,
    cause: ([, device, said]) =>
      `The root file system on ${device} has features that this kernel does not know: ${said}.`,
    fix: always('Make it with an older mke2fs, or without the new features (-O ^feature); or take a newer kernel.'),
  },
  {
    id: 'root-damaged',
    where: 'root file system',
    shows:
      /^.*EXT4-fs (?:error )?\((?:device )?([^\s):]+)\)?:? .*(Can't find ext4 filesystem|bad geometry.*|checksum.*(?:failed|invalid)|error loading journal|comm \S+: .*|corrupt.*)$/,
    cause: ([, device, said]) => `The root file system on ${device} is damaged or is none: ${said}.`,
    fix: always(
      'Check it: `e2fsck -fn` on the root partition. "bad geometry" means that it was cut off.',
      rebuildImage,
    ),
  },
  {
    id: 'no-root-device',
    where: 'kernel',
    shows:
      /^.*Kernel panic - not syncing: VFS: Unable to mount root fs on (?:"(\S*)" or )?unknown-block\((\d+),(\d+)\).*$/,
    cause: ([, name, major, minor]) =>
      major === '0'
        ? 'The kernel found no root device: its driver is missing, or root= names none.'
        : `The kernel cannot mount the root file system on ${name ?? `device ${major}:${minor}`}: unknown file system, or the wrong partition.`,
    fix: always(
      'Does the kernel have the drivers of disk and file system, built in or in an initramfs that really was loaded?',
      diskDrivers,
      rebuildImage,
    ),
  },
  {
    id: 'root-not-mounted',
    where: 'root file system',
    shows: /^BOOTPLAN-INIT: mount root (\S+): errno (\d+) .*$/,
    cause: ([, device, errno]) =>
      `${device} could not be mounted as root (errno ${errno}, ${errnoWords(Number(errno))}).`,
    fix: always(
      'Is it ext4 (rootfstype=), and is the file system in the kernel or in a module that was loaded?',
      rebuildImage,
    ),
  },
  // -------------------------------------------------------------- the first program
  {
    id: 'missing-loader',
    where: 'root file system',
    shows: /^BOOTPLAN-INIT: loader (\S+): errno 2 .*$/,
    cause: ([, loader]) =>
      `The init is a dynamic program and its loader ${loader} is not in the root file system (errno 2).`,
    fix: ([, loader]) => [
      `Add the package that has ${loader} and the libraries, or link the init statically.`,
      'Verify: `readelf -l` of the init names the loader.',
      rebuildImage,
    ],
  },
  {
    id: 'missing-interpreter',
    where: 'root file system',
    shows: /^BOOTPLAN-INIT: exec (\S+): errno 2 .*$/,
    with: /^BOOTPLAN-INIT: the interpreter of /,
    cause: ([, program], console) => {
      const [, interpreter] = /the interpreter of \S+:\n+BOOTPLAN-INIT: exec (\S+):/.exec(console) ?? [];
      return `${program} is a script, and its interpreter ${interpreter ?? ''} is not in the root file system (errno 2).`;
    },
    fix: always('Add the package of the interpreter, or correct the #! line.', rebuildImage),
  },
  {
    id: 'init-not-found',
    where: 'root file system',
    shows: /^BOOTPLAN-INIT: exec (?<program>\S+): errno (?<errno>2) .*$/,
    ...starting('root file system'),
  },
  {
    id: 'init-wrong-architecture',
    where: 'root file system',
    shows: /^BOOTPLAN-INIT: exec (?<program>\S+): errno (?<errno>8) .*$/,
    ...starting('root file system'),
  },
  {
    id: 'init-not-permitted',
    where: 'root file system',
    shows: /^BOOTPLAN-INIT: exec (?<program>\S+): errno (?<errno>13) .*$/,
    ...starting('root file system'),
  },
  {
    id: 'init-not-started',
    where: 'root file system',
    shows: /^BOOTPLAN-INIT: exec (?<program>\S+): errno (?<errno>\d+) .*$/,
    ...starting('root file system'),
  },
  {
    id: 'initramfs-init',
    where: 'initramfs',
    shows: /^.*Failed to execute (?<program>\/init) \(error -(?<errno>\d+)\).*$/,
    ...starting('initramfs'),
  },
  {
    id: 'init-not-started',
    where: 'root file system',
    shows: /^.*Failed to execute (?<program>\/\S+) \(error -(?<errno>\d+)\).*$/,
    ...starting('root file system'),
  },
  {
    id: 'init-not-started',
    where: 'root file system',
    shows:
      /^.*(?:Requested init|Starting init:) (?<program>\S+) (?:failed|exists but couldn't execute it) \(error -(?<errno>\d+)\).*$/,
    ...starting('root file system'),
  },
  {
    id: 'no-init',
    where: 'root file system',
    shows: /^.*Kernel panic - not syncing: (?:No working init found|No init found).*$/,
    cause: () =>
      'The root file system is mounted, but has no init: the kernel tried /sbin/init, /etc/init, /bin/init and /bin/sh (errno 2, no such file).',
    fix: always(
      'Add the package with the init, or name another with init= on the kernel command line.',
      'If the files are there: their loader may be missing; `readelf -l` of the program names it.',
      rebuildImage,
    ),
  },
];
