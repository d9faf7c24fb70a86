/** A store near by before one that is far away: what was fetched once is fetched no more. What is put goes to both. */
import { rmSync } from 'node:fs';
import type { DiskStore } from './disk-store.ts';
import type { Arrived, Digest, Store } from './store.ts';
import { fetchVerified, isContent } from './verified.ts';

/** Both as one store. */
export class TieredStore implements Store {
  readonly name: string;
  private readonly near: DiskStore;
  private readonly far: Store;

  constructor(near: DiskStore, far: Store) {
    this.name = far.name;
    this.near = near;
    this.far = far;
  }

  /** A result may be replaced by a newer one, so the far store is asked first; what is near answers for its misses. */
  async getResult(action: Digest): Promise<Uint8Array | undefined> {
    return (await this.far.getResult(action)) ?? this.near.getResult(action);
  }

  async putResult(action: Digest, message: Uint8Array): Promise<void> {
    await this.far.putResult(action, message);
    await this.near.putResult(action, message);
  }

  /** Others must find it, so only the far store counts. */
  missing(digests: readonly Digest[]): Promise<readonly Digest[]> {
    return this.far.missing(digests);
  }

  async fetch(digest: Digest, file: string): Promise<Arrived> {
    if ((await fetchVerified(this.near, digest, file)) === 'ok') return digest;
    rmSync(file, { force: true });
    const came = await this.far.fetch(digest, file);
    if (isContent(came, digest)) await this.near.put(digest, file);
    return came;
  }

  async put(digest: Digest, file: string): Promise<void> {
    await this.far.put(digest, file);
    await this.near.put(digest, file);
  }

  close(): void {
    this.far.close();
  }
}
