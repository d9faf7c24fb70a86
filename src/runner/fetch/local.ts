/** What lies beside the metadata and is fetched from there: a file, or a directory with what is in it. */

import { chmodSync, copyFileSync, lutimesSync, mkdirSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FileDigest } from '../../digests.ts';
import { sha256File } from '../files/digest.ts';
import { type TreeEntry, treeDigest, treeEntries } from '../files/file-tree.ts';
import { inTurns } from '../files/turns.ts';
import { sourceDateEpoch } from '../recipe/paths.ts';

/** sha256 of a file's bytes, or of a directory's tree (tree.ts). */
export const localDigest = async (path: string): Promise<FileDigest> =>
  statSync(path).isDirectory() ? await treeDigest(path) : await sha256File(path);

/** Paths in it that no build can be given: pipes, sockets, devices, names that are no text. */
export async function notFetchable(path: string): Promise<readonly string[]> {
  const found = statSync(path);
  if (!found.isDirectory()) return found.isFile() ? [] : [path];
  const entries = await treeEntries(path);
  const odd = entries.filter(({ kind }) => kind === 'other' || kind === 'unreachable');
  return odd.map((entry) => join(path, entry.path));
}

function layFile(from: string, to: string, executable: boolean): void {
  copyFileSync(from, to);
  chmodSync(to, executable ? 0o755 : 0o644);
  lutimesSync(to, sourceDateEpoch, sourceDateEpoch);
}

function layEntry(entry: TreeEntry, from: string, to: string): void {
  mkdirSync(entry.kind === 'directory' ? to : dirname(to), { recursive: true });
  if (entry.kind === 'file') layFile(from, to, entry.executable);
  if (entry.kind !== 'link') return;
  symlinkSync(entry.target, to);
  lutimesSync(to, sourceDateEpoch, sourceDateEpoch);
}

async function layTree(from: string, to: string): Promise<void> {
  mkdirSync(to, { recursive: true });
  const entries = await treeEntries(from);
  await inTurns(entries, (entry) => layEntry(entry, join(from, entry.path), join(to, entry.path)));
  const directories = new Set(['.']);
  await inTurns(entries, ({ path, kind }) => {
    for (let d = kind === 'directory' ? path : dirname(path); !directories.has(d); d = dirname(d)) directories.add(d);
  });
  await inTurns(directories, (d) => lutimesSync(join(to, d), sourceDateEpoch, sourceDateEpoch));
}

/**
 * Copies for a build what its digest counts, and nothing else. Modes, times and links are normalised, so that they do
 * not depend on who checked the metadata out, where or when.
 */
export async function layOut(from: string, to: string): Promise<void> {
  const found = statSync(from);
  if (found.isDirectory()) await layTree(from, to);
  else layFile(from, to, (found.mode & 0o111) !== 0);
}
