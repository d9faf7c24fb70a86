/** Sources that need each other, and what can be built before that matters. */

import fc from 'fast-check';
import { DirectedGraph } from 'graphology';
import { stronglyConnectedComponents } from 'graphology-components';
import { describe, expect, test } from 'vitest';
import type { DependencyGraph, Universe } from '../src/model.ts';
import { binaryName, sourceName } from '../src/names.ts';
import { cyclesOfUniverse } from '../src/solver/cycles/cycles.ts';
import { Buildable } from '../src/solver/graph/buildable.ts';
import { dependencyGraph, resolve } from '../src/solver/graph/resolve.ts';
import { stronglyConnected } from '../src/solver/graph/scc.ts';
import { universe } from './rig/universe.ts';
import { closure, waveByWave } from './rig/wave-by-wave.ts';

const sccs = (text: string, variants: 'full' | 'all' = 'full') => {
  const graph = dependencyGraph(universe(text));
  return stronglyConnected(graph, variants).map((c) => `${c.id}: ${c.members.map((m) => graph.sources[m]).join(' ')}`);
};

/** Small universes: up to 8 sources with 2 binaries each, random needs, and a stage for some. */
const randomUniverse: fc.Arbitrary<Universe> = fc.integer({ min: 1, max: 8 }).chain((n) => {
  const binary = fc.tuple(fc.integer({ min: 0, max: n - 1 }), fc.constantFrom('', '-x')).map(([s, x]) => `s${s}${x}`);
  const list = (max: number) => fc.uniqueArray(binary, { maxLength: max }).map((l) => l.join(', '));
  const source = fc.record({ full: list(3), stage: fc.option(list(2)), run: list(1), runX: list(2) });
  return fc.array(source, { minLength: n, maxLength: n }).map((all) => {
    const lines = all.flatMap(({ full, stage, run, runX }, s) => [
      `s${s} -> s${s}, s${s}-x: ${full}`,
      ...(stage === null ? [] : [`s${s} stage1: ${stage}`]),
      `s${s} => ${run}`,
      `s${s}-x => ${runX}`,
    ]);
    return universe(lines.join('\n'));
  });
});

describe('components', () => {
  test('two that need each other, through the run time of a binary', () => {
    expect(sccs('a: b\nb: lib\nx -> lib:\nlib => a')).toEqual(['a+1: a b']);
  });

  test('one that needs itself is one', () => {
    expect(sccs('ghc: ghc\nb: ghc')).toEqual(['ghc: ghc']);
    expect(sccs('a -> a, a-data: helper\nhelper:\nhelper => a-data')).toEqual(['a: a']);
  });

  test('binaries that need each other only at run time are none', () => {
    expect(sccs('a:\nb:\na => b\nb => a\nc: a')).toEqual([]);
  });

  test('largest first; only what the targets need is looked at', () => {
    const text = 'a: b\nb: a\nc: d\nd: e\ne: c\nf: a';
    expect(sccs(text)).toEqual(['c+2: c d e', 'a+1: a b']);
    expect(sccs(`${text}\ntargets: f`)).toEqual(['a+1: a b']);
  });

  test('a stage that needs more counts when all variants do', () => {
    const text = 'a: \na stage1: b\nb: a';
    expect(sccs(text)).toEqual([]);
    expect(sccs(text, 'all')).toEqual(['a+1: a b']);
  });

  test('the same as graphology finds in the source graph made the long way', () => {
    const check = (u: Universe) => {
      const graph = dependencyGraph(u);
      const oracle = new DirectedGraph();
      for (const s of graph.sources) oracle.addNode(s);
      graph.variants.forEach(([full], s) => {
        for (const b of closure(graph, full!.needs))
          oracle.mergeEdge(graph.sources[s], graph.sources[graph.madeBy[b]!]);
      });
      const theirs = stronglyConnectedComponents(oracle)
        .filter((c) => c.length > 1 || oracle.hasEdge(c[0], c[0]))
        .map((c) => c.sort().join(' '));
      const ours = stronglyConnected(graph, 'full').map((c) => c.members.map((m) => graph.sources[m]).join(' '));
      expect([...ours].sort()).toEqual(theirs.sort());
    };
    fc.assert(fc.property(randomUniverse, check), { numRuns: 1000 });
  });
});

describe('before any cycle', () => {
  const upTo = 1;
  const waves = (u: Universe) => cyclesOfUniverse(resolve(u), { upTo }).fixpoint.map((wave) => wave.join(' '));
  const reached = (graph: DependencyGraph) => {
    const buildable = Buildable.of(graph);
    return graph.sources.filter((_, s) => buildable.reaches(s));
  };

  test('wave by wave', () => {
    expect(waves(universe('a:\nb: a\nc: b\nd: e\ne: d\nf: e, c'))).toEqual(['a', 'b', 'c']);
  });

  test('a stage helps only when stages may be used', () => {
    const u = universe('a: b\na stage1:\nb: a');
    expect(waves(u)).toEqual([]);
    expect(reached(dependencyGraph(u))).toEqual(['a', 'b']);
  });

  test('binaries that need each other at run time come in together', () => {
    const u = universe('x -> r1, y1:\ny -> r2: y1\nr1 => r2\nr2 => r1\na: r1');
    expect(waves(u)).toEqual(['x', 'y', 'a']);
    expect(reached(dependencyGraph(u))).toEqual(['a', 'x', 'y']);
  });

  test('what nothing satisfies is never built', () => {
    const u = universe('a: nope\nb: orphan\norphan 1\nc:');
    expect(waves(u)).toEqual(['c']);
    expect(reached(dependencyGraph(u))).toEqual(['c']);
  });

  test('the same as playing it through by hand', () => {
    const check = (u: Universe) => {
      const graph = dependencyGraph(u);
      const full = waveByWave(graph, false);
      const last = Math.max(...full);
      const byHand = Array.from({ length: last + 1 }, (_, w) =>
        graph.sources.filter((__, s) => full[s] === w).join(' '),
      );
      expect(waves(u)).toEqual(byHand);
      const all = waveByWave(graph, true);
      expect(reached(graph)).toEqual(graph.sources.filter((_, s) => all[s]! >= 0));
    };
    fc.assert(fc.property(randomUniverse, check), { numRuns: 1000 });
  });

  test('a ring and a chain of 300,000 sources', () => {
    const n = 300_000;
    const graph = (ring: boolean): DependencyGraph => ({
      sources: Array.from({ length: n }, (_, s) => `s${s}`).map(sourceName),
      binaries: Array.from({ length: n }, (_, s) => `s${s}`).map(binaryName),
      madeBy: Int32Array.from({ length: n }, (_, s) => s),
      runtime: { offsets: new Int32Array(n + 1), targets: new Int32Array(0) },
      variants: Array.from({ length: n }, (_, s) => [
        {
          stage: 0,
          needs: Int32Array.from(s + 1 < n ? [s + 1] : ring ? [0] : []),
          yields: Int32Array.from([s]),
        },
      ]),
      targets: Int32Array.from({ length: n }, (_, s) => s),
      unsatisfied: [],
    });
    expect(stronglyConnected(graph(true), 'full').map((c) => c.members.length)).toEqual([n]);
    expect(stronglyConnected(graph(false), 'full')).toEqual([]);
    expect(Buildable.of(graph(true)).count).toBe(0);
    expect(Buildable.of(graph(false)).count).toBe(n);
  });
});
