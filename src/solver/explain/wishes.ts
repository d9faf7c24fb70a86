/**
 * What nobody has declared, and what declaring it would free: for a stuck source, the dependencies that a reduced build
 * of it would have to do without, the lines that say so in both notations, and how many stuck sources it frees.
 */

import type { SourceVertex } from '../../indices.ts';
import { profileOfStage, stageFieldName } from '../../metadata/declared-stages/stage-fields.ts';
import { isRegisteredProfile } from '../../metadata/relations/formula.ts';
import { reduceGroups } from '../../metadata/relations/reduce.ts';
import { formatGroup } from '../../metadata/relations/relation.ts';
import type { Group, Source, Universe, Variant } from '../../model.ts';
import { type BinaryName, binaryName, type SourceName } from '../../names.ts';
import { byteOrder } from '../../order.ts';
import type { Buildable } from '../graph/buildable.ts';
import type { Resolved } from '../graph/resolve.ts';
import { workLimits } from '../limits.ts';
import { asWritten, binaryAsWritten, writtenText } from './as-written.ts';
import { purposeIn } from './asking-line.ts';
import { annotationLine, declaredProfiles, togetherAStage } from './declared-profiles.ts';
import { isImplied } from './implied-dependencies.ts';
import { eachOnce, type Lacking, lackingOf, stillLacking, variantToReduce } from './lacking.ts';
import { judge, type Purpose, purposes } from './plausibility.ts';
import { isUndroppable } from './undroppable.ts';

/** A build dependency that a reduced build would do without. */
export interface Drop {
  /** The group, as the build asks for it. */
  readonly group: string;
  /** The same as its source has it, with its own conditions. */
  readonly line: string;
  /**
   * That line with the condition on every alternative, or one would survive; undefined where every build needs it
   * unsaid.
   */
  readonly conditional: string | undefined;
  /** The binary it comes down to; undefined when nothing satisfies it. */
  readonly binary: BinaryName | undefined;
  readonly purpose: Purpose;
  /** A registered profile that says why it can go (`nodoc`), if there is one. */
  readonly profile: string | undefined;
  /** A profile under which the source's own lines leave it out, if there is one. */
  readonly declaredBy: string | undefined;
}

/** One stage that nobody has declared, with the text that would declare it. */
export interface Wish {
  readonly source: SourceName;
  /** The stage to declare, or the declared one to reduce further. */
  readonly stage: number;
  readonly declared: boolean;
  /**
   * How the stages of this source are declared; `any` where it has none yet. Two notations of one stage would disagree.
   */
  readonly notation: 'field' | 'profiles' | 'annotation' | 'any';
  /** The profile that means that stage, and whether Debian has registered it. */
  readonly profile: string;
  readonly registered: boolean;
  readonly drops: readonly Drop[];
  /**
   * The binaries among the drops that no source is built without: then only a copy from outside will do. Byte order.
   */
  readonly undroppable: readonly string[];
  /** Profiles that the source declares and that together leave out what has a `declaredBy`; byte order. */
  readonly declaredProfiles: readonly string[];
  /** The line of an annotations file that makes a stage of those; undefined when there are none. */
  readonly annotation: string | undefined;
  /** The least plausible purpose among the drops: a wish is as plausible as its hardest part. */
  readonly purpose: Purpose;
  /** The whole field that declares it. */
  readonly field: string;
  /** Stuck sources that can be built in full once this alone is declared. */
  readonly alone: number;
  /** Of a set of wishes that frees all: sources stuck again when every wish but this one is granted. */
  readonly together: number | null;
}

type WishAlone = Omit<Wish, 'alone' | 'together'>;

/**
 * The members of a source's fields that a variant comes to ask this group by: what profiles decide about is as written.
 */
function writtenLines(universe: Universe, source: Source, { profiles }: Variant, group: Group): readonly Group[] {
  const { architecture } = universe;
  const asked = writtenText(universe, group);
  const active = new Set(profiles);
  const lines = (source.variants[0]!.conditions ?? []).filter((line) => {
    const [left] = reduceGroups([line], architecture, active);
    return left !== undefined && formatGroup(left) === asked;
  });
  return lines.length > 0 ? lines : [asWritten(universe, group)];
}

/** Each bracket that is there stays, and is narrowed. */
const withCondition = (group: Group, condition: string): Group =>
  group.map((r) => ({ ...r, formula: (r.formula ?? [[]]).map((all) => [...new Set([...all, condition])]) }));

function dropOf(
  resolved: Resolved,
  [index, source, variant]: readonly [number, Source, Variant],
  group: Group,
  binary: number,
  profile: string,
  declaredBy: string | undefined,
): Drop {
  const { universe } = resolved.choices;
  const lines = writtenLines(universe, source, variant, group);
  const text = (groups: readonly Group[]): string => groups.map(formatGroup).join(', ');
  const { binaries } = universe;
  const name =
    binary < 0 ? binaryName(asWritten(universe, group)[0]!.name) : binaryAsWritten(universe, binaries[binary]!).name;
  const { purpose, profile: because } = binary < 0 ? judge(name, '') : purposeIn(universe, index, binary);
  return {
    group: writtenText(universe, group),
    line: text(lines),
    conditional: isImplied(universe, group) ? undefined : text(lines.map((line) => withCondition(line, `!${profile}`))),
    binary: binary < 0 ? undefined : name,
    purpose,
    profile: because,
    declaredBy,
  };
}

/**
 * What another stage is to be written in. A field needs fields of all stages before it.
 *
 * @param byAnnotation whether an annotation alone says that it is a stage
 */
function notationOf([, ...stages]: readonly Variant[], byAnnotation: boolean): Wish['notation'] {
  if (stages.length === 0) return 'any';
  if (stages.every(({ notation }) => notation === 'field')) return 'field';
  return byAnnotation ? 'annotation' : 'profiles';
}

/** What a reduced build of a source would have to be, given what can be built already. Linear in its dependencies. */
export const wishFor = (resolved: Resolved, buildable: Buildable, source: SourceVertex): WishAlone =>
  wishOf(resolved, source, lackingOf(resolved, buildable, source));

function wishOf(resolved: Resolved, source: SourceVertex, lacking: Lacking): WishAlone {
  const { universe } = resolved.choices;
  const { name, variants } = universe.sources[source]!;
  const base = variantToReduce(universe.sources[source]!, lacking);
  const declared = base > 0;
  const stage = declared ? variants[base]!.stage : (variants.at(-1)!.stage || 0) + 1;
  const profile = profileOfStage(name, stage, variants[base]!.profiles);
  const declaring = declaredProfiles(
    universe,
    universe.sources[source]!,
    lacking[base]!.map(({ group }) => group),
  );
  const together = togetherAStage(declaring);
  const declaredBy = (group: Group): string | undefined =>
    together.find((p) => declaring.some((d) => d.profile === p && d.leavesOut.includes(writtenText(universe, group))));
  const drops = eachOnce(lacking[base]!).map(({ group, binary }) =>
    dropOf(resolved, [source, universe.sources[source]!, variants[base]!], group, binary, profile, declaredBy(group)),
  );
  const binaryOf = (b: number) => universe.binaries[b] && binaryAsWritten(universe, universe.binaries[b]);
  const built = variants[0]!.produces.map((b) => binaryOf(b)!);
  const undroppable = lacking[base]!.flatMap(({ group, binary }) => {
    const lost = binaryOf(binary);
    // What its own profiles leave out somebody has thought about.
    if (lost === undefined || declaredBy(group) !== undefined) return [];
    const isKept = isUndroppable(universe.sources[source]!, built, lost, lost.source === source);
    return isKept ? [lost.name] : [];
  });
  const dropped = new Set(lacking[base]!.map(({ group }) => group));
  const kept = variants[base]!.buildDepends.filter((g) => !dropped.has(g) && !isImplied(universe, g)).map((g) =>
    writtenText(universe, g),
  );
  return {
    source: name,
    stage,
    declared,
    notation: notationOf(variants, declared && !variants[base]!.profiles.includes(profile)),
    profile,
    registered: isRegisteredProfile(profile),
    drops,
    undroppable: [...new Set(undroppable)].sort(byteOrder),
    declaredProfiles: together,
    annotation:
      together.length === 0 ? undefined : annotationLine(name, stage, [...(declared ? [profile] : []), ...together]),
    purpose: purposes[drops.reduce((hardest, d) => Math.max(hardest, purposes.indexOf(d.purpose)), 0)]!,
    field: `${stageFieldName(stage, '')}:${kept.length > 0 ? ` ${kept.join(', ')}` : ''}`,
  };
}

/** How many more sources can be built in full once the given one is supplied. */
export const freedBy = (buildable: Buildable, source: SourceVertex): number =>
  buildable.granting([source]).count - buildable.count;

/** By what it frees, then by how plausible it is, then the smallest change, then byte order. */
export const byWorth = (a: Wish, b: Wish): number =>
  b.alone - a.alone ||
  (b.together ?? 0) - (a.together ?? 0) ||
  purposes.indexOf(a.purpose) - purposes.indexOf(b.purpose) ||
  a.drops.length - b.drops.length ||
  byteOrder(a.source, b.source);

/** A source whose wish is not told yet, and how many drops it would have now. */
interface Waiting {
  readonly source: SourceVertex;
  readonly name: SourceName;
  readonly lacking: Lacking;
  readonly drops: number;
}

function waitingOf({ choices }: Resolved, source: SourceVertex, lacking: Lacking): Waiting {
  const itself = choices.universe.sources[source]!;
  return { source, name: itself.name, lacking, drops: eachOnce(lacking[variantToReduce(itself, lacking)]!).length };
}

const byDrops = (a: Waiting, b: Waiting): number => a.drops - b.drops || byteOrder(a.name, b.name);

/**
 * The wishes of one set, ranked; of a very large set those of the lowest sources. What each has to do without is told
 * as of an order in which they can be granted one after the other, each time the one that lacks least: so declaring
 * all that are told exactly as told really works. O(W² + W (V + E)) for W wishes told.
 */
export function wishesOfSet(resolved: Resolved, buildable: Buildable, sources: readonly number[]): readonly Wish[] {
  const { binaries, sources: all } = resolved.graph;
  const affordable = Math.max(10, Math.floor(workLimits.freedVertices.most / (binaries.length + all.length)));
  let left = sources
    .slice(0, Math.min(workLimits.toldWishes.most, affordable))
    .map((source) => waitingOf(resolved, source, lackingOf(resolved, buildable, source)));
  let granted = buildable;
  const told: { readonly source: SourceVertex; readonly wish: WishAlone }[] = [];
  while (left.length > 0) {
    const { source, lacking } = left.reduce((least, next) => (byDrops(next, least) < 0 ? next : least));
    told.push({ source, wish: wishOf(resolved, source, lacking) });
    granted = granted.granting([source]);
    left = left
      .filter((other) => other.source !== source)
      .map((other) => waitingOf(resolved, other.source, stillLacking(resolved, granted, other.lacking)));
  }
  const together = told.length === sources.length ? granted.count : buildable.granting(sources).count;
  return told
    .map(({ source, wish }) => ({
      ...wish,
      alone: freedBy(buildable, source),
      together: together - buildable.granting(sources.filter((s) => s !== source)).count,
    }))
    .sort(byWorth);
}
