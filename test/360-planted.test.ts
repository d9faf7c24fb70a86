/** Planted answers are found, exactly and with proof: which stages, which wishes, and who has to be rebuilt. */
import { afterAll, expect, test } from 'vitest';
import type { DependencyGraph, Solution } from '../src/model.ts';
import { firstRound, neededSources, plannedCandidates, UnitWalk } from '../src/solver/break/problem/schedule.ts';
import { solve } from '../src/solver/break/solution/solve.ts';
import { closeClingo } from '../src/solver/clingo.ts';
import { buildIndex } from '../src/solver/graph/readiness.ts';
import { chosenOf } from '../src/stages/first-round.ts';
import { planted } from './rig/generate/planted.ts';

afterAll(closeClingo);

const sizes = [10, 50, 200, 1000];

test.each(sizes)(
  '%i sources, up to 6 stages, one large component: the planted stages and wishes, proved',
  async (n) => {
    for (let seed = 0; seed < (n > 200 ? 3 : 20); seed++) {
      const { graph, choices, wishes } = planted(seed, { sources: n, stages: 6, tangled: true });
      const solution = await solve(graph, { wishes: 'last-resort', rebuilds: false });
      expect({ seed, choices: solution.choices, wishes: solution.wishes }).toEqual({ seed, choices, wishes });
      expect(solution.costs.slice(0, 2).every((c) => c.value === c.lowerBound)).toBe(true);
      expect(solution.stuck).toEqual([]);
    }
  },
);

/**
 * Sources whose first full build has something of a stage, or of a wish, installed; by the words, not by the solver.
 */
function tainted(graph: DependencyGraph, choices: Solution['choices'], wishes: Solution['wishes']): string[] {
  const index = buildIndex(graph);
  const chosen = chosenOf(index, { choices, wishes });
  const found: string[] = [];
  const newest = new Map<number, number>(chosen.wishes.map((s) => [s, 1]));
  const units = new UnitWalk(index);
  firstRound(index, chosen, plannedCandidates(index, chosen, neededSources(index, 'full')), (c) => {
    const { source, stage, needs } = index.candidates[c]!;
    units.restart();
    // One binary per source here, and no run-time cycles: a unit is a source.
    const residue = units.from(needs, (u) => newest.get(index.unitOf.indexOf(u)) === 1);
    if (stage === 0 && residue) found.push(graph.sources[source]!);
    newest.set(source, Number(stage > 0));
  });
  return found.sort();
}

test.each(sizes)('%i sources in their natural order: exactly the planted ones are tainted', async (n) => {
  for (let seed = 100; seed < (n > 200 ? 103 : 120); seed++) {
    const { graph, choices, wishes, rebuilt } = planted(seed, { sources: n, stages: 6, tangled: false });
    const solution = await solve(graph, { wishes: 'last-resort' });
    expect({ seed, choices: solution.choices, wishes: solution.wishes }).toEqual({ seed, choices, wishes });
    expect(solution.status).toBe('optimal');
    expect(solution.costs[2]).toEqual({ criterion: 'rebuilds', value: rebuilt.length, lowerBound: rebuilt.length });
    expect(tainted(graph, solution.choices, solution.wishes)).toEqual(rebuilt);
  }
});

test('without wishes the sources planted to need one are stuck, and what waits for them', async () => {
  for (let seed = 0; seed < 20; seed++) {
    const { graph, wishes } = planted(seed, { sources: 60, stages: 3, tangled: false });
    const { stuck } = await solve(graph, { wishes: 'none' });
    const cycles = stuck.filter((s) => s.reason.kind === 'cycle' && s.reason.chain.length === 2).map((s) => s.source);
    expect(cycles).toEqual(wishes);
  }
});
