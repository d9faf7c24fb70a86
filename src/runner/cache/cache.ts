/**
 * The cache: `ac/<sha256>` says what an action yielded, `cas/<sha256>` holds contents under their own digest (the data
 * model of the Remote Execution API, on disk). Nothing in it is believed: what is read is hashed, what does not
 * match is thrown away and built again.
 */
import { chmodSync, existsSync, readFileSync, statSync, unlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { sha256, sha256File } from '../digest.ts';
import { publishCopy, publishText } from '../publish.ts';
import { type ActionResult, decodeActionResult, encodeActionResult } from './action-result.ts';

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

export class Cache {
  readonly directory: string;
  /** Contents hashed by this process already. */
  private readonly sound = new Set<string>();

  constructor(directory: string) {
    this.directory = directory;
  }

  actionPath(action: string): string {
    return join(this.directory, 'ac', action);
  }

  blobPath(digest: string): string {
    return join(this.directory, 'cas', digest);
  }

  /** Is this content there and unharmed? Harmed content is removed. Each content is hashed once per process. */
  async holds(digest: string): Promise<'yes' | 'no' | 'damaged'> {
    if (this.sound.has(digest)) return 'yes';
    const path = this.blobPath(digest);
    if (!existsSync(path)) return 'no';
    if ((await sha256File(path)) !== digest) {
      ifWritable(() => unlinkSync(path));
      return 'damaged';
    }
    this.sound.add(digest);
    return 'yes';
  }

  /**
   * Looks an action up; a hit has all its contents in the cache, unharmed, and counts as a use. Who only looks has no
   * lock: what another bootplan takes away meanwhile is not there.
   */
  async find(action: string): Promise<CacheAnswer> {
    try {
      return await this.lookUp(action);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { found: 'miss' };
      throw error;
    }
  }

  private async lookUp(action: string): Promise<CacheAnswer> {
    const path = this.actionPath(action);
    if (!existsSync(path)) return { found: 'miss' };
    const result = decodeActionResult(readFileSync(path));
    const damaged: string[] = [];
    let complete = result !== undefined;
    if (result === undefined) damaged.push(path);
    for (const digest of result ? [...result.debs.map((deb) => deb.sha256), result.log.sha256] : []) {
      const held = await this.holds(digest);
      if (held === 'damaged') damaged.push(this.blobPath(digest));
      if (held !== 'yes') complete = false;
    }
    if (result !== undefined && complete) {
      const now = new Date();
      ifWritable(() => utimesSync(path, now, now));
      return { found: 'hit', result };
    }
    ifWritable(() => unlinkSync(path));
    return damaged.length > 0 ? { found: 'damaged', damaged } : { found: 'miss' };
  }

  /** Takes a file in; returns its digest. */
  async putFile(path: string): Promise<string> {
    const digest = await sha256File(path);
    if ((await this.holds(digest)) !== 'yes') {
      publishCopy(path, this.blobPath(digest));
      chmodSync(this.blobPath(digest), 0o444);
    }
    return digest;
  }

  putText(content: string): string {
    const digest = sha256(content);
    if (!existsSync(this.blobPath(digest))) publishText(this.blobPath(digest), content);
    return digest;
  }

  /** Notes what an action yielded. Its contents are in the cache already: a result never refers to nothing. */
  put(action: string, result: ActionResult): void {
    publishText(this.actionPath(action), encodeActionResult(result));
  }

  sizeOf(digest: string): number {
    return statSync(this.blobPath(digest)).size;
  }
}
