/**
 * What is installed when a build starts: everything it asks for and, at run time, everything that needs. Each binary is
 * the newest earlier build of its source that yields it, else the seed's. The one rule of plan, runner and verifier.
 */
import { valueAt } from '../by-name.ts';
import type { Plan } from '../model.ts';
import { byteOrder } from '../order.ts';

export interface Installed {
  readonly binary: string;
  /** Index of the build that made it; `seed` for what was there, or had to be supplied, from the start. */
  readonly build: number | 'seed';
}

/** Binary -> the builds that yield it, ascending. Grows as builds are planned. */
export class Producers {
  private readonly builds = new Map<string, number[]>();

  add(build: number, produces: readonly string[]): void {
    for (const binary of produces) {
      const list = this.builds.get(binary);
      if (list) list.push(build);
      else this.builds.set(binary, [build]);
    }
  }

  newestBefore(binary: string, build: number): number | 'seed' {
    return this.builds.get(binary)?.findLast((b) => b < build) ?? 'seed';
  }
}

/** Names asked for and their closure over the run-time dependencies, byte order. */
export function closureOfNames(installs: readonly string[], runtime: Plan['runtime']): readonly string[] {
  const seen = new Set(installs);
  for (const name of seen) for (const lower of valueAt(runtime, name) ?? []) seen.add(lower);
  return [...seen].sort(byteOrder);
}

const producersOf = new WeakMap<Plan, Producers>();

/** The installation set of `plan.builds[build]`, byte order of name. */
export function installationSet(plan: Plan, build: number): readonly Installed[] {
  let producers = producersOf.get(plan);
  if (!producers) {
    producers = new Producers();
    for (const [i, { produces }] of plan.builds.entries()) producers.add(i, produces);
    producersOf.set(plan, producers);
  }
  const known = producers;
  const { installs } = plan.builds[build]!;
  return closureOfNames(installs, plan.runtime).map((binary) => ({ binary, build: known.newestBefore(binary, build) }));
}
