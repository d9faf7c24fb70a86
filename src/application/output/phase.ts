/**
 * The phase that a command is in, reported to the process that watches its time limit (src/command-line/time-limit.ts).
 */
import { writeSync } from 'node:fs';

/** The process that watches names itself here; the descriptor on which it listens is 3. */
export const watcherVariable = 'BOOTPLAN_WATCHED_BY';
const isWatched = process.env[watcherVariable] === String(process.ppid);

let listener: (doing: string) => void = () => {};

/** Reports every later phase to a listener as well: a command shows it to the person who waits. */
export function listenToPhases(listen: (doing: string) => void): void {
  listener = listen;
}

/** @param doing what begins now, in words that follow "it was" */
export function phase(doing: string): void {
  listener(doing);
  if (!isWatched) return;
  try {
    writeSync(3, `${doing}\n`);
  } catch {
    // The one who watches is gone: nobody wants to know.
  }
}

/**
 * What is left of a time limit that began with the command: reading counts as searching does. The search has a quarter
 * of it in any case, or nothing could be told where reading is long.
 *
 * @param limit seconds
 */
export const secondsLeft = (limit: number | undefined): number | undefined =>
  limit === undefined ? undefined : Math.max(limit - process.uptime(), limit / 4);

/** The same without a rest for the search: below 0 when the limit is over, endless when there is none. */
export const secondsToLimit = (limit: number | undefined): number =>
  limit === undefined ? Number.POSITIVE_INFINITY : limit - process.uptime();
