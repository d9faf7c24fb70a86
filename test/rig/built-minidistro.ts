/**
 * What the builds of the mini-distribution yielded, handed from the test that builds it from nothing to those that ask
 * something else of it. Nobody builds it once more only to have it; who has no such predecessor builds it himself.
 */
import { cpSync, existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';

/** A directory of this run of the tests; test/run.ts makes it. */
const shared = process.env.BOOTPLAN_TEST_SHARED;
const kept = shared === undefined ? undefined : join(shared, 'minidistro-cache');

/** Whether the other tests of this run can have it. */
export const isHandedOn = kept !== undefined;

/** @param state a state directory in which all of it was built */
export function handOn(state: string): void {
  if (kept === undefined) return;
  cpSync(join(state, 'cache'), `${kept}.unfinished`, { recursive: true });
  renameSync(`${kept}.unfinished`, kept);
}

/**
 * @param state a state directory, not there yet. What was built counts only where the action is the same, as in any
 * cache.
 */
export function takeOver(state: string): void {
  if (kept !== undefined && existsSync(kept)) cpSync(kept, join(state, 'cache'), { recursive: true });
}
