/** Why the steps of a build did not come to their end, from how the sandbox ended and the end of the log. */
import type { Ended } from '../process.ts';
import { blamesMachine, endIn, whyNoSandbox } from '../recipe/steps.ts';
import type { Used } from '../sandbox/sandbox.ts';

/** What is told about a build that failed, besides its surroundings and its log. */
export interface Failure extends Used {
  readonly step: string;
  readonly message: string;
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** The machine, not the source, is to blame: a second try makes sense. */
  readonly retriable: boolean;
  /** Not ended when its time was over: with more time it might have. */
  readonly timedOut?: true;
}

/** What is known about the end of the steps. */
export interface Circumstances {
  /** The last step that was seen to begin; `stage` for none. */
  readonly step: string;
  /** The end of the log. */
  readonly tail: string;
  /** Aborted when the build was ended for want of room; its reason says of what. */
  readonly full: AbortSignal;
  readonly timeoutSeconds: number;
}

/** Pure. @param ended with an exit code that is not 0 */
export function stepFailure(ended: Ended & Used, { step: last, tail, full, timeoutSeconds }: Circumstances): Failure {
  const { cpuSeconds, maxRssKiB, exitCode, signal } = ended;
  const end = endIn(tail, exitCode);
  const unable =
    last === 'stage' && end === undefined && (exitCode === undefined || exitCode < 128)
      ? whyNoSandbox(tail)
      : undefined;
  const step = end?.step ?? last;
  const cutOff = end === undefined && unable === undefined;
  const killed = full.aborted || signal === 'SIGKILL' || exitCode === 137 || cutOff;
  const message = full.aborted
    ? String(full.reason)
    : ended.timedOut
      ? `not done after ${timeoutSeconds} seconds`
      : signal !== undefined
        ? `ended by ${signal}`
        : unable !== undefined
          ? `the sandbox does not start for this build: ${unable}`
          : cutOff
            ? `the sandbox was ended in step ${step}, by a signal or from outside (exit code ${exitCode})`
            : `step ${step} ended with exit code ${exitCode}`;
  const retriable = !ended.timedOut && (killed || blamesMachine(tail));
  return {
    cpuSeconds,
    maxRssKiB,
    step,
    message,
    exitCode,
    signal,
    retriable,
    ...(ended.timedOut && { timedOut: true }),
  };
}
