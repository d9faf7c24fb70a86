/** Solving again after a change, under limits, and by interruption. */

import { afterAll, expect, test } from 'vitest';
import type { DependencyGraph } from '../src/model.ts';
import { binaryName, sourceName } from '../src/names.ts';
import { verifySolution } from '../src/solver/break/simulator/verify.ts';
import { SolveMemory } from '../src/solver/break/solution/memory.ts';
import { solve } from '../src/solver/break/solution/solve.ts';
import { closeClingo } from '../src/solver/clingo.ts';
import { csrOf } from '../src/solver/graph/csr.ts';
import { dependencyGraph } from '../src/solver/graph/resolve.ts';
import { random } from './rig/generate/graphs.ts';
import { universe } from './rig/universe.ts';

afterAll(closeClingo);

/** Thirty pairs that need each other, the first of each with a stage; `change` adds a line. */
function pairs(change = ''): DependencyGraph {
  const lines = Array.from({ length: 30 }, (_, i) => {
    const [a, b] = [`a${String(i).padStart(2, '0')}`, `b${String(i).padStart(2, '0')}`];
    return `${a}: ${b}\n${a} stage1:\n${b}: ${a}\n`;
  });
  return dependencyGraph(universe(`${lines.join('')}${change}`));
}

test('after one source changed, one group is solved again, and the answer is the same as from scratch', async () => {
  const memory = new SolveMemory();
  await solve(pairs(), { wishes: 'none', memory });
  expect([memory.solved, memory.remembered]).toEqual([30, 0]);
  const changed = pairs('b07 stage1:\n');
  const again = await solve(changed, { wishes: 'none', memory });
  expect([memory.solved, memory.remembered]).toEqual([31, 29]);
  const fresh = await solve(changed, { wishes: 'none' });
  expect({ ...again, sccs: [] }).toEqual({ ...fresh, sccs: [] });
  expect(again.sccs.filter((s) => s.rounds > 0).map((s) => s.id)).toEqual(
    fresh.sccs.filter((s) => s.rounds > 0 && s.id.startsWith('a07')).map((s) => s.id),
  );
});

/** A random graph with no structure: far harder than any archive. */
function expander(n: number, degree: number): DependencyGraph {
  const draw = random(42);
  const sources = Array.from({ length: n }, (_, i) => `x${String(i).padStart(4, '0')}`);
  const needs = sources.map(() => Int32Array.from(new Set(Array.from({ length: degree }, () => draw(n)))).sort());
  return {
    sources: sources.map(sourceName),
    binaries: sources.map((s) => `lib${s}`).map(binaryName),
    madeBy: Int32Array.from(sources.keys()),
    runtime: csrOf(sources.map(() => [])),
    variants: sources.map((_, i) => [
      { stage: 0, needs: needs[i]!, yields: Int32Array.of(i) },
      { stage: 1, needs: needs[i]!.filter(() => draw(2) > 0), yields: Int32Array.of(i) },
    ]),
    targets: Int32Array.from(sources.keys()),
    unsatisfied: [],
  };
}

test.each(['time limit', 'interruption'])('%s: the best answer so far, with its bounds, replayed', async (kind) => {
  const graph = expander(300, 6);
  const options = kind === 'time limit' ? { timeLimitSeconds: 1 } : { signal: AbortSignal.timeout(1000) };
  const solution = await solve(graph, { wishes: 'last-resort', ...options });
  expect(solution.status).toBe('bounded');
  expect(verifySolution(graph, solution)).toEqual([]);
  expect(solution.sccs.map((s) => s.status)).toEqual(['bounded']);
  const [wishes] = solution.costs;
  expect(wishes!.lowerBound).toBeLessThanOrEqual(wishes!.value);
  expect(solution.stuck).toEqual([]);
});

test('a limit that comes before the first proof still gives a sufficient choice', async () => {
  const graph = expander(120, 5);
  const solution = await solve(graph, { wishes: 'last-resort', signal: AbortSignal.abort() });
  expect(solution.status).toBe('bounded');
  expect(verifySolution(graph, solution)).toEqual([]);
});

test('the simulator refuses a solution that lacks a choice, lists one too many as stuck, or overstates its proof', async () => {
  const graph = pairs();
  const solution = await solve(graph, { wishes: 'none' });
  const without = { ...solution, choices: solution.choices.slice(1) };
  expect(verifySolution(graph, without).join()).toMatch(/a00 cannot be built, and is not called stuck/);
  const stuck = [
    { source: sourceName('b03'), scc: undefined, reason: { kind: 'missing', group: 'x', why: 'y' } },
  ] as const;
  expect(verifySolution(graph, { ...solution, stuck }).join()).toMatch(/b03 is called stuck, but can be built/);
  const invented = { ...solution, choices: [...solution.choices, { source: sourceName('b00'), stage: 3 }] };
  expect(verifySolution(graph, invented).join()).toMatch(/b00 3 is not a declared stage/);
  const costs = solution.costs.map((c) => ({ ...c, lowerBound: c.value - 1 }));
  expect(verifySolution(graph, { ...solution, costs }).join()).toMatch(/not proved/);
});
