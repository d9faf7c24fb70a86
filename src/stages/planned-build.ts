/** What follows for a build from its place in a plan. */

import type { PlanIndex } from '../indices.ts';
import type { PlannedBuild } from '../model.ts';
import type { BinaryName } from '../names.ts';
import type { Producers } from './installation-set.ts';

/** The earlier builds, ascending, whose binaries a build at the place `next` has installed. */
export function neededBuilds(
  installed: Iterable<BinaryName>,
  producers: Producers,
  next: PlanIndex,
): readonly PlanIndex[] {
  const needs = new Set<number>();
  for (const binary of installed) {
    const build = producers.newestBefore(binary, next);
    if (build !== 'seed') needs.add(build);
  }
  return [...needs].sort((a, b) => a - b);
}

/** What a build needs, what taints it, and when it can start. */
export function following(
  earlier: readonly Pick<PlannedBuild, 'stage' | 'wave'>[],
  stage: number,
  needs: readonly PlanIndex[],
): Pick<PlannedBuild, 'needs' | 'taintedBy' | 'wave'> {
  return {
    needs,
    taintedBy: stage > 0 ? [] : needs.filter((b) => earlier[b]!.stage > 0),
    wave: needs.reduce((latest, b) => Math.max(latest, earlier[b]!.wave), -1) + 1,
  };
}
