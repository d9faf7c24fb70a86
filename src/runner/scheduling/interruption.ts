/**
 * ^C, SIGTERM, and SIGHUP when the terminal goes away: nothing new is started; what runs gets ten seconds (half a one
 * after SIGTERM), or until the second signal. Under nohup SIGHUP means nothing; Node has forgotten that it was ignored, so the starter passes it on.
 */

/**
 * Milliseconds for what runs: a person at the terminal can press ^C once more; whoever sends SIGTERM (an init system, a
 * CI) soon sends SIGKILL.
 */
const graceAfter = { SIGINT: 10_000, SIGTERM: 500, SIGHUP: 10_000 } as const satisfies Record<StopSignal, number>;

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

export interface Interruption {
  /** Aborted by the first signal. */
  readonly drain: AbortSignal;
  /** Aborted when the grace is over, or by the second signal. */
  readonly kill: AbortSignal;
  /** Which signal came first. */
  readonly signal: () => StopSignal | undefined;
  /** Gives the signals back their usual meaning. */
  dispose(): void;
}

/**
 * @param onFirst told of the first signal, to say so
 * @param grace milliseconds between the two, whatever the signal
 */
export function watchForInterruption(onFirst: (signal: StopSignal) => void, grace?: number): Interruption {
  const [drain, kill] = [new AbortController(), new AbortController()];
  const signals: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  let first: StopSignal | undefined;
  let timer: NodeJS.Timeout | undefined;
  const listener = (signal: StopSignal): void => {
    if (signal === 'SIGHUP' && process.env.BOOTPLAN_NOHUP !== undefined) return;
    if (first !== undefined) {
      kill.abort();
      return;
    }
    first = signal;
    drain.abort();
    timer = setTimeout(() => kill.abort(), grace ?? graceAfter[signal]);
    onFirst(signal);
  };
  for (const signal of signals) process.on(signal, listener);
  return {
    drain: drain.signal,
    kill: kill.signal,
    signal: () => first,
    dispose() {
      clearTimeout(timer);
      for (const signal of signals) process.off(signal, listener);
    },
  };
}
