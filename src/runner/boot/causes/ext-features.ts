/** Names of the features of ext2, ext3 and ext4, by the bits that kernel and e2fsck print (ext4(5), fs/ext4/ext4.h). */

type Bits = ReadonlyMap<number, string>;
const bits = (names: Readonly<Record<number, string>>): Bits =>
  new Map(Object.entries(names).map(([bit, name]) => [Number(bit), name]));

/** What no kernel may mount at all without knowing it. */
const incompatible = bits({
  1: 'filetype',
  2: 'needs_recovery',
  3: 'journal_dev',
  4: 'meta_bg',
  6: 'extent',
  7: '64bit',
  8: 'mmp',
  9: 'flex_bg',
  10: 'ea_inode',
  12: 'dirdata',
  13: 'metadata_csum_seed',
  14: 'large_dir',
  15: 'inline_data',
  16: 'encrypt',
  17: 'casefold',
});
/** What a kernel that does not know it may only read. */
const readOnly = bits({
  0: 'sparse_super',
  1: 'large_file',
  3: 'huge_file',
  4: 'uninit_bg',
  5: 'dir_nlink',
  6: 'extra_isize',
  8: 'quota',
  9: 'bigalloc',
  10: 'metadata_csum',
  12: 'read-only',
  13: 'project',
  14: 'shared_blocks',
  15: 'verity',
  16: 'orphan_present',
});
/** What only e2fsck must know. */
const compatible = bits({
  2: 'has_journal',
  3: 'ext_attr',
  4: 'resize_inode',
  5: 'dir_index',
  9: 'sparse_super2',
  10: 'fast_commit',
  11: 'stable_inodes',
  12: 'orphan_file',
});

/** The features in the hexadecimal number of "unsupported optional features (NUMBER)"; `writing` when it says RDWR. */
export function featuresOf(number: string, writing: boolean): readonly string[] {
  const value = Number.parseInt(number, 16);
  return [...(writing ? readOnly : incompatible)].flatMap(([bit, name]) =>
    Math.floor(value / 2 ** bit) % 2 === 1 ? [name] : [],
  );
}

/** The name of what e2fsck calls FEATURE_C12 (compatible), FEATURE_R16 (read-only) or FEATURE_I13 (incompatible). */
export function featureNamed(word: string): string | undefined {
  const [, kind, bit] = /^FEATURE_([CRI])(\d+)$/.exec(word) ?? [];
  const names = kind === 'C' ? compatible : kind === 'R' ? readOnly : incompatible;
  return bit === undefined ? undefined : names.get(Number(bit));
}
