/** One bootplan at work in a state directory: the lock held, the leftovers of a killed one swept, the journal open. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent, RunEventBody } from '../../events.ts';
import { advance, type RunState, replay } from '../../run-state.ts';
import { Cache } from '../cache/cache.ts';
import { unfinished } from '../files/publish.ts';
import { removeTree } from '../files/remove-tree.ts';
import { type Scratch, sweepScratch, takeScratch } from '../files/scratch.ts';
import { type Journal, openJournal, readJournal } from './journal.ts';
import { createStateDirectory, type StateDirectory } from './state-directory.ts';
import { isAlive, type Lock, takeLock } from './state-lock.ts';

/** Removes the entries of a directory that name a process which is dead. */
async function sweepOfTheDead(directory: string, named: RegExp): Promise<void> {
  for (const entry of existsSync(directory) ? readdirSync(directory) : []) {
    const pid = named.exec(entry)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await removeTree(join(directory, entry));
  }
}

async function sweep(state: StateDirectory): Promise<void> {
  // What unpackers of seeds left that did not come to their end.
  await sweepOfTheDead(join(state.cache, 'seed'), /\.partial-(\d+)$/);
  for (const directory of [state.root, state.image, join(state.cache, 'ac'), join(state.cache, 'cas')])
    for (const entry of readdirSync(directory))
      if (entry.endsWith(unfinished)) await removeTree(join(directory, entry));
}

/** What a run has open while it works; it is closed at its end. */
export class Session {
  readonly directory: StateDirectory;
  readonly cache: Cache;
  /** None in a session within another's lock. */
  private readonly lock: Lock | undefined;
  private readonly scratch: Scratch;
  private readonly journal: Journal;
  private readonly listeners: ((event: RunEvent, state: RunState) => void)[] = [];
  private current: RunState;

  private constructor(directory: StateDirectory, lock: Lock | undefined, scratch: Scratch, cache: Cache) {
    this.directory = directory;
    this.lock = lock;
    this.scratch = scratch;
    this.cache = cache;
    this.current = replay(readJournal(directory.journal));
    this.journal = openJournal(directory.journal);
  }

  /** @param command what the user typed: told to a process that finds the directory locked */
  static async open(directory: StateDirectory, command: string): Promise<Session> {
    createStateDirectory(directory);
    const lock = await takeLock(directory, command);
    try {
      await sweepScratch(directory.root);
      return await Session.over(directory, lock, new Cache(directory.cache));
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  private static async over(directory: StateDirectory, lock: Lock | undefined, cache: Cache): Promise<Session> {
    const scratch = await takeScratch(directory.work, directory.root);
    try {
      await sweep(directory);
      return new Session(directory, lock, scratch, cache);
    } catch (error) {
      await scratch.release();
      throw error;
    }
  }

  /** For another architecture, in a directory below this one and with its cache; its lock holds for both. */
  within(directory: StateDirectory): Promise<Session> {
    createStateDirectory(directory);
    return Session.over(directory, undefined, this.cache);
  }

  get state(): RunState {
    return this.current;
  }

  /** Views hear of every event after it is on the disk. */
  listen(listener: (event: RunEvent, state: RunState) => void): void {
    this.listeners.push(listener);
  }

  emit(body: RunEventBody): RunEvent {
    const event = this.journal.append(body);
    this.current = advance(this.current, event);
    for (const listener of this.listeners) listener(event, this.current);
    return event;
  }

  /**
   * @param leave at this signal what has not been tidied up is left, for the next bootplan to sweep
   * @returns what was left
   */
  async close(leave?: AbortSignal): Promise<readonly string[]> {
    this.journal.close();
    try {
      return (await this.scratch.release(leave)) ? [] : [this.scratch.path];
    } finally {
      this.lock?.release();
    }
  }
}
