/** Stops a build before it fills the file system it works on. */
import { readFileSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

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

/** What there is where a build works. */
export interface Room {
  readonly bytes: number;
  /** Files that the file system can have, and those that it can still have; both 0 where it does not count. */
  readonly files: number;
  readonly freeFiles: number;
  /** Bytes of memory, when the file system is made of it; it may promise more than there is. */
  readonly memoryBytes: number;
}

const fullOfFiles = 10_000;
const fullMemory = 2 ** 27;

/** What a build, writing on, would take the last of; nothing while there is enough. Pure. */
export function lacking({ bytes, files, freeFiles, memoryBytes }: Room, reserve: number): string | undefined {
  if (bytes < reserve) return 'the disk is full';
  if (freeFiles < Math.min(fullOfFiles, files / 100)) return 'the disk takes no more files (inodes)';
  return memoryBytes < fullMemory ? 'memory is full, of which this disk is made' : undefined;
}

/** The number by which statfs(2) names tmpfs. */
const memoryFileSystem = 0x01021994;

function freeMemory(): number {
  const text = readFileSync('/proc/meminfo', 'utf8');
  const kib = (name: string): number => Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0);
  return (kib('MemAvailable') + kib('SwapFree')) * 1024;
}

/** A directory that is gone has no room to guard, and its build fails by itself. */
function roomIn(directory: string): Room | undefined {
  try {
    const { bavail, bsize, files, ffree, type } = statfsSync(directory);
    const memoryBytes = type === memoryFileSystem ? freeMemory() : Number.POSITIVE_INFINITY;
    return { bytes: bavail * bsize, files, freeFiles: ffree, memoryBytes };
  } catch {
    return undefined;
  }
}

/**
 * Calls `onFull`, once, with what is lacking, when less than `reserve` bytes are free, until the returned function is
 * called.
 */
export function guardDisk(directory: string, reserve: number, onFull: (why: string) => void): () => void {
  const timer = setInterval(() => {
    const room = roomIn(directory);
    const why = room && lacking(room, reserve);
    if (why === undefined) return;
    clearInterval(timer);
    onFull(why);
  }, everyMilliseconds);
  return () => clearInterval(timer);
}

/** Calls `onLong`, once, when a file is longer than so many bytes, until the returned function is called. */
export function guardFile(file: string, mostBytes: number, onLong: () => void): () => void {
  const timer = setInterval(() => {
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) <= mostBytes) return;
    clearInterval(timer);
    onLong();
  }, everyMilliseconds);
  return () => clearInterval(timer);
}

/** How much is left to others. */
export interface Reserves {
  /** Bytes that a build must leave free where it works. */
  readonly reserveBytes?: number;
  /** Bytes that its log must leave free where that is kept. */
  readonly logReserveBytes?: number;
}

/**
 * Ends a build before it, or its log, takes the last of a file system; and one whose log nothing else holds within its
 * limit, since it is built without a sandbox, when that is too long.
 *
 * @param logBytes the limit in that case @returns a signal whose reason says why
 */
export function guardDisks(
  { workDirectory, logFile }: { readonly workDirectory: string; readonly logFile: string },
  { reserveBytes, logReserveBytes }: Reserves,
  logBytes?: number,
): { readonly full: AbortSignal; readonly release: () => void } {
  const full = new AbortController();
  const logs = dirname(logFile);
  const end = (why: string) => full.abort(`${why}: the build was ended before it took the last of it`);
  const releases = [
    guardDisk(workDirectory, reserveBytes ?? reserveOf(workDirectory), end),
    guardDisk(logs, logReserveBytes ?? logReserveOf(logs), end),
    ...(logBytes === undefined
      ? []
      : [guardFile(logFile, logBytes, () => full.abort('its log is too long: the build was ended'))]),
  ];
  return { full: full.signal, release: () => void releases.map((release) => release()) };
}
