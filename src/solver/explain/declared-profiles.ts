/**
 * Profiles that a source declares and that leave out what is in the way: registered ones such as `nodoc`, and private
 * ones such as `pkg.openldap.noslapd`. They are no stages by themselves, since they mean many things; an annotation
 * makes them one.
 */

import { stageOfProfile } from '../../metadata/declared-stages/stage-fields.ts';
import { crossProfile } from '../../metadata/relations/cross.ts';
import { profilesIn } from '../../metadata/relations/formula.ts';
import { reduceGroups } from '../../metadata/relations/reduce.ts';
import { formatGroup } from '../../metadata/relations/relation.ts';
import type { Group, Source, Universe } from '../../model.ts';
import type { SourceName } from '../../names.ts';
import { byteOrder } from '../../order.ts';
import { writtenText } from './as-written.ts';

/** One profile of a source, and what it leaves out of what is in the way. */
export interface DeclaredProfile {
  readonly profile: string;
  /** The stage that it means, 0 when an annotation has to make it one. */
  readonly stage: number;
  /** What is in the way and goes with it, as the builds ask for it; in the order of the fields. */
  readonly leavesOut: readonly string[];
}

/** A cross build is another question: what it does without, it takes from the building machine. */
const meansOther: ReadonlySet<string> = new Set([crossProfile]);

/** Private names first, since they are made for this source; then byte order. */
const byFitness = (a: string, b: string): number =>
  Number(b.startsWith('pkg.')) - Number(a.startsWith('pkg.')) || byteOrder(a, b);

/** For each profile that drops one of the groups, those that it drops. Linear in the conditions of the source. */
function dropsOf(universe: Universe, source: Source, inTheWay: readonly Group[]): ReadonlyMap<string, Set<string>> {
  const { architecture, profiles: base } = universe;
  const wanted = new Set(inTheWay.map((group) => writtenText(universe, group)));
  const found = new Map<string, Set<string>>();
  const active = new Set(base);
  const conditions = source.variants[0]!.conditions ?? [];
  for (const group of conditions) {
    const [asked] = reduceGroups([group], architecture, active);
    if (asked === undefined || !wanted.has(formatGroup(asked))) continue;
    const named = new Set(group.flatMap((relation) => profilesIn(relation.formula)));
    for (const profile of named) {
      if (active.has(profile) || meansOther.has(profile)) continue;
      // Another line may ask for the same.
      const left = reduceGroups(conditions, architecture, new Set([...base, profile]));
      if (left.some((g) => formatGroup(g) === formatGroup(asked))) continue;
      const drops = found.get(profile) ?? new Set();
      found.set(profile, drops.add(formatGroup(asked)));
    }
  }
  return found;
}

/** Those that help, the ones that drop most first. */
export function declaredProfiles(
  universe: Universe,
  source: Source,
  inTheWay: readonly Group[],
): readonly DeclaredProfile[] {
  return [...dropsOf(universe, source, inTheWay)]
    .map(([profile, drops]) => ({ profile, stage: stageOfProfile(source.name, profile), leavesOut: [...drops] }))
    .sort((a, b) => b.leavesOut.length - a.leavesOut.length || byFitness(a.profile, b.profile));
}

/** The fewest of them, by and large, that together drop all that any of them drops; stages are left aside. */
export function togetherAStage(profiles: readonly DeclaredProfile[]): readonly string[] {
  const left = new Set(profiles.filter((p) => p.stage === 0).flatMap((p) => p.leavesOut));
  const chosen: string[] = [];
  while (left.size > 0) {
    const gain = (p: DeclaredProfile) => p.leavesOut.filter((g) => left.has(g)).length;
    const [best] = profiles
      .filter((p) => p.stage === 0)
      .sort((a, b) => gain(b) - gain(a) || byFitness(a.profile, b.profile));
    chosen.push(best!.profile);
    for (const g of best!.leavesOut) left.delete(g);
  }
  return chosen.sort(byteOrder);
}

/**
 * The line of an annotations file that makes a stage of what such profiles leave out, '' when no annotation is needed.
 * What means a stage already goes on meaning it.
 */
export function annotationFor(source: SourceName, profiles: readonly DeclaredProfile[]): string | undefined {
  const chosen = togetherAStage(profiles);
  if (chosen.length === 0) return undefined;
  const stage = profiles.find((p) => p.stage > 0)?.stage ?? 1;
  const kept = profiles.filter((p) => p.stage === stage).map((p) => p.profile);
  return annotationLine(source, stage, [...kept, ...chosen]);
}

/** The line of an annotations file that makes a stage of profiles. */
export const annotationLine = (source: SourceName, stage: number, profiles: readonly string[]): string =>
  `${source}: {stage${stage}: [${profiles.join(', ')}]}`;
