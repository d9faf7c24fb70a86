/** Which builds of a plan wait for which others: the one rule of real runs, of estimates and of simulations. */

import type { PlanIndex } from '../indices.ts';
import type { Plan } from '../model.ts';
import type { SourceName } from '../names.ts';

/** The build of the same source one round earlier; undefined for a stage build and the first full one. O(builds). */
export function previousRound({ builds }: Plan, index: PlanIndex): PlanIndex | undefined {
  const { source, stage, round } = builds[index]!;
  if (stage > 0 || round < 2) return undefined;
  const found = builds.findIndex((b) => b.source === source && b.stage === 0 && b.round === round - 1);
  return found < 0 ? undefined : found;
}

/** A build waits for its needs and, so that it can be cut off or compared, for the round before. O(builds + needs). */
export function waits({ builds }: Plan): readonly (readonly PlanIndex[])[] {
  const full = new Map<string, number>();
  const at = (source: SourceName, round: number): string => `${source}\n${round}`;
  builds.forEach(({ source, stage, round }, i) => {
    if (stage === 0 && !full.has(at(source, round))) full.set(at(source, round), i);
  });
  return builds.map(({ source, stage, round, needs }) => {
    const previous = stage > 0 || round < 2 ? undefined : full.get(at(source, round - 1));
    return previous === undefined || needs.includes(previous) ? needs : [...needs, previous];
  });
}
