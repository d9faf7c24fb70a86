/**
 * How long a program wanted a processor and got none. On a machine where others work, too, that may be most of the
 * time: a guest that is emulated there has had a tenth of the seconds that the clock counts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Nanoseconds in a second: the kernel's schedstat counts in them. */
const nanoseconds = 1e9;

/**
 * Seconds of the thread that waited longest, as a rule that of the guest's processor. 0 where the kernel does not say.
 */
export function waitedSeconds(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  let longest = 0;
  try {
    for (const task of readdirSync(tasks)) {
      const [, waited] = readFileSync(join(tasks, task, 'schedstat'), 'utf8').split(' ');
      longest = Math.max(longest, Number(waited) / nanoseconds || 0);
    }
  } catch {
    // It, or one of its threads, has just ended.
  }
  return longest;
}
