/**
 * The installation set of a build (rule M3): its build dependencies and their run-time dependencies, transitively. It
 * is found once, when the plan is made, and every builder installs the same set. Each binary comes from the newest
 * earlier build that yields it, else from the seed.
 */

import { valueAt } from '../by-name.ts';
import type { PlanIndex } from '../indices.ts';
import type { Plan, PlannedBuild } from '../model.ts';
import type { BinaryName } from '../names.ts';
import { onceFor } from '../once.ts';
import { byteOrder } from '../order.ts';

/** One member of an installation set. */
export interface Installed {
  readonly binary: BinaryName;
  /** Index of the build that made it; `seed` for what was there, or had to be supplied, from the start. */
  readonly build: PlanIndex | 'seed';
}

const none: readonly number[] = [];

/** Binary -> the builds that yield it, ascending. Grows as builds are planned. */
export class Producers {
  private readonly builds = new Map<BinaryName, PlanIndex[]>();

  add(build: PlanIndex, produces: readonly BinaryName[]): void {
    for (const binary of produces) {
      const list = this.builds.get(binary);
      if (list) list.push(build);
      else this.builds.set(binary, [build]);
    }
  }

  newestBefore(binary: BinaryName, build: PlanIndex): PlanIndex | 'seed' {
    const list = this.builds.get(binary) ?? none;
    let last = list.length - 1;
    while (last >= 0 && list[last]! >= build) last--;
    return list[last] ?? 'seed';
  }
}

type Asked = Pick<PlannedBuild, 'installs' | 'also' | 'without'>;

/** The names of an installation set, byte order. */
export function installedNames(
  { installs, also = [], without = [] }: Asked,
  { runtime, environment = [] }: Pick<Plan, 'runtime' | 'environment'>,
): readonly BinaryName[] {
  const seen = new Set([...installs, ...environment]);
  for (const name of seen) for (const lower of valueAt(runtime, name) ?? []) seen.add(lower);
  for (const name of without) seen.delete(name);
  for (const name of also) seen.add(name);
  return [...seen].sort(byteOrder);
}

const producersOf = onceFor(({ builds }: Plan): Producers => {
  const producers = new Producers();
  for (const [i, { produces }] of builds.entries()) producers.add(i, produces);
  return producers;
});

/** The installation set of `plan.builds[build]`, byte order of name. */
export function installationSet(plan: Plan, build: PlanIndex): readonly Installed[] {
  const producers = producersOf(plan);
  return installedNames(plan.builds[build]!, plan).map((binary) => ({
    binary,
    build: producers.newestBefore(binary, build),
  }));
}
