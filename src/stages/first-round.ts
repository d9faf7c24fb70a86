/** Solution -> the first round of a plan in order (rule M4). */
import type { DependencyGraph, PlannedBuild, Solution } from '../model.ts';
import { byteOrder } from '../order.ts';
import { type Chosen, firstRound, neededSources, plannedCandidates } from '../solver/break/schedule.ts';
import { type BuildIndex, buildIndex } from '../solver/graph/readiness.ts';

/** A build before its installation set is known. */
export interface Step {
  readonly source: number;
  readonly stage: number;
  readonly round: number;
  readonly why: PlannedBuild['why'];
}

/** The index of a name in a list in byte order, or -1. */
export function indexIn(names: readonly string[], name: string): number {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byteOrder(names[middle]!, name) < 0) low = middle + 1;
    else high = middle;
  }
  return names[low] === name ? low : -1;
}

/** The choices of a solution by number. */
export function chosenOf(index: BuildIndex, solution: Pick<Solution, 'choices' | 'wishes'>): Chosen {
  const { graph, candidates, firstOf } = index;
  const used = new Uint8Array(candidates.length);
  for (const { source, stage } of solution.choices) {
    const s = indexIn(graph.sources, source);
    for (let c = firstOf[s]!; c < firstOf[s + 1]!; c++) if (candidates[c]!.stage === stage) used[c] = 1;
  }
  return { used, wishes: solution.wishes.map((name) => indexIn(graph.sources, name)) };
}

/** The first round, in order. */
export function firstSteps(graph: DependencyGraph, solution: Pick<Solution, 'choices' | 'wishes'>): readonly Step[] {
  const index = buildIndex(graph);
  const chosen = chosenOf(index, solution);
  const planned = plannedCandidates(index, chosen, neededSources(index, 'full'));
  const steps: Step[] = [];
  firstRound(index, chosen, planned, (c) => {
    const { source, stage } = index.candidates[c]!;
    steps.push({ source, stage, round: stage === 0 ? 1 : 0, why: stage === 0 ? 'full' : 'stage' });
  });
  return steps;
}
