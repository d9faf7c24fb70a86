/**
 * The cache that others fill, too, behind the one on disk: asked for what is not here, told what was built here. What
 * it says is verified like everything else that comes in by a door: the result must be the one that was asked for, each
 * content must have its digest. A cache that does not answer is none: the build is done here, and the trouble is told.
 */

import { existsSync, statSync } from 'node:fs';
import { type ActionDigest, documentOf, type FileDigest } from '../../digests.ts';
import type { Digest, Store } from '../store/store.ts';
import { StoreTrouble } from '../store/store.ts';
import { fetchVerified, putMissing } from '../store/verified.ts';
import { type ActionResult, decodeActionResult, encodeActionResult } from './action-result.ts';
import { type Expected, isExpected } from './expected-result.ts';

/**
 * `read`: taken from, never written to. `write`: both. `compare`: everything is built here, and a result of the same
 * action that is not the same is told.
 */
export type SharedMode = 'read' | 'write' | 'compare';

/** The cache on disk, as far as it is filled from elsewhere. */
export interface LocalCache {
  holds(digest: FileDigest): Promise<'yes' | 'no' | 'damaged'>;
  blobPath(digest: FileDigest): string;
  put(action: ActionDigest, result: ActionResult): void;
}

/** An action, and the length of its text. */
interface ActionKey {
  readonly action: ActionDigest;
  readonly bytes: number;
}

const digestOf = ({ action, bytes }: ActionKey): Digest => ({ sha256: documentOf(action), bytes });

/** So many troubles one after the other, and it is left alone for the rest of the run. */
const mostTroubles = 3;

/** The cache of others, as a run is told to use it. Its failures are told, and end nothing. */
export class SharedCache {
  private readonly store: Store;
  private readonly mode: SharedMode;
  private readonly onTrouble: (store: string, what: string) => void;
  private troubles = 0;

  constructor(store: Store, mode: SharedMode, onTrouble: (store: string, what: string) => void) {
    this.store = store;
    this.mode = mode;
    this.onTrouble = onTrouble;
  }

  /** Does something with the store; undefined, and told, when the store does not do its part. */
  private async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.troubles >= mostTroubles) return undefined;
    try {
      const value = await work();
      this.troubles = 0;
      return value;
    } catch (error) {
      if (!(error instanceof StoreTrouble)) throw error;
      this.troubles++;
      const left = this.troubles === mostTroubles ? '; it is left alone for the rest of this run' : '';
      this.onTrouble(this.store.name, `${error.message}${left}`);
      return undefined;
    }
  }

  /** Takes the result of an action into the cache on disk, contents first. Whether it did. */
  async bring(cache: LocalCache, key: ActionKey, expected: Expected): Promise<boolean> {
    if (this.mode === 'compare') return false;
    const brought = await this.attempt(async () => {
      const result = await this.result(key, expected);
      if (result === undefined) return false;
      for (const content of [result.log, ...result.debs, ...(result.beside ?? [])]) {
        if ((await cache.holds(content.sha256)) === 'yes') continue;
        const fetched = await fetchVerified(this.store, content, cache.blobPath(content.sha256));
        if (fetched === 'ok') continue;
        const why = fetched === 'missing' ? 'names a content that is not there' : 'has a content with another digest';
        this.onTrouble(this.store.name, `its result of action ${key.action} ${why}: ${content.sha256}; not used`);
        return false;
      }
      cache.put(key.action, result);
      return true;
    });
    return brought ?? false;
  }

  private async result(key: ActionKey, expected: Expected): Promise<ActionResult | undefined> {
    const message = await this.store.getResult(digestOf(key));
    if (message === undefined) return undefined;
    const result = decodeActionResult(message);
    if (result !== undefined && isExpected(result, expected)) return result;
    this.onTrouble(this.store.name, `what it has for action ${key.action} is no result of it; not used`);
    return undefined;
  }

  /** Tells others what an action yielded: contents first, the result last. */
  async share(cache: LocalCache, key: ActionKey, result: ActionResult, expected: Expected): Promise<void> {
    if (this.mode === 'read') return;
    if (this.mode === 'compare') return this.compare(key, result, expected);
    await this.attempt(async () => {
      const contents = new Map<string, { digest: Digest; file: string }>();
      for (const { sha256, bytes } of [digestOf(key), result.log, ...result.debs, ...(result.beside ?? [])]) {
        const file = cache.blobPath(sha256);
        if (existsSync(file) && statSync(file).size === bytes)
          contents.set(sha256, { digest: { sha256, bytes }, file });
      }
      await putMissing(this.store, contents);
      await this.store.putResult(digestOf(key), encodeActionResult(result));
    });
  }

  private async compare(key: ActionKey, result: ActionResult, expected: Expected): Promise<void> {
    const theirs = await this.attempt(() => this.result(key, expected));
    if (theirs === undefined) return;
    const ours = new Map(result.debs.map(({ file, sha256 }) => [file, sha256]));
    const differing = theirs.debs.filter(({ file, sha256 }) => ours.get(file) !== sha256).map(({ file }) => file);
    if (differing.length > 0)
      this.onTrouble(this.store.name, `action ${key.action} yielded other packages there: ${differing.join(', ')}`);
  }

  close(): void {
    this.store.close();
  }
}
