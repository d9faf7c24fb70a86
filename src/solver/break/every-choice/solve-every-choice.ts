/**
 * Universe -> Solution over every choice of alternatives and providers. The least break set is found where all of them
 * are open; then one graph is taken in which it is sufficient, the documented one if it is, so that everything else
 * (who is stuck and why, the fewest rebuilds) is answered on a graph. That graph's cheapest sets are cheapest of all.
 */

import type { SourceVertex } from '../../../indices.ts';
import type { Cost, Solution } from '../../../model.ts';
import type { SourceName } from '../../../names.ts';
import { byteOrder } from '../../../order.ts';
import type { Limits } from '../../clingo.ts';
import { buildIndex, closureOf } from '../../graph/readiness.ts';
import { type Resolved, resolveBy } from '../../graph/resolve.ts';
import { installRules } from '../../install/install-rules.ts';
import { needIndex } from '../../install/prospects.ts';
import { isStage, isWish } from '../problem/blocking.ts';
import { neededSources } from '../problem/schedule.ts';
import { type SolveOptions, solve } from '../solution/solve.ts';
import { type FewestBreaks, fewestBreaks, wantedOf } from './fewest-breaks.ts';
import { hasChoice } from './open-universe.ts';

/** A solution, and the graph with the choices of alternatives that it was found for. */
export interface SolvedUniverse {
  readonly resolved: Resolved;
  readonly solution: Solution;
}

/** Whether the set lets everything that can end clean be built, with the one choice that a graph makes. */
function suffices({ graph }: Resolved, { elements }: FewestBreaks, goals: readonly number[]): boolean {
  const index = buildIndex(graph);
  const used = new Set(elements.map((e) => `${e.source} ${e.stage}`));
  const wishes = elements.filter(isWish).map((e) => e.source);
  const { built } = closureOf(
    index,
    (c) => used.has(`${index.candidates[c]!.source} ${index.candidates[c]!.stage}`),
    wishes,
  );
  // What the goals need in full must be built in full as well, or they never are clean.
  const needed = new Set(goals);
  const binaries = new Set<number>();
  for (const s of needed) {
    if (built[index.firstOf[s]!] === 0) return false;
    const queue = [...graph.variants[s]![0]!.needs];
    for (let b = queue.pop(); b !== undefined; b = queue.pop()) {
      if (binaries.has(b)) continue;
      binaries.add(b);
      if (graph.madeBy[b]! >= 0) needed.add(graph.madeBy[b]!);
      for (let e = graph.runtime.offsets[b]!; e < graph.runtime.offsets[b + 1]!; e++)
        queue.push(graph.runtime.targets[e]!);
    }
  }
  return true;
}

/**
 * The least set itself, where no single graph has it: the same binary is taken early from one source, and late from
 * another.
 */
function replaced(solution: Solution, { graph }: Resolved, fewest: FewestBreaks, clean: ReadonlySet<string>): Solution {
  const stuck = solution.stuck.filter(({ source }) => !clean.has(source));
  const nameOf = (e: { readonly source: SourceVertex }): SourceName => graph.sources[e.source]!;
  const choices = fewest.elements
    .filter(isStage)
    .map((e) => ({ source: nameOf(e), stage: e.stage }))
    .sort((a, b) => byteOrder(a.source, b.source) || a.stage - b.stage);
  const used = new Set(choices.map((c) => `${c.source} ${c.stage}`));
  return {
    ...solution,
    status: stuck.length > 0 ? 'none' : 'optimal',
    stuck,
    choices,
    wishes: fewest.elements.filter(isWish).map(nameOf).sort(byteOrder),
    unused: [...solution.unused, ...solution.choices]
      .filter((c) => !used.has(`${c.source} ${c.stage}`))
      .sort((a, b) => byteOrder(a.source, b.source) || a.stage - b.stage),
  };
}

/** What is proved over every choice: less than on one graph, where the search for it was ended. */
function bounded(solution: Solution, fewest: FewestBreaks): Solution {
  const values = { wishes: solution.wishes.length, stageBuilds: solution.choices.length };
  const costs = solution.costs.map((cost): Cost => {
    if (cost.criterion === 'rebuilds') return cost;
    return { ...cost, value: values[cost.criterion], lowerBound: fewest.lowerBound[cost.criterion] };
  });
  const proved = fewest.proved && costs.every((c) => c.value === c.lowerBound);
  return { ...solution, costs, status: solution.status === 'optimal' && !proved ? 'bounded' : solution.status };
}

/** Solves a universe. A limit leaves the best choice known, with the bounds that are proved. */
export async function solveEveryChoice(resolved: Resolved, options: SolveOptions): Promise<SolvedUniverse> {
  const wishes = options.wishes === 'last-resort';
  const { universe, providers } = resolved.choices;
  if (!hasChoice(needIndex(installRules(universe, providers)))) {
    const solution = await solve(resolved.graph, options);
    // With somebody stuck it matters what a wish for him would stand for: that is asked below.
    if (solution.stuck.length === 0) return { resolved, solution };
  }
  const limits: Limits = {
    signal: options.signal,
    deadline: options.timeLimitSeconds === undefined ? undefined : Date.now() + options.timeLimitSeconds * 1000,
    onBound: options.onBound,
  };
  const fewest = await fewestBreaks(resolved, wishes, limits);
  const goals = wantedOf(resolved)(fewest.clean);
  const isEnough = suffices(resolved, fewest, goals);
  const ground = isEnough ? resolved : resolveBy(resolved, fewest.prefer);
  const left = limits.deadline === undefined ? undefined : Math.max(0.001, (limits.deadline - Date.now()) / 1000);
  // Where rebuilds do not count, what is lowest of all and enough on this graph is lowest on it as well.
  const lowest = isEnough && fewest.proved && options.rebuilds === false ? fewest.elements : undefined;
  const solution = await solve(ground.graph, { ...options, timeLimitSeconds: left, lowest });
  const isDearer =
    solution.wishes.length > fewest.wishes ||
    (solution.wishes.length === fewest.wishes && solution.choices.length > fewest.stageBuilds);
  const clean = new Set(ground.graph.sources.filter((_, s) => fewest.clean[s] === 1));
  const isBeaten =
    isDearer ||
    solution.wishes.length < fewest.wishes ||
    solution.choices.length < fewest.stageBuilds ||
    solution.stuck.some(({ source }) => clean.has(source));
  const stuck = new Set(solution.stuck.map(({ source }) => source));
  const required = neededSources(buildIndex(ground.graph), 'full');
  // What the graph takes for buildable, and what can never be clean: the plan will tell why, and rule it out.
  const toRuleOut = ground.graph.sources.some((name, s) => required[s] === 1 && !stuck.has(name) && !clean.has(name));
  if (toRuleOut) return { resolved: ground, solution };
  // Where rebuilds do not count the lowest set of all is the answer, on whatever graph it is sufficient.
  const best = isBeaten || options.rebuilds === false ? replaced(solution, ground, fewest, clean) : solution;
  return { resolved: ground, solution: bounded(best, fewest) };
}
