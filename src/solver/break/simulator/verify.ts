/**
 * The simulator: replays a solution on the graph alone, knowing nothing of groups, cuts or clingo. Kept apart from the
 * solver on purpose: it shares no code with it, and every solution passes through it (replay.ts is its own too).
 */
import { isVertex } from '../../../indices.ts';
import type { DependencyGraph, Solution } from '../../../model.ts';
import { replay } from './replay.ts';

/** The targets and everything their full builds need, build and run time. */
function needed(graph: DependencyGraph): ReadonlySet<number> {
  const { offsets, targets } = graph.runtime;
  const sources = new Set(graph.targets);
  const binaries = new Set<number>();
  const visit = (b: number): void => {
    const queue = [b];
    for (let c = queue.pop(); c !== undefined; c = queue.pop()) {
      if (binaries.has(c)) continue;
      binaries.add(c);
      const maker = graph.madeBy[c]!;
      if (isVertex(maker)) sources.add(maker);
      for (let e = offsets[c]!; e < offsets[c + 1]!; e++) queue.push(targets[e]!);
    }
  };
  for (const s of sources) for (const b of graph.variants[s]![0]!.needs) visit(b);
  return sources;
}

/**
 * What is wrong with a solution, in words; nothing when it holds: every choice was declared, every needed source is
 * either built in full or listed as stuck, nothing listed as stuck is built, the costs are those of the choices.
 */
export function verifySolution(graph: DependencyGraph, solution: Solution): readonly string[] {
  const problems: string[] = [];
  const allowed = new Set(solution.choices.map((c) => `${c.source} ${c.stage}`));
  const declared = new Set(
    graph.variants.flatMap((list, s) => list.filter((v) => v.stage > 0).map((v) => `${graph.sources[s]} ${v.stage}`)),
  );
  for (const c of allowed) if (!declared.has(c)) problems.push(`${c} is not a declared stage`);
  const wishes = new Set(solution.wishes);
  const full = replay(
    graph,
    (source, stage) => allowed.has(`${graph.sources[source]} ${stage}`),
    (source) => wishes.has(graph.sources[source]!),
  );
  const stuck = new Set(solution.stuck.map((s) => s.source));
  for (const s of needed(graph)) {
    const name = graph.sources[s]!;
    if (full.has(s) && stuck.has(name)) problems.push(`${name} is called stuck, but can be built`);
    if (!full.has(s) && !stuck.has(name)) problems.push(`${name} cannot be built, and is not called stuck`);
  }
  const values = { wishes: solution.wishes.length, stageBuilds: solution.choices.length };
  for (const { criterion, value, lowerBound } of solution.costs) {
    if (criterion !== 'rebuilds' && values[criterion] !== value) problems.push(`${criterion} are not ${value}`);
    if (lowerBound > value) problems.push(`${criterion}: the bound ${lowerBound} lies above ${value}`);
    if (solution.status === 'optimal' && lowerBound !== value) problems.push(`${criterion} are not proved`);
  }
  return problems;
}
