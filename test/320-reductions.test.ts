/** Kernel reductions against trying every set of elements, on drawn blocking problems of every shape. */
import { expect, test } from 'vitest';
import { backEdges } from '../src/solver/break/hitting-set/back-edges.ts';
import { Separator } from '../src/solver/break/hitting-set/cuts.ts';
import { Foundation } from '../src/solver/break/hitting-set/founded.ts';
import { leaveOut } from '../src/solver/break/hitting-set/needless.ts';
import { reduce } from '../src/solver/break/hitting-set/reduce.ts';
import { type Blocking, type BlockNode, isWish, type Rule } from '../src/solver/break/problem/blocking.ts';
import { random } from './rig/generate/graphs.ts';

/** Up to 8 elements, some wishes, some stages; nodes with one rule, gated rules, or none. */
function drawn(seed: number): Blocking {
  const draw = random(seed);
  const elements = Array.from({ length: 2 + draw(7) }, (_, i) => ({
    source: i,
    stage: draw(2) ? ('wish' as const) : 1,
  }));
  const n = 2 + draw(7);
  const needs = () => Int32Array.from(new Set(Array.from({ length: draw(4) }, () => draw(n)))).sort();
  const nodes = Array.from({ length: n }, (): BlockNode => {
    const rules: Rule[] = [{ gate: undefined, needs: needs() }];
    if (draw(6) === 0) rules.push({ gate: draw(elements.length), needs: needs() });
    if (draw(12) === 0) rules.shift();
    return { label: draw(8) === 0 ? undefined : draw(elements.length), rules };
  });
  const goal = Int32Array.from(nodes.keys()).filter(() => draw(5) > 0);
  return { elements, nodes, goal };
}

const bits = (set: number, n: number) => Uint8Array.from({ length: n }, (_, e) => Number((set & (1 << e)) !== 0));

/** The cheapest sufficient sets, lowest first; empty when even everything is not enough. */
function cheapest({ elements, ...rest }: Blocking, forced: readonly number[]): readonly number[][] {
  const foundation = new Foundation({ elements, ...rest });
  const n = elements.length;
  let found: number[][] = [];
  let best = Number.POSITIVE_INFINITY;
  for (let set = 0; set < 1 << n; set++) {
    if (forced.some((e) => (set & (1 << e)) === 0)) continue;
    const members = [...elements.keys()].filter((e) => set & (1 << e));
    const cost = members.reduce((sum, e) => sum + (isWish(elements[e]!) ? 100 : 1), 0);
    if (cost > best || !foundation.reaches(bits(set, n))) continue;
    if (cost < best) found = [];
    best = cost;
    found.push(members);
  }
  const lower = (a: number[], b: number[]) => {
    const i = a.findIndex((e, k) => e !== b[k]);
    return i < 0 ? 0 : a[i]! - b[i]!;
  };
  return found.sort(lower);
}

const seeds = Array.from({ length: 4000 }, (_, seed) => seed);

test('kept: all cheapest sets', () => {
  for (const seed of seeds) {
    const problem = drawn(seed);
    const expected = cheapest(problem, []);
    if (expected.length === 0) continue;
    const { problem: kernel, forced } = reduce(problem, 'all');
    expect({ seed, sets: cheapest(kernel, forced) }).toEqual({ seed, sets: expected });
  }
});

test('kept: the lowest of the cheapest sets, and nothing is added', () => {
  let shrunk = 0;
  for (const seed of seeds) {
    const problem = drawn(seed);
    const expected = cheapest(problem, []);
    if (expected.length === 0) continue;
    const { problem: kernel, forced } = reduce(problem, 'lowest');
    const left = cheapest(kernel, forced);
    expect({ seed, lowest: left[0] }).toEqual({ seed, lowest: expected[0] });
    const known = new Set(expected.map((s) => s.join()));
    expect({ seed, all: left.every((s) => known.has(s.join())) }).toEqual({ seed, all: true });
    if (kernel.nodes.length < problem.nodes.length) shrunk++;
  }
  expect(shrunk).toBeGreaterThan(1000);
});

test('every cut is hit by every sufficient set, and missed by the set it was asked for', () => {
  let cutsSeen = 0;
  for (const seed of seeds.slice(0, 1500)) {
    const problem = drawn(seed);
    const n = problem.elements.length;
    const separator = new Separator(problem);
    const sufficient = Array.from({ length: 1 << n }, (_, set) => set).filter((set) =>
      separator.foundation.reaches(bits(set, n)),
    );
    const draw = random(seed);
    for (let i = 0; i < 6; i++) {
      const asked = draw(1 << n);
      const cuts = separator.cuts(bits(asked, n));
      expect(cuts.length === 0).toBe(sufficient.includes(asked));
      for (const cut of cuts) {
        cutsSeen++;
        expect(cut.some((e) => asked & (1 << e))).toBe(false);
        expect(sufficient.every((set) => cut.some((e) => set & (1 << e)))).toBe(true);
      }
    }
  }
  expect(cutsSeen).toBeGreaterThan(2000);
});

test('one walk makes any choice sufficient, or says that it cannot', () => {
  let walks = 0;
  for (const seed of seeds) {
    const problem = drawn(seed);
    const foundation = new Foundation(problem);
    const on = bits(random(seed)(1 << problem.elements.length), problem.elements.length);
    const added = backEdges(problem, foundation.founded(on));
    if (added === undefined) continue;
    if (added.length > 0) walks++;
    for (const e of added) on[e] = 1;
    expect({ seed, sufficient: foundation.reaches(on) }).toEqual({ seed, sufficient: true });
  }
  expect(walks).toBeGreaterThan(1000);
});

test('what is left of a sufficient set is sufficient, and every member of it is needed', () => {
  let smaller = 0;
  for (const seed of seeds) {
    const problem = drawn(seed);
    const foundation = new Foundation(problem);
    const on = new Uint8Array(problem.elements.length).fill(1);
    if (!foundation.reaches(on)) continue;
    leaveOut(foundation, on, [...on.keys()]);
    expect({ seed, sufficient: foundation.reaches(on) }).toEqual({ seed, sufficient: true });
    const members = [...on.keys()].filter((e) => on[e] === 1);
    if (members.length > 0 && members.length < on.length) smaller++;
    for (const e of members) {
      const less = on.slice();
      less[e] = 0;
      expect({ seed, e, sufficient: foundation.reaches(less) }).toEqual({ seed, e, sufficient: false });
    }
  }
  expect(smaller).toBeGreaterThan(1000);
});
