/**
 * A large file that is hashed by one thread and written by others while it is received by this one: all three take
 * about as long. The bytes lie in a few slots of memory that all of them see, and are copied nowhere.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ToHash } from './hash-thread.ts';
import type { Digest } from './store.ts';

const slotBytes = 1 << 20;
const slots = 8;
/** With less room than this a slot counts as full: a small read costs as much as a large one. */
const least = 1 << 16;

/** One file that is being received. */
export class HashedFile {
  private readonly ring = Buffer.from(new SharedArrayBuffer(slots * slotBytes));
  private readonly thread: Worker;
  private readonly handle: FileHandle;
  /** Of each slot: who is not done with it yet. */
  private readonly busy = new Array<number>(slots).fill(0);
  private readonly written = new Set<Promise<void>>();
  private readonly answered: Promise<string>;
  private slot = 0;
  private filled = 0;
  private bytes = 0;
  private failed: unknown;
  /** Called when there is room again, or never will be. */
  onRoom: () => void = () => {};

  private constructor(handle: FileHandle) {
    this.handle = handle;
    const thread = new URL(`./hash-thread${extname(import.meta.filename)}`, import.meta.url);
    this.thread = new Worker(thread, { workerData: this.ring.buffer });
    this.answered = new Promise((answer, fail) => {
      this.thread.on('message', (told: number | string) => {
        if (typeof told === 'string') answer(told);
        else this.done(told);
      });
      this.thread.on('error', (error) => {
        this.fail(error);
        fail(error);
      });
    });
    // It is awaited at the end, and a failure is told before.
    this.answered.catch(() => {});
  }

  static async create(file: string): Promise<HashedFile> {
    return new HashedFile(await open(file, 'w'));
  }

  /** Where the next bytes are to be put, when there is room. */
  get room(): Buffer {
    return this.ring.subarray(this.slot * slotBytes + this.filled, (this.slot + 1) * slotBytes);
  }

  /** What has been put there and is not taken yet. */
  get waiting(): Buffer {
    return this.ring.subarray(this.slot * slotBytes, this.slot * slotBytes + this.filled);
  }

  get hasRoom(): boolean {
    return this.busy[this.slot] === 0;
  }

  /** So many bytes have been put where there was room; they wait. */
  put(bytes: number): void {
    this.filled += bytes;
  }

  /** The first bytes of those that wait do not belong to the file. */
  drop(bytes: number): void {
    this.waiting.copyWithin(0, bytes);
    this.filled -= bytes;
  }

  /** Takes what waits when there is enough of it, or `all`. @throws what writing has failed with */
  take(all: boolean): void {
    if (this.failed !== undefined) throw this.failed;
    if (this.filled === 0 || (!all && this.filled <= slotBytes - least)) return;
    const { slot, waiting } = this;
    this.busy[slot] = 2;
    const next: ToHash = { slot, at: slot * slotBytes, bytes: waiting.length };
    this.thread.postMessage(next);
    const written = this.write(waiting, this.bytes)
      .then(() => this.done(slot))
      .catch((error: unknown) => this.fail(error))
      .finally(() => this.written.delete(written));
    this.written.add(written);
    this.bytes += waiting.length;
    this.slot = (slot + 1) % slots;
    this.filled = 0;
  }

  private async write(part: Buffer, at: number): Promise<void> {
    for (let from = 0; from < part.length; )
      from += (await this.handle.write(part, from, part.length - from, at + from)).bytesWritten;
  }

  private done(slot: number): void {
    this.busy[slot]!--;
    if (slot === this.slot && this.hasRoom) this.onRoom();
  }

  private fail(error: unknown): void {
    this.failed ??= error;
    this.onRoom();
  }

  /** Takes the rest, and tells what the file holds. @throws what writing has failed with */
  async finish(): Promise<Digest> {
    this.take(true);
    this.thread.postMessage('end');
    const [sha256] = await Promise.all([this.answered, ...this.written]);
    if (this.failed !== undefined) throw this.failed;
    return { sha256, bytes: this.bytes };
  }

  /** Whatever came of it. */
  async close(): Promise<void> {
    await Promise.all(this.written);
    await this.thread.terminate();
    await this.handle.close();
  }
}
