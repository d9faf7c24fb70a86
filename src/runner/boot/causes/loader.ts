/** What boot loaders say of their own modules, of Secure Boot and of disks that they cannot read, and what it means. */
import { always, type Cause, kernelStarted, rebuildImage } from './cause.ts';

const oneVersion = [
  'The boot loader and its modules (*.c32 of syslinux, *.mod of GRUB) must be of one version, and for the same firmware (BIOS or UEFI).',
  'They must lie where the loader looks: `mdir -/ -i boot.fat ::`; syslinux cannot read what an ext4 with the feature 64bit holds.',
] as const;

/** The rows of this file, in no order that matters. */
export const loaderCauses: readonly Cause[] = [
  {
    id: 'loader-broken',
    where: 'boot loader',
    phase: 'loader',
    shows:
      /^.*?(Undef symbol FAIL: .*|Failed to load (?:COM32 file )?\S+\.c32.*|(?<!\S)\S+\.c32: (?:not a COM32R? image|.*[Nn]o such file).*|error: (?:\S+\.c:\d+: ?)?symbol [`'‘]\S+' not found.*|error: (?:\S+\.c:\d+: ?)?file [`'‘]\S+\.mod' not found.*|error: (?:\S+\.c:\d+: ?)?(?:incompatible license|invalid arch-?(?:in)?dependent ELF magic|ELF header smaller than expected|relocation .* not implemented.*).*)$/,
    past: kernelStarted,
    cause: ([, said]) => `The boot loader runs, but cannot load a module of its own: "${said}".`,
    fix: always(...oneVersion, rebuildImage),
  },
  {
    id: 'loader-broken',
    where: 'boot loader',
    phase: 'loader',
    shows:
      /^.*?(ISOLINUX: Image checksum error.*|isolinux\.bin missing or corrupt.*|(?:EDD|CHS): Error [0-9A-F]{2,4} reading sector.*|Disk error [0-9A-F]+, AX ?=.*|GRUB (?:Geom|Hard Disk|Read|Floppy) Error.*|error: (?:\S+\.c:\d+: ?)?(?:failure (?:reading|writing) sector .*|attempt to read or write outside of (?:disk|partition).*|premature end of file.*|checksum verification failed.*|invalid (?:sector size|magic number).*|invalid compressed data.*)|L(?: 99){3,}.*|TFTP error: .*|Loading: T(?: T)* *)$/,
    past: kernelStarted,
    cause: ([, said]) => `The boot loader cannot read what it is to load, or it is cut off: "${said}".`,
    fix: always(
      'Is the disk image whole? `qemu-img check IMAGE`; are the files on the boot partition as long as their originals?',
      'An old BIOS does not read beyond a limit of its own: keep the boot partition at the beginning of the disk.',
      rebuildImage,
    ),
  },
  {
    id: 'efi-refused',
    where: 'boot loader',
    phase: 'loader',
    shows:
      /^.*?(error: (?:\S+\.c:\d+: ?)?(?:bad shim signature|shim_lock protocol not found|verification requested but nobody cares.*|prohibited by secure boot policy|\S+ has invalid signature|invalid signature).*|Verification failed: \(0x1A\).*|Bootloader has not verified loaded image.*|(?:Image|LoadImage|StartImage).*(?:Security (?:Policy )?Violation|Access Denied).*|(?:SBAT|shim) self-check failed.*|Failed to (?:execute|start|load) .*: (?:Security Violation|Access Denied))$/,
    past: kernelStarted,
    cause: ([, said]) => `Secure Boot refused what was to be started: "${said}".`,
    fix: always(
      'Switch Secure Boot off, or sign boot loader and kernel with a key that the firmware has.',
      rebuildImage,
    ),
  },
  {
    id: 'loader-broken',
    where: 'boot loader',
    phase: 'loader',
    shows:
      /^.*?(ERROR: Did not find a cmdline Flattened Device Tree.*|Could not find a valid device tree.*|FDT_ERR_\w+.*|FDT and ATAGS support not compiled in.*|ERROR: reserving fdt memory region failed.*|ERROR: system-specific.*)$/,
    past: kernelStarted,
    cause: ([, said]) => `The boot loader has no device tree for this machine: "${said}".`,
    fix: always(
      'The .dtb of this machine must be on the boot partition, of the same kernel, under the name the loader has.',
    ),
  },
  {
    id: 'loader-broken',
    where: 'boot loader',
    phase: 'loader',
    shows:
      /^.*?(\*\* (?:Bad device|File not found|Unrecognized filesystem type|Invalid partition|Can't read partition table|No partition table).*|Wrong (?:Ramdisk )?Image (?:Format|Type).*|Ramdisk image is corrupt or invalid.*|Bad (?:Data CRC|Header Checksum|Magic Number).*|ERROR: can't get kernel image.*|Unknown image format!.*|Error (?:15|17|18|21|22): .*|No loader found\. Configuration files.*|Error (?:opening|reading) (?:root path|initrd|kernel|\\\S+).*|Failed to (?:execute|start) .*\(\\\S+\): (?!Security|Access).*|Failed to (?:load|read) (?:kernel|initrd|image|\\\S+).*|Bad kernel image: .*|Unable to open (?:root directory|kernel).*|(?:PANIC|Panic|\[PANIC\]|ERROR): (?:linux|limine|multiboot\d?): .*|Failed to open (?:kernel|module|executable|initrd|initramfs)\b.*|Could not (?:find|open|read) (?:ramdisk|kernel|initrd).*|File not found.*initr.*|Image \S+ is not (?:bootable|a valid).*)$/,
    past: kernelStarted,
    cause: ([, said]) => `The boot loader runs, but does not find what it is to load: "${said}".`,
    fix: always(
      'Kernel, initramfs and configuration must be on the boot partition, for this architecture, under the names the configuration has: `mdir -/ -i boot.fat ::`.',
      rebuildImage,
    ),
  },
  {
    id: 'root-locked',
    where: 'boot loader',
    phase: 'loader',
    grade: 'effect',
    shows:
      /^.*?((?:Enter|Attempting to decrypt).* (?:passphrase for|master key).*hd\d.*|error: (?:\S+\.c:\d+: ?)?(?:access denied|Invalid passphrase|no such cryptodisk found).*)$/,
    past: kernelStarted,
    cause: ([, said]) => `The boot loader waits for a passphrase that nobody types: "${said}".`,
    fix: always('Put kernel and initramfs on a partition that is not encrypted.', rebuildImage),
  },
  {
    id: 'loader-broken',
    where: 'boot loader',
    phase: 'loader',
    grade: 'summary',
    shows: /^.*(Boot failed: (?:please change disks|press a key).*)$/,
    with: /^(?:SYSLINUX|ISOLINUX|PXELINUX|EXTLINUX) \d/,
    past: kernelStarted,
    cause: ([, said]) => `The boot loader could not load what it was to start: "${said}".`,
    fix: always(
      'The line above it names the file: it must be on the boot partition, whole: `mdir -/ -i boot.fat ::`.',
      rebuildImage,
    ),
  },
  {
    id: 'loader-broken',
    where: 'boot loader',
    phase: 'loader',
    grade: 'effect',
    shows: /^(error: (?:\S+\.c:\d+: ?)?\S.*)$/,
    with: /GNU GRUB|Welcome to GRUB|GRUB loading|^grub(?: rescue)?>|Entering rescue mode|Booting `/,
    past: kernelStarted,
    cause: ([, said]) => `The boot loader (GRUB) failed: "${said}".`,
    fix: always('See its configuration, grub.cfg: names of disks, files and commands.', ...oneVersion, rebuildImage),
  },
];
