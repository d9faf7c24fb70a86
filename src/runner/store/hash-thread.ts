/** A thread that hashes what it is shown of memory that it shares with the one who receives it. */
import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';

/** Which bytes came next, and for whom; without them that was all. */
export interface ToHash {
  readonly slot: number;
  readonly at: number;
  readonly bytes: number;
}

const ring = Buffer.from(workerData as SharedArrayBuffer);
const hash = createHash('sha256');
parentPort!.on('message', (next: ToHash | 'end') => {
  if (next === 'end') return parentPort!.postMessage(hash.digest('hex'));
  hash.update(ring.subarray(next.at, next.at + next.bytes));
  parentPort!.postMessage(next.slot);
});
