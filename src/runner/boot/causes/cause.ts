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
  /** The guest got past it when this is on the console: then the row counts only when no other explains the end. */
  readonly past?: RegExp;
  readonly cause: (found: RegExpExecArray, console: string) => string;
  readonly fix: (found: RegExpExecArray, console: string) => readonly string[];
}

export const rebuildImage = 'Make the image again: delete its .hash file and run `bootplan image`.';
export const rebuildInitramfs = 'Make the initramfs again: delete its .hash file and run `bootplan image`.';
export const diskDrivers =
  'The disk of plain `qemu -drive` is IDE (ata_piix, sd_mod); of `if=virtio` it is virtio_pci, virtio_blk.';

/** A program that cannot be started, by errno, whoever says so: kernel or init of the initramfs. */
function cannotStart(program: string, errno: number, place: string): { cause: string; fix: readonly string[] } {
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

const errnoOf: Readonly<Record<string, number>> = {
  'No such file or directory': 2,
  'Exec format error': 8,
  'Permission denied': 13,
};

/** Cause and fix of a row whose pattern names the program and its `errno`, or in `why` the C library's words for it. */
export const starting = (place: string): Pick<Cause, 'cause' | 'fix'> => {
  const of = ({ groups }: RegExpExecArray) =>
    cannotStart(groups?.program ?? '/init', Number(groups?.errno ?? errnoOf[groups?.why ?? '']), place);
  return { cause: (found) => of(found).cause, fix: (found) => of(found).fix };
};

/** A boot loader speaks: what the firmware says of other disks, or after it, explains nothing. */
export const loaderStarted =
  /^(?:SYSLINUX|ISOLINUX|PXELINUX|EXTLINUX) \d|Failed to load ldlinux\.c32|GNU GRUB|GRUB loading|Welcome to GRUB|grub(?: rescue)?>|systemd-boot \d|Booting `|BdsDxe: starting Boot[0-9A-F]+(?! "EFI Internal Shell")|U-Boot (?:SPL )?\d|Linux version \d/;
/** A kernel runs: what firmware and boot loader complained of is behind the guest. */
export const kernelStarted = /Linux version \d|^BOOTPLAN-INIT: |Run \/\S+ as init process/;
/** The root file system is there: so were its device and the modules for it. */
export const rootMounted =
  /VFS: Mounted root|^BOOTPLAN-INIT: (?:root is|starting) |Run \/sbin\/init as init process|Switching root|^BOOTPLAN: /;

export const always =
  (...lines: readonly string[]) =>
  () =>
    lines;
