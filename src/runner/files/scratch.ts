/**
 * Scratch of running processes, on /dev/shm when it has room. Each directory holds a file `owner`, which names the
 * process that uses it, and which that process keeps locked while it lives. A directory whose `owner` is not locked is
 * a leftover, even if its state directory is gone: the next bootplan removes it.
 */
import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeDirectories } from '../../directories.ts';
import { EnvironmentError, exitCode } from '../../errors.ts';
import { wholeText } from '../../whole-file.ts';
import { tidyingSignal, unheeded } from '../heeding.ts';
import { type Held, hold } from './file-lock.ts';
import { removeTreesUntil } from './remove-tree.ts';

/** Everybody's, in memory. */
export const sharedMemory = '/dev/shm';

const ownerFile = 'owner';
const ourselves = process.getuid?.() ?? 0;

/** Not there, or a directory of this user that nobody else can write to: /dev/shm is everybody's. */
export function isOurs(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found === undefined || (found.isDirectory() && found.uid === ourselves && (found.mode & 0o022) === 0);
}

/**
 * From here on what is made is what everybody can read, whatever the user's umask: the user of the sandbox has to, and
 * modes in an image must not depend on who made it. A state directory that was made before keeps others out as a whole.
 */
const usualUmask = 0o022;

/** A directory of this process, gone with it or swept by the next. */
export interface Scratch {
  readonly path: string;
  /**
   * Removes it with all that is in it.
   *
   * @param leave at this signal, else at the one for tidying up after the work at hand, the rest is left for the next
   * bootplan, which sweeps it as a dead process's
   * @returns whether all is gone
   */
  release(leave?: AbortSignal): Promise<boolean>;
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

/**
 * Makes a directory that no other user can list or write to. Root's can be entered: its unsandboxed builds run as
 * another user.
 */
function makePrivate(path: string): void {
  makeDirectories(dirname(path));
  try {
    mkdirSync(path, { mode: ourselves === 0 ? 0o711 : 0o700 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

/** Takes hold of the owner's file; undefined when another process has it, or has just taken the directory away. */
async function holdOwner(path: string, seconds: number): Promise<Held | undefined> {
  try {
    return await hold(join(path, ownerFile), seconds);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The file goes last, so that what is left of an ended process says whose it was. */
async function remove(path: string, owner: Held, leave: AbortSignal): Promise<boolean> {
  const isGone = await removeTreesUntil(contentsOf(path), leave);
  if (isGone) rmSync(join(path, ownerFile), { force: true });
  owner.leave();
  if (isGone) removeEmpty(path);
  return isGone;
}

let aside = 0;

/** Renames what a dead process has left: its own name is free at once, however much there is to remove. */
function putAside(path: string): string {
  const name = `${path}-left-${process.pid}${aside++}`;
  renameSync(path, name);
  return name;
}

const contentsOf = (path: string): readonly string[] =>
  readdirSync(path)
    .filter((entry) => entry !== ownerFile)
    .map((entry) => join(path, entry));

function removeEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    // Another process has made it its own, or was faster.
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(codeOf(error))) throw error;
  }
}

/** Another process may be about to sweep what a killed one left there. */
const tries = 100;
const secondsEach = 0.1;

/**
 * Makes a directory for scratch, empty but for who owns it, and holds it.
 *
 * @param state the state directory that it is for
 * @throws EnvironmentError (78) when what is there is not ours, (75) when a living process holds it
 */
export async function takeScratch(path: string, state: string): Promise<Scratch> {
  process.umask(usualUmask);
  for (let tried = 0; tried < tries; tried++) {
    if (!isOurs(path))
      throw new EnvironmentError(
        `${path} belongs to somebody else, or others can write to it`,
        exitCode.configuration,
        'remove it, or choose another state directory: --state DIR',
      );
    makePrivate(path);
    const owner = await holdOwner(path, secondsEach);
    if (owner === undefined) continue;
    // Another process's that is dead.
    if (contentsOf(path).length > 0) {
      await remove(putAside(path), owner, tidyingSignal());
      continue;
    }
    owner.say(`${JSON.stringify({ state, pid: process.pid, since: new Date().toISOString() })}\n`);
    return { path, release: (leave = tidyingSignal()) => remove(path, owner, leave) };
  }
  throw new EnvironmentError(
    `${path} is in use: ${whose(path)}`,
    exitCode.tryAgain,
    'wait for it to end, or give this run another directory: --state DIR',
  );
}

function whose(path: string): string {
  try {
    const { state, pid } = JSON.parse(wholeText(join(path, ownerFile)));
    return `process ${pid} works there, for ${state}`;
  } catch {
    return 'another bootplan works there';
  }
}

/** Names of scratch: for all runs of this user in shared memory, for one state directory in the directory itself. */
const named = /^(bootplan-[0-9a-f]{16}|work)(-[a-z]+-\d+)*$/;

/**
 * Removes the scratch of processes that are dead.
 *
 * @param state state directory that may hold some itself
 * @returns what was removed
 */
export async function sweepScratch(state: string): Promise<readonly string[]> {
  const swept: string[] = [];
  for (const directory of [sharedMemory, state]) {
    const entries = existsSync(directory) ? readdirSync(directory) : [];
    const prefix = directory === sharedMemory ? 'bootplan-' : 'work';
    const paths = entries.filter((name) => named.test(name) && name.startsWith(prefix)).map((n) => join(directory, n));
    for (const path of paths) if (await sweepOne(path)) swept.push(path);
  }
  return swept;
}

async function sweepOne(path: string): Promise<boolean> {
  if (!isOurs(path)) return false;
  try {
    if (!existsSync(join(path, ownerFile))) removeEmpty(path);
    const owner = existsSync(join(path, ownerFile)) ? await holdOwner(path, 0) : undefined;
    return owner !== undefined && (await remove(putAside(path), owner, unheeded));
  } catch {
    // A leftover that cannot be removed harms nothing, so no run fails for it.
    return false;
  }
}
