/** Looking after the cache: how big it is, whether it is sound, and what can go. */

import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ActionDigest, actionDigest, documentOf, type FileDigest } from '../../digests.ts';
import { byteOrder } from '../../order.ts';
import { sha256File } from '../files/digest.ts';
import { bytesOfRecord } from '../files/json-record.ts';
import { requireOwnDirectory } from '../files/owned.ts';
import { removeTree } from '../files/remove-tree.ts';
import { contentsOfResult, decodeActionResult } from './action-result.ts';
import type { Cache } from './cache.ts';

/** How much is in a cache. */
export interface CacheInfo {
  readonly actions: number;
  readonly contents: number;
  readonly bytes: number;
}

/** What is left of a cache once what is damaged is gone. */
export interface CacheSoundness extends CacheInfo {
  /** Files that were not what their name says, or cannot be read as what they are; removed. */
  readonly damaged: readonly string[];
  /** Actions whose contents are not all there; removed. */
  readonly incomplete: readonly string[];
}

/** How much there was, and how much is left. */
export interface Collected {
  readonly before: CacheInfo;
  readonly after: CacheInfo;
  readonly removedActions: number;
}

/** Whatever has not the name of a digest is none of ours: it is neither read nor removed. */
function entries(cache: Cache, part: 'ac' | 'cas'): readonly string[] {
  const directory = join(cache.directory, part);
  requireOwnDirectory(directory);
  const names = existsSync(directory) ? readdirSync(directory) : [];
  return names.filter((name) => /^[0-9a-f]{64}$/.test(name)).sort(byteOrder);
}

const actionsIn = (cache: Cache): readonly ActionDigest[] => entries(cache, 'ac').map(actionDigest);

/** Takes no lock: what a run takes away meanwhile does not count. */
export function cacheInfo(cache: Cache): CacheInfo {
  const sizes = (paths: readonly string[]): readonly number[] =>
    paths.flatMap((path) => statSync(path, { throwIfNoEntry: false })?.size ?? []);
  const actions = sizes(actionsIn(cache).map((action) => cache.actionPath(action)));
  const contents = sizes(entries(cache, 'cas').map((digest) => cache.blobPath(digest)));
  const bytes = [...actions, ...contents].reduce((sum, size) => sum + size, 0);
  return { actions: actions.length, contents: contents.length, bytes };
}

/** What an action refers to: its own document, its log, its packages. */
function references(cache: Cache, action: ActionDigest): readonly FileDigest[] | undefined {
  const result = decodeActionResult(bytesOfRecord(cache.actionPath(action)) ?? Buffer.alloc(0));
  return result && [documentOf(action), ...contentsOfResult(result)];
}

/** Hashes everything; removes what is damaged, and results that are not complete any more. The next run heals them. */
export async function verifyCache(cache: Cache): Promise<CacheSoundness> {
  const damaged: string[] = [];
  for (const digest of entries(cache, 'cas')) {
    const path = cache.blobPath(digest);
    if (lstatSync(path).isFile() && (await sha256File(path)) === digest) continue;
    damaged.push(path);
    await removeTree(path);
  }
  const incomplete: string[] = [];
  for (const action of actionsIn(cache)) {
    const path = cache.actionPath(action);
    const needed = references(cache, action);
    if (needed === undefined) damaged.push(path);
    else if (needed.every((digest) => existsSync(cache.blobPath(digest)))) continue;
    else incomplete.push(path);
    await removeTree(path);
  }
  return { ...cacheInfo(cache), damaged, incomplete };
}

/**
 * Removes the results that have not been used for longest, and contents that nothing refers to any more, until the rest
 * fits. What `pinned` names stays, whatever its size: a run that goes on must find it.
 */
export async function collectGarbage(
  cache: Cache,
  keepBytes: number,
  pinned: ReadonlySet<ActionDigest>,
): Promise<Collected> {
  const before = cacheInfo(cache);
  const usedAt = (action: ActionDigest): number =>
    pinned.has(action) ? Number.POSITIVE_INFINITY : statSync(cache.actionPath(action)).mtimeMs;
  const actions = actionsIn(cache).map((action) => ({ action, usedAt: usedAt(action) }));
  const newestFirst = actions.sort((a, b) => b.usedAt - a.usedAt || byteOrder(a.action, b.action));
  const kept = new Set<FileDigest>();
  let bytes = 0;
  let removedActions = 0;
  for (const { action } of newestFirst) {
    const fresh = (references(cache, action) ?? []).filter((d) => !kept.has(d) && existsSync(cache.blobPath(d)));
    const more = fresh.reduce((sum, digest) => sum + cache.sizeOf(digest), statSync(cache.actionPath(action)).size);
    if (pinned.has(action) || bytes + more <= keepBytes) {
      bytes += more;
      for (const digest of fresh) kept.add(digest);
    } else {
      await removeTree(cache.actionPath(action));
      removedActions++;
    }
  }
  for (const digest of entries(cache, 'cas')) if (!kept.has(digest)) await removeTree(cache.blobPath(digest));
  return { before, after: cacheInfo(cache), removedActions };
}
