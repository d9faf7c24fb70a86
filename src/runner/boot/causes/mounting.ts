/** What an initramfs says when it cannot mount the root file system, or finds no system on it. */
import { always, type Cause, rebuildImage, rebuildInitramfs, rootMounted } from './cause.ts';

/** Where an initramfs mounts its root. */
const target = String.raw`\/?(?:root|newroot|new_root|new-root|sysroot|mnt-root|mnt\/root|mnt|rootfs|realroot|real-root|tmp\/root)\/?`;

/** ENODEV of mount(2), as busybox says it, and the words of util-linux. */
const noDriver = /failed: No such device|unknown filesystem type|failed: Invalid argument \(no driver\)/;

/** The rows of this file, in no order that matters. */
export const mountingCauses: readonly Cause[] = [
  {
    id: 'not-mounted',
    where: 'root file system',
    phase: 'root-file-system',
    grade: 'effect',
    shows: new RegExp(
      `^.*?(${[
        String.raw`mount: mounting (?<a>\S+) on ${target} failed: (?!No such file or directory).*`,
        String.raw`mount: (?:${target}: )?unknown filesystem type '?(?<t>\w+)'?.*`,
        String.raw`mount: ${target}: .*(?:fsconfig|mount)(?:\(2\))?(?: system call)? failed.*`,
        `mount: (?:${target}: )?(?:wrong fs type|can't find (?:sub)?volw*|no valid filesystem type specified|cannot mount|can't read superblock|mount point does not exist).*`,
        String.raw`mount: \S+ is not a block device.*`,
        String.raw`ERROR: Failed to mount '?(?<b>\S+?)'? on real root.*`,
        String.raw`(?<!VFS: )(?:Can't|Cannot|Could not|Unable to|[Ff]ailed to) mount (?:the )?root(?:fs| file ?system| device| partition| fs)?\b.*`,
        String.raw`Mounting root(?: \S+)? failed.*`,
        String.raw`\[FAILED\] Failed to mount (?:\/sysroot|sysroot\.mount|Root Partition).*`,
        String.raw`systemd\[1\]: Failed to mount (?:\/sysroot|sysroot\.mount|Root Partition).*`,
      ].join('|')})$`,
    ),
    past: rootMounted,
    cause: ({ 1: said, groups }) => {
      const device = groups?.a ?? groups?.b;
      const what = device === undefined ? 'The root file system' : `The root file system on ${device}`;
      return `${what} could not be mounted: "${said}"${noDriver.test(said!) ? '; the kernel has no driver for its file system' : ''}.`;
    },
    fix: ({ groups }) => [
      `Is its file system${groups?.t === undefined ? '' : ` (${groups.t})`} in the kernel, or a module of the initramfs, with all that it depends on?`,
      'Is root= the right partition, and are rootfstype= and rootflags= right?',
      rebuildInitramfs,
    ],
  },
  {
    id: 'not-mounted',
    where: 'root file system',
    phase: 'root-file-system',
    grade: 'effect',
    shows:
      /^.*?(overlayfs: (?:failed to resolve|filesystem on .* not supported|.*(?:unrecognized|missing|failed|is not)).*|overlay: (?:Unknown parameter|Bad value).*|mount: (?:\S+: )?(?:fsconfig\(\) failed: )?overlay.*(?:fail|No such|Unknown|wrong).*|mount: mount(?:ing)? overlay on \S+ failed.*)$/,
    cause: ([, said]) => `The overlay over the root file system could not be mounted: "${said}".`,
    fix: always(
      'The kernel needs CONFIG_OVERLAY_FS or the module overlay; upper and work directory must be on one file system that can be written to (no overlay, no NFS, no FAT).',
      rebuildImage,
    ),
  },
  {
    id: 'no-os-tree',
    where: 'root file system',
    phase: 'start',
    shows:
      /^.*?((?:Specified switch root path '?\S+?'?|(?<!\S)\S+) does not seem to be an OS tree.*|Failed to determine whether root path \S+ contains an OS tree.*|Couldn't find specified OSTree root .*)$/,
    cause: ([, said]) => `What was mounted as root holds no system that systemd takes for one: "${said}".`,
    fix: always(
      'It must have etc/os-release or usr/lib/os-release, and be the right partition (and subvolume: rootflags=subvol=).',
      'Was the root mounted at all? The lines above say so.',
      rebuildImage,
    ),
  },
  {
    id: 'no-init',
    where: 'root file system',
    phase: 'start',
    grade: 'effect',
    shows:
      /^.*?(Target filesystem doesn't have requested (?<a>\/\S+?)\.|Root device mounted successfully, but (?<b>\/\S+) does not exist.*|(?<c>\/\S*init) not found in new root.*|Cannot find init!.*|No (?<d>\/\S*init) found on rootdev.*|stage 2 init script \(?(?<e>\S+?)\)? not found.*|(?:[Nn]ew root|real root) (?:has no|does not have|without) (?<f>\/\S*init).*)$/,
    cause: ({ 1: said, groups: { a, b, c, d, e, f } = {} }) =>
      `What was mounted as root has no init${[a, b, c, d, e, f].some(Boolean) ? ` (${a ?? b ?? c ?? d ?? e ?? f})` : ''}: "${said}".`,
    fix: always(
      'Add the package with the init, or name another with init= on the kernel command line.',
      'Is it the right partition (and subvolume), and was it mounted? The lines above say so.',
      rebuildImage,
    ),
  },
  {
    id: 'not-mounted',
    where: 'initramfs',
    phase: 'start',
    grade: 'summary',
    shows:
      /^.*?(switch_root: (?:failed to mount moving|failed\.|bad newroot|.*is not a (?:mountpoint|mount point)|mount moving|not rootfs|must be (?:run as )?PID 1|PID .*).*|run-init: current directory on the same filesystem as the root.*|run-init: .*(?:not a mount|Invalid argument).*|\[FAILED\] Failed to start Switch Root.*|systemd\S*: Failed to switch root: .*|pivot_root: .*)$/,
    cause: ([, said]) => `The initramfs could not hand over to a root file system: none is mounted there ("${said}").`,
    fix: always(
      'The lines above say why it was not mounted: device, file system, modules.',
      'The init of an initramfs must be process 1 when it calls switch_root: `exec switch_root ROOT /sbin/init`.',
      rebuildInitramfs,
    ),
  },
  {
    id: 'no-console',
    where: 'root file system',
    phase: 'start',
    shows:
      /^.*?((?:run-init|switch_root): (?:opening console|can't open '\/dev\/console'|cannot open \/dev\/console)(?:: .*)?)$/,
    cause: ([, said]) => `The root file system has no console for its first program: "${said}".`,
    fix: always(
      'Put the device node dev/console (character, 5:1) into the root file system, or have the initramfs move its /dev there (CONFIG_DEVTMPFS_MOUNT=y).',
      rebuildImage,
    ),
  },
];
