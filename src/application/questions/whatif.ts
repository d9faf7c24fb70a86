/** `whatif`: the metadata as it is and with a change, both solved and compared. */
import { formatGroup } from '../../metadata/relations/relation.ts';
import type { InputRequest } from '../../metadata/universe/read.ts';
import type { Source, Universe } from '../../model.ts';
import type { WhatifAnswer } from '../../reports/plan/whatif.ts';
import { type UncountedProfiles, uncountedProfiles } from '../../solver/explain/uncounted-profiles.ts';
import { reduceEach, reduceSource } from '../../solver/explain/whatif.ts';
import { type Resolved, resolve } from '../../solver/graph/resolve.ts';
import { stronglyConnected } from '../../solver/graph/scc.ts';
import { type EditNumbers, gradient, knotOf } from '../../solver/propose/gradient.ts';
import { consequences, type Solved } from '../../stages/consequences.ts';
import { answersFor } from '../analyse.ts';
import { phase } from '../output/phase.ts';
import { loadUniverse } from '../universe/load-universe.ts';
import { type NeededEdits, neededEdits } from './needed-edits.ts';
import { type AskedDrop, askedDrop, dropWords, type FoundDrop, foundDrop, withoutSources } from './whatif-change.ts';

/** `--json`. */
export interface WhatifResult extends WhatifAnswer {
  /** The change, in words. */
  readonly change: string;
}

/** What is changed, all of it together. */
export interface Change {
  /** The dependency to drop, as `askedDrop` reads it. */
  readonly drop: readonly string[];
  /** Files laid over the metadata. */
  readonly with: readonly string[];
  /** Sources that are not there. */
  readonly without: readonly string[];
}

/** A universe with the change. */
interface Changed {
  readonly universe: Universe;
  readonly drops: readonly FoundDrop[];
}

/**
 * `each`: what is dropped goes from every variant that there is, as where stages cost nothing.
 *
 * @param ground the universe resolved, where that is done already
 */
function changedBy(
  universe: Universe,
  asked: readonly AskedDrop[],
  gone: readonly string[],
  each: boolean,
  ground?: Resolved,
): Changed {
  let changed = universe;
  const drops: FoundDrop[] = [];
  for (const drop of asked) {
    const resolved = changed === universe ? ground : undefined;
    const found = foundDrop(resolved ?? resolve(changed), drop, each);
    drops.push(found);
    changed = each ? reduceEach(changed, found.reduction) : reduceSource(changed, found.reduction)!;
  }
  return { universe: withoutSources(changed, gone), drops };
}

/** @param universe of the request, as it is */
export async function whatif(
  universe: Universe,
  request: InputRequest,
  change: Change,
  timeLimit: number | undefined,
): Promise<{ readonly result: WhatifResult; readonly proved: boolean }> {
  const asked = change.drop.map(askedDrop);
  const over = { ...request, controls: [...request.controls, ...change.with] };
  const isLaid = change.with.length > 0;
  const overlaid = isLaid ? (await loadUniverse(over)).universe : universe;
  const before = await solved(universe, timeLimit);
  const changed = changedBy(overlaid, asked, change.without, false, overlaid === universe ? before.whole : undefined);
  const after = await solved(changed.universe, timeLimit);
  const touched = touchedBy(universe, overlaid, changed.drops);
  const uncounted = uncountedIn(universe, overlaid, changed.drops, touched);
  const edits = !isProposedFor(universe, request)
    ? undefined
    : await editsOf(request, isLaid ? over : request, asked, change.without, timeLimit);
  phase('counting short cycles');
  // What profiles declare anew is what people would have; that it does not count yet is said.
  const counted =
    isLaid && uncounted.length > 0 ? withProfiles(changed.universe, edits?.declared, uncounted) : undefined;
  const numbers = gradient(
    knotOf(before.resolved.graph, touched),
    knotOf((counted ? resolve(counted) : after.resolved).graph, touched),
  );
  const words = [
    ...change.with.map((f) => `${f} instead of what is there`),
    ...changed.drops.map(dropWords),
    ...change.without.map((s) => `no ${s}`),
  ].join(', ');
  const unproved = [before, after].some(
    ({ plan }) => plan.status === 'bounded' || plan.costs.some((c) => c.value !== c.lowerBound),
  );
  const distance = {
    ...numbers,
    touched: [...touched].filter((name) => universe.sources.some((s) => s.name === name)),
    ...(edits && { edits: { before: edits.before, after: edits.after } }),
  };
  return { result: { change: words, ...consequences(before, after), distance, uncounted }, proved: !unproved };
}

/** Of a whole archive the search takes minutes. */
const mostSources = 10_000;

/** What Debian's builds are made of is no rule for recipes that somebody writes by hand. */
const isProposedFor = ({ sources }: Universe, { metadata }: InputRequest): boolean =>
  metadata === undefined && sources.length <= mostSources;

const dependenciesOf = ({ variants }: Source): string =>
  variants.map((v) => v.buildDepends.map(formatGroup).join()).join(' ; ');

/** Names of sources that are not what they were. */
function touchedBy(before: Universe, overlaid: Universe, drops: readonly FoundDrop[]): ReadonlySet<string> {
  const touched = new Set(drops.map(({ asked }) => asked.source));
  if (before === overlaid) return touched;
  const old = new Map(before.sources.map((s) => [s.name, s]));
  for (const s of overlaid.sources) {
    const was = old.get(s.name);
    const isOther =
      was === undefined || dependenciesOf(was) !== dependenciesOf(s) || conditionsOf(was) !== conditionsOf(s);
    if (isOther) touched.add(s.name);
  }
  return touched;
}

const conditionsOf = ({ variants }: Source): string => (variants[0]!.conditions ?? []).map(formatGroup).join();

/** What the change drops and profiles leave out already, and profiles that the change adds. */
function uncountedIn(
  before: Universe,
  overlaid: Universe,
  drops: readonly FoundDrop[],
  touched: ReadonlySet<string>,
): readonly UncountedProfiles[] {
  const dropped = new Map(drops.map((d) => [d.asked.source, d]));
  const old = new Map(before.sources.map((s) => [s.name, conditionsOf(s)]));
  return overlaid.sources.flatMap((source) => {
    if (!touched.has(source.name)) return [];
    const drop = dropped.get(source.name);
    if (drop === undefined && old.get(source.name) === conditionsOf(source)) return [];
    const groups = source.variants[0]!.buildDepends.filter((g) => drop === undefined || drop.reduction.drops(g));
    return uncountedProfiles(overlaid, source, groups) ?? [];
  });
}

/** The sources that declare such profiles, with the stages that they would be. */
function withProfiles(
  universe: Universe,
  declared: Universe | undefined,
  uncounted: readonly UncountedProfiles[],
): Universe {
  const names = new Set(uncounted.map((u) => u.source));
  const assumed = new Map(declared?.sources.map((s) => [s.name, s.variants.filter((v) => v.assumed === true)]));
  const sources = universe.sources.map((s) => {
    const further = names.has(s.name) ? (assumed.get(s.name) ?? []) : [];
    return { ...s, variants: [...s.variants, ...further.map((v) => ({ ...v, produces: [] }))] };
  });
  return { ...universe, sources };
}

interface BothEdits {
  readonly before: EditNumbers;
  readonly after: EditNumbers;
  /** The changed input, with the stages that build profiles declare. */
  readonly declared: Universe;
}

async function editsOf(
  request: InputRequest,
  over: InputRequest,
  asked: readonly AskedDrop[],
  gone: readonly string[],
  timeLimit: number | undefined,
): Promise<BothEdits> {
  const declared = { declaredProfiles: true } as const;
  const { universe } = await loadUniverse({ ...request, ...declared });
  const overlaid = over === request ? universe : (await loadUniverse({ ...over, ...declared })).universe;
  const changed = changedBy(overlaid, asked, gone, true).universe;
  const was = await neededEdits(universe, () => resolve(universe), timeLimit);
  const is = await neededEdits(changed, () => resolve(changed), timeLimit, was.cuts);
  const told = ({ cuts: _, ...edits }: NeededEdits): EditNumbers => edits;
  return { before: told(was), after: told(is), declared: overlaid };
}

interface SolvedUniverse extends Solved {
  /** As it was given, and as the answer has it. */
  readonly whole: Resolved;
  readonly resolved: Resolved;
}

async function solved(universe: Universe, timeLimit: number | undefined): Promise<SolvedUniverse> {
  const { whole, resolved, solution, plan } = await answersFor(universe, { timeLimitSeconds: timeLimit });
  const sccs = stronglyConnected(resolved.graph, 'full').map(({ id, members }) => ({
    id,
    members: members.map((s) => resolved.graph.sources[s]!),
  }));
  return { solution, plan, sccs, whole, resolved };
}
