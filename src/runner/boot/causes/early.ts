/** What consoles say when a boot fails before the root file system is looked for, and what it means. */
import { always, type Cause, kernelStarted, loaderStarted, rebuildImage, rebuildInitramfs } from './cause.ts';

/** The rows of this file, in no order that matters. */
export const earlyCauses: readonly Cause[] = [
  // -------------------------------------------------------------- the machine itself
  {
    id: 'machine-refused',
    where: 'machine',
    phase: 'machine',
    shows:
      /^(qemu-system-\S+: (?!warning:|info:|terminating on signal).*|qemu: .*|Could not access KVM kernel module: .*|KVM internal error.*|KVM: entry failed.*|error: kvm run failed.*)$/,
    past: kernelStarted,
    cause: ([, said], console) => {
      const words = said!.replace(/^qemu(?:-system-\S+)?: /, '').replace(/\.$/, '');
      const ran = new RegExp(kernelStarted.source, 'm').test(console);
      return ran ? `QEMU failed while the guest ran: ${words}.` : `QEMU did not start the machine: ${words}.`;
    },
    fix: always(
      'Does the image exist, is it readable, and is no other program writing to it?',
      'Leave KVM out: --accel tcg.',
    ),
  },
  // -------------------------------------------------------------- boot loaders
  {
    id: 'no-boot-device',
    where: 'boot loader',
    phase: 'firmware',
    grade: 'effect',
    shows:
      /^.*(No bootable (?:device|medium)|[Nn]ot a bootable (?:disk|device)|Boot failed|Missing operating system|[Oo]perating [Ss]ystem (?:load error|not found)|Error loading operating system|Invalid partition table|MBR: no active|[Nn]on-[Ss]ystem disk|Nothing to boot|PXE-E\w+: .*|! No virtio device found).*$/,
    past: loaderStarted,
    cause: () => 'The firmware found nothing to boot on the disk.',
    fix: always(
      'The partition with the boot loader needs the boot flag, and the first sector its code: `sfdisk -l IMAGE`.',
      'An image for UEFI does not boot with BIOS, nor the other way round (--firmware).',
      rebuildImage,
    ),
  },
  {
    id: 'loader-broken',
    where: 'boot loader',
    phase: 'loader',
    shows:
      /^.*(Loading \S+?\.\.\. ?failed: .*|Could not find kernel image.*|Invalid or corrupt kernel image.*|No DEFAULT or UI configuration directive|error: (?:\S+\.c:\d+: ?)?(no such (device|partition)|(?:file (?!\S+\.mod')|disk ).* not found|unknown filesystem|invalid magic number|you need to load the kernel first).*|grub rescue>|Error (?:loading \\\S+|preparing initrd: ).*|Failed to open file.*vmlinuz.*|\*\* Unable to read file .*|Bad Linux \S+ Image magic.*|Wrong Image Format.*|EFI stub: ERROR: (?!FIRMWARE BUG).*)$/,
    past: kernelStarted,
    cause: ([said]) => `The boot loader runs, but does not find what it is to load: "${said!.trim()}".`,
    fix: always(
      'Kernel, initramfs and configuration must be on the boot partition under the names the configuration has: `mdir -i boot.fat ::`.',
      rebuildImage,
    ),
  },
  {
    id: 'loader-broken',
    where: 'boot loader',
    phase: 'loader',
    shows: /^.*(Reboot Into Firmware Interface).*$/,
    past: kernelStarted,
    cause: () => 'The boot loader (systemd-boot) found nothing that it could start, and showed its empty menu.',
    fix: always(
      'Each entry in loader/entries must name a kernel that is on the boot partition: `mdir -/ -i boot.fat ::`.',
      rebuildImage,
    ),
  },
  {
    id: 'efi-refused',
    where: 'boot loader',
    phase: 'firmware',
    shows: /^.*BdsDxe: failed to (?:load|start) Boot[0-9A-F]+ .*: (?!Not Found)([A-Z][\w ]+)$/,
    past: loaderStarted,
    cause: ([, why]) => `The UEFI firmware found a boot loader and did not start it: ${why}.`,
    fix: always(
      'Access Denied and Security Violation mean Secure Boot: switch it off, or sign loader and kernel.',
      'Is the loader for the architecture of the machine (BOOTX64.EFI, BOOTAA64.EFI), and whole?',
      rebuildImage,
    ),
  },
  {
    id: 'no-efi-loader',
    where: 'boot loader',
    phase: 'firmware',
    grade: 'effect',
    shows:
      /^.*(BdsDxe: failed to (load|start) Boot[0-9A-F]+(?![0-9A-F]| "[^"\n]*(?:DVD|CD)-ROM).*: Not Found|BdsDxe: No bootable option|UEFI Interactive Shell).*$/,
    past: loaderStarted,
    cause: () => 'The UEFI firmware found no boot loader on the disk.',
    fix: always(
      'The EFI system partition must hold EFI/BOOT/BOOTX64.EFI (arm64: BOOTAA64.EFI) on FAT, in a GPT with its type.',
      rebuildImage,
    ),
  },
  {
    id: 'kernel-not-started',
    where: 'boot loader',
    phase: 'loader',
    shows:
      /^(Booting kernel failed: .*|Not enough memory to load specified image.*|error: (?:\S+\.c:\d+: ?)?out of memory\.?)$/,
    past: kernelStarted,
    cause: ([, said]) => `The boot loader found a kernel and could not start it: "${said}".`,
    fix: always(
      'Is there memory enough for kernel and initramfs? --memory MIB.',
      'Is it a kernel at all? `file vmlinuz` must say so.',
      rebuildImage,
    ),
  },
  {
    id: 'loader-broken',
    where: 'boot loader',
    phase: 'loader',
    grade: 'summary',
    shows: /^((?:grub|=|Shell)>|boot:) *\n*(?![\s\S])/,
    cause: ([, prompt]) => `The boot loader does not know what to start: it stopped at its prompt ("${prompt}").`,
    fix: always(
      'Its configuration is missing, or is not where this loader looks: `mdir -i boot.fat ::`.',
      'Kernel and initramfs must be on the boot partition under the names the configuration has.',
      rebuildImage,
    ),
  },
  // -------------------------------------------------------------- before the kernel has an init
  {
    id: 'kernel-damaged',
    where: 'kernel',
    phase: 'kernel',
    shows:
      /^.*((crc|length) error|Decoding failed|compressed data is corrupt|invalid compressed format|Out of memory while allocating|out of memory).*(-- System halted)?$/,
    with: /-- System halted/,
    cause: ([said]) => `The kernel could not unpack itself: "${said!.trim()}".`,
    fix: always('The kernel image is damaged, or the machine has too little memory for it.', rebuildImage),
  },
  {
    id: 'wrong-processor',
    where: 'kernel',
    phase: 'kernel',
    shows:
      /^.*(This kernel requires (?:an? \S+ CPU|the following features).*|CPU ISA level is lower than required|Fatal glibc error: CPU does not support.*)$/,
    cause: ([, said]) => `The processor of the machine is too old or of another kind: "${said}".`,
    fix: always('Give QEMU a newer processor (-cpu max), or build for the older one.'),
  },
  {
    id: 'initramfs-damaged',
    where: 'initramfs',
    phase: 'initramfs',
    shows:
      /^.*(Initramfs unpacking failed: (?!write error|compression method).*|rootfs image is not initramfs .*|junk (at the end of|within) compressed archive.*)$/,
    // Some kernels complain of what follows the archive, and start its /init all the same.
    past: /VFS: Mounted root|^BOOTPLAN-INIT: (?:root is|starting) |Run \/init as init process(?![\s\S]*(?:Failed to execute \/init|Attempted to kill init|^BOOTPLAN-INIT: module ))/,
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
    phase: 'memory',
    shows:
      /^.*(Kernel panic - not syncing: (System is deadlocked on memory|Out of memory).*|(?:Memory cgroup out of memory|Out of memory): Kill(?:ed)? process \d+ \(.*)$/,
    cause: ([, said]) => `The guest ran out of memory: "${said}".`,
    fix: always('Give it more: --memory MIB.'),
  },
];
