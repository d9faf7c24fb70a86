/**
 * The third level of the objective. How many rebuilds a choice costs is defined by replaying it (schedule.ts), so it is
 * found by replaying all choices that are optimal on the first two levels. Parts of the graph that share nothing
 * are independent, so each is listed by itself. Where a list would be too long, the level stays unproved and says so.
 */
import type { Cost } from '../../model.ts';
import type { Limits } from '../clingo.ts';
import { successors } from '../graph/csr.ts';
import type { Element, Surroundings } from './blocking.ts';
import { eachNeed, Partition, waitingSources } from './groups.ts';
import { HittingSet, type Solved } from './hitting-set.ts';
import { mostBuilds, surelyTainted } from './rebuild-bound.ts';
import { type Chosen, countRebuilds, firstRound, plannedCandidates } from './schedule.ts';

/** Of a large graph so few choices are replayed that they visit this many edges. */
const mostWork = 4_000_000;

export interface FewestRebuilds {
  /** Per group the elements chosen, ascending. */
  readonly sets: readonly number[][];
  readonly rebuilds: Pick<Cost, 'value' | 'lowerBound'>;
}

/** Element numbers of all groups -> the choice. */
function chosenBy(at: Surroundings, solved: readonly Solved[], sets: readonly (readonly number[])[]): Chosen {
  const used = new Uint8Array(at.index.candidates.length);
  const wishes: number[] = [];
  solved.forEach(({ problem }, g) => {
    for (const e of sets[g]!) {
      const { source, stage } = problem.elements[e]!;
      if (stage < 0) wishes.push(source);
      for (let c = at.index.firstOf[source]!; c < at.index.firstOf[source + 1]!; c++) {
        if (at.index.candidates[c]!.stage === stage) used[c] = 1;
      }
    }
  });
  return { used, wishes };
}

/** Groups that share a source anywhere above or below them, by number. */
function independentParts(at: Surroundings, solved: readonly Solved[]): readonly (readonly number[])[] {
  const sets = new Partition(at.index.graph.sources.length);
  eachNeed(at, waitingSources(at), (from, binary) => sets.join(from, at.index.graph.madeBy[binary]!));
  for (const { members } of solved) for (const s of members) sets.join(members[0]!, s);
  const withChoice = [...solved.keys()].filter((g) => solved[g]!.hit.set.length > 0);
  return [...Map.groupBy(withChoice, (g) => sets.find(solved[g]!.members[0]!)).values()];
}

/** Every combination of one set per group, in lexicographic order of the lists. */
function* combinations(lists: readonly (readonly (readonly number[])[])[]): Generator<readonly (readonly number[])[]> {
  const at = lists.map(() => 0);
  for (;;) {
    yield lists.map((list, i) => list[at[i]!]!);
    let last = lists.length - 1;
    while (last >= 0 && at[last]! + 1 === lists[last]!.length) at[last--] = 0;
    if (last < 0) return;
    at[last]!++;
  }
}

/** Which of two choices of the same size is the lower one: at the first element they do not share. */
function isLower(
  solved: readonly Solved[],
  a: readonly (readonly number[])[],
  b: readonly (readonly number[])[],
): boolean {
  const flat = (sets: readonly (readonly number[])[]) =>
    sets
      .flatMap((set, i) => set.map((e) => solved[i]!.problem.elements[e]!))
      .sort((x, y) => x.source - y.source || x.stage - y.stage);
  const [x, y] = [flat(a), flat(b)];
  const i = x.findIndex((e, k) => e.source !== y[k]!.source || e.stage !== y[k]!.stage);
  return i >= 0 && (x[i]!.source - y[i]!.source || x[i]!.stage - y[i]!.stage) < 0;
}

/**
 * @param solved with the alphabetically lowest optimal set of each group, which is kept where the level stays unproved
 * @param replays choices replayed per independent part at most; undefined: only count, and bound in passing
 */
export async function fewestRebuilds(
  at: Surroundings,
  solved: readonly Solved[],
  limits: Limits,
  replays: number | undefined,
): Promise<FewestRebuilds> {
  const sets: number[][] = solved.map(({ hit }) => [...hit.set]);
  const replay = (): number => {
    const chosen = chosenBy(at, solved, sets);
    return countRebuilds(at.index, chosen, plannedCandidates(at.index, chosen, at.required));
  };
  let value = replay();
  let bound = 0;
  let complete = true;
  const floor = rebuildFloor(at);
  const edges = at.index.graph.runtime.targets.length + at.index.candidates.length;
  const most = Math.min(replays ?? 0, Math.max(1, Math.floor(mostWork / edges)));
  for (const part of independentParts(at, solved)) {
    for (const g of part) bound += floor(solved[g]!);
    const groups = part.map((g) => solved[g]!);
    const lists = most > 0 ? await listAll(groups, most, limits) : undefined;
    if (lists === undefined) {
      complete = false;
      continue;
    }
    if (lists.every((l) => l.length === 1)) continue;
    let best = part.map((g) => sets[g]!);
    for (const combination of combinations(lists)) {
      part.forEach((g, i) => {
        sets[g] = [...combination[i]!];
      });
      const rebuilds = replay();
      if (rebuilds > value || (rebuilds === value && !isLower(groups, combination, best))) continue;
      value = rebuilds;
      best = combination.map((set) => [...set]);
    }
    part.forEach((g, i) => {
      sets[g] = best[i]!;
    });
  }
  if (complete) return { sets, rebuilds: { value, lowerBound: value } };
  const tainted = replays !== undefined ? await taintedAnyway(at, solved, limits, chosenBy(at, solved, sets)) : 0;
  return { sets, rebuilds: { value, lowerBound: Math.max(bound, tainted) } };
}

/** How many full builds are rebuilt whichever cheapest choice is taken; `chosen` is one of them. */
async function taintedAnyway(
  at: Surroundings,
  solved: readonly Solved[],
  limits: Limits,
  chosen: Chosen,
): Promise<number> {
  const order: number[] = [];
  firstRound(at.index, chosen, plannedCandidates(at.index, chosen, at.required), (c) => {
    const { source, stage } = at.index.candidates[c]!;
    if (stage === 0) order.push(source);
  });
  if (order.length > mostBuilds) return 0;
  const [always, sometimes]: [Element[], Element[]] = [[], []];
  for (const { problem, hit } of solved) {
    // Without a proof of the levels above nothing is known to be cheapest.
    if (hit.status !== 'optimal') return 0;
    const common = await new HittingSet(problem, limits, 'all').common();
    if (common) for (const e of common.always) always.push(problem.elements[e]!);
    for (const e of common ? common.sometimes : problem.elements.keys()) sometimes.push(problem.elements[e]!);
  }
  return surelyTainted(at, { always, sometimes }, order).length;
}

/**
 * A lower bound on the rebuilds of a group. The full builds that are clean at once come after full builds of all they
 * install. So if the tainted ones were wished instead, nothing would be in the way of the clean ones: they are a
 * choice of wishes alone, and cost no less than the optimum. Without wishes, some full build must come first, and it
 * is tainted. Both only count where every tainted build can be clean later.
 */
function rebuildFloor(at: Surroundings): (group: Solved) => number {
  const { index, most, required, inSight } = at;
  const replaced = [...inSight.keys()].every((s) => {
    if (inSight[s] === 0) return true;
    const full = index.firstOf[s]!;
    const yields = new Set(index.candidates[full]!.yields);
    return (required[s] === 0 || most.built[full] === 1) && successors(index.makes, s).every((b) => yields.has(b));
  });
  return ({ hit }) => {
    if (!replaced || hit.set.length === 0) return 0;
    const [wishes, stages] = hit.lowerBound;
    return at.wishes ? wishes + Math.min(1, stages) : 1;
  };
}

async function listAll(
  groups: readonly Solved[],
  most: number,
  limits: Limits,
): Promise<readonly (readonly (readonly number[])[])[] | undefined> {
  const lists: (readonly (readonly number[])[])[] = [];
  let product = 1;
  for (const { problem, search, hit } of groups) {
    const room = Math.floor(most / product);
    // What was searched for the lowest set has lost some of the cheapest sets: too many are left there, too many are.
    if (
      hit.status !== 'optimal' ||
      (await (search ?? new HittingSet(problem, limits, 'lowest')).all(room)) === undefined
    )
      return undefined;
    const list = await new HittingSet(problem, limits, 'all').all(room);
    if (list === undefined) return undefined;
    product *= list.length;
    lists.push(list);
  }
  return lists;
}
