/**
 * An unpacked seed is believed only under its seal: a file beside the tree with the digest of all that is in it, and a
 * stamp of names, sizes and times that tells cheaply whether anything could have changed since.
 */
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { treeDigest, treeEntries } from '../files/file-tree.ts';
import { removeTree } from '../files/remove-tree.ts';
import { hasSeal, sealPath, sealText, writeSealText } from '../files/seal-file.ts';
import { inTurns } from '../files/turns.ts';

/**
 * Of every file and link; directories change with what is in them. No program can set ctime, so
 * an edit shows in it even when mtime was put back; a file that has replaced another shows by its inode number.
 */
async function stampOf(directory: string): Promise<string> {
  // `recursive` of readdir would follow links, /var/run of a system into this machine's own /run.
  const hash = createHash('sha256');
  let separator = '';
  await inTurns(await treeEntries(directory), ({ path, kind }) => {
    if (kind === 'directory' || kind === 'unreachable') return;
    const { size, mtimeMs, ctimeMs, ino, mode } = lstatSync(join(directory, path));
    hash.update(separator + [`/${path}`, size, mtimeMs, ctimeMs, ino, mode].join('\0'));
    separator = '\n';
  });
  return hash.digest('hex');
}

/** How trees are unpacked and sealed; another layout is unpacked again. */
const layout = 2;

async function writeSeal(directory: string, digest: string): Promise<void> {
  writeSealText(directory, `${digest} ${await stampOf(directory)} ${layout}`);
}

function readSeal(directory: string): { readonly digest: string; readonly stamp: string } | undefined {
  const form = new RegExp(`^([0-9a-f]{64}) ([0-9a-f]{64}) ${layout}$`);
  const [, digest, stamp] = form.exec(sealText(directory) ?? '') ?? [];
  return digest === undefined || stamp === undefined ? undefined : { digest, stamp };
}

/** For a tree whose content is right, and on the disk. */
export const seal = async (directory: string): Promise<void> => writeSeal(directory, await treeDigest(directory));

/**
 * Is there a whole tree, as it was sealed? Only one that was touched is hashed: copied, restored from a backup, edited.
 *
 * @param thoroughly hashes it anyway: a disk may change a bit without any trace
 */
export async function isSealed(directory: string, thoroughly = false): Promise<boolean> {
  const sealed = lstatSync(directory, { throwIfNoEntry: false })?.isDirectory() ? readSeal(directory) : undefined;
  if (sealed === undefined) return false;
  const untouched = (await stampOf(directory)) === sealed.stamp;
  if (untouched && !thoroughly) return true;
  if ((await treeDigest(directory)) !== sealed.digest) return false;
  if (!untouched) await writeSeal(directory, sealed.digest);
  return true;
}

/** Removes a tree, whatever it has become; its seal first, so that no part of it is believed. */
export async function breakSeal(directory: string): Promise<void> {
  rmSync(sealPath(directory), { force: true });
  await removeTree(directory);
}

/**
 * Hashes every unpacked seed, and removes those that are not as they were; says which. They are unpacked again when
 * needed.
 */
export async function verifySeeds(cache: string): Promise<readonly string[]> {
  const parent = join(cache, 'seed');
  const names = existsSync(parent) ? readdirSync(parent).filter((name) => hasSeal(join(parent, name))) : [];
  const damaged: string[] = [];
  for (const name of names) {
    const directory = join(parent, name);
    if (await isSealed(directory, true)) continue;
    damaged.push(directory);
    await breakSeal(directory);
  }
  return damaged;
}
