/**
 * What a run leaves in its state directory for others to read, each file with its digest: noted in the journal when it
 * was written, and held against it by `verify`. Packages are not in it; the journal has them from their builds.
 */

import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { valueAt } from '../../by-name.ts';
import type { FileDigest } from '../../digests.ts';
import type { ByName } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import { sha256File } from '../files/digest.ts';
import type { StateDirectory } from '../journal/state-directory.ts';

/** Path -> sha256. */
export type Files = ByName<string>;

interface Found {
  /** Below the state directory. */
  readonly path: string;
  /** A link, a device, a directory: nothing that a run writes there. */
  readonly strange: boolean;
}

function filesIn(root: string, directory: string): readonly Found[] {
  const entries = existsSync(directory) ? readdirSync(directory, { withFileTypes: true }) : [];
  return entries.map((entry) => ({
    path: relative(root, join(directory, entry.name)),
    strange: !entry.isFile(),
  }));
}

/** Everything that is there now; of an archive all but its packages. */
function filesThere(directory: StateDirectory, archives: readonly string[]): readonly Found[] {
  const { root } = directory;
  const alone = new Set([directory.plan, directory.ledger, directory.archiveKey]);
  const found = [
    ...filesIn(root, root).filter(({ path }) => alone.has(join(root, path))),
    ...archives.flatMap((name) => filesIn(root, join(directory.archives, name))),
    ...filesIn(root, directory.provenance),
    ...filesIn(root, directory.seed),
  ];
  const pools = new Set(archives.map((name) => relative(root, join(directory.archives, name, 'pool'))));
  return found.filter(({ path }) => !pools.has(path)).sort((a, b) => byteOrder(a.path, b.path));
}

/** Path below the state directory -> sha256, of all that is there to be read. Reads every file once. */
export async function publishedFiles(directory: StateDirectory, archives: readonly string[]): Promise<Files> {
  const files: [path: string, sha256: FileDigest][] = [];
  for (const { path } of filesThere(directory, archives))
    files.push([path, await sha256File(join(directory.root, path))]);
  return Object.fromEntries(files);
}

/** Path -> what is wrong with it, for everything that is not as it was published. */
export async function unlikePublished(
  directory: StateDirectory,
  archives: readonly string[],
  published: Files,
): Promise<ReadonlyMap<string, string>> {
  const wrong = new Map<string, string>();
  const there = filesThere(directory, archives);
  for (const { path, strange } of there)
    if (strange) wrong.set(path, `${path} is not a regular file`);
    else if (!Object.hasOwn(published, path)) wrong.set(path, `${path} was not put there by a run`);
    else if ((await sha256File(join(directory.root, path))) !== valueAt(published, path))
      wrong.set(path, `${path} is not what was published`);
  const names = new Set(there.map(({ path }) => path));
  for (const path of Object.keys(published)) if (!names.has(path)) wrong.set(path, `${path} is missing`);
  return wrong;
}
