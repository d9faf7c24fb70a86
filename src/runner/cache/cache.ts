/**
 * The cache: `ac/<sha256>` says what an action yielded, `cas/<sha256>` holds contents under their own digest (the data
 * model of the Remote Execution API, on disk). Contents are hashed when they are read, and a result counts only when it
 * has the names that the plan expects; what does not match is thrown away and built again. Whether a
 * result is what its action yields can be checked only by building it again: who can write to a cache is trusted.
 */

import { chmodSync, existsSync, lstatSync, statSync, unlinkSync, utimesSync } from 'node:fs';
import type { ActionDigest, FileDigest } from '../../digests.ts';
import { EnvironmentError } from '../../errors.ts';
import { sha256, sha256File } from '../files/digest.ts';
import { bytesOfRecord } from '../files/json-record.ts';
import { entryIn } from '../files/owned.ts';
import { publishCopy, publishText } from '../files/publish.ts';
import { removeTree } from '../files/remove-tree.ts';
import { type ActionResult, contentsOfResult, decodeActionResult, encodeActionResult } from './action-result.ts';
import { type Expected, isExpected } from './expected-result.ts';
import type { SharedCache } from './shared-cache.ts';

/** What was asked for is there; or it is not; or it was there and damaged: `damaged` names the files, now removed. */
export type CacheAnswer =
  | { readonly found: 'hit'; readonly result: ActionResult }
  | { readonly found: 'miss' }
  | { readonly found: 'damaged'; readonly damaged: readonly string[] };

/**
 * Who only looks may do so where nothing can be changed (another user's cache, a disk that is mounted read-only), and
 * beside somebody who changes the same.
 */
function ifWritable(change: () => void): void {
  try {
    change();
  } catch (error) {
    if (!['EROFS', 'EACCES', 'EPERM', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** Whatever it is: a directory in the place of a file, too, which stays where nothing can be changed. */
async function discard(path: string): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) await removeTree(path).catch(unlessRefused);
  else ifWritable(() => unlinkSync(path));
}

function unlessRefused(error: unknown): void {
  if (!(error instanceof EnvironmentError)) throw error;
}

/** The cache of one directory; each content is hashed once by a process. */
export class Cache {
  readonly directory: string;
  /** Contents hashed by this process already. */
  private readonly sound = new Set<string>();
  /** Asked for what is not here, told what was made here. */
  shared: SharedCache | undefined;

  constructor(directory: string) {
    this.directory = directory;
  }

  actionPath(action: ActionDigest): string {
    return entryIn(`${this.directory}/ac`, action);
  }

  blobPath(digest: FileDigest): string {
    return entryIn(`${this.directory}/cas`, digest);
  }

  /** Is this content there and unharmed? Harmed content is removed. Each content is hashed once per process. */
  async holds(digest: FileDigest): Promise<'yes' | 'no' | 'damaged'> {
    if (this.sound.has(digest)) return 'yes';
    const path = this.blobPath(digest);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return 'no';
    if (!found.isFile() || (await sha256File(path)) !== digest) {
      await discard(path);
      return 'damaged';
    }
    this.sound.add(digest);
    return 'yes';
  }

  /**
   * Looks an action up; a hit has all its contents in the cache, unharmed, and counts as a use. Who only looks has no
   * lock: what another bootplan takes away meanwhile is not there.
   *
   * @param document the text that the action is the sha256 of: with it a shared cache is asked, too
   */
  async find(action: ActionDigest, expected: Expected, document?: string): Promise<CacheAnswer> {
    const here = await this.findHere(action, expected);
    if (here.found === 'hit' || this.shared === undefined || document === undefined) return here;
    const key = { action, bytes: Buffer.byteLength(document) };
    return (await this.shared.bring(this, key, expected)) ? this.findHere(action, expected) : here;
  }

  private async findHere(action: ActionDigest, expected: Expected): Promise<CacheAnswer> {
    try {
      return await this.lookUp(action, expected);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { found: 'miss' };
      throw error;
    }
  }

  private async lookUp(action: ActionDigest, expected: Expected): Promise<CacheAnswer> {
    const path = this.actionPath(action);
    const decoded = decodeActionResult(bytesOfRecord(path) ?? Buffer.alloc(0));
    const result = decoded && isExpected(decoded, expected) ? decoded : undefined;
    const damaged: string[] = [];
    let complete = result !== undefined;
    if (result === undefined) damaged.push(path);
    for (const digest of result ? contentsOfResult(result) : []) {
      const held = await this.holds(digest);
      if (held === 'damaged') damaged.push(this.blobPath(digest));
      if (held !== 'yes') complete = false;
    }
    if (result !== undefined && complete) {
      const now = new Date();
      ifWritable(() => utimesSync(path, now, now));
      return { found: 'hit', result };
    }
    await discard(path);
    return damaged.length > 0 ? { found: 'damaged', damaged } : { found: 'miss' };
  }

  /** Takes a file in; returns its digest. */
  async putFile(path: string): Promise<FileDigest> {
    const digest = await sha256File(path);
    if ((await this.holds(digest)) !== 'yes') {
      publishCopy(path, this.blobPath(digest));
      chmodSync(this.blobPath(digest), 0o444);
    }
    return digest;
  }

  putText(content: string): FileDigest {
    const digest = sha256(content);
    if (!existsSync(this.blobPath(digest))) publishText(this.blobPath(digest), content);
    return digest;
  }

  /** Notes what an action yielded. Its contents are in the cache already: a result never refers to nothing. */
  put(action: ActionDigest, result: ActionResult): void {
    publishText(this.actionPath(action), encodeActionResult(result));
  }

  /** Tells the shared cache, when there is one, what was made here. */
  async share(action: ActionDigest, document: string, result: ActionResult, expected: Expected): Promise<void> {
    await this.shared?.share(this, { action, bytes: Buffer.byteLength(document) }, result, expected);
  }

  sizeOf(digest: FileDigest): number {
    return statSync(this.blobPath(digest)).size;
  }
}
