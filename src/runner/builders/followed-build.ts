/** A build while it runs: each step is told as its log comes to it, and a disk that is nearly full ends it. */
import type { BuildRequest } from '../builder.ts';
import { guardDisks, type Reserves } from '../sandbox/disk-guard.ts';
import { followLines } from '../sandbox/log-follower.ts';

/** How the log of a builder tells its steps. */
export interface StepLines {
  /** A text that every such line has. */
  readonly marker: string;
  /** The step that begins with a line; undefined when none does. */
  readonly begins: (line: string) => string | undefined;
}

/** How it ended, and how far it had come. */
export interface FollowedBuild<T> {
  readonly ended: T;
  /** The last step that has begun; `stage` before the first. */
  readonly step: string;
  /** Aborted when a full disk ended it; its reason says which. */
  readonly full: AbortSignal;
}

/**
 * @param run what runs the build, and ends it at the signal that it gets
 * @param logBytes the limit of a log that nothing else holds within one
 */
export async function followedBuild<T>(
  request: BuildRequest,
  { marker, begins }: StepLines,
  run: (signal: AbortSignal) => Promise<T>,
  reserves: Reserves = {},
  logBytes?: number,
): Promise<FollowedBuild<T>> {
  let step = 'stage';
  const stop = followLines(
    request.logFile,
    (line) => {
      const begun = begins(line);
      if (begun === undefined) return;
      step = begun;
      request.onStep(begun);
    },
    marker,
  );
  const { full, release } = guardDisks(request, reserves, logBytes);
  const ended = await run(AbortSignal.any([request.signal, full])).finally(() => {
    release();
    stop();
  });
  return { ended, step, full };
}
