/** What is installed when a build starts: one rule for the plan, the runner and the checker. */
import type { Plan } from '../model.ts';
import { byteOrder } from '../order.ts';

export interface InstalledFrom {
  readonly binary: string;
  readonly build: number | 'seed';
}

/**
 * The closure of what a build installs over the run-time dependencies of the plan, in byte order. Each binary comes
 * from the newest earlier build that yields it, else from the seed.
 */
export function installationSet(plan: Plan, build: number): readonly InstalledFrom[] {
  const names = new Set(plan.builds[build]!.installs);
  for (const name of names) for (const dependency of plan.runtime[name] ?? []) names.add(dependency);
  return [...names].sort(byteOrder).map((binary) => {
    for (let i = build - 1; i >= 0; i--) if (plan.builds[i]!.produces.includes(binary)) return { binary, build: i };
    return { binary, build: 'seed' };
  });
}
