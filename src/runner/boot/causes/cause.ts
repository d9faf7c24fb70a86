/** One row of the table of boot failures, and the advice that several rows share. */
import { errnoWords } from './exit-status.ts';
import type { Ranked } from './rank.ts';

/** Which part is to blame. */
export type Place = 'boot loader' | 'kernel' | 'initramfs' | 'root file system' | 'self-test' | 'machine' | 'unknown';

/** One row: how it shows, and what it means. */
export interface Cause extends Ranked {
  readonly id: string;
  readonly where: Place;
  /** Matched against the console (`^` and `$` are ends of lines). The first match is the evidence. */
  readonly shows: RegExp;
  /** The row counts only when this is on the console as well. */
  readonly with?: RegExp;
  /** The row does not count when this is on the console: what is often harmless was so here. */
  readonly unless?: RegExp;
  /** The guest got past it when this is on the console: then the row counts only when no other explains the end. */
  readonly past?: RegExp;
  readonly cause: (found: RegExpExecArray, console: string) => string;
  readonly fix: (found: RegExpExecArray, console: string) => readonly string[];
}

/** Advice: the image is to be made again. */
export const rebuildImage = 'Make the image again: delete its .hash file and run `bootplan image`.';
/** Advice: the initramfs is to be made again. */
export const rebuildInitramfs = 'Make the initramfs again: delete its .hash file and run `bootplan image`.';
/** Advice: which drivers the disk needs. */
export const diskDrivers =
  'The disk of plain `qemu -drive` is IDE (ata_piix, sd_mod); of `if=virtio` it is virtio_pci, virtio_blk.';

/** Scripts of an initramfs go on where they should stop. */
const notMounted =
  /((?:[Cc]ould not|[Cc]annot|[Cc]an't|[Uu]nable to|[Ff]ailed to) mount [^\n,]*|mount: mounting \S+ on \S+ failed: [^\n]*)/;

/** Why a program cannot be started, by errno; the kernel says it, or the init of the initramfs. */
function cannotStart(program: string, errno: number, place: string): { cause: string; fix: readonly string[] } {
  if (Number.isNaN(errno))
    return {
      cause: `${program} could not be started, and it is not said why.`,
      fix: [
        `Look at it in the ${place}: \`ls -l .${program}\` (mode 0755, a link must lead to a file inside) and \`file .${program}\` (the machine's architecture and word size).`,
        `Is its loader there, or the interpreter in its first line? \`readelf -l .${program} | grep interpreter\`.`,
        rebuildImage,
      ],
    };
  const why = `errno ${errno}, ${errnoWords(errno)}`;
  if (errno === 8)
    return {
      cause: `${program} is not a program for this machine (${why}): most likely it was built for another architecture.`,
      fix: [
        `Look at it: \`file .${program}\` in the ${place}; its architecture must be the machine's.`,
        'Rebuild the package that has it for this architecture, and check every other binary too: `bootplan image` does.',
        'An empty file, or a script without #!, gives the same errno.',
        rebuildImage,
      ],
    };
  if (errno === 13)
    return {
      cause: `${program} may not be run (${why}).`,
      fix: [
        `Its mode must be 0755: \`ls -l .${program}\` in the ${place}; every directory above it needs x as well.`,
        'A file system mounted noexec gives the same errno.',
        rebuildImage,
      ],
    };
  if (errno === 2)
    return {
      cause: `${program} is not there, or the loader (interpreter) that it names is not (${why}).`,
      fix: [
        `Is it in the ${place}? \`ls -l .${program}\`; a symbolic link must lead to a file inside it.`,
        `If it is there, \`readelf -l .${program} | grep interpreter\` names its loader: add that, or link it statically.`,
        rebuildImage,
      ],
    };
  if (errno === 26 && place === 'initramfs')
    return {
      cause: `${program} was not unpacked to its end (${why}): the initramfs is cut off.`,
      fix: [
        'Is there room for all of it on the boot partition? `mdir -i boot.fat ::` shows its size.',
        rebuildInitramfs,
      ],
    };
  return { cause: `${program} cannot be started (${why}).`, fix: [`See errno ${errno} in execve(2).`, rebuildImage] };
}

const errnoOf: ReadonlyMap<string, number> = new Map(
  Object.entries({
    'Operation not permitted': 1,
    'No such file or directory': 2,
    'Input/output error': 5,
    'Exec format error': 8,
    'Permission denied': 13,
    'Not a directory': 20,
    'Is a directory': 21,
    'Text file busy': 26,
    'Too many levels of symbolic links': 40,
    'Accessing a corrupted shared library': 80,
  }),
);

/** Cause and fix of a row whose pattern names the program and its `errno`, or in `why` the C library's words for it. */
export const starting = (place: string): Pick<Cause, 'cause' | 'fix'> => {
  const mounting = (console: string): string => {
    const [, said] = notMounted.exec(isRooted(console) ? '' : console) ?? [];
    return said === undefined ? '' : ` Before it, the root could not be mounted: "${said}".`;
  };
  const of = ({ groups }: RegExpExecArray) =>
    cannotStart(groups?.program ?? '/init', Number(groups?.errno ?? errnoOf.get(groups?.why ?? '')), place);
  return { cause: (found, console) => of(found).cause + mounting(console), fix: (found) => of(found).fix };
};

/** A boot loader speaks: what the firmware says of other disks, or after it, explains nothing. */
export const loaderStarted =
  /^(?:SYSLINUX|ISOLINUX|PXELINUX|EXTLINUX) \d|Failed to load ldlinux\.c32|GNU GRUB|GRUB loading|Welcome to GRUB|grub(?: rescue)?>|systemd-boot \d|Booting `|BdsDxe: starting Boot[0-9A-F]+(?! "EFI Internal Shell")|U-Boot (?:SPL )?\d|Linux version \d/;
/** A kernel runs: what firmware and boot loader complained of is behind the guest. */
export const kernelStarted = /Linux version \d|^BOOTPLAN-INIT: |Run \/\S+ as init process/;
/** The root file system is there: so were its device and the modules for it. */
export const rootMounted =
  /VFS: Mounted root|^BOOTPLAN-INIT: (?:root is|starting) |Run \/(?:usr\/)?s?bin\/init as init process|Switching root|EXT4-fs \(\S+\): re-mounted|^INIT: version|OpenRC \S+ is starting up|^BOOTPLAN: /;

/** A terminal asks who is there: the system runs. */
export const loggedIn = /^(?:\S+ )?login: *$/;
/** Is it sure that the guest had its root file system? */
export const isRooted = (console: string): boolean => new RegExp(rootMounted.source, 'm').test(console);

/** Advice that does not depend on what the console says. */
export const always =
  (...lines: readonly string[]) =>
  () =>
    lines;
