/** ^C and SIGTERM: nothing new is started; what runs gets ten seconds, or until the second ^C. */

const tenSeconds = 10_000;

export interface Interruption {
  /** Aborted by the first signal. */
  readonly drain: AbortSignal;
  /** Aborted when the grace is over, or by the second signal. */
  readonly kill: AbortSignal;
  /** Which signal came first. */
  readonly signal: () => 'SIGINT' | 'SIGTERM' | undefined;
  /** Gives the signals back their usual meaning. */
  dispose(): void;
}

/**
 * @param onFirst told of the first signal, to say so
 * @param grace milliseconds between the two
 */
export function watchForInterruption(onFirst: (signal: string) => void, grace = tenSeconds): Interruption {
  const [drain, kill] = [new AbortController(), new AbortController()];
  let first: 'SIGINT' | 'SIGTERM' | undefined;
  let timer: NodeJS.Timeout | undefined;
  const listener = (signal: 'SIGINT' | 'SIGTERM'): void => {
    if (first !== undefined) {
      kill.abort();
      return;
    }
    first = signal;
    drain.abort();
    timer = setTimeout(() => kill.abort(), grace);
    onFirst(signal);
  };
  process.on('SIGINT', listener).on('SIGTERM', listener);
  return {
    drain: drain.signal,
    kill: kill.signal,
    signal: () => first,
    dispose() {
      clearTimeout(timer);
      process.off('SIGINT', listener).off('SIGTERM', listener);
    },
  };
}
