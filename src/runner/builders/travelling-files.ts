/** Where the parts of a job are below its input directory: one path for each content. */

import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FileDigest } from '../../digests.ts';
import { Bug } from '../../errors.ts';
import type { FetchItem } from '../../model.ts';
import { runProcess } from '../process.ts';

/** The path of each kind of part. */
export const inputPath = {
  seed: (file: string): string => `seed/${file}`,
  source: (sha256: FileDigest): string => `sources/${sha256}`,
  /** A file or directory beside the metadata, in a tar archive. */
  local: (sha256: FileDigest): string => `local/${sha256}.tar`,
  /** A package of an archive that a chroot is made of. */
  pool: (sha256: FileDigest): string => `pool/${sha256}.deb`,
} as const;

/**
 * The sources of a build, by their paths in the job.
 *
 * @param pathOf where an item lies on this machine @param metadata directory that local items are relative to
 */
export async function travellingSources(
  items: readonly FetchItem[],
  pathOf: (item: FetchItem) => string,
  { metadata, workDirectory }: { readonly metadata: string; readonly workDirectory: string },
): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const item of items)
    if (item.kind === 'debian') files.set(inputPath.source(item.sha256), pathOf(item));
    else files.set(inputPath.local(item.sha256), await packed(metadata, item, workDirectory));
  return files;
}

/** The same file or directory gives the same archive, whenever and by whomever it is made. */
async function packed(metadata: string, item: FetchItem, workDirectory: string): Promise<string> {
  const directory = join(workDirectory, 'travel');
  mkdirSync(directory, { recursive: true });
  const archive = join(directory, `${item.sha256}.tar`);
  const fixed = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=gnu'];
  const ended = await runProcess('tar', [...fixed, '-C', metadata, '-cf', archive, '--', item.name]);
  if (ended.exitCode !== 0 || statSync(archive).size === 0)
    throw new Bug(`tar does not pack ${item.name}: ${ended.stderr}`);
  return archive;
}

/** What a machine has to know of an item to put it where builders look for it. */
export const travellingItem = ({
  kind,
  name,
  source,
  version,
  sha256,
}: FetchItem): Pick<FetchItem, 'kind' | 'name' | 'source' | 'version' | 'sha256'> => ({
  kind,
  name,
  ...(source !== undefined && { source }),
  ...(version !== undefined && { version }),
  sha256,
});
