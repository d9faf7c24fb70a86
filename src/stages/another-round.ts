/** Plan -> the same plan and one more comparison build of some sources, for what a run has found not to be settled. */

import { buildId } from '../build-id.ts';
import type { Plan, PlannedBuild } from '../model.ts';
import type { SourceName } from '../names.ts';
import { byteOrder } from '../order.ts';
import { installedNames, Producers } from './installation-set.ts';
import { following, neededBuilds } from './planned-build.ts';

/**
 * Appends a build of each source, in byte order, like its last full build but a round later. Each has the newest
 * builds before it installed, those of the same round included; the builds that were there stay as they are.
 *
 * @param sources that have a full build in the plan
 */
export function anotherRound(plan: Plan, sources: readonly SourceName[]): Plan {
  const builds: PlannedBuild[] = [...plan.builds];
  const producers = new Producers();
  for (const [index, { produces }] of builds.entries()) producers.add(index, produces);
  for (const source of [...sources].sort(byteOrder)) {
    const next = builds.length;
    const last = builds.findLast((b) => b.source === source && b.stage === 0)!;
    const round = last.round + 1;
    builds.push({
      ...last,
      id: buildId(source, 0, round),
      round,
      why: 'compare',
      ...following(builds, 0, neededBuilds(installedNames(last, plan), producers, next)),
    });
    producers.add(next, last.produces);
  }
  return { ...plan, builds };
}
