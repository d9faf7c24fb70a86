/** Contents are believed by their digest alone, wherever they come from. */

import { randomUUID } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { flush, unfinished } from '../files/publish.ts';
import { type Arrived, type Digest, type Store, StoreTrouble } from './store.ts';

/** `poisoned`: there was something of that name, and it is not what the name says. */
export type Fetched = 'ok' | 'missing' | 'poisoned';

/** Whether what came is what was asked for. */
export const isContent = (came: Arrived, digest: Digest): boolean =>
  typeof came === 'object' && came.bytes === digest.bytes && came.sha256 === digest.sha256;

/**
 * Brings a content of a store to `file`, whole and verified by length and sha256, or not at all.
 *
 * @throws StoreTrouble
 */
export async function fetchVerified(store: Store, digest: Digest, file: string): Promise<Fetched> {
  const beside = `${file}.${randomUUID()}${unfinished}`;
  try {
    const came = await store.fetch(digest, beside);
    if (came === 'missing') return 'missing';
    if (!isContent(came, digest)) return 'poisoned';
    flush(beside);
    renameSync(beside, file);
    return 'ok';
  } finally {
    rmSync(beside, { force: true });
  }
}

/** Puts a file into a store, unless it is there. @throws StoreTrouble */
export async function putMissing(
  store: Store,
  files: ReadonlyMap<string, { digest: Digest; file: string }>,
): Promise<number> {
  const missing = await store.missing([...files.values()].map(({ digest }) => digest));
  for (const digest of missing) {
    const known = files.get(digest.sha256);
    if (known === undefined)
      throw new StoreTrouble(store.name, `it misses ${digest.sha256}, which nobody spoke of`, false);
    await store.put(digest, known.file);
  }
  return missing.length;
}
