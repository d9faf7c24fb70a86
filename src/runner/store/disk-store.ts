/** A directory with `ac` and `cas` in it: what a web server may serve as it is. */
import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { publishCopy, publishText } from '../files/publish.ts';
import type { Arrived, Digest, Store } from './store.ts';
import { writeContent } from './write-content.ts';

/** A store in a directory of this machine. */
export class DiskStore implements Store {
  readonly name: string;
  private readonly directory: string;

  constructor(directory: string) {
    this.name = directory;
    this.directory = directory;
    for (const part of ['ac', 'cas']) mkdirSync(join(directory, part), { recursive: true });
  }

  private resultPath(action: Digest): string {
    return join(this.directory, 'ac', action.sha256);
  }

  private contentPath(digest: Digest): string {
    return join(this.directory, 'cas', digest.sha256);
  }

  async getResult(action: Digest): Promise<Uint8Array | undefined> {
    const path = this.resultPath(action);
    return existsSync(path) ? readFileSync(path) : undefined;
  }

  async putResult(action: Digest, message: Uint8Array): Promise<void> {
    publishText(this.resultPath(action), message);
  }

  async missing(digests: readonly Digest[]): Promise<readonly Digest[]> {
    return digests.filter((d) => statSync(this.contentPath(d), { throwIfNoEntry: false })?.size !== d.bytes);
  }

  async fetch(digest: Digest, file: string): Promise<Arrived> {
    const path = this.contentPath(digest);
    if (!existsSync(path)) return 'missing';
    return writeContent(file, createReadStream(path, { highWaterMark: 1 << 20 }), digest.bytes);
  }

  async put(digest: Digest, file: string): Promise<void> {
    publishCopy(file, this.contentPath(digest));
  }

  /** Removes contents and results that were written longest ago, until the rest fits. O(entries log entries). */
  prune(keepBytes: number): void {
    const entries = ['ac', 'cas'].flatMap((part) =>
      readdirSync(join(this.directory, part)).flatMap((name) => {
        const path = join(this.directory, part, name);
        const found = statSync(path, { throwIfNoEntry: false });
        return found === undefined ? [] : [{ path, bytes: found.size, at: found.mtimeMs }];
      }),
    );
    let bytes = 0;
    for (const entry of entries.sort((a, b) => b.at - a.at)) {
      bytes += entry.bytes;
      if (bytes > keepBytes) rmSync(entry.path, { force: true });
    }
  }

  close(): void {}
}
