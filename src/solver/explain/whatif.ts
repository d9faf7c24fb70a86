/** What if: the same universe with one thing changed. Pure; the changed universe is solved like any other. */

import type { SourceVertex } from '../../indices.ts';
import { profileOfStage } from '../../metadata/declared-stages/stage-fields.ts';
import type { Group, Source, Universe, Variant } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import { choicesOf } from '../graph/resolve.ts';
import { givenBinaries } from '../graph/seed-binaries.ts';

/** What a variant of a source does without. */
export interface Reduction {
  /** By index into the universe. */
  readonly source: SourceVertex;
  /** The stage that is reduced, which is declared where it is not; 0: the full build, and each stage. */
  readonly stage: number;
  readonly drops: (group: Group) => boolean;
  /** Binaries that it then does not yield, by index into the universe. */
  readonly omits: ReadonlySet<number>;
}

/** The first declared stage of a source, or the one that would be declared. */
export const firstStage = ({ variants }: Source): number => variants[1]?.stage ?? 1;

const less = (variant: Variant, { drops, omits }: Reduction): Variant => ({
  ...variant,
  buildDepends: variant.buildDepends.filter((g) => !drops(g)),
  produces: omits.size === 0 ? variant.produces : variant.produces.filter((b) => !omits.has(b)),
});

/** The variant that a reduction takes something from: the stage, or the last before it. */
export const reducedVariant = ({ variants }: Source, stage: number): Variant =>
  variants.findLast((v) => v.stage <= stage)!;

/**
 * A source declares that a stage of it does without some dependencies; when it has no such stage, this makes one. That
 * is what the line `DEPENDENCY <!pkg.SOURCE.stage1>` in its Build-Depends would do.
 *
 * @returns undefined when nothing of the variant that is reduced is dropped
 */
export function reduceSource(universe: Universe, reduction: Reduction): Universe | undefined {
  const source = universe.sources[reduction.source]!;
  const { stage } = reduction;
  const base = reducedVariant(source, stage);
  if (!base.buildDepends.some(reduction.drops)) return undefined;
  const variants =
    stage === 0 ? source.variants.map((v) => less(v, reduction)) : withStage(source, stage, less(base, reduction));
  const sources = universe.sources.map((s, i) => (i === reduction.source ? { ...s, variants } : s));
  return { ...universe, sources };
}

function withStage({ name, variants }: Source, stage: number, base: Variant): readonly Variant[] {
  const profile = profileOfStage(name, stage, base.profiles);
  const { conditions: _, parts: __, ...rest } = base;
  const reduced: Variant = {
    ...rest,
    stage,
    profiles: base.profiles.includes(profile) ? base.profiles : [...base.profiles, profile].sort(byteOrder),
    notation: base.stage === 0 ? 'profiles' : base.notation,
  };
  return [...variants.filter((v) => v.stage < stage), reduced, ...variants.filter((v) => v.stage > stage)];
}

/**
 * The same in a universe where stages cost nothing: every variant also comes without these dependencies, so whatever
 * else a stage leaves out can go along.
 */
export function reduceEach(universe: Universe, reduction: Reduction): Universe {
  const sources = universe.sources.map((s, i): Source => {
    if (i !== reduction.source) return s;
    if (reduction.stage === 0) return { ...s, variants: s.variants.map((v) => less(v, reduction)) };
    const touched = s.variants.filter((v) => v.buildDepends.some(reduction.drops));
    const last = s.variants.at(-1)!.stage;
    const further = touched.map((v, k): Variant => {
      const { conditions: _, parts: __, ...rest } = less(v, reduction);
      return { ...rest, stage: last + 1 + k, notation: 'profiles', assumed: true };
    });
    return { ...s, variants: [...s.variants, ...further] };
  });
  return { ...universe, sources };
}

/** The archive without a source and the binaries that it builds; those that are there from the start stay. */
export function withoutSource(universe: Universe, source: SourceVertex): Universe {
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
      return {
        ...binary,
        source: binary.source === undefined ? undefined : sourceAt(binary.source),
        ...(withSeed && { withSeed }),
      };
    }),
    targets: universe.targets.filter((t) => t !== source).map(sourceAt),
  };
}
