/** What consoles say when the root file system is not found or not mounted, and what it means. */

import { always, type Cause, diskDrivers, rebuildImage, rebuildInitramfs, rootMounted } from './cause.ts';
import { errnoWords } from './exit-status.ts';
import { featuresOf } from './ext-features.ts';
import { volumeAdvice } from './volumes.ts';

/** The block devices that the guest saw, in words. */
const seenDevices = (console: string): string => {
  const [, devices] = /^BOOTPLAN-INIT: block devices:(.*)$/m.exec(console) ?? [];
  if (devices === undefined || devices.trim() === 'none') return 'no block device at all: no driver found the disk';
  return `the guest saw${devices}`;
};

/**
 * The disks and partitions that the kernel lists when it cannot open its root, `vda, vda1`; '' when it sees none that
 * could hold a root.
 */
const listedPartitions = (console: string): string => {
  const [, list = ''] =
    /here are the available partitions:\n((?:.*\n)*?)(?=.*Kernel panic|$(?![\s\S]))/m.exec(console) ?? [];
  return [...list.matchAll(/^\s*(?:[0-9a-f]{4}|[0-9a-f]{3}:[0-9a-f]{5})\s+\d+\s+(\S+)/gm)]
    .map(([, name]) => name!)
    .filter((name) => !/^(?:z?ram|loop|sr|fd|nbd)\d+$/.test(name))
    .join(', ');
};

/** The name of the root, where an initramfs says in a line of its own what it waits for. */
const soughtRoot =
  /(?:ALERT! +|Warning: (?=\/dev\/)|ERROR: device '?|Waiting for root device )(\S+?)(?:'? not found|'| does not exist|\.\.\.)/;

/** An initramfs finds these; the kernel by itself does not. */
const byContent = /^(?:UUID|LABEL)=/;

/**
 * The kernel knows the device, and what it holds is the trouble: ENXIO says that it is not there, whatever its number.
 */
const isThere = (major: string | undefined, errno: string | undefined): boolean => major !== '0' && errno !== '-6';

const adviceOnDevice = (device: string): readonly string[] => [
  ...(/^\/dev\/(?:mapper\/|md|dm-|[\w-]+\/[\w-]+$)(?!by-)/.test(device) && !device.startsWith('/dev/disk/')
    ? [volumeAdvice]
    : []),
  `Is root= right, and is the driver of the disk in the initramfs? ${diskDrivers}`,
  rebuildInitramfs,
];

/** Rows in the order in which a boot can fail. */
export const rootCauses: readonly Cause[] = [
  {
    id: 'no-root-device',
    where: 'initramfs',
    phase: 'root-device',
    shows: /^BOOTPLAN-INIT: root device (\S+) did not appear$/,
    cause: ([, root], console) => `The root device ${root} did not appear; ${seenDevices(console)}.`,
    fix: (_, console) => [
      /block devices:.* [hsv]d[a-z]/.test(console)
        ? 'The disk is there, so root= names another file system, or the superblock of this one is damaged: compare it with `dumpe2fs -h` of the root partition.'
        : `The driver of the disk is missing or was loaded in the wrong order. ${diskDrivers}`,
      rebuildImage,
    ],
  },
  {
    id: 'no-root-parameter',
    where: 'boot loader',
    phase: 'root-device',
    shows: /^BOOTPLAN-INIT: no root= .*$/,
    cause: () => 'The kernel was started without root= on its command line.',
    fix: always('Add root=UUID=... to the configuration of the boot loader.', rebuildImage),
  },
  {
    id: 'no-root-parameter',
    where: 'boot loader',
    phase: 'root-device',
    grade: 'effect',
    shows: /^.*VFS: Cannot open root device "?(?:\(null\))?"? or unknown-block.*$/,
    cause: () => 'The kernel was started without root= on its command line.',
    fix: always('Add root= to the configuration of the boot loader.', rebuildImage),
  },
  {
    id: 'root-nfs',
    where: 'boot loader',
    phase: 'root-device',
    shows: /^.*(VFS: Unable to mount root fs via NFS|VFS: Unable to mount root fs on unknown-block\(0,255\)).*$/,
    cause: ([, said]) => `The kernel looked for its root on the network and got none: "${said}".`,
    fix: always(
      'root= (or its absence) asks for NFS: name the disk there, root=/dev/vda2 or root=PARTUUID=...',
      'If NFS is meant: ip=dhcp, the driver of the network card, and a server that exports nfsroot=.',
      rebuildImage,
    ),
  },
  {
    id: 'no-root-device',
    where: 'initramfs',
    phase: 'root-device',
    grade: 'effect',
    shows:
      /^.*(Gave up waiting for (?:root|suspend\/resume) (?:file system )?device|ALERT! +\S+ does not exist|dracut-initqueue timeout|Warning: \/dev\/\S+ does not exist|ERROR: device '?\S+?'? not found|Mounting root: failed|Waiting for root device \S+?\.\.\.).*$/,
    past: rootMounted,
    cause: ([, said], console) => {
      const [, device] = soughtRoot.exec(console) ?? [];
      return `The root device ${device === undefined ? '' : `${device} `}did not appear: "${said}".`;
    },
    fix: (_, console) => adviceOnDevice(soughtRoot.exec(console)?.[1] ?? ''),
  },
  {
    id: 'no-root-device',
    where: 'initramfs',
    phase: 'root-device',
    grade: 'effect',
    shows: /^.*Timed out waiting for device (?:\S+\.device - )?(\S+?)\.?$/,
    with: /Dependency failed for .*(?:sysroot|[Ii]nitrd)/,
    past: rootMounted,
    cause: ([, device]) => `The root device ${device} did not appear.`,
    fix: ([, device]) => adviceOnDevice(device!),
  },
  {
    id: 'no-root-device',
    where: 'kernel',
    phase: 'root-file-system',
    grade: 'effect',
    shows: /^.*VFS: Cannot open root device "?([^" ]*)"? or unknown-block\((\d+),(\d+)\): error (-\d+).*$/,
    cause: ([, device, major, , errno], console) => {
      const why = `error ${errno}, ${errnoWords(Number(errno))}`;
      const there = listedPartitions(console);
      if (isThere(major, errno)) return `The kernel sees the root device "${device}" but cannot mount it (${why}).`;
      if (byContent.test(device!))
        return `The kernel alone finds no root by what it holds ("${device}"), and no initramfs looked for it (${why}).`;
      return there === ''
        ? `The kernel has no driver for the root device "${device}" (${why}), and no initramfs brought one.`
        : `There is no root device "${device}" (${why}); what the kernel sees is ${there}.`;
    },
    fix: ([, device, major, , errno], console) => {
      const there = listedPartitions(console);
      if (isThere(major, errno))
        return [
          'Is its file system built into the kernel (CONFIG_EXT4_FS=y), and is the partition the right one?',
          rebuildImage,
        ];
      if (byContent.test(device!))
        return [
          'UUID= and LABEL= need an initramfs that looks for them: is it there, and does the boot loader load it?',
          `A kernel alone knows PARTUUID= and names${there === '' ? '' : `; it sees ${there}`}.`,
          rebuildImage,
        ];
      if (there !== '')
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
    phase: 'root-file-system',
    shows:
      /^.*EXT4-fs \((\S+)\): .*([Cc]ouldn't mount (?:RDWR )?because of unsupported optional features \((?<bits>[0-9a-f]+)\)|Found ext4 filesystem with unknown checksum algorithm).*$/,
    cause: ({ 1: device, 2: said, groups }) => {
      const names = featuresOf(groups?.bits ?? '0', /RDWR/.test(said!));
      return `The root file system on ${device} has features that this kernel does not know: ${said}${names.length === 0 ? '' : `, ${names.join(', ')}`}.`;
    },
    fix: always('Make it with an older mke2fs, or without the new features (-O ^feature); or take a newer kernel.'),
  },
  {
    id: 'root-damaged',
    where: 'root file system',
    phase: 'root-file-system',
    shows:
      /^.*EXT4-fs (?:error )?\((?:device )?([^\s):]+)\)?:? .*(Can't find ext4 filesystem|bad geometry.*|checksum.*(?:failed|invalid)|.*invalid (?:superblock )?checksum.*|error loading journal|comm \S+: .*|corrupt.*|write access unavailable.*)$/,
    past: rootMounted,
    cause: ([, device, said]) => `The root file system on ${device} is damaged or is none: ${said}.`,
    fix: always(
      'Check it: `e2fsck -fn` on the root partition. "bad geometry" means that it was cut off.',
      rebuildImage,
    ),
  },
  {
    id: 'root-damaged',
    where: 'root file system',
    phase: 'root-file-system',
    shows:
      /^.*((?:XFS|BTRFS|F2FS-fs|erofs|EROFS-fs|SQUASHFS)[ :].*(?:Invalid superblock.*|Bad magic.*|open_ctree failed.*|Can't find .*|cannot find .*|Corrupt.*|corrupt.*))$/,
    past: rootMounted,
    cause: ([, said]) => `The root file system is damaged or is none: "${said}".`,
    fix: always('Check it with the fsck of that file system. Is it the right partition?', rebuildImage),
  },
  {
    id: 'no-root-device',
    where: 'kernel',
    phase: 'root-file-system',
    grade: 'summary',
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
    phase: 'root-file-system',
    grade: 'effect',
    shows: /^BOOTPLAN-INIT: mount root (\S+): errno (\d+) .*$/,
    cause: ([, device, errno]) =>
      `${device} could not be mounted as root (errno ${errno}, ${errnoWords(Number(errno))}).`,
    fix: always(
      'Is it ext4 (rootfstype=), and is the file system in the kernel or in a module that was loaded?',
      rebuildImage,
    ),
  },
];
