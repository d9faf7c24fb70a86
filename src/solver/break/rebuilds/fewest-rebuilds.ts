/**
 * The third level of the objective. How many rebuilds a choice costs is defined by replaying it (schedule.ts), so it is
 * found by replaying all choices that are optimal on the first two levels. Parts of the graph that share nothing
 * are independent, so each is listed by itself. Where a list would be too long, the level stays unproved and says so.
 */
import type { Limits } from '../../clingo.ts';
import { successors } from '../../graph/csr.ts';
import { workLimits } from '../../limits.ts';
import { HittingSet, type Solved } from '../hitting-set/hitting-set.ts';
import { byElement, candidateOf, type Element, isWish, type Surroundings } from '../problem/blocking.ts';
import { eachNeed, Partition, waitingSources } from '../problem/groups.ts';
import { type Chosen, plannedCandidates, rebuiltSources } from '../problem/schedule.ts';
import { type State, state } from './choice-states.ts';
import { Taint } from './rebuild-bound.ts';
import { type FoundRebuilds, RebuildSearch, type Replay } from './rebuild-search.ts';

/** Per group the elements chosen, ascending, and what is proved of the rebuilds. */
export type FewestRebuilds = FoundRebuilds;

/** Element numbers of all groups -> the choice. */
function chosenBy(at: Surroundings, solved: readonly Solved[], sets: readonly (readonly number[])[]): Chosen {
  const used = new Uint8Array(at.index.candidates.length);
  const wishes: number[] = [];
  solved.forEach(({ problem }, g) => {
    for (const e of sets[g]!) {
      const element = problem.elements[e]!;
      if (isWish(element)) wishes.push(element.source);
      else used[candidateOf(at.index, element)] = 1;
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
  // What every build has installed ties all of them together.
  if (at.index.graph.environment !== undefined || at.index.graph.copies !== undefined)
    return withChoice.length > 0 ? [withChoice] : [];
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
    sets.flatMap((set, i) => set.map((e) => solved[i]!.problem.elements[e]!)).sort(byElement);
  const [x, y] = [flat(a), flat(b)];
  const i = x.findIndex((e, k) => byElement(e, y[k]!) !== 0);
  return i >= 0 && byElement(x[i]!, y[i]!) < 0;
}

/**
 * @param solved with the alphabetically lowest optimal set of each group, which is kept where the level stays unproved
 * @param replays choices replayed per independent part at most; 0: only bound; undefined: only count, and bound in
 * passing
 */
export async function fewestRebuilds(
  at: Surroundings,
  solved: readonly Solved[],
  limits: Limits,
  replays: number | undefined,
): Promise<FewestRebuilds> {
  const lowest = solved.map(({ hit }) => hit.set);
  const replay: Replay = (sets) => {
    const chosen = chosenBy(at, solved, sets);
    return rebuiltSources(at.index, chosen, plannedCandidates(at.index, chosen, at.required));
  };
  const value = replay(lowest).length;
  const parts = independentParts(at, solved);
  if (parts.length === 0) return { sets: lowest, value, lowerBound: value, isLowest: true };
  const floor = rebuildFloor(at);
  const least = parts.flat().reduce((sum, g) => sum + floor(solved[g]!), 0);
  // Where the bound is met all others have at least as many, and those with as many are higher.
  const bounded = (bound: number): FewestRebuilds => {
    const lowerBound = Math.max(least, bound);
    return { sets: lowest, value, lowerBound, isLowest: value === lowerBound };
  };
  // Without a proof of the levels above nothing is known to be cheapest.
  if (replays === undefined || solved.some(({ hit }) => hit.status !== 'optimal')) return bounded(0);
  const groups = solved.map(({ problem, search }) => search ?? new HittingSet(problem, limits, 'all'));
  const states: (readonly [Element, State])[] = [];
  for (const group of groups) {
    const common = await group.common();
    if (common === undefined) return bounded(0);
    const always = new Set(common.always);
    for (const e of common.sometimes) states.push([group.problem.elements[e]!, always.has(e) ? state.in : state.open]);
  }
  const open = states.filter(([, s]) => s === state.open).length;
  if (open === 0 && replays > 0) return { sets: lowest, value, lowerBound: value, isLowest: true };
  if (open <= workLimits.listedElements.most && replays > 0) {
    const edges = at.index.graph.runtime.targets.length + at.index.candidates.length;
    const most = Math.min(replays, Math.max(1, Math.floor(workLimits.replayedEdges.most / edges)));
    const best = await replayAll(parts, solved, groups, replay, most);
    if (best !== undefined) return best;
  }
  const taint = new Taint(at, states);
  const sure = taint.all();
  if (sure.length === value || replays === 0) return bounded(sure.length);
  const found = await new RebuildSearch(groups, taint, sure, replay).run(lowest, limits);
  return { ...found, lowerBound: Math.max(least, found.lowerBound) };
}

/** Replays all cheapest choices, part by part; undefined when they are too many. */
async function replayAll(
  parts: readonly (readonly number[])[],
  solved: readonly Solved[],
  groups: readonly HittingSet[],
  replay: Replay,
  most: number,
): Promise<FewestRebuilds | undefined> {
  const sets: (readonly number[])[] = solved.map(({ hit }) => hit.set);
  let value = replay(sets).length;
  for (const part of parts) {
    const lists = await listAll(
      part.map((g) => groups[g]!),
      most,
    );
    if (lists === undefined) return undefined;
    if (lists.every((l) => l.length === 1)) continue;
    const members = part.map((g) => solved[g]!);
    let best: readonly (readonly number[])[] = part.map((g) => sets[g]!);
    for (const combination of combinations(lists)) {
      part.forEach((g, i) => {
        sets[g] = combination[i]!;
      });
      const rebuilds = replay(sets).length;
      if (rebuilds > value || (rebuilds === value && !isLower(members, combination, best))) continue;
      value = rebuilds;
      best = combination;
    }
    part.forEach((g, i) => {
      sets[g] = best[i]!;
    });
  }
  return { sets, value, lowerBound: value, isLowest: true };
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
  groups: readonly HittingSet[],
  most: number,
): Promise<readonly (readonly (readonly number[])[])[] | undefined> {
  const lists: (readonly (readonly number[])[])[] = [];
  let product = 1;
  for (const group of groups) {
    const list = await group.all(Math.floor(most / product));
    if (list === undefined) return undefined;
    product *= list.length;
    lists.push(list);
  }
  return lists;
}
