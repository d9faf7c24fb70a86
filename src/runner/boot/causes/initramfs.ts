/** What kernels say of an initramfs that they cannot unpack, old kernels and the RAM disks before it included. */
import { always, type Cause, rebuildImage, rebuildInitramfs } from './cause.ts';

/** A RAM disk that the kernel mounts as its root is no initramfs, and need be none. */
const mounted = /VFS: Mounted root|^BOOTPLAN-INIT: (?:root is|starting) |Run \/init as init process/;

/** The rows of this file, in no order that matters. */
export const initramfsCauses: readonly Cause[] = [
  {
    id: 'initramfs-too-large',
    where: 'machine',
    phase: 'initramfs',
    shows:
      /^.*?(Initramfs unpacking failed: write error.*|RAMDISK: (?:incomplete write|image too big|.*[Nn]o space).*|[Ii]nitrd.*(?:too (?:large|big)|extends beyond end of memory).*|(?:initrd|INITRD).*(?:overwritten|overlaps in-use memory region).*|(?:No|Not enough) (?:room|memory|space) (?:for|to (?:load|relocate)) (?:the )?(?:initrd|initramfs|ramdisk).*)$/,
    cause: ([, said]) =>
      `There is no room for the unpacked initramfs (errno 28, no space left): "${said}"; the machine has too little memory for it.`,
    fix: always(
      'Give the machine more: --memory MIB; the initramfs needs its own size and its unpacked size at once.',
      'Or make it smaller: fewer modules. A RAM disk of the old kind also has a limit of its own: ramdisk_size= on the kernel command line.',
      rebuildInitramfs,
    ),
  },
  {
    id: 'initramfs-compression',
    where: 'initramfs',
    phase: 'initramfs',
    shows:
      /^.*?((?:Initramfs unpacking failed: )?compression method (\S+) not configured.*|RAMDISK: (\w+) (?:decompressor|compression) not (?:configured|supported).*)$/,
    cause: ([, said, a, b]) =>
      `The kernel cannot unpack the initramfs: it has no decompressor for ${a ?? b} ("${said}").`,
    fix: ([, , a, b]) => [
      `Compress it otherwise, as gzip, or switch CONFIG_RD_${(a ?? b)!.toUpperCase()} on in the kernel.`,
      rebuildInitramfs,
    ],
  },
  {
    id: 'initramfs-damaged',
    where: 'initramfs',
    phase: 'initramfs',
    shows:
      /^.*?(RAMDISK: (?:EOF|error|Error|.*read error).*|RAMDISK: (?:.*premature end|ran out of input).*|Kernel panic - not syncing: (?:no cpio magic|junk in \w+ archive|broken padding|crc error|unexpected EOF|invalid compressed format).*)$/,
    past: mounted,
    cause: ([, said]) => `The kernel could not unpack the initramfs, it is cut off or damaged: "${said}".`,
    fix: always(
      'Is there room for all of it on the boot partition, and is the file there as long as the original? `mdir -i boot.fat ::` shows its size.',
      rebuildInitramfs,
    ),
  },
  {
    id: 'initramfs-damaged',
    where: 'initramfs',
    phase: 'initramfs',
    grade: 'effect',
    shows:
      /^.*?(RAMDISK: Couldn't find valid RAM disk image.*|[Ii]nitrd not found or empty.*|uncompression error.*|Failed to flush\(\).*|initrd.*(?:bad magic|corrupt|not valid).*)$/,
    past: mounted,
    cause: ([, said]) =>
      `What the boot loader gave the kernel as initramfs is none, is empty or is damaged: "${said}".`,
    fix: always(
      'Is it a cpio archive in the newc format, in a compression that the kernel has (CONFIG_RD_*)? `file initramfs`.',
      'Does the boot loader load the file that is meant?',
      rebuildInitramfs,
    ),
  },
  {
    id: 'initramfs-missing',
    where: 'boot loader',
    phase: 'initramfs',
    grade: 'summary',
    shows:
      /^.*?(VFS: Cannot open root device "?(?:\/dev\/)?ram\d*"? or .*|VFS: Unable to mount root fs on (?:"\/dev\/ram\d*" or )?unknown-block\(1,\d+\).*)$/,
    cause: ([, said]) =>
      `The kernel has no RAM disk to take as its root: the boot loader gave it no initramfs ("${said}").`,
    fix: always(
      'Name the initramfs in the configuration of the boot loader (INITRD, initrd), beside the kernel.',
      'Or name the disk: root=/dev/vda2; an initramfs needs no root=/dev/ram0.',
      rebuildImage,
    ),
  },
];
