/** Short cycles, self-cycles, waves and what waits for whom, each against a slow and simple twin. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Universe } from '../src/model.ts';
import { blocks } from '../src/solver/cycles/blocked-sources.ts';
import { cyclesOfGraph, cyclesOfUniverse } from '../src/solver/cycles/cycles.ts';
import { needThemselves } from '../src/solver/cycles/needs-itself.ts';
import { reachedBy } from '../src/solver/cycles/reached-by.ts';
import { shortCycles } from '../src/solver/cycles/short-cycles.ts';
import { buildGraph } from '../src/solver/graph/build-graph.ts';
import { csrOf, successors } from '../src/solver/graph/csr.ts';
import { everyAlternative } from '../src/solver/graph/every-alternative.ts';
import { parseGraph } from '../src/solver/graph/graph-input.ts';
import { type PackageGraph, packageGraph } from '../src/solver/graph/package-graph.ts';
import { resolve } from '../src/solver/graph/resolve.ts';
import { sccsOf } from '../src/solver/graph/scc.ts';
import { tarjan } from '../src/solver/graph/tarjan.ts';
import { wavesOf } from '../src/solver/graph/waves.ts';
import { universe } from './rig/universe.ts';
import { waveByWave } from './rig/wave-by-wave.ts';

const answer = (text: string, upTo = 4) => cyclesOfUniverse(resolve(universe(text)), { upTo });
const spoken = (chain: readonly { from: string; to: string }[]) =>
  [chain[0]?.from, ...chain.map((s) => s.to)].join(' > ');

/** Sources asking for ways, ways leading to sources: every elementary cycle by plain search. */
function naiveCycles(g: PackageGraph): { lengths: number[]; through: Map<string, number> } {
  const leads = (x: number) => {
    const seen = new Set([x]);
    for (const v of seen) if (v >= g.sources) for (const t of successors(g.edges, v)) seen.add(t);
    return [...seen].filter((v) => v < g.sources);
  };
  const lengths: number[] = [];
  const through = new Map<string, number>();
  const walk = (start: number, path: number[], ways: number[]) => {
    for (const x of successors(g.edges, path.at(-1)!)) {
      if (ways.includes(x)) continue;
      for (const t of leads(x)) {
        if (t === start) {
          lengths.push(path.length);
          path.forEach((s, i) => {
            const key = `${s} ${[...ways, x][i]}`;
            through.set(key, (through.get(key) ?? 0) + 1);
          });
        } else if (t > start && !path.includes(t)) walk(start, [...path, t], [...ways, x]);
      }
    }
  };
  for (let s = 0; s < g.sources; s++) walk(s, [s], []);
  return { lengths, through };
}

/** Sources 0..n-1 ask only for middle vertices n..2n-1, and those lead to sources and to each other. */
const bipartite: fc.Arbitrary<PackageGraph> = fc.integer({ min: 1, max: 5 }).chain((n) => {
  const row = (from: number, to: number) =>
    fc.uniqueArray(fc.integer({ min: from, max: to }), { maxLength: 3 }).map((r) => r.sort((a, b) => a - b));
  return fc
    .tuple(
      fc.array(row(n, 2 * n - 1), { minLength: n, maxLength: n }),
      fc.array(row(0, 2 * n - 1), { minLength: n, maxLength: n }),
    )
    .map(([asks, leads]) => ({
      labels: Array.from({ length: 2 * n }, (_, v) => `v${v}`),
      sources: n,
      edges: csrOf([...asks, ...leads]),
      roots: Int32Array.from({ length: n }, (_, s) => s),
    }));
});

describe('short cycles', () => {
  test('every elementary cycle is counted once, and on each of its edges', () => {
    const check = (g: PackageGraph) => {
      const naive = naiveCycles(g);
      const counts = new Map<number, number>();
      const through = new Map<string, number>();
      const components = tarjan(g.edges, g.roots);
      for (const scc of sccsOf(g, components)) {
        const local = buildGraph(g, scc, components.component)!;
        const ofItself = scc.members.filter((_, i) =>
          successors(local.asks, i).some((x) => successors(local.leads, x).includes(i)),
        );
        expect(needThemselves(g, [scc], components)).toEqual(ofItself);
        const short = shortCycles(local, 5, 3, { steps: 1e6 });
        expect(short.upTo).toBe(5);
        short.counts.forEach((n, i) => {
          counts.set(i + 1, (counts.get(i + 1) ?? 0) + n);
        });
        scc.members.forEach((s, i) => {
          for (let e = local.asks.offsets[i]!; e < local.asks.offsets[i + 1]!; e++) {
            if (short.through[e]! > 0) through.set(`${s} ${local.ways[local.asks.targets[e]!]}`, short.through[e]!);
          }
        });
      }
      for (let length = 1; length <= 5; length++) {
        expect(counts.get(length) ?? 0).toBe(naive.lengths.filter((l) => l === length).length);
      }
      expect(through).toEqual(naive.through);
    };
    fc.assert(fc.property(bipartite, check), { numRuns: 2000 });
  });

  test('the first ones are told in order, each set of sources once', () => {
    const { sccs } = answer('a -> a1, a2: b1\nb -> b1, b2: a1, a2, c\nc: b2');
    expect(sccs[0]!.shortCycles.counts.slice(0, 2)).toEqual([0, 3]);
    expect(sccs[0]!.shortest.map(spoken)).toEqual([
      'src:a > b1 > src:b > a1 > src:a',
      'src:b > c > src:c > b2 > src:b',
    ]);
  });

  test('what the budget does not pay for is left out, and said', () => {
    const g = packageGraph(resolve(universe('a: b\nb: a, c\nc: a')).graph, 'full');
    const components = tarjan(g.edges, g.roots);
    const local = buildGraph(g, sccsOf(g, components)[0]!, components.component)!;
    expect(shortCycles(local, 3, 3, { steps: 1e6 })).toMatchObject({ upTo: 3, counts: [0, 1, 1] });
    expect(shortCycles(local, 3, 3, { steps: 8 })).toMatchObject({ upTo: 1, counts: [0], first: [] });
    expect(shortCycles(local, 3, 3, { steps: 0 })).toMatchObject({ upTo: 0, counts: [], first: [] });
  });

  test('where everything installs everything nothing is counted, and all else is told', () => {
    const n = 300;
    const rows = Array.from({ length: n }, (_, s) => [n + s]);
    const binaries = Array.from({ length: n }, (_, s) => [(s + 1) % n, n + ((s + 1) % n)]);
    const labels = Array.from({ length: 2 * n }, (_, v) => `v${v}`);
    const g = { labels, sources: n, edges: csrOf([...rows, ...binaries]), roots: Int32Array.from(rows.keys()) };
    const components = tarjan(g.edges, g.roots);
    const [scc] = sccsOf(g, components);
    expect(buildGraph(g, scc!, components.component, undefined, 1000)).toBeUndefined();
    expect(needThemselves(g, [scc!], components)).toHaveLength(n);
  });

  test('a component with long cycles only still shows one', () => {
    const { sccs } = answer('a: b\nb: c\nc: d\nd: e\ne: a', 3);
    expect(sccs[0]!.shortCycles.counts).toEqual([0, 0, 0]);
    expect(sccs[0]!.shortest.map(spoken)).toEqual([
      'src:a > b > src:b > c > src:c > d > src:d > e > src:e > a > src:a',
    ]);
  });
});

describe('self-cycles', () => {
  const types = (text: string) => answer(text).selfCycles.map((c) => `${c.source} ${c.type}: ${spoken(c.chain)}`);

  test('type 1: a build dependency names its own binary', () => {
    expect(types('ghc: ghc')).toEqual(['ghc 1: src:ghc > ghc > src:ghc']);
  });

  test('type 2: whatever is chosen, its own binary gets installed', () => {
    const text = 'a -> a, liba: x | y\nx:\ny:\nx => liba\ny => liba';
    expect(types(text)).toEqual(['a 2: src:a > x > liba > src:a']);
  });

  test('type 3: another choice does without', () => {
    // Of Build-Depends a build daemon takes the first alternative alone.
    expect(types('a -> a, liba: x | y\nx:\ny:\nx => liba')).toEqual(['a 2: src:a > x > liba > src:a']);
    expect(types('a -> a, liba: x\nx:\nx => liba | z\nz:')).toEqual(['a 3: src:a > x > liba > src:a']);
  });

  test('asking about one leaves nothing behind for the next', () => {
    const one = 'a -> a, liba: x\nx:\nx => liba';
    const both = `${one}\nb -> b, libb: x2\nx2:\ny2:\nx2 => libb | y2\nc: c`;
    expect(types(both).map((t) => t.slice(0, 3))).toEqual(['a 2', 'b 3', 'c 1']);
  });
});

describe('waiting', () => {
  test('waves are those of building played through by hand', () => {
    const line = fc.tuple(fc.uniqueArray(fc.nat(6), { maxLength: 3 }), fc.uniqueArray(fc.nat(6), { maxLength: 2 }));
    const random = fc.array(line, { minLength: 7, maxLength: 7 }).map((all) => {
      const names = (l: readonly number[]) => l.map((i) => `s${i}`).join(', ');
      return universe(all.map(([needs, run], i) => `s${i}: ${names(needs)}\ns${i} => ${names(run)}`).join('\n'));
    });
    const check = (u: Universe) => {
      const { graph } = resolve(u);
      const g = packageGraph(graph, 'full');
      const components = tarjan(g.edges, g.roots);
      const cyclic = new Set(sccsOf(g, components).flatMap((c) => c.members));
      const waves = wavesOf(
        g,
        components,
        (s) => cyclic.has(s),
        () => false,
      );
      expect([...waves]).toEqual(waveByWave(graph, false));
    };
    fc.assert(fc.property(random, check), { numRuns: 1000 });
  });

  test('who reaches whom, over more words of bits than one', () => {
    const edges = fc.array(fc.tuple(fc.nat(39), fc.nat(39)), { maxLength: 60 });
    const check = (list: readonly (readonly [number, number])[], wanted: readonly number[], counted: number) => {
      const rows = Array.from({ length: 40 }, (_, v) => list.filter(([a]) => a === v).map(([, b]) => b));
      const reach = (v: number) => {
        const seen = new Set([v]);
        for (const x of seen) for (const t of rows[x]!) seen.add(t);
        return seen;
      };
      const all = Array.from({ length: 40 }, (_, v) => v);
      const asked = wanted.filter((v) => v < counted);
      const expected = asked.map((v) => all.slice(0, counted).filter((s) => s !== v && reach(s).has(v)).length);
      expect([...reachedBy(csrOf(rows), asked, counted)]).toEqual(expected);
    };
    const asked = fc.uniqueArray(fc.nat(39), { maxLength: 40 });
    fc.assert(fc.property(edges, asked, fc.integer({ min: 1, max: 40 }), check), { numRuns: 1000 });
    const ring = csrOf(Array.from({ length: 700 }, (_, v) => (v < 699 ? [v + 1] : [])));
    expect([...reachedBy(ring, [699, 0, 350], 700)]).toEqual([699, 0, 350]);
  });

  test('at least over what leaves no choice, at most over any alternative', () => {
    const u = universe('a: b\nb: a\nw: a | z\nv: w\nz:\nx: p | q\npq -> p, q: a\nalternatives: any');
    const resolved = resolve(u);
    const at = (name: string) => u.sources.findIndex((s) => s.name === name);
    const found = blocks(resolved, everyAlternative(resolved.choices), [at('a'), at('z'), at('pq')]);
    // b, x and pq need a whatever is chosen (p and q are both built by pq); w and v only if w takes a.
    expect(found).toEqual([
      { min: 3, max: 5 },
      { min: 0, max: 2 },
      { min: 1, max: 1 },
    ]);
  });
});

describe('the whole answer', () => {
  test('names every member, what stages free, and what waits', () => {
    const found = answer('a: b\na stage1:\nb: a\nghc: ghc\nq:\nr: q\ns: a\nt: gone');
    expect(found.counts).toMatchObject({
      sources: 7,
      sccs: 2,
      inSccs: 3,
      largest: 2,
      beforeCycles: 2,
      behindCycles: 2,
    });
    expect(found.sccs).toMatchObject([
      { id: 'a+1', sources: ['a', 'b'], stages: [{ source: 'a', stages: [1] }], unbroken: [] },
      { id: 'ghc', sources: ['ghc'], stages: [], unbroken: ['ghc'] },
    ]);
    expect(found.fixpoint).toEqual([['q'], ['r']]);
    expect(found.behind).toEqual(['s', 't']);
    expect(found.unsatisfied).toMatchObject([{ source: 't', group: 'gone' }]);
  });

  test('without cycles', () => {
    expect(answer('a: b\nb:')).toMatchObject({ verdict: 'no-cycles', sccs: [], selfCycles: [], blocks: [] });
  });

  test('a given graph: no stages, no types, one number for who waits', () => {
    const given = parseGraph('{"nodes": ["a", "b", "c", "d"], "succ": [[1], [0], [0], [3]]}', 'x');
    if (!given.ok) throw new Error('unreadable');
    const found = cyclesOfGraph(given.value, { upTo: 4 });
    expect(found.sccs.map((s) => s.id)).toEqual(['a+1', 'd']);
    expect(found.sccs[0]!.shortest.map(spoken)).toEqual(['src:a > src:b > src:a']);
    expect(found.selfCycles).toEqual([{ source: 'd', chain: [{ from: 'src:d', to: 'src:d', how: 'build-depends' }] }]);
    expect(found.blocks).toEqual([
      { source: 'a', min: 2, max: 2 },
      { source: 'b', min: 2, max: 2 },
      { source: 'd', min: 0, max: 0 },
    ]);
  });
});
