/**
 * The signals that end a run, for all that the run does: every program that it starts and every tree that it walks
 * heeds them, without being handed them through everything between.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

/** How something is ended from outside. */
export interface Ending {
  /** At work: it is given up, by Interrupted. */
  readonly kill: AbortSignal;
  /** At tidying up after it: what is not gone by then is left for the next bootplan. */
  readonly leave: AbortSignal;
}

const heeded = new AsyncLocalStorage<Ending>();

/** Does the work under these signals. */
export const heeding = <T>(ending: Ending, work: () => Promise<T>): Promise<T> => heeded.run(ending, work);

/** The signal that the work at hand is done under. */
export const heededSignal = (): AbortSignal | undefined => heeded.getStore()?.kill;

/** For what has to be done even then, such as waiting for what was ended. */
export const unheeded: AbortSignal = new AbortController().signal;

/** The signal for tidying up after the work at hand. */
export const tidyingSignal = (): AbortSignal => heeded.getStore()?.leave ?? unheeded;
