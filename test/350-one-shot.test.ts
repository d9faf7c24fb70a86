/** The implicit hitting set against the whole problem in one logic program, on graphs too large to try everything. */

import { afterAll, expect, test } from 'vitest';
import { isVertex } from '../src/indices.ts';
import type { DependencyGraph } from '../src/model.ts';
import { solve } from '../src/solver/break/solution/solve.ts';
import { closeClingo, solveProgram } from '../src/solver/clingo.ts';
import { successors } from '../src/solver/graph/csr.ts';
import { tarjan } from '../src/solver/graph/tarjan.ts';
import { random, randomGraph } from './rig/generate/graphs.ts';

afterAll(closeClingo);

/** The facts of stage-assignment.lp, straight from the graph; the goals are what the solver does not call stuck. */
function factsOf(graph: DependencyGraph, wishes: boolean, stuck: ReadonlySet<string>): string {
  const { component } = tarjan(graph.runtime);
  const lines: string[] = [];
  const impossible = new Set(graph.unsatisfied.map((u) => `${u.source} ${u.stage}`));
  component.forEach((unit, b) => {
    lines.push(`part(${unit},${b}).`);
    if (graph.madeBy[b]! >= 0) lines.push(`makes(${graph.madeBy[b]},${b}).`);
    for (const c of successors(graph.runtime, b))
      if (component[c] !== unit) lines.push(`below(${unit},${component[c]}).`);
  });
  const needed = new Set(graph.targets);
  for (const s of needed) {
    const binaries = new Set(graph.variants[s]![0]!.needs);
    for (const b of binaries) {
      for (const c of successors(graph.runtime, b)) binaries.add(c);
      const maker = graph.madeBy[b]!;
      if (isVertex(maker)) needed.add(maker);
    }
  }
  graph.variants.forEach((variants, s) => {
    if (wishes) lines.push(`wishable(${s}).`);
    if (needed.has(s) && !stuck.has(graph.sources[s]!)) lines.push(`goal(${s}).`);
    for (const { stage, needs, yields } of variants) {
      if (impossible.has(`${s} ${stage}`)) continue;
      lines.push(`variant(${s},${stage}).`);
      for (const b of needs) lines.push(`need(${s},${stage},${component[b]}).`);
      for (const b of yields) lines.push(`yields(${s},${stage},${b}).`);
    }
  });
  return lines.join('\n');
}

test('200 graphs of 15 to 40 sources and up to 4 variants: the same wishes and stage builds, both proved', async () => {
  let withChoice = 0;
  for (let seed = 0; seed < 200; seed++) {
    const draw = random(seed);
    const graph = randomGraph(seed, {
      sources: 15 + draw(26),
      stages: 3,
      binaries: 1 + draw(3),
      needs: 2 + draw(2),
      runtime: draw(2) * 30,
      positive: draw(2) * 20,
      odd: draw(2) * 10,
    });
    const wishes = seed % 2 === 0;
    const solution = await solve(graph, { wishes: wishes ? 'last-resort' : 'none', rebuilds: false });
    const stuck = new Set(solution.stuck.map((s) => s.source));
    const answer = await solveProgram(['stage-assignment'], factsOf(graph, wishes, stuck));
    const costs = solution.costs.slice(0, 2).map((c) => c.value);
    expect({ seed, status: answer.status, costs }).toEqual({
      seed,
      status: 'optimal',
      costs: answer.status === 'optimal' ? answer.costs : [],
    });
    expect(solution.costs.slice(0, 2).map((c) => c.lowerBound)).toEqual(costs);
    if (costs[0]! + costs[1]! > 1) withChoice++;
  }
  expect(withChoice).toBeGreaterThan(100);
});
