/** The shortest cycle through a vertex, against a breadth-first search in one direction. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csrOf, reversed } from '../src/solver/graph/csr.ts';
import { ShortestCycles } from '../src/solver/graph/shortest-cycle.ts';

/** By the book: whole layers, successors in their order, each vertex entered by whoever meets it first. */
function byTheBook(rows: readonly (readonly number[])[], start: number): readonly number[] {
  const from = new Map<number, number>();
  const queue = [start];
  for (const v of queue) {
    for (const w of rows[v]!) {
      if (w === start) {
        const path = [start];
        for (let k = v; k !== start; k = from.get(k)!) path.push(k);
        return [start, ...path.reverse()];
      }
      if (from.has(w)) continue;
      from.set(w, v);
      queue.push(w);
    }
  }
  return [];
}

const graphs = fc
  .integer({ min: 1, max: 14 })
  .chain((n) => fc.array(fc.array(fc.nat(n - 1), { maxLength: 4 }), { minLength: n, maxLength: n }));

test('it is the first of the shortest, for every vertex of one graph after the other', () => {
  fc.assert(
    fc.property(graphs, (rows) => {
      const graph = csrOf(rows);
      const cycles = new ShortestCycles(graph, reversed(graph));
      const found = rows.map((_, v) => cycles.through(v));
      expect(found).toEqual(rows.map((_, v) => byTheBook(rows, v)));
    }),
    { numRuns: 3000 },
  );
});

test('a ring of many is found whole, with as many edges looked at as it has', () => {
  const n = 10_000;
  const graph = csrOf(Array.from({ length: n }, (_, v) => [(v + 1) % n]));
  const cycles = new ShortestCycles(graph, reversed(graph));
  expect(cycles.through(17)).toHaveLength(n + 1);
  expect(cycles.visits).toBe(n);
});
