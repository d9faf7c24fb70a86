/** What if: the same universe with one thing changed. Pure; the changed universe is solved like any other. */

import { proposedProfile, stageOfProfile } from '../../metadata/declared-stages/stage-fields.ts';
import type { Group, Universe, Variant } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import { choicesOf } from '../graph/resolve.ts';
import { givenBinaries } from '../graph/seed-binaries.ts';

const without = (groups: readonly Group[], dependency: string): readonly Group[] =>
  groups.filter((g) => !g.some((r) => r.name === dependency));

/**
 * A source declares that its first stage does without a dependency; when it has no stage, this makes one. That is what
 * the line `DEPENDENCY <!pkg.SOURCE.stage1>` in its Build-Depends would do.
 *
 * @returns undefined when no group of the variant that is reduced names the dependency
 */
export function dropDependency(universe: Universe, source: number, dependency: string): Universe | undefined {
  const { name, variants } = universe.sources[source]!;
  const base = variants[1] ?? variants[0]!;
  const buildDepends = without(base.buildDepends, dependency);
  if (buildDepends.length === base.buildDepends.length) return undefined;
  const stage = base.stage || 1;
  const profile = base.profiles.findLast((p) => stageOfProfile(name, p) === stage) ?? proposedProfile(name, stage);
  const reduced: Variant = {
    ...base,
    stage,
    profiles: base.profiles.includes(profile) ? base.profiles : [...base.profiles, profile].sort(byteOrder),
    notation: base.stage === 0 ? 'profiles' : base.notation,
    buildDepends,
  };
  const sources = universe.sources.map((s, i) =>
    i === source ? { ...s, variants: [variants[0]!, reduced, ...variants.slice(2)] } : s,
  );
  return { ...universe, sources };
}

/** The archive without a source and the binaries that it builds; those that are there from the start stay. */
export function withoutSource(universe: Universe, source: number): Universe {
  const given = givenBinaries(choicesOf(universe));
  const gone = (b: number) => universe.binaries[b]!.source === source && given[b] === 0;
  const kept = [...universe.binaries.keys()].filter((b) => !gone(b));
  const binaryAt = new Map(kept.map((old, now) => [old, now]));
  const sourceAt = (old: number) => (old === source ? -1 : old > source ? old - 1 : old);
  const binariesOf = (rows: readonly number[]) => rows.map((b) => binaryAt.get(b)).filter((b) => b !== undefined);
  return {
    ...universe,
    sources: universe.sources
      .filter((_, s) => s !== source)
      .map((s) => ({ ...s, variants: s.variants.map((v) => ({ ...v, produces: binariesOf(v.produces) })) })),
    binaries: kept.map((b) => {
      const binary = universe.binaries[b]!;
      const withSeed = binary.source === source && !binary.available;
      return { ...binary, source: sourceAt(binary.source), ...(withSeed && { withSeed }) };
    }),
    targets: universe.targets.filter((t) => t !== source).map(sourceAt),
  };
}
