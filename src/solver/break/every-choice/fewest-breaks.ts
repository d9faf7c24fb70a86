/**
 * The fewest breaks over every choice of alternatives and providers: a set that no other choice beats, with its proof,
 * and for every group the candidate that can be had first with it.
 */
import type { Cost } from '../../../model.ts';
import { type Limits, outstanding } from '../../clingo.ts';
import type { Preference } from '../../graph/choices.ts';
import { successors } from '../../graph/csr.ts';
import type { Resolved } from '../../graph/resolve.ts';
import { installRules } from '../../install/install-rules.ts';
import { needIndex, Prospects } from '../../install/prospects.ts';
import { HittingSet } from '../hitting-set/hitting-set.ts';
import { type Element, isWish } from '../problem/blocking.ts';
import { type EveryChoice, everyChoice } from './every-choice.ts';
import { buildChosen, cleanSources, type OpenUniverse, wishable, withoutNeverClean } from './open-universe.ts';

/** A cheapest set of wishes and stage builds, and what is proved of it. */
export interface FewestBreaks {
  /** Ascending by source, a wish before stages. */
  readonly elements: readonly Element[];
  readonly wishes: number;
  readonly stageBuilds: number;
  readonly lowerBound: Readonly<Record<Exclude<Cost['criterion'], 'rebuilds'>, number>>;
  /** The set is the lowest of the cheapest, by proof. */
  readonly proved: boolean;
  /** Sources that can end clean with this set. */
  readonly clean: Uint8Array;
  /** The wave in which a binary can be installed with this set; those that can end clean come first. */
  readonly prefer: Preference;
}

/** A universe as the open problem takes it: what is given and ruled out as the graph has it. */
export function openUniverse(resolved: Resolved): OpenUniverse {
  const { choices, given, graph } = resolved;
  const { universe } = choices;
  const ruledOut = new Set(graph.unsatisfied.map(({ source, stage }) => `${source} ${stage}`));
  const variants = universe.sources.flatMap((s, source) => s.variants.map((variant) => ({ source, variant })));
  const makes: number[][] = universe.sources.map(() => []);
  universe.binaries.forEach(({ source }, b) => {
    if (source !== undefined && given[b] === 0) makes[source]!.push(b);
  });
  return {
    index: needIndex(installRules(universe, choices.providers)),
    given: [...given.keys()].filter((b) => given[b] === 1),
    yields: variants.map(({ variant }) => variant.produces),
    candidates: variants.map(({ source, variant }) => ({ source, stage: variant.stage })),
    possible: Uint8Array.from(variants, ({ source, variant }) => Number(!ruledOut.has(`${source} ${variant.stage}`))),
    makes,
    targets: universe.targets,
    unbuildable: new Uint8Array(universe.sources.length),
  };
}

/** The targets that can end clean, and, transitively, what the others need nevertheless. */
export function wantedOf({ graph }: Resolved): (clean: Uint8Array) => readonly number[] {
  return (clean) => {
    const seen = new Set<number>(graph.targets);
    const binaries = new Set<number>();
    for (const s of seen) {
      if (clean[s] === 1) continue;
      const queue = [...graph.variants[s]![0]!.needs];
      for (let b = queue.pop(); b !== undefined; b = queue.pop()) {
        if (binaries.has(b)) continue;
        binaries.add(b);
        if (graph.madeBy[b]! >= 0) seen.add(graph.madeBy[b]!);
        queue.push(...successors(graph.runtime, b));
      }
    }
    return [...seen].filter((s) => clean[s] === 1).sort((a, b) => a - b);
  };
}

const late = 1 << 20;
const never = 1 << 24;

/** Wave by wave: first with the set, then with everything. */
function preference(u: OpenUniverse, elements: readonly Element[], clean: Uint8Array): Preference {
  const wave = new Int32Array(u.index.fulfils.offsets.length - 1).fill(never);
  const state = new Prospects(u.index);
  const built = new Uint8Array(u.candidates.length);
  let now = 0;
  const appear = (binaries: readonly number[]): number[] => {
    const ready = state.appear(binaries);
    for (const b of state.fresh) wave[b] = now;
    return ready;
  };
  const run = (first: readonly number[], allows: (e: Element) => boolean): void => {
    let ready = [...built.keys()].filter((v) => built[v] === 0 && state.isInProspect(v));
    ready.push(...appear(first));
    while (ready.length > 0) {
      now++;
      const next = ready.filter((v) => {
        const is = built[v] === 0 && u.possible[v] === 1 && (u.candidates[v]!.stage === 0 || allows(u.candidates[v]!));
        if (is) built[v] = 1;
        return is;
      });
      ready = appear(next.flatMap((v) => u.yields[v]!));
    }
    now++;
  };
  const chosen = new Set(elements.map((e) => `${e.source} ${e.stage}`));
  const wished = elements.filter(isWish).flatMap((e) => u.makes[e.source]!);
  run([...u.given, ...wished], (e) => chosen.has(`${e.source} ${e.stage}`));
  run([], () => true);
  const ends = new Uint8Array(wave.length);
  for (const b of u.given) ends[b] = 1;
  clean.forEach((is, s) => {
    if (is === 1) for (const b of u.yields[u.index.firstVariant[s]!]!) ends[b] = 1;
  });
  return (b) => wave[b]! + (ends[b] === 1 ? 0 : late);
}

/**
 * The question of a universe, and the universe as it asks about it.
 *
 * @param wishes whether sources may be wished
 */
export function questionOf(
  resolved: Resolved,
  wishes: boolean,
  limits: Limits,
): EveryChoice & { readonly u: OpenUniverse } {
  const open = openUniverse(resolved);
  const mayBeWished = wishable(open, wishes, resolved.graph.supplied);
  const u = withoutNeverClean(open, mayBeWished);
  return { u, ...everyChoice(u, wantedOf(resolved), mayBeWished, limits) };
}

/** @param limits after which the best set found is taken, and not called proved */
export async function fewestBreaks(resolved: Resolved, wishes: boolean, limits: Limits): Promise<FewestBreaks> {
  const { u, problem, whole, further } = questionOf(resolved, wishes, limits);
  const hit = await further.settled(() => new HittingSet(problem, limits, 'lowest', further).solve());
  const elements = hit.set.map((e) => problem.elements[e]!);
  const on = new Uint8Array(problem.elements.length);
  for (const e of hit.set) on[e] = 1;
  const supplied = elements.filter(isWish).map((e) => e.source);
  const clean = cleanSources(u, buildChosen(u, problem.elements, on).built, supplied);
  const wished = elements.filter(isWish).length;
  return {
    elements,
    wishes: wished,
    stageBuilds: elements.length - wished,
    lowerBound: whole
      ? { wishes: hit.lowerBound[0], stageBuilds: hit.lowerBound[0] === wished ? hit.lowerBound[1] : 0 }
      : { wishes: 0, stageBuilds: 0 },
    proved: whole && hit.status === 'optimal' && outstanding(limits),
    clean,
    prefer: preference(u, elements, clean),
  };
}
