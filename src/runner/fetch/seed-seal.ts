/**
 * An unpacked seed is believed only under its seal: a file beside the tree with the digest of all that is in it, and a
 * stamp of names, sizes and times that tells cheaply whether anything could have changed since.
 */
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { byteOrder } from '../../order.ts';
import { sha256 } from '../files/digest.ts';
import { treeDigest } from '../files/file-tree.ts';
import { publishText } from '../files/publish.ts';
import { removeTree } from '../files/remove-tree.ts';

const sealOf = (directory: string): string => `${directory}.seal`;

/** Of every file and link; directories change with what is in them. */
function stampOf(directory: string): string {
  const lines: string[] = [];
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    const { size, mtimeMs, mode } = lstatSync(path);
    lines.push([path.slice(directory.length), size, mtimeMs, mode].join('\0'));
  }
  return sha256(lines.sort(byteOrder).join('\n'));
}

const writeSeal = (directory: string, digest: string): void =>
  publishText(sealOf(directory), `${digest} ${stampOf(directory)}\n`);

/** For a tree whose content is right, and on the disk. */
export const seal = (directory: string): void => writeSeal(directory, treeDigest(directory));

/**
 * Is there a whole tree, as it was sealed? Only one that was touched is hashed: copied, restored from a backup, edited.
 *
 * @param thoroughly hashes it anyway: a disk may change a bit without any trace
 */
export function isSealed(directory: string, thoroughly = false): boolean {
  if (!existsSync(directory) || !existsSync(sealOf(directory))) return false;
  const [digest = '', stamp] = readFileSync(sealOf(directory), 'utf8').trim().split(' ');
  const untouched = stampOf(directory) === stamp;
  if (untouched && !thoroughly) return true;
  if (treeDigest(directory) !== digest) return false;
  if (!untouched) writeSeal(directory, digest);
  return true;
}

/** Removes a tree, whatever it has become; its seal first, so that no part of it is believed. */
export function breakSeal(directory: string): void {
  rmSync(sealOf(directory), { force: true });
  removeTree(directory);
}

/** Hashes every unpacked seed, and removes those that are not as they were; says which. They are unpacked again when needed. */
export function verifySeeds(cache: string): readonly string[] {
  const parent = join(cache, 'seed');
  const names = existsSync(parent) ? readdirSync(parent).filter((name) => existsSync(sealOf(join(parent, name)))) : [];
  const damaged = names.map((name) => join(parent, name)).filter((directory) => !isSealed(directory, true));
  for (const directory of damaged) breakSeal(directory);
  return damaged;
}
