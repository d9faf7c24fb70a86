/** Plan -> the same plan and one more comparison build of some sources, for what a run has found not to be settled. */
import type { Plan, PlannedBuild } from '../model.ts';
import { byteOrder } from '../order.ts';
import { closureOfNames, Producers } from './installation-set.ts';
import { buildId, consequences } from './plan-format.ts';

/**
 * Appends a build of each source, in byte order, like its last full build but a round later. Each has the newest
 * builds before it installed, those of the same round included; the builds that were there stay as they are.
 *
 * @param sources that have a full build in the plan
 */
export function anotherRound(plan: Plan, sources: readonly string[]): Plan {
  const builds: PlannedBuild[] = [...plan.builds];
  const producers = new Producers();
  for (const [index, { produces }] of builds.entries()) producers.add(index, produces);
  for (const source of [...sources].sort(byteOrder)) {
    const next = builds.length;
    const last = builds.findLast((b) => b.source === source && b.stage === 0)!;
    const needs = new Set<number>();
    for (const binary of closureOfNames(last.installs, plan.runtime)) {
      const build = producers.newestBefore(binary, next);
      if (build !== 'seed') needs.add(build);
    }
    const round = last.round + 1;
    builds.push({
      ...last,
      id: buildId(source, 0, round),
      round,
      why: 'compare',
      ...consequences(
        builds,
        0,
        [...needs].sort((a, b) => a - b),
      ),
    });
    producers.add(next, last.produces);
  }
  return { ...plan, builds };
}
