/** What lies in a directory, without following a single link: the view of outputs that nothing inside can deceive. */

import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, opendirSync, readlinkSync, type Stats } from 'node:fs';
import { join, posix } from 'node:path';
import type { FileDigest } from '../../digests.ts';
import { byteOrder } from '../../order.ts';
import { sha256File, sha256OfFile } from './digest.ts';
import { sortedInTurns, Turns } from './turns.ts';

/** One thing in a directory, with what decides its meaning there. */
export type TreeEntry =
  | { readonly path: string; readonly kind: 'file'; readonly executable: boolean; readonly special: boolean }
  /** Listed only when empty: others are implied by what is in them. */
  | { readonly path: string; readonly kind: 'directory' }
  | { readonly path: string; readonly kind: 'link'; readonly target: string }
  | { readonly path: string; readonly kind: 'other' }
  /** No system call reaches it by its name: the name is not UTF-8, or its path too long. What is in it is not seen. */
  | { readonly path: string; readonly kind: 'unreachable' };

function entryOf(path: string, stats: Stats, host: string): TreeEntry {
  if (stats.isSymbolicLink()) return { path, kind: 'link', target: readlinkSync(host) };
  if (!stats.isFile()) return { path, kind: 'other' };
  return { path, kind: 'file', executable: (stats.mode & 0o111) !== 0, special: (stats.mode & 0o7000) !== 0 };
}

/** What a name stands for; nothing when it cannot be asked by that name. */
function statsOf(host: string): Stats | undefined {
  try {
    return lstatSync(host, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENAMETOOLONG') return undefined;
    throw error;
  }
}

/** A build may take its owner's permissions from what it leaves; who is not root can then neither read nor move it. */
function openUp(host: string, stats: Stats): void {
  const needed = stats.isDirectory() ? 0o700 : stats.isFile() ? 0o400 : 0;
  if ((stats.mode & needed) !== needed) chmodSync(host, stats.mode | needed);
}

/** Names that are read from a directory at once: it may hold a million. */
const readAtOnce = 128;

/** The names in a directory, in no order. */
export function* namesIn(directory: string): Generator<string, void> {
  const opened = opendirSync(directory, { bufferSize: readAtOnce });
  try {
    for (let entry = opened.readSync(); entry !== null; entry = opened.readSync()) yield entry.name;
  } finally {
    opened.closeSync();
  }
}

/** Every entry under a directory, in no order; one directory is open at a time, however deep the tree. */
async function walked(directory: string, opening: boolean): Promise<TreeEntry[]> {
  const entries: TreeEntry[] = [];
  const turns = new Turns();
  const directories = [''];
  for (const relative of directories) {
    let isEmpty = true;
    for (const name of namesIn(join(directory, relative))) {
      isEmpty = false;
      const path = relative === '' ? name : `${relative}/${name}`;
      const host = join(directory, path);
      const stats = statsOf(host);
      if (opening && stats !== undefined) openUp(host, stats);
      if (stats === undefined) entries.push({ path, kind: 'unreachable' });
      else if (stats.isDirectory()) directories.push(path);
      else entries.push(entryOf(path, stats, host));
      if (turns.isOver) await turns.next();
    }
    if (isEmpty && relative !== '') entries.push({ path: relative, kind: 'directory' });
  }
  return entries;
}

/**
 * Every entry under a directory, byte order of path; paths are relative to it. A build may leave a million: timers and
 * signals have their turn meanwhile. O(entries log entries).
 *
 * @param opening gives the owner of all that is there the permission to read it
 * @throws Interrupted at the signal that this is done under (heeding.ts)
 */
export const treeEntries = async (directory: string, opening = false): Promise<readonly TreeEntry[]> =>
  sortedInTurns(await walked(directory, opening), (a, b) => byteOrder(a.path, b.path));

/** True when a relative link target climbs above the tree, or an absolute one points into the build's own places. */
export function escapes(link: { readonly path: string; readonly target: string }, workRoot: string): boolean {
  if (link.target.startsWith('/')) return `${posix.normalize(link.target)}/`.startsWith(`${workRoot}/`);
  return posix.join(posix.dirname(link.path), link.target).split('/')[0] === '..';
}

/** What two equal trees have in common of an entry: path, kind, mode or target, sha256 of the bytes. */
function lineOf(entry: TreeEntry, digest: () => string): string {
  const { path, kind } = entry;
  if (kind === 'link') return [path, kind, entry.target].join('\0');
  if (kind !== 'file') return [path, kind].join('\0');
  return [path, entry.executable ? '755' : '644', digest()].join('\0');
}

/** Files that are longer are read piece by piece, with turns for others between. */
const large = 2 ** 22;

/** The digest of a tree of any size: timers and signals have their turn meanwhile. */
export async function treeDigest(directory: string, entries?: readonly TreeEntry[]): Promise<FileDigest> {
  const hash = createHash('sha256');
  const turns = new Turns();
  let separator = '';
  for (const entry of entries ?? (await treeEntries(directory))) {
    const path = join(directory, entry.path);
    const isLarge = entry.kind === 'file' && lstatSync(path).size > large;
    const digest = isLarge ? await sha256File(path) : undefined;
    hash.update(separator + lineOf(entry, () => digest ?? sha256OfFile(path)));
    separator = '\n';
    if (turns.isOver) await turns.next();
  }
  return hash.digest('hex');
}
