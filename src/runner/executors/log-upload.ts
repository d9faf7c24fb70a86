/** Sends the log of a build that runs here to the store, piece by piece, so that it can be followed elsewhere. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { type Store, StoreTrouble } from '../store/store.ts';
import { sendLogPiece } from './job-outcome.ts';

/** Between two pieces, and the size of one: a log that grows faster is told in full at the end. */
const everyMilliseconds = 2000;
const mostBytes = 1 << 20;

/** Begins to send a log; `stop` sends what is left. */
export function followLogToStore(store: Store, job: string, file: string): { stop(): Promise<void> } {
  let pieces = 0;
  let at = 0;
  let running: Promise<void> | undefined;
  const piece = Buffer.allocUnsafe(mostBytes);
  const send = async (): Promise<void> => {
    if (!existsSync(file)) return;
    const descriptor = openSync(file, 'r');
    let length: number;
    try {
      length = readSync(descriptor, piece, 0, mostBytes, at);
    } finally {
      closeSync(descriptor);
    }
    if (length === 0) return;
    try {
      await sendLogPiece(store, job, pieces, piece.subarray(0, length));
      pieces++;
      at += length;
    } catch (error) {
      // Nobody follows then; the whole log comes with the outcome.
      if (!(error instanceof StoreTrouble)) throw error;
    }
  };
  const timer = setInterval(() => {
    running ??= send().finally(() => {
      running = undefined;
    });
  }, everyMilliseconds);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
