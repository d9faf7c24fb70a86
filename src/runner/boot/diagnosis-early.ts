/** What consoles say when a boot fails before the root file system is looked for, and what it means. */
import { always, type Cause, rebuildImage, rebuildInitramfs } from './diagnosis-cause.ts';
import { errnoWords } from './exit-status.ts';

export const earlyCauses: readonly Cause[] = [
  // -------------------------------------------------------------- the machine itself
  {
    id: 'machine-refused',
    where: 'machine',
    shows: /^(qemu-system-\S+: (?!warning:).*)$/,
    cause: ([, said]) => `QEMU did not start the machine: ${said!.replace(/^qemu-system-\S+: /, '')}.`,
    fix: always(
      'Does the image exist, is it readable, and is no other program writing to it?',
      'Leave KVM out: --accel tcg.',
    ),
  },
  // -------------------------------------------------------------- boot loaders
  {
    id: 'no-boot-device',
    where: 'boot loader',
    shows:
      /^.*(No bootable device|not a bootable disk|Boot failed|Missing operating system|Operating system load error|MBR: no active).*$/,
    cause: () => 'The firmware found nothing to boot on the disk.',
    fix: always(
      'The partition with the boot loader needs the boot flag, and the first sector its code: `sfdisk -l IMAGE`.',
      'An image for UEFI does not boot with BIOS, nor the other way round (--firmware).',
      rebuildImage,
    ),
  },
  {
    id: 'no-efi-loader',
    where: 'boot loader',
    shows:
      /^.*(BdsDxe: failed to (load|start) Boot\d+.*: Not Found|BdsDxe: No bootable option|UEFI Interactive Shell).*$/,
    cause: () => 'The UEFI firmware found no boot loader on the disk.',
    fix: always(
      'The EFI system partition must hold EFI/BOOT/BOOTX64.EFI (arm64: BOOTAA64.EFI) on FAT, in a GPT with its type.',
      rebuildImage,
    ),
  },
  {
    id: 'loader-broken',
    where: 'boot loader',
    shows:
      /^.*(Failed to load ldlinux\.c32|Could not find kernel image.*|No DEFAULT or UI configuration directive|grub rescue>|error: (no such (device|partition)|file .* not found|unknown filesystem).*|Error loading \\\S+.*|Failed to open file.*vmlinuz.*)$/,
    cause: ([said]) => `The boot loader runs, but does not find what it is to load: "${said!.trim()}".`,
    fix: always(
      'Kernel, initramfs and configuration must be on the boot partition under the names the configuration has: `mdir -i boot.fat ::`.',
      rebuildImage,
    ),
  },
  // -------------------------------------------------------------- before the kernel has an init
  {
    id: 'kernel-damaged',
    where: 'kernel',
    shows:
      /^.*((crc|length) error|Decoding failed|compressed data is corrupt|invalid compressed format|Out of memory while allocating|out of memory).*(-- System halted)?$/,
    with: /-- System halted/,
    cause: ([said]) => `The kernel could not unpack itself: "${said!.trim()}".`,
    fix: always('The kernel image is damaged, or the machine has too little memory for it.', rebuildImage),
  },
  {
    id: 'wrong-processor',
    where: 'kernel',
    shows:
      /^.*(This kernel requires (an? \S+) CPU.*|CPU ISA level is lower than required|Fatal glibc error: CPU does not support.*)$/,
    cause: ([, said]) => `The processor of the machine is too old or of another kind: "${said}".`,
    fix: always('Give QEMU a newer processor (-cpu max), or build for the older one.'),
  },
  {
    id: 'initramfs-damaged',
    where: 'initramfs',
    shows:
      /^.*(Initramfs unpacking failed: .*|rootfs image is not initramfs .*|junk (at the end of|within) compressed archive.*)$/,
    cause: ([, said]) => `The kernel could not unpack the initramfs: "${said}".`,
    fix: always(
      'Is it a cpio archive in the newc format, in a compression that the kernel has (CONFIG_RD_*)?',
      'Is the machine large enough to hold it unpacked?',
      rebuildInitramfs,
    ),
  },
  {
    id: 'out-of-memory',
    where: 'machine',
    shows:
      /^.*(Kernel panic - not syncing: (System is deadlocked on memory|Out of memory).*|Out of memory: Killed process \d+ \(\S+\).*)$/,
    cause: ([, said]) => `The guest ran out of memory: "${said}".`,
    fix: always('Give it more: --memory MIB.'),
  },
  // -------------------------------------------------------------- modules
  {
    id: 'module-order',
    where: 'initramfs',
    shows: /^.*?(\S+): Unknown symbol (\S+) \(err -2\).*$/,
    cause: ([, module, symbol]) =>
      `The kernel module ${module} was loaded before the one that has ${symbol}: wrong order, or that module is missing.`,
    fix: ([, module]) => [
      `\`modinfo -F depends ${module}.ko\` names what must come before it; the order of modules.list must follow.`,
      rebuildInitramfs,
    ],
  },
  {
    id: 'module-of-other-kernel',
    where: 'initramfs',
    shows:
      /^.*?(\S+): (version magic '([^']*)' should be '([^']*)'|disagrees about version of symbol \S+|module_layout: .*|.*Invalid relocation target.*|Invalid module format).*$/,
    cause: ([, module, said]) => `The kernel module ${module} was made for another kernel: ${said}.`,
    fix: always('Kernel and modules must come from the same package.', rebuildInitramfs),
  },
  {
    id: 'module-wrong-kind',
    where: 'initramfs',
    shows: /^BOOTPLAN-INIT: module (\S+?)(?:\.ko)? refused: errno (8|22) .*$/,
    cause: ([, module, errno]) =>
      `The kernel refused the module ${module} (errno ${errno}): made for another kernel or machine, or damaged.`,
    fix: ([, module]) => [`Look at it: \`file ${module}.ko\` and \`modinfo ${module}.ko\`.`, rebuildInitramfs],
  },
  {
    id: 'module-missing',
    where: 'initramfs',
    shows: /^.*?(\S+?\.ko(?:\.xz|\.zst|\.gz)?)(?:: | ).*?errno[ =:]*-?(2)\b.*$/,
    cause: ([, module]) => `The kernel module ${module} is not in the initramfs (errno 2, ${errnoWords(2)}).`,
    fix: ([, module]) => [
      `Does the kernel package have it? \`dpkg-deb -c KERNEL.deb | grep ${module}\`; a driver that is built in must not be listed.`,
      rebuildInitramfs,
    ],
  },
  {
    id: 'module-missing',
    where: 'initramfs',
    shows:
      /^.*(?:modprobe: (?:FATAL: )?[Mm]odule (\S+?) not found|(?:can't|could not|cannot) (?:insert|load|open) (?:module '?(\S+?)'?|'?(\S+?\.ko(?:\.\w+)?)'?): No such file).*$/,
    cause: ([, a, b, c]) => `The kernel module ${a ?? b ?? c} is not in the initramfs.`,
    fix: always('Add it with all that it depends on.', rebuildInitramfs),
  },
];
