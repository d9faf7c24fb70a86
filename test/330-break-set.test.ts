/** Break sets against trying every set of vertices, and on graphs whose answer is known. */
import { afterAll, expect, test } from 'vitest';
import type { Csr } from '../src/model.ts';
import { minimumBreakSet } from '../src/solver/break/solution/break-set.ts';
import { closeClingo } from '../src/solver/clingo.ts';
import { csrOf } from '../src/solver/graph/csr.ts';
import { random } from './rig/generate/graphs.ts';

afterAll(closeClingo);

const graph = (edges: Readonly<Record<string, string>>) => {
  const nodes = Object.keys(edges);
  return { nodes, succ: csrOf(nodes.map((n) => edges[n]!.split(' ').flatMap((m) => (m ? [nodes.indexOf(m)] : [])))) };
};

test('no cycle, no break; a self-loop has no other way out than its own vertex', async () => {
  expect(await minimumBreakSet(graph({ a: 'b', b: 'c', c: '' }))).toEqual({
    status: 'optimal',
    size: 0,
    lowerBound: 0,
    sources: [],
  });
  expect((await minimumBreakSet(graph({ a: 'b', b: 'a', c: 'c' }))).sources).toEqual(['a', 'c']);
});

test('of two smallest sets the alphabetically lowest, whatever the order of the vertices', async () => {
  expect((await minimumBreakSet(graph({ a: 'b', b: 'c', c: 'd', d: 'a' }))).sources).toEqual(['a']);
  expect((await minimumBreakSet(graph({ d: 'a', c: 'd', b: 'c', a: 'b' }))).sources).toEqual(['a']);
  // Two cycles that share c only: one vertex, and it is not the lowest name.
  expect((await minimumBreakSet(graph({ a: 'c', b: 'c', c: 'a b' }))).sources).toEqual(['c']);
});

test('a ring of 100,000 needs one', async () => {
  const n = 100_000;
  const nodes = Array.from({ length: n }, (_, i) => `v${String(i).padStart(6, '0')}`);
  const succ: Csr = {
    offsets: Int32Array.from({ length: n + 1 }, (_, i) => i),
    targets: Int32Array.from({ length: n }, (_, i) => (i + 1) % n),
  };
  expect((await minimumBreakSet({ nodes, succ })).sources).toEqual(['v000000']);
});

/** Sets in order of size, then alphabet: the first one that leaves no cycle. */
function bySearch(names: readonly string[], succ: Csr): readonly string[] {
  const acyclic = (removed: number): boolean => {
    let left = (1 << names.length) - 1 - removed;
    for (let before = -1; before !== left; ) {
      before = left;
      for (let v = 0; v < names.length; v++) {
        const needs = succ.targets.subarray(succ.offsets[v]!, succ.offsets[v + 1]!);
        if (left & (1 << v) && !needs.some((w) => left & (1 << w))) left -= 1 << v;
      }
    }
    return left === 0;
  };
  const grow = (from: number, size: number, set: number): number | undefined => {
    if (size === 0) return acyclic(set) ? set : undefined;
    for (let v = from; v <= names.length - size; v++) {
      const found = grow(v + 1, size - 1, set | (1 << v));
      if (found !== undefined) return found;
    }
    return undefined;
  };
  for (let size = 0; ; size++) {
    const found = grow(0, size, 0);
    if (found !== undefined) return names.filter((_, v) => found & (1 << v));
  }
}

test('1,500 random graphs: the set that a search of all sets finds first', async () => {
  for (let seed = 0; seed < 1500; seed++) {
    const draw = random(seed);
    const n = 3 + draw(9);
    const nodes = Array.from({ length: n }, (_, v) => String.fromCharCode(97 + v));
    const density = 1 + draw(3);
    const succ = csrOf(nodes.map(() => [...new Set(Array.from({ length: draw(density + 2) }, () => draw(n)))]));
    const found = await minimumBreakSet({ nodes, succ });
    const expected = bySearch(nodes, succ);
    expect({ seed, ...found }).toEqual({
      seed,
      status: 'optimal',
      size: expected.length,
      lowerBound: expected.length,
      sources: expected,
    });
  }
});

test('two sides of 300 that all need each other: the lower side, proved', async () => {
  const side = Array.from({ length: 300 }, (_, i) => i);
  const nodes = [...side, ...side].map((i, v) => `${v < 300 ? 'a' : 'b'}${String(i).padStart(3, '0')}`);
  const succ = csrOf(nodes.map((_, v) => side.map((i) => (v < 300 ? i + 300 : i))));
  const { status, sources } = await minimumBreakSet({ nodes, succ });
  expect([status, sources]).toEqual(['optimal', nodes.slice(0, 300)]);
});

const named = (n: number) => Array.from({ length: n }, (_, v) => `v${String(v).padStart(4, '0')}`);

/** Each vertex needs eight drawn ones. */
function expander(n: number) {
  const draw = random(7);
  const nodes = named(n);
  return { nodes, succ: csrOf(nodes.map(() => [...new Set(Array.from({ length: 8 }, () => draw(n)))])) };
}

/** A grid of which each side is joined to the other: each vertex needs the one to its right and the one below. */
function torus(side: number) {
  const nodes = named(side * side);
  const right = (v: number) => (v % side === side - 1 ? v - side + 1 : v + 1);
  return { nodes, succ: csrOf(nodes.map((_, v) => [right(v), (v + side) % nodes.length])) };
}

test.each([
  ['250 vertices with drawn edges', expander(250), 0.5],
  ['the same, and no time for anything', expander(250), 0.000_001],
  ['a torus, and no time for anything', torus(60), 0.000_001],
] as const)('%s: an honest bound, and a set that breaks every cycle', async (_, { nodes, succ }, timeLimitSeconds) => {
  const found = await minimumBreakSet({ nodes, succ }, { timeLimitSeconds });
  expect(found.status).toBe('bounded');
  expect(found.lowerBound).toBeGreaterThan(0);
  expect(found.lowerBound).toBeLessThanOrEqual(found.size);
  expect(found.size).toBeLessThan(nodes.length * 0.6);
  const removed = new Set(found.sources);
  const left = csrOf(
    nodes.map((name, v) =>
      removed.has(name)
        ? []
        : [...succ.targets.subarray(succ.offsets[v]!, succ.offsets[v + 1]!)].filter((w) => !removed.has(nodes[w]!)),
    ),
  );
  expect(await minimumBreakSet({ nodes, succ: left })).toMatchObject({ size: 0, status: 'optimal' });
});
