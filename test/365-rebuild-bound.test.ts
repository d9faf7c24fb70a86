/**
 * The bound on rebuilds, which has to do without looking at every choice, against the answer of looking at every
 * choice. It must never be higher, and it must not be weak either.
 */
import { afterAll, expect, test } from 'vitest';
import type { DependencyGraph } from '../src/model.ts';
import { solve } from '../src/solver/break/solution/solve.ts';
import { closeClingo } from '../src/solver/clingo.ts';
import { bruteForce } from './rig/brute-force.ts';
import { drawnGraph, random, randomGraph, withSeedCopies } from './rig/generate/graphs.ts';
import { planted } from './rig/generate/planted.ts';

afterAll(closeClingo);

/** What is proved of the rebuilds when no choice is replayed. */
async function bound(graph: DependencyGraph, wishes: boolean): Promise<number> {
  const { costs } = await solve(graph, { wishes: wishes ? 'last-resort' : 'none', replays: 0 });
  return costs[2]!.lowerBound;
}

test('10,000 random instances: never above the fewest rebuilds of any cheapest choice, found by trying everything', async () => {
  let met = 0;
  let rebuilt = 0;
  for (let seed = 100_000; seed < 110_000; seed++) {
    const graph = seed % 3 === 0 ? withSeedCopies(drawnGraph(seed), random(seed)) : drawnGraph(seed);
    const wishes = seed % 2 === 0;
    const fewest = bruteForce(graph, wishes).costs[2];
    const proved = await bound(graph, wishes);
    expect(proved, `seed ${seed}`).toBeLessThanOrEqual(fewest);
    if (fewest > 0) rebuilt++;
    if (fewest > 0 && proved === fewest) met++;
  }
  expect(rebuilt).toBeGreaterThan(4000);
  expect(met / rebuilt).toBeGreaterThan(0.7);
});

test('mid-sized instances: never above the fewest rebuilds, found by replaying every cheapest choice', async () => {
  let compared = 0;
  let [fewest, proved] = [0, 0];
  for (let seed = 0; seed < 700; seed++) {
    const draw = random(seed + 1);
    const graph =
      seed % 2 === 0
        ? planted(seed, { sources: 20 + draw(60), stages: 1 + draw(4), tangled: true }).graph
        : randomGraph(seed, {
            sources: 8 + draw(18),
            stages: 2,
            binaries: 2,
            needs: 3,
            runtime: 20,
            positive: 10,
            odd: 5,
          });
    const wishes = seed % 3 > 0;
    const { costs } = await solve(graph, { wishes: wishes ? 'last-resort' : 'none' });
    const { value, lowerBound } = costs[2]!;
    if (value !== lowerBound) continue;
    compared++;
    const least = await bound(graph, wishes);
    expect(least, `seed ${seed}`).toBeLessThanOrEqual(value);
    fewest += value;
    proved += least;
  }
  expect(compared).toBeGreaterThan(500);
  expect(proved / fewest).toBeGreaterThan(0.8);
});

test('a choice that is the only cheapest one is bounded by what it costs', async () => {
  for (let seed = 0; seed < 40; seed++) {
    const { graph } = planted(seed, { sources: 100, stages: 3, tangled: false });
    const { costs } = await solve(graph, { wishes: 'last-resort', replays: 0 });
    expect(costs[2]!.lowerBound, `seed ${seed}`).toBe(costs[2]!.value);
  }
});
