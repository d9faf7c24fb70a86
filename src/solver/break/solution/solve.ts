/** DependencyGraph -> Solution: rule M5, group by group, each with its proof; docs/solver.md has the mathematics. */

import { Bug } from '../../../errors.ts';
import type { SourceVertex } from '../../../indices.ts';
import type { Cost, DependencyGraph, Solution } from '../../../model.ts';
import type { SourceName } from '../../../names.ts';
import { byteOrder } from '../../../order.ts';
import type { Limits } from '../../clingo.ts';
import { stuckSources } from '../../explain/stuck-reasons.ts';
import { buildIndex, closureOf } from '../../graph/readiness.ts';
import { stronglyConnected } from '../../graph/scc.ts';
import { workLimits } from '../../limits.ts';
import { Foundation } from '../hitting-set/founded.ts';
import { costOf, type Hit, HittingSet, type Solved } from '../hitting-set/hitting-set.ts';
import { type Blocking, blockingOf, type Element, isStage, isWish, type Surroundings } from '../problem/blocking.ts';
import { solvableGroups } from '../problem/groups.ts';
import { neededSources, UnitWalk, wantedBinaries } from '../problem/schedule.ts';
import { fewestRebuilds } from '../rebuilds/fewest-rebuilds.ts';
import { verifySolution } from '../simulator/verify.ts';
import { problemKey, type SolveMemory } from './memory.ts';

/** What may be chosen, and when the search is to end before it is done. */
export interface SolveOptions {
  /** Whether sources may be wished away when nothing declared breaks a cycle. */
  readonly wishes: 'none' | 'last-resort';
  readonly timeLimitSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Is told how far the search for the fewest breaks is; changes no answer. */
  readonly onBound?: Limits['onBound'];
  /** False: do not look for the fewest rebuilds, for callers who only want to know what breaks the cycles. */
  readonly rebuilds?: boolean | undefined;
  /** Choices replayed for the fewest rebuilds, per independent part of the graph; more are bounded instead. */
  readonly replays?: number | undefined;
  /** What earlier calls proved, and where to keep what this one proves. */
  readonly memory?: SolveMemory | undefined;
  /** The lowest of the cheapest sets, where it is known by proof and no other one is asked for. */
  readonly lowest?: readonly Element[] | undefined;
}

function costsOf(
  solved: readonly Solved[],
  sets: readonly (readonly number[])[],
  rebuilds: Pick<Cost, 'value' | 'lowerBound'>,
): Cost[] {
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const values = solved.map(({ problem }, i) => costOf(problem, sets[i]!));
  // The bound on stage builds holds for the bounded number of wishes; with more wishes fewer might do.
  const stages = solved.map(({ hit }, i) => (hit.lowerBound[0] === values[i]![0] ? hit.lowerBound[1] : 0));
  return [
    {
      criterion: 'wishes',
      value: sum(values.map((v) => v[0])),
      lowerBound: sum(solved.map(({ hit }) => hit.lowerBound[0])),
    },
    { criterion: 'stageBuilds', value: sum(values.map((v) => v[1])), lowerBound: sum(stages) },
    { criterion: 'rebuilds', ...rebuilds },
  ];
}

async function searchOrRecall(
  problem: Blocking,
  graph: DependencyGraph,
  limits: Limits,
  { memory, rebuilds }: SolveOptions,
): Promise<Pick<Solved, 'search' | 'hit'>> {
  const key = memory && problemKey(problem, graph);
  const known = key && memory.recall(key);
  if (known) return { search: undefined, hit: known };
  // Rebuilds are compared between all cheapest sets; without them the lowest will do.
  const search = new HittingSet(problem, limits, rebuilds === false ? 'lowest' : 'all');
  const hit = await search.solve();
  if (key) memory.keep(key, hit);
  return { search, hit };
}

/** What a search would find, where a known set is enough for this problem, which may want more than that is for. */
function knownHit(problem: Blocking, lowest: SolveOptions['lowest']): Hit | undefined {
  if (lowest === undefined) return undefined;
  const taken = new Set(lowest.map(({ source, stage }) => `${source} ${stage}`));
  const on = Uint8Array.from(problem.elements, ({ source, stage }) => Number(taken.has(`${source} ${stage}`)));
  if (!new Foundation(problem).reaches(on)) return undefined;
  const set = [...on.keys()].filter((e) => on[e] === 1);
  return { status: 'optimal', set, lowerBound: costOf(problem, set), rounds: 0 };
}

/**
 * The cheapest choice of declared stage builds (and, as a last resort, of wishes) that lets every target be built in
 * full, as far as any choice does; the rest is stuck, with reasons. Never throws for a hard or hopeless problem: a
 * limit makes it `bounded`, stuck sources make it `none`.
 */
export async function solve(graph: DependencyGraph, options: SolveOptions): Promise<Solution> {
  const limits: Limits = {
    signal: options.signal,
    deadline: options.timeLimitSeconds === undefined ? undefined : Date.now() + options.timeLimitSeconds * 1000,
    onBound: options.onBound,
  };
  const index = buildIndex(graph);
  const required = neededSources(index, 'full');
  const inSight = neededSources(index, 'all');
  const wishes = options.wishes === 'last-resort';
  const least = closureOf(index, () => false);
  const supplied = new Set(graph.supplied ?? []);
  const most = closureOf(index, () => true, wishes ? graph.sources.keys() : supplied);
  const wanted = wantedBinaries(index, required, most);
  const at: Surroundings = { index, least, most, required, inSight, wanted, wishes, supplied };
  const solved: Solved[] = [];
  const units = new UnitWalk(index);
  for (const members of solvableGroups(at)) {
    const problem = blockingOf(at, members, units);
    const hit = knownHit(problem, options.lowest);
    const found = hit ? { search: undefined, hit } : await searchOrRecall(problem, graph, limits, options);
    solved.push({ members, problem, ...found });
  }
  const replays = options.rebuilds === false ? undefined : (options.replays ?? workLimits.replays.most);
  const { sets, isLowest, ...rebuilds } = await fewestRebuilds(at, solved, limits, replays);
  const costs = costsOf(solved, sets, rebuilds);
  const elements = solved.flatMap(({ problem }, i) => sets[i]!.map((e) => problem.elements[e]!));
  const nameOf = (source: SourceVertex): SourceName => graph.sources[source]!;
  const bySourceThenStage = (a: { source: SourceName; stage: number }, b: { source: SourceName; stage: number }) =>
    byteOrder(a.source, b.source) || a.stage - b.stage;
  const choices = elements
    .filter(isStage)
    .map((e) => ({ source: nameOf(e.source), stage: e.stage }))
    .sort(bySourceThenStage);
  const used = new Set(choices.map((c) => `${c.source} ${c.stage}`));
  const sccs = stronglyConnected(graph, 'full').filter(({ members }) => members.some((s) => required[s] === 1));
  const stuck = stuckSources(index, most, required, sccs);
  const groupOf = new Map(solved.flatMap((g) => g.members.map((s) => [s, g] as const)));
  const proved =
    isLowest && solved.every(({ hit }) => hit.status === 'optimal') && costs.every((c) => c.value === c.lowerBound);
  const solution: Solution = {
    status: stuck.length > 0 ? 'none' : proved ? 'optimal' : 'bounded',
    costs,
    choices,
    wishes: elements
      .filter(isWish)
      .map((e) => nameOf(e.source))
      .sort(byteOrder),
    stuck,
    unused: index.candidates
      .filter(({ source, stage }) => stage > 0 && required[source] === 1)
      .map(({ source, stage }) => ({ source: nameOf(source), stage }))
      .filter((c) => !used.has(`${c.source} ${c.stage}`))
      .sort(bySourceThenStage),
    sccs: sccs
      .map(({ id, members }) => {
        const hit = groupOf.get(members[0]!)?.hit;
        const isStuck = members.some((s) => most.built[index.firstOf[s]!] === 0);
        const status = isStuck ? ('none' as const) : (hit?.status ?? 'optimal');
        return { id, size: members.length, status, rounds: hit?.rounds ?? 0 };
      })
      .sort((a, b) => byteOrder(a.id, b.id)),
  };
  const problems = verifySolution(graph, solution);
  if (problems.length > 0) throw new Bug(`the simulator rejects the solution: ${problems.join('; ')}`);
  return solution;
}
