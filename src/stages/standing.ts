/** Where every source of a plan stands after a run, or in the middle of one: a view of its state. */
import type { BuildId } from '../build-id.ts';
import type { EventOf, InstalledBinary } from '../events.ts';
import type { Plan, PlannedBuild } from '../model.ts';
import type { SourceName } from '../names.ts';
import { byteOrder } from '../order.ts';
import type { BuildState, RunState } from '../run-state.ts';

/** The best archive that holds a source: a stage build, a tainted full build, a clean full build. */
export type Reached = 'nothing' | 'staged' | 'interim' | 'final';

const rank: Readonly<Record<Reached, number>> = { nothing: 0, staged: 1, interim: 2, final: 3 };

/** A build that failed and has not succeeded since. */
export interface FailedBuild {
  readonly build: PlannedBuild;
  readonly failure: EventOf<'build-failed'>;
}

/** Where one source stands. */
export interface Standing {
  readonly reached: Reached;
  /** What was installed during the newest build in the best archive; empty when nothing is built. */
  readonly installed: readonly InstalledBinary[];
  readonly failed: readonly FailedBuild[];
  /** Builds of other sources whose failure blocks this one, byte order. */
  readonly blockedBy: readonly string[];
}

function failureOf(build: PlannedBuild, known: BuildState | undefined): readonly FailedBuild[] {
  return known?.status === 'failed' && known.failure ? [{ build, failure: known.failure }] : [];
}

const blockersOf = (known: BuildState | undefined): readonly string[] =>
  known?.status === 'blocked' ? (known.blockedBy ?? []) : [];

const reachedBy = (archive: string): Reached =>
  archive === 'final' ? 'final' : archive === 'interim' ? 'interim' : 'staged';

/** A build that the run's plan has, or that an earlier run of it has added and this one has not come to again. */
const buildIn = (state: RunState, id: BuildId): BuildState | undefined => state.builds.get(id) ?? state.earlier.get(id);

/** @returns one entry per source that the plan builds */
export function standings(plan: Plan, state: RunState): ReadonlyMap<SourceName, Standing> {
  // Only what the archives hold: a build that is done anew, or cannot be, is in none meanwhile.
  const done = plan.builds
    .flatMap(({ id, source }) => {
      const { status, finished } = buildIn(state, id) ?? {};
      return status === 'done' && finished ? [{ source, finished }] : [];
    })
    .sort((a, b) => a.finished.seq - b.finished.seq);
  const best = new Map<SourceName, { reached: Reached; installed: readonly InstalledBinary[] }>();
  for (const { source, finished } of done) {
    const [reached, installed] = [reachedBy(finished.archive), finished.installed];
    const before = best.get(source);
    if (before === undefined || rank[reached] >= rank[before.reached]) best.set(source, { reached, installed });
  }
  const standing = new Map<SourceName, Standing>();
  for (const [source, own] of Map.groupBy(plan.builds, (b) => b.source)) {
    standing.set(source, {
      reached: best.get(source)?.reached ?? 'nothing',
      installed: best.get(source)?.installed ?? [],
      failed: own.flatMap((build) => failureOf(build, buildIn(state, build.id))),
      blockedBy: [...new Set(own.flatMap((b) => blockersOf(buildIn(state, b.id))))].sort(byteOrder),
    });
  }
  return standing;
}
