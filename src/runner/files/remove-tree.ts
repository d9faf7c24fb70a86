/**
 * Trees that a build may have left in any state, removed. A program of its own does it: a million files keep nobody
 * from timers and signals, it follows no link, wherever a name leads by then, and stays on the file system where it
 * began.
 */
import { lstatSync, unlinkSync } from 'node:fs';
import { EnvironmentError, exitCode, Interrupted } from '../../errors.ts';
import { heededSignal, unheeded } from '../heeding.ts';
import { runProcess } from '../process.ts';

const environment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

const remove = (paths: readonly string[], signal: AbortSignal) =>
  runProcess('rm', ['-rf', '--one-file-system', '--', ...paths], {
    env: environment,
    repeatable: true,
    signal,
  });

/** What is no tree goes at once; the rest is returned. */
const trees = (paths: readonly string[]): readonly string[] =>
  paths.filter((path) => {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found !== undefined && !found.isDirectory()) unlinkSync(path);
    return found?.isDirectory() ?? false;
  });

/**
 * Removes trees, also those with directories that a build made unreadable, and whatever else has such a name.
 *
 * @param signal ends it
 * @returns false when it was ended before all was gone: the rest is there still
 * @throws EnvironmentError (74) when the system does not let go of something
 */
export async function removeTreesUntil(paths: readonly string[], signal: AbortSignal = unheeded): Promise<boolean> {
  const all = trees(paths);
  if (all.length === 0) return true;
  if (signal.aborted) return false;
  let ended = await remove(all, signal);
  if (ended.exitCode !== 0 && !ended.aborted) {
    // Its owner may open what a build has closed.
    await runProcess('chmod', ['-R', 'u+rwx', '--', ...all], { env: environment, signal });
    ended = await remove(all, signal);
  }
  if (ended.aborted) return false;
  if (ended.exitCode === 0) return true;
  const help = 'what is in use there, or mounted, has to be let go of first';
  throw new EnvironmentError(`${all.join(', ')} cannot be removed: ${ended.stderr}`, exitCode.disk, help);
}

/** @throws Interrupted at the signal that this is done under (heeding.ts); EnvironmentError (74) */
export async function removeTrees(paths: readonly string[]): Promise<void> {
  if (!(await removeTreesUntil(paths, heededSignal()))) throw new Interrupted('a removal was ended');
}

/** The same of one. */
export const removeTree = (path: string): Promise<void> => removeTrees([path]);
