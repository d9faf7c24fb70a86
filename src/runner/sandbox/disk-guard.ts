/** Stops a build before it fills the file system it works on. */
import { statfsSync } from 'node:fs';

const everyMilliseconds = 250;

/** Bytes that a build must leave free: 5 % of the file system, at most 1 GiB. */
export function reserveOf(directory: string): number {
  const { blocks, bsize } = statfsSync(directory);
  return Math.min(2 ** 30, Math.floor((blocks * bsize) / 20));
}

/** What a log must leave free where the journal and the archives are: 1 %, at most 64 MiB. */
export function logReserveOf(directory: string): number {
  const { blocks, bsize } = statfsSync(directory);
  return Math.min(2 ** 26, Math.floor((blocks * bsize) / 100));
}

/** Bytes; a directory that is gone has no room to guard, and its build fails by itself. */
function freeIn(directory: string): number {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Calls `onFull`, once, when less than `reserve` bytes are free, until the returned function is called. */
export function guardDisk(directory: string, reserve: number, onFull: () => void): () => void {
  const timer = setInterval(() => {
    if (freeIn(directory) >= reserve) return;
    clearInterval(timer);
    onFull();
  }, everyMilliseconds);
  return () => clearInterval(timer);
}
