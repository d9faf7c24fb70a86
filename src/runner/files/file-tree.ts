/** What lies in a directory, without following a single link: the view of outputs that nothing inside can deceive. */
import { chmodSync, type Dirent, lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs';
import { join, posix } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { byteOrder } from '../../order.ts';
import { sha256, sha256File, sha256OfFile } from './digest.ts';

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

/** Every entry under a directory, in no order. */
function* walked(directory: string, opening: boolean, relative = ''): Generator<TreeEntry, void> {
  const inside: Dirent[] = readdirSync(join(directory, relative), { withFileTypes: true });
  if (inside.length === 0 && relative !== '') yield { path: relative, kind: 'directory' };
  for (const { name } of inside) {
    const path = relative === '' ? name : `${relative}/${name}`;
    const host = join(directory, path);
    const stats = statsOf(host);
    if (opening && stats !== undefined) openUp(host, stats);
    if (stats === undefined) yield { path, kind: 'unreachable' };
    else if (stats.isDirectory()) yield* walked(directory, opening, path);
    else yield entryOf(path, stats, host);
  }
}

const sorted = (entries: TreeEntry[]): readonly TreeEntry[] => entries.sort((a, b) => byteOrder(a.path, b.path));

/** Every entry under a directory, byte order of path; paths are relative to it. O(entries log entries). */
export const treeEntries = (directory: string): readonly TreeEntry[] => sorted([...walked(directory, false)]);

/**
 * The same of a tree such as a build may leave: timers and signals have their turn meanwhile.
 * @param opening gives the owner of all that is there the permission to read it
 */
export async function treeEntriesInTurns(directory: string, opening = false): Promise<readonly TreeEntry[]> {
  const entries: TreeEntry[] = [];
  for (const entry of walked(directory, opening)) {
    if (entries.push(entry) % inOneTurn === 0) await nextTurn();
  }
  return sorted(entries);
}

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

/** One line per entry. */
const treeLines = (directory: string, entries: readonly TreeEntry[]): readonly string[] =>
  entries.map((entry) => lineOf(entry, () => sha256OfFile(join(directory, entry.path))));

/** Files that are longer are read piece by piece, with turns for others between. */
const large = 2 ** 22;
const inOneTurn = 200;

/** The digest of a tree of any size, such as a build may leave: timers and signals have their turn meanwhile. */
export async function treeDigestInTurns(directory: string, entries: readonly TreeEntry[]): Promise<string> {
  const lines: string[] = [];
  for (const [i, entry] of entries.entries()) {
    if (i % inOneTurn === inOneTurn - 1) await nextTurn();
    const path = join(directory, entry.path);
    const isLarge = entry.kind === 'file' && lstatSync(path).size > large;
    const digest = isLarge ? await sha256File(path) : undefined;
    lines.push(lineOf(entry, () => digest ?? sha256OfFile(path)));
  }
  return sha256(lines.join('\n'));
}

export const treeDigest = (directory: string, entries = treeEntries(directory)): string =>
  sha256(treeLines(directory, entries).join('\n'));
