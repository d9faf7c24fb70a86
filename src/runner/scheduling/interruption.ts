/**
 * After ^C, SIGTERM, or SIGHUP from a terminal that goes away, no build is started. Running builds get ten seconds
 * (half a second after SIGTERM), or until the second signal. Under nohup SIGHUP is ignored: Node loses that setting, so
 * the starter passes it on.
 */
import { type ExitCode, exitCode } from '../../errors.ts';

/**
 * Milliseconds for what runs: a person at the terminal can press ^C once more; whoever sends SIGTERM (an init system, a
 * CI) soon sends SIGKILL.
 */
const graceAfter = { SIGINT: 10_000, SIGTERM: 500, SIGHUP: 10_000 } as const satisfies Record<StopSignal, number>;

/** Milliseconds for removing what the ended work has left on the disk. */
const toTidyUp = 500;

/** A signal that ends a run in good order. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** The exit code of a command that the signal has stopped. */
export const stoppedBy = {
  SIGINT: exitCode.interrupted,
  SIGTERM: exitCode.terminated,
  SIGHUP: exitCode.hungUp,
} as const satisfies Record<StopSignal, ExitCode>;

/** How a run learns that it is to end. */
export interface Interruption {
  /** Aborted by the first signal. */
  readonly drain: AbortSignal;
  /** Aborted when the grace is over, or by the second signal. */
  readonly kill: AbortSignal;
  /** Aborted a moment after that: what has not been tidied up by then is left for the next bootplan. */
  readonly leave: AbortSignal;
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
  const [drain, kill, leave] = [new AbortController(), new AbortController(), new AbortController()];
  const signals: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  let first: StopSignal | undefined;
  const timers: NodeJS.Timeout[] = [];
  const end = (): void => {
    if (kill.signal.aborted) return;
    kill.abort();
    timers.push(setTimeout(() => leave.abort(), toTidyUp));
  };
  const listener = (signal: StopSignal): void => {
    if (signal === 'SIGHUP' && process.env.BOOTPLAN_NOHUP !== undefined) return;
    if (first !== undefined) {
      end();
      return;
    }
    first = signal;
    drain.abort();
    timers.push(setTimeout(end, grace ?? graceAfter[signal]));
    onFirst(signal);
  };
  for (const signal of signals) process.on(signal, listener);
  return {
    drain: drain.signal,
    kill: kill.signal,
    leave: leave.signal,
    signal: () => first,
    dispose() {
      for (const timer of timers) clearTimeout(timer);
      for (const signal of signals) process.off(signal, listener);
    },
  };
}
