/** Where every source of a plan stands after a run, or in the middle of one: a fold of its journal. */
import type { InstalledBinary, RunEvent } from '../events.ts';
import type { Plan, PlannedBuild } from '../model.ts';
import { byteOrder } from '../order.ts';

/** The best archive that holds a source: a stage build, a tainted full build, a clean full build. */
export type Reached = 'nothing' | 'staged' | 'interim' | 'final';

const rank: Readonly<Record<Reached, number>> = { nothing: 0, staged: 1, interim: 2, final: 3 };

/** A build that failed and has not succeeded since. */
export interface FailedBuild {
  readonly build: PlannedBuild;
  readonly step: string;
  readonly message: string;
}

export interface Standing {
  readonly reached: Reached;
  /** What was installed during the newest build in the best archive; empty when nothing is built. */
  readonly installed: readonly InstalledBinary[];
  readonly failed: readonly FailedBuild[];
  /** Builds of other sources whose failure blocks this one, byte order. */
  readonly blockedBy: readonly string[];
}

const reachedBy = (archive: string): Reached =>
  archive === 'final' ? 'final' : archive === 'interim' ? 'interim' : 'staged';

/**
 * @param events in the order of the journal; events of builds that the plan does not know (an older plan's) are passed over
 * @returns one entry per source that the plan builds
 */
export function standings(plan: Plan, events: readonly RunEvent[]): ReadonlyMap<string, Standing> {
  const builds = new Map(plan.builds.map((b) => [b.id, b]));
  const failed = new Map<string, FailedBuild>();
  const blocked = new Map<string, readonly string[]>();
  // Only what the archives hold: a build that is done anew, or cannot be, is in none meanwhile.
  const done = new Map<string, { reached: Reached; installed: readonly InstalledBinary[] }>();
  for (const event of events) {
    if (event.type === 'run-started' && !event.resumed) for (const map of [failed, blocked, done]) map.clear();
    if (!('build' in event)) continue;
    const build = builds.get(event.build);
    if (build === undefined) continue;
    switch (event.type) {
      case 'build-started':
      case 'build-finished':
        failed.delete(build.id);
        blocked.delete(build.id);
        done.delete(build.id);
        if (event.type === 'build-finished')
          done.set(build.id, { reached: reachedBy(event.archive), installed: event.installed });
        break;
      case 'build-failed':
        failed.set(build.id, { build, step: event.step, message: event.message });
        break;
      case 'build-blocked':
        blocked.set(build.id, event.by);
        done.delete(build.id);
        break;
      case 'build-outdated':
        done.delete(build.id);
    }
  }
  const best = new Map<string, { reached: Reached; installed: readonly InstalledBinary[] }>();
  for (const [id, { reached, installed }] of done) {
    const { source } = builds.get(id)!;
    const before = best.get(source);
    if (before === undefined || rank[reached] >= rank[before.reached]) best.set(source, { reached, installed });
  }
  const standing = new Map<string, Standing>();
  for (const [source, own] of Map.groupBy(plan.builds, (b) => b.source)) {
    standing.set(source, {
      reached: best.get(source)?.reached ?? 'nothing',
      installed: best.get(source)?.installed ?? [],
      failed: own.flatMap((b) => failed.get(b.id) ?? []),
      blockedBy: [...new Set(own.flatMap((b) => blocked.get(b.id) ?? []))].sort(byteOrder),
    });
  }
  return standing;
}
