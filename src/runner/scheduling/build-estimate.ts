/**
 * What a build is expected to take: as much as the last one of its source and stage did here, else as its recipe says.
 */

import { usageKey } from '../../build-id.ts';
import type { Plan, PlannedBuild } from '../../model.ts';
import type { SourceName } from '../../names.ts';
import type { RunState } from '../../run-state.ts';
import type { Expectation, Limits } from './resource-budget.ts';

/** What recipes say of their sources, and over how many cores a build is spread. */
export interface DeclaredEffort {
  /** Core-seconds of a source, by its recipe. */
  readonly coreSeconds: (source: SourceName) => number;
  /** Cores that each of the builds side by side gets. */
  readonly coresEach: number;
}

/** An equal share for each build; the budget gives more to one that finds cores free. */
export const coresForEach = ({ cores, jobs }: Limits): number => Math.max(1, Math.floor(cores / jobs));

/**
 * Seconds by the clock: those that the last build took here, else what is declared, spread over the build's cores. It
 * is the one unit of critical paths, percentages and the time that is left.
 */
export const clockSecondsExpected = (
  { id, source }: PlannedBuild,
  { used }: RunState,
  { coreSeconds, coresEach }: DeclaredEffort,
): number => used.get(usageKey(id))?.seconds ?? coreSeconds(source) / coresEach;

/** The same for each build of a plan. */
export const expectedClockSeconds = (plan: Plan, state: RunState, declared: DeclaredEffort): readonly number[] =>
  plan.builds.map((build) => clockSecondsExpected(build, state, declared));

/**
 * Memory that is declared counts as declared; else the largest process of last time, once for every core given; else
 * an equal share of the budget. A build that left most of its cores alone last time does not hold them now.
 *
 * @param declared bytes of a source, by its recipe; undefined when it says nothing
 */
export function expectationOf(
  { id, source }: PlannedBuild,
  { used }: RunState,
  declared: (source: SourceName) => number | undefined,
  { jobs, memoryBytes }: Limits,
): Expectation {
  const usage = used.get(usageKey(id));
  const parallel = usage && usage.seconds > 0 ? usage.cpuSeconds / (usage.seconds * usage.cores) : 1;
  const learned = usage && usage.maxRssKiB > 0 ? usage.maxRssKiB * 1024 : undefined;
  return {
    coresUsed: (given) => Math.max(1, Math.min(given, Math.round(parallel * given))),
    memoryBytes: (given) =>
      declared(source) ?? (learned === undefined ? Math.floor(memoryBytes / jobs) : learned * given),
  };
}
