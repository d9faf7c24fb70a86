/** A build that another machine does: the event, and what it tells of the engine that brought the build there. */
import type { BuildId } from '../build-id.ts';

/** Where a build is that another machine does, and how it fares with the engine that brought it there. */
export interface Placement {
  readonly executor: string;
  /** sha256 of the document that the machine works by. */
  readonly job: string;
  /** The engine's own name for it; '' when it has none yet. */
  readonly id: string;
  readonly state: 'queued' | 'started' | 'released' | 'lost';
  readonly node: string;
  readonly why: string;
}

/**
 * Another machine does the build: where it is in the engine's queue, so that who goes on after a kill finds it again.
 */
export interface BuildPlaced extends Placement {
  readonly type: 'build-placed';
  readonly build: BuildId;
}
