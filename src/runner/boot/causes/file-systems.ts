/** What is said of a root file system that is newer than kernel or e2fsck, incomplete, or damaged. */
import { always, type Cause, rebuildImage, rootMounted } from './cause.ts';
import { featureNamed, featuresOf } from './ext-features.ts';

const newerTools = (without: readonly string[]): readonly string[] => [
  without.length === 0
    ? 'Make it without the new features (mke2fs -O ^FEATURE), or with an older mke2fs; or take a newer kernel.'
    : `Make it without them: mke2fs -O ${without.map((name) => `^${name}`).join(',')}; or take a newer kernel.`,
  rebuildImage,
];

/** The rows of this file, in no order that matters. */
export const fileSystemCauses: readonly Cause[] = [
  {
    id: 'root-features',
    where: 'root file system',
    phase: 'root-file-system',
    shows: /^.*EXT4-fs \((\S+)\): (Filesystem with huge files cannot be mounted RDWR without CONFIG_LBDAF).*$/,
    past: rootMounted,
    cause: ([, device, said]) =>
      `The root file system on ${device} has a feature that this kernel was built without: ${said}.`,
    fix: always(
      'Make it without: mke2fs -O ^huge_file; or switch CONFIG_LBDAF (CONFIG_LBD) on in the kernel.',
      rebuildImage,
    ),
  },
  {
    id: 'root-features',
    where: 'root file system',
    phase: 'root-file-system',
    grade: 'effect',
    shows:
      /^.*EXT[23]-fs(?: \((?<a>\S+)\)|: (?<b>\S+)):? .*[Cc]ouldn't mount (?<w>RDWR )?because of unsupported optional features \((?<n>[0-9a-f]+)\)(?![\s\S]*EXT4-fs \((?:\k<a>|\k<b>)\): mounted).*$/,
    past: /VFS: Mounted root|^BOOTPLAN-INIT: (?:root is|starting) |Switching root/,
    cause: ({ groups }) =>
      `The file system on ${groups!.a ?? groups!.b} has features that this driver does not know (${featuresOf(groups!.n!, groups!.w !== undefined).join(', ')}): it is ext4, and the kernel has no driver for that.`,
    fix: always(
      'Take a kernel with CONFIG_EXT4_FS=y, or with the module ext4 in the initramfs; or make the root as ext2.',
      rebuildImage,
    ),
  },
  {
    id: 'root-features',
    where: 'root file system',
    phase: 'root-file-system',
    shows:
      /^.*?(JBD2?: (?:Unrecognised features on journal|journal .*unknown .*).*|EXT4-fs \(\S+\): (?:.*page size.*|bad block size .*|Cannot load crc32c driver.*|.*unsupported (?:inode size|descriptor size|encoding).*|Unsupported (?:filesystem )?blocksize.*)|XFS \(\S+\): (?:Superblock has unknown .*features.*|.*unsupported.*|Version 5.*not supported.*|Filesystem has .*(?:cannot|not).*)|BTRFS.*(?:unsupported optional features|unrecognized or unsupported|cannot mount because of unsupported).*|(?:squashfs: )?SQUASHFS error: (?:Filesystem uses .* compression.*|Unknown LZ4 version|Major\/Minor mismatch.*|.*unsupported.*).*|erofs: .*(?:unidentified|unsupported).*|F2FS-fs .*(?:unsupported|not supported|feature).*|ext4.*MOUNT_WRITE.*quota.*not supported.*|EXT4-fs \(\S+\): (?!.*CONFIG_LBDAF).*(?:can't support|cannot be mounted|not supported).*(?:CONFIG_|feature|kernel).*)$/,
    past: rootMounted,
    cause: ([, said]) => `The root file system has features that this kernel does not know: "${said}".`,
    fix: (_, console) => [
      ...(/SQUASHFS/.test(console)
        ? ['Make it with a compression that the kernel has (CONFIG_SQUASHFS_XZ, _ZSTD, _LZ4), gzip for instance.']
        : newerTools(/JBD2?: Unrecognised/.test(console) ? ['metadata_csum'] : []).slice(0, 1)),
      rebuildImage,
    ],
  },
  {
    id: 'fsck-too-old',
    where: 'root file system',
    phase: 'root-file-system',
    shows:
      /^.*?(?:(?<!\S)(?<device>\S+) has|Filesystem has) unsupported (?:read-only )?feature\(?s\)?:? ?(?<names>[^\n(]*?)\.?(?: \(.*)?$/,
    cause: ({ groups }) =>
      `The file system on ${groups!.device ?? 'the disk'} was made with a feature that the guest's e2fsck does not know: ${inWords(groups!.names!)}.`,
    fix: ({ groups }) => [
      `Make it without: mke2fs -O ${optionsWithout(groups!.names!)}; or take a newer e2fsprogs into the image: mke2fs of the host is newer than e2fsck of the guest.`,
      rebuildImage,
    ],
  },
  {
    id: 'fsck-too-old',
    where: 'root file system',
    phase: 'root-file-system',
    grade: 'effect',
    shows: /^.*?(\S*e2fsck: Get a newer version of e2fsck!?.*)$/,
    cause: ([, said]) => `The guest's e2fsck is older than the mke2fs that made its file system: "${said}".`,
    fix: always(
      'Make the file system with the features of the guest (mke2fs -O ^orphan_file,^metadata_csum_seed), or take a newer e2fsprogs.',
      rebuildImage,
    ),
  },
  {
    id: 'wrong-clock',
    where: 'machine',
    phase: 'root-file-system',
    shows: /^.*?([Ss]uperblock last (?:mount|write) time .*is in the future.*)$/,
    with: /UNEXPECTED INCONSISTENCY|fsck (?:failed|exited|died)|manual fsck|[Ff]ile ?system check .*failed/,
    cause: ([, said]) =>
      `The clock of the machine is wrong, and the guest's check of its disk fails of it: "${said!.trim()}".`,
    fix: always('Set it: -rtc base=utc; or broken_system_clock = true in e2fsck.conf of the guest.', rebuildImage),
  },
  {
    id: 'fsck-missing',
    where: 'root file system',
    phase: 'root-file-system',
    shows:
      /^.*?(fsck: error 2 \(No such file or directory\) while executing (\S+) .*|fsck: (\S+): (?:execute failed|not found)[^\n]*|(\bfsck\.\w+): (?:command )?not found.*)$/,
    with: /fsck (?:failed|exited|died)|manual fsck|[Ff]ile ?system check .*failed|emergency|maintenance/,
    cause: ([, , a, b, c]) => `The guest is to check its file system, and has no ${a ?? b ?? c}.`,
    fix: always('Add the package that has it (e2fsprogs), or set the last field in etc/fstab to 0.', rebuildImage),
  },
  {
    id: 'needs-fsck',
    where: 'root file system',
    phase: 'root-file-system',
    grade: 'effect',
    shows:
      /^.*?(Failure: File system check of .* failed.*|requires a manual fsck.*|fsck (?:exited with status code|failed with exit (?:status|code)|died with exit status) (?:[4-9]|1\d)\b.*|systemd-fsck\S*: fsck failed with .*|\[FAILED\] Failed to start (?:systemd-fsck\S*|File System Check on).*|\*\*\* An error occurred during the file ?system check.*|contains a file system with errors, .*manual.*)$/,
    past: rootMounted,
    cause: ([, said]) =>
      `The root file system is damaged, and the guest's own check does not mend it by itself: "${said!.trim()}".`,
    fix: always(
      'Check it: `e2fsck -fn` on the partition. An image that was written to is best made again.',
      rebuildImage,
    ),
  },
  {
    id: 'root-incomplete',
    where: 'root file system',
    phase: 'root-file-system',
    shows:
      /^.*?(BTRFS (?:error|warning).*: (devid \d+) .*is missing.*|BTRFS.*failed to read (?:the system array|chunk tree).*)$/,
    past: rootMounted,
    cause: ([, said]) => `The root file system lies on several disks, and one of them is missing: "${said}".`,
    fix: always(
      'Give the machine all its disks, and have the initramfs run `btrfs device scan`; or name them: rootflags=device=/dev/vda2,device=/dev/vdb2.',
      'With fewer disks it is mounted with rootflags=degraded.',
    ),
  },
  {
    id: 'root-damaged',
    where: 'root file system',
    phase: 'root-file-system',
    shows:
      /^.*?(device-mapper: verity: .*(?:corrupted|is not valid|error).*|dm-verity device (?:has been )?corrupted.*|Kernel panic - not syncing: .*verity.*|EXT4-fs error \(device \S+\): .*|EXT[23]-fs error \(device \S+\): .*|XFS \(\S+\): .*(?:[Cc]orruption|log recovery failed|[Ll]og mount\/recovery failed|SB validate failed|metadata I\/O error|Mount(?:ing)? .*failed).*)$/,
    cause: ([, said]) => `The root file system is damaged: "${said}".`,
    fix: always(
      'Check it with the fsck of that file system. An image that was written to is best made again.',
      rebuildImage,
    ),
  },
  {
    id: 'root-damaged',
    where: 'root file system',
    phase: 'root-file-system',
    grade: 'effect',
    shows:
      /^.*?(EXT4-fs \(\S+\): (?:unable to read superblock|no journal found|.*(?:group descriptors|Inode table|Block bitmap|Inode bitmap) .*(?:corrupt|not in group).*|ext4_check_descriptors: .*|.*(?:mount failed|get root inode failed|root inode is corrupt).*)|SQUASHFS error: (?:.*decompression failed.*|[Ff]ailed to read.*|[Uu]nable to read.*|.*corrupt.*)|F2FS-fs \(\S+\): (?:Magic Mismatch|.*[Ii]nvalid.*|.*[Ff]ailed).*|(?:FAT|VFAT|ISOFS|NILFS)\S*(?: \(\S+\))?: .*(?:bogus|[Uu]nable to identify|invalid|[Cc]an't find).*|erofs: .*(?:cannot find valid|failed).*|BTRFS.*(?:no valid|bad tree block|parent transid verify failed|super block crcs? don't match|superblock checksum mismatch).*)$/,
    past: rootMounted,
    cause: ([, said]) => `The root file system is damaged, cut off or of another kind: "${said}".`,
    fix: always('Is it the right partition? Check it with the fsck of its file system.', rebuildImage),
  },
];

const wordsOf = (names: string): readonly string[] => names.split(/[\s,]+/).filter((word) => word !== '');

/** `FEATURE_C12 (orphan_file)`. */
function inWords(names: string): string {
  const all = wordsOf(names).map((word) => {
    const name = featureNamed(word);
    return name === undefined ? word : `${word} (${name})`;
  });
  return all.length === 0 ? 'which, it does not say' : all.join(', ');
}

/** What to give to mke2fs -O; a file system that has orphans present has the file for them. */
function optionsWithout(names: string): string {
  const all = wordsOf(names).map((word) => featureNamed(word) ?? (/^[a-z]/.test(word) ? word : 'FEATURE'));
  const known = new Set(all.map((name) => (name === 'orphan_present' ? 'orphan_file' : name)));
  return known.size === 0 ? '^FEATURE' : [...known].map((name) => `^${name}`).join(',');
}
