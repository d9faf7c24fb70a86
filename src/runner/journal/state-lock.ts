/** One bootplan per state directory: it holds the file `lock`, which says who it is. */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError, exitCode } from '../../errors.ts';
import { wholeText } from '../../whole-file.ts';
import { hold } from '../files/file-lock.ts';
import type { StateDirectory } from './state-directory.ts';

/** The lock of a state directory, held. */
export interface Lock {
  release(): void;
}

interface Holder {
  readonly pid: number;
  readonly since: string;
  readonly command: string;
}

function holderIn(file: string): Holder | undefined {
  try {
    return JSON.parse(wholeText(file));
  } catch {
    return undefined;
  }
}

/** Does a process with that number exist, of any user? */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Is somebody at work in the directory, as far as the lock tells who it is? For those who only look. */
export function isHeld({ lock }: StateDirectory): boolean {
  const holder = holderIn(lock);
  return holder !== undefined && isAlive(holder.pid);
}

/** A holder says who it is a moment after it has become it: until then the file is empty, or a dead one's. */
const tries = 20;
const secondsEach = 0.1;

/** @param place what is locked, in the words of the message */
async function takeOne(file: string, place: string, command: string): Promise<Lock> {
  for (let tried = 1; ; tried++) {
    const held = await hold(file, secondsEach);
    if (held !== undefined) {
      held.say(`${JSON.stringify({ pid: process.pid, since: new Date().toISOString(), command })}\n`);
      return held;
    }
    const holder = holderIn(file);
    if (tried < tries && !(holder && isAlive(holder.pid))) continue;
    const who = holder ? `process ${holder.pid}, \`${holder.command}\`, since ${holder.since}` : 'another bootplan';
    throw new EnvironmentError(
      `${place} is in use by ${who}`,
      exitCode.tryAgain,
      'wait for it to end, or give this run another directory: --state DIR',
    );
  }
}

/** A link may lead several state directories to one cache. */
const isElsewhere = ({ root, cache }: StateDirectory): boolean =>
  realpathSync(cache) !== join(realpathSync(root), 'cache');

/**
 * @throws EnvironmentError (75) when another bootplan holds the directory, or a cache that is not in it, saying which.
 */
export async function takeLock(state: StateDirectory, command: string): Promise<Lock> {
  const own = await takeOne(state.lock, state.root, command);
  if (!isElsewhere(state)) return own;
  try {
    const shared = await takeOne(join(state.cache, 'lock'), state.cache, command);
    return {
      release() {
        shared.release();
        own.release();
      },
    };
  } catch (error) {
    own.release();
    throw error;
  }
}
