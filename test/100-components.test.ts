/** Graphs as typed arrays, and their strongly connected components. */
import fc from 'fast-check';
import { DirectedGraph } from 'graphology';
import { stronglyConnectedComponents } from 'graphology-components';
import { expect, test } from 'vitest';
import type { Csr } from '../src/model.ts';
import { CsrBuilder, csrOf, reversed, sortedUnique, successors, vertexCount } from '../src/solver/graph/csr.ts';
import { tarjan } from '../src/solver/graph/tarjan.ts';

const lists = (g: Csr) => Array.from({ length: vertexCount(g) }, (_, v) => [...successors(g, v)]);

/** The members of each component, smallest first: a form in which two answers can be compared. */
function partition(component: Int32Array): number[][] {
  const members = new Map<number, number[]>();
  component.forEach((c, v) => {
    members.set(c, [...(members.get(c) ?? []), v]);
  });
  return [...members.values()].sort((a, b) => a[0]! - b[0]!);
}

const smallGraph = fc
  .integer({ min: 1, max: 14 })
  .chain((n) =>
    fc.array(fc.array(fc.integer({ min: 0, max: n - 1 }), { maxLength: 3 }), { minLength: n, maxLength: n }),
  );

test('rows come back as they were put in', () => {
  const rows = [[2, 1], [], [0]];
  expect(lists(csrOf(rows))).toEqual(rows);
  const builder = new CsrBuilder();
  for (const row of rows) builder.row(row);
  expect(builder.finish()).toEqual(csrOf(rows));
  expect([...sortedUnique([3, 1, 3, 2, 1])]).toEqual([1, 2, 3]);
});

test('a builder grows over rows longer than its first block', () => {
  const long = Array.from({ length: 5000 }, (_, i) => i);
  const builder = new CsrBuilder();
  builder.row([1]);
  builder.row(long);
  expect(lists(builder.finish())).toEqual([[1], long]);
});

test('reversed twice is the same graph, rows sorted', () => {
  fc.assert(
    fc.property(smallGraph, (rows) => {
      const sorted = rows.map((r) => [...r].sort((a, b) => a - b));
      expect(lists(reversed(reversed(csrOf(rows))))).toEqual(sorted);
    }),
  );
});

test('components are those that graphology finds', () => {
  fc.assert(
    fc.property(smallGraph, (rows) => {
      const oracle = new DirectedGraph();
      rows.forEach((_, v) => {
        oracle.addNode(v);
      });
      rows.forEach((row, v) => {
        for (const t of row) oracle.mergeEdge(v, t);
      });
      const theirs = stronglyConnectedComponents(oracle)
        .map((c) => c.map(Number).sort((a, b) => a - b))
        .sort((a, b) => a[0]! - b[0]!);
      expect(partition(tarjan(csrOf(rows)).component)).toEqual(theirs);
    }),
    { numRuns: 2000 },
  );
});

test('components are numbered so that edges lead to lower numbers', () => {
  fc.assert(
    fc.property(smallGraph, (rows) => {
      const { component, count } = tarjan(csrOf(rows));
      expect(Math.max(...component)).toBe(count - 1);
      rows.forEach((row, v) => {
        for (const t of row) expect(component[t]!).toBeLessThanOrEqual(component[v]!);
      });
    }),
  );
});

test('from given roots, what they do not reach has no component', () => {
  const g = csrOf([[1], [0, 2], [], [0]]);
  expect([...tarjan(g, [0]).component]).toEqual([1, 1, 0, -1]);
  expect(tarjan(g, [0]).count).toBe(2);
});

test('a ring of 300,000 is one component, a chain of 300,000 is as many', () => {
  const n = 300_000;
  const next = Int32Array.from({ length: n }, (_, v) => (v + 1) % n);
  const offsets = Int32Array.from({ length: n + 1 }, (_, v) => v);
  expect(tarjan({ offsets, targets: next }).count).toBe(1);
  const cut = offsets.map((o) => Math.min(o, n - 1));
  expect(tarjan({ offsets: cut, targets: next.subarray(0, n - 1) }).count).toBe(n);
});
