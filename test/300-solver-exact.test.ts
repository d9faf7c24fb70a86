/** The solver against trying everything: the whole objective, wishes, stage builds, rebuilds and alphabet. */

import { afterAll, expect, test } from 'vitest';
import type { DependencyGraph, Solution } from '../src/model.ts';
import { binaryName, sourceName } from '../src/names.ts';
import { solve } from '../src/solver/break/solution/solve.ts';
import { closeClingo } from '../src/solver/clingo.ts';
import { csrOf } from '../src/solver/graph/csr.ts';
import { type Best, bruteForce } from './rig/brute-force.ts';
import { random, smallGraph } from './rig/generate/graphs.ts';

afterAll(closeClingo);

/** A solution in the words of the brute force. */
function asBest(s: Solution): Best {
  const pieces = [...s.choices, ...s.wishes.map((source) => ({ source, stage: 0 }))];
  pieces.sort((a, b) => (a.source < b.source ? -1 : a.source > b.source ? 1 : a.stage - b.stage));
  return {
    costs: s.costs.map((c) => c.value) as unknown as Best['costs'],
    set: pieces.map((p) => `${p.source} ${p.stage}`),
    stuck: s.stuck.map((x) => x.source),
  };
}

const drawn = (seed: number): DependencyGraph => smallGraph(seed, random(-seed));

test('10,000 random instances of up to 7 sources and 3 variants each: the same costs, the same set, the same stuck', async () => {
  let withChoice = 0;
  for (let seed = 0; seed < 10_000; seed++) {
    const graph = drawn(seed);
    const wishes = seed % 2 === 0;
    const expected = bruteForce(graph, wishes);
    const solution = await solve(graph, { wishes: wishes ? 'last-resort' : 'none' });
    expect({ seed, ...asBest(solution) }).toEqual({ seed, ...expected });
    for (const c of solution.costs) expect(c.lowerBound, `${c.criterion} of ${seed}`).toBe(c.value);
    expect(solution.status).toBe(expected.stuck.length > 0 ? 'none' : 'optimal');
    if (expected.set.length > 0) withChoice++;
  }
  // Most of them ask for a real decision.
  expect(withChoice).toBeGreaterThan(5000);
});

/** The graph with its sources renamed so that byte order is kept, or its binaries numbered another way. */
function renamed(graph: DependencyGraph): DependencyGraph {
  return {
    ...graph,
    sources: graph.sources.map((s) => `x-${s}`).map(sourceName),
    binaries: graph.binaries.map((b) => `lib${b}`).map(binaryName),
  };
}

function shuffled(graph: DependencyGraph, seed: number): DependencyGraph {
  const draw = random(seed);
  const order = [...graph.binaries.keys()];
  for (let i = order.length - 1; i > 0; i--) {
    const j = draw(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const place = new Int32Array(order.length);
  order.forEach((old, now) => {
    place[old] = now;
  });
  const moved = (list: Int32Array) => list.map((b) => place[b]!).reverse();
  const { offsets, targets } = graph.runtime;
  return {
    ...graph,
    binaries: order.map((b) => graph.binaries[b]!),
    madeBy: Int32Array.from(order, (b) => graph.madeBy[b]!),
    runtime: csrOf(order.map((b) => moved(targets.slice(offsets[b]!, offsets[b + 1]!)))),
    variants: graph.variants.map((list) =>
      list.map((v) => ({ stage: v.stage, needs: moved(v.needs), yields: moved(v.yields) })),
    ),
  };
}

test('renaming changes names only, shuffling changes nothing', async () => {
  for (let seed = 20_000; seed < 20_200; seed++) {
    const graph = drawn(seed);
    const solution = asBest(await solve(graph, { wishes: 'last-resort' }));
    expect(asBest(await solve(shuffled(graph, seed), { wishes: 'last-resort' }))).toEqual(solution);
    expect(asBest(await solve(renamed(graph), { wishes: 'last-resort' }))).toEqual({
      ...solution,
      set: solution.set.map((piece) => `x-${piece}`),
      stuck: solution.stuck.map((s) => `x-${s}`),
    });
  }
});

test('another declared stage never costs more wishes, and a wish allowed never leaves more stuck', async () => {
  for (let seed = 30_000; seed < 30_200; seed++) {
    const graph = drawn(seed);
    const without = { ...graph, variants: graph.variants.map((list) => list.slice(0, 1)) };
    const [full, bare] = [
      await solve(graph, { wishes: 'last-resort' }),
      await solve(without, { wishes: 'last-resort' }),
    ];
    expect(full.costs[0]!.value).toBeLessThanOrEqual(bare.costs[0]!.value);
    const none = await solve(graph, { wishes: 'none' });
    expect(full.stuck.length).toBeLessThanOrEqual(none.stuck.length);
  }
});
