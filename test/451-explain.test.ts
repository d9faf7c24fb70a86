/** Explanations: the chain is true edge by edge, the proposals work, and what is said to be freed is freed. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Universe } from '../src/model.ts';
import { binaryName } from '../src/names.ts';
import { bugText, explainText } from '../src/reports/plan/explain.ts';
import { wishLines } from '../src/reports/plan/wishes.ts';
import { solve } from '../src/solver/break/solution/solve.ts';
import { explain, groundOf } from '../src/solver/explain/explain.ts';
import { chainChecker } from '../src/solver/explain/verify-chain.ts';
import { reduceSource, withoutSource } from '../src/solver/explain/whatif.ts';
import { withWholeChains } from '../src/solver/explain/whole-chains.ts';
import { byWorth, freedBy, wishesOfSet, wishFor } from '../src/solver/explain/wishes.ts';
import { Buildable } from '../src/solver/graph/buildable.ts';
import { type Resolved, resolve } from '../src/solver/graph/resolve.ts';
import { firstLines, noFirstLines } from '../src/solver/propose/first-lines.ts';
import { universe } from './rig/universe.ts';
import { waveByWave } from './rig/wave-by-wave.ts';

const at = (u: Universe, name: string) => u.sources.findIndex((s) => s.name === name);
const explained = (u: Universe, name: string) => explain(groundOf(resolve(u)), at(u, name));

/** One wish for each source, each for itself. */
const wishesAlone = (resolved: Resolved, buildable: Buildable, sources: readonly number[]) =>
  sources.map((s) => ({ ...wishFor(resolved, buildable, s), alone: freedBy(buildable, s), together: null }));

const toy = `
  seed: gcc
  graphviz -> graphviz: libpango1.0-dev, gcc
  pango1.0 -> libpango1.0-dev: libglib2.0-dev
  glib2.0 -> libglib2.0-dev: gtk-doc-tools, gcc
  gtk-doc-tools: gcc
  gtk-doc-tools => graphviz
  leaf: libpango1.0-dev
  alone: gcc
`;

test('the chain of a cycle goes from the source back to it, who needs what because of whom', () => {
  const e = explained(universe(toy), 'graphviz');
  expect(e.place).toBe('cycle');
  expect(e.stuck).toBe(true);
  expect(e.scc).toEqual({ id: 'glib2.0+2', size: 3 });
  expect(e.chain.map((s) => `${s.from} ${s.how} ${s.to}`)).toEqual([
    'src:graphviz build-depends libpango1.0-dev',
    'libpango1.0-dev built-by src:pango1.0',
    'src:pango1.0 build-depends libglib2.0-dev',
    'libglib2.0-dev built-by src:glib2.0',
    'src:glib2.0 build-depends gtk-doc-tools',
    'gtk-doc-tools depends graphviz',
    'graphviz built-by src:graphviz',
  ]);
});

test('who could break it, how plausible that is, and what it would free', () => {
  const e = explained(universe(toy), 'glib2.0');
  expect(e.breakers.map((b) => [b.source, b.conditional, b.purpose, b.leaving])).toEqual([
    ['glib2.0', 'gtk-doc-tools <!nodoc>', 'documentation', 3],
    ['graphviz', 'libpango1.0-dev <!pkg.graphviz.stage1>', 'other', 3],
    ['pango1.0', 'libglib2.0-dev <!pkg.pango1.0.stage1>', 'other', 3],
  ]);
  expect(e.wish).toMatchObject({
    stage: 1,
    declared: false,
    field: 'Build-Depends-Bootstrap1: gcc',
    purpose: 'documentation',
    alone: 4,
  });
});

test('of those who could break it the most plausible is told first, wherever the cycle begins', () => {
  for (const name of ['graphviz', 'pango1.0', 'glib2.0']) {
    const e = explained(universe(toy), name);
    const text = explainText({ ...e, first: noFirstLines, places: [], used: [] });
    expect([name, /^ {2}1\. (\S+ {2}\S+)/m.exec(text)?.[1]]).toEqual([name, 'src:glib2.0  gtk-doc-tools']);
  }
});

test('a source that waits, one that misses something, and one that is free are told apart', () => {
  const u = universe(`${toy}  wants: nowhere\n  after: wants`);
  expect(explained(u, 'leaf')).toMatchObject({ place: 'behind', stuck: true, scc: null });
  expect(explained(u, 'leaf').chain.at(-1)).toEqual({ from: 'libpango1.0-dev', to: 'src:pango1.0', how: 'built-by' });
  expect(explained(u, 'alone')).toMatchObject({ place: 'free', stuck: false, chain: [] });
  expect(explained(u, 'wants')).toMatchObject({ place: 'missing', missing: [{ group: 'nowhere' }] });
  expect(explained(u, 'after').chain.at(-1)).toMatchObject({ to: 'src:wants' });
});

test('the checker refuses a chain with a step that the metadata does not hold, or with a gap', () => {
  const u = universe(toy);
  const check = chainChecker(u);
  const { chain } = explained(u, 'graphviz');
  expect(check(chain)).toEqual([]);
  expect(check([...chain.slice(0, 2), ...chain.slice(3)])).toHaveLength(1);
  expect(check([{ from: 'src:graphviz', to: 'libglib2.0-dev', how: 'build-depends' }])).toHaveLength(1);
  expect(check([{ from: 'libglib2.0-dev', to: 'src:pango1.0', how: 'built-by' }])).toHaveLength(1);
});

test('a versioned need is confirmed by the version that has it, a virtual one by its provider', () => {
  const u = universe('a: v (>= 2)\nb 3.0: a\nb provides: v (= 2)\n');
  const { chain } = explained(u, 'a');
  expect(chainChecker(u)(chain)).toEqual([]);
  expect(chainChecker(universe('a: v (>= 3)\nb 3.0: a\nb provides: v (= 2)\n'))(chain.slice(0, 1))).toHaveLength(1);
});

/** Random archives of the size a person can still draw: names a..h, stages, run-time needs, a seed. */
const archives = fc
  .record({
    builds: fc.array(fc.tuple(fc.nat(7), fc.nat(2), fc.array(fc.nat(7), { maxLength: 3 })), {
      minLength: 1,
      maxLength: 14,
    }),
    runtime: fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 5 }),
    given: fc.array(fc.nat(7), { maxLength: 2 }),
  })
  .map(({ builds, runtime, given }) => {
    const name = (i: number) => 'abcdefgh'[i]!;
    const lines = new Map<string, string>();
    for (let i = 0; i < 8; i++) lines.set(name(i), `${name(i)}:`);
    for (const [s, stage, needs] of builds) {
      const key = stage === 0 ? name(s) : `${name(s)} stage${stage}`;
      lines.set(key, `${key}: ${needs.map(name).join(', ')}`);
    }
    for (const [a, b] of runtime) if (a !== b) lines.set(`${a}=>`, `${name(a)} => ${name(b)}`);
    for (const g of given) lines.set(`${g} is`, `${name(g)} is all, available`);
    return universe([...lines.values()].join('\n'));
  });

test('what is stuck is what nobody comes to by hand with everything declared', () => {
  fc.assert(
    fc.property(archives, (u) => {
      const { graph } = resolve(u);
      const wave = waveByWave(graph, true);
      const buildable = Buildable.of(graph);
      expect(u.sources.map((_, s) => buildable.reaches(s))).toEqual(wave.map((w) => w >= 0));
      expect(buildable.count).toBe(wave.filter((w) => w >= 0).length);
    }),
    { numRuns: 500 },
  );
});

test('every chain is confirmed edge by edge by the checker, and ends where it should', () => {
  fc.assert(
    fc.property(archives, (u) => {
      const ground = groundOf(resolve(u));
      const check = chainChecker(u);
      for (const s of u.sources.keys()) {
        const e = explain(ground, s);
        expect(check(e.chain)).toEqual([]);
        if (e.place === 'cycle') {
          expect(e.chain[0]!.from).toBe(`src:${e.source}`);
          expect(e.chain.at(-1)!.to).toBe(`src:${e.source}`);
          expect(e.breakers.length).toBeGreaterThan(0);
        }
        if (e.place === 'behind') expect(e.chain.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 500 },
  );
});

test('the chains of stuck sources are confirmed too, once they are told in full', async () => {
  const full = universe(`
    man-db: libpipeline
    libpipeline: debhelper
    a: debhelper
    debhelper is all, available
    debhelper => dh-autoreconf
    dh-autoreconf is all, available
    dh-autoreconf => man-db
  `);
  const some = [full, ...fc.sample(archives, { numRuns: 60, seed: 1 })];
  let longer = 0;
  for (const u of some) {
    const resolved = resolve(u);
    const solution = await solve(resolved.graph, { wishes: 'none' });
    const told = withWholeChains(resolved, solution);
    const check = chainChecker(u);
    for (const [i, { reason }] of told.stuck.entries()) {
      if (reason.kind === 'missing') continue;
      expect(check(reason.chain)).toEqual([]);
      const before = solution.stuck[i]!.reason;
      if (before.kind !== 'missing' && before.chain.length < reason.chain.length) longer++;
    }
  }
  expect(longer).toBeGreaterThan(0);
});

/** Declares wishes exactly as told: the named groups go from the named stage. */
function declare(u: Universe, wishes: ReturnType<typeof wishesOfSet>): Universe {
  const told = new Map(wishes.map((w) => [w.source, w]));
  const sources = u.sources.map((s) => {
    const w = told.get(s.name);
    if (w === undefined) return s;
    const base = s.variants.find((v) => v.stage === w.stage) ?? s.variants[0]!;
    const dropped = new Set(w.drops.map((d) => d.binary));
    const reduced = {
      ...base,
      stage: w.stage,
      buildDepends: base.buildDepends.filter((g) => !dropped.has(binaryName(g[0]!.name))),
      produces: s.variants[0]!.produces,
    };
    return { ...s, variants: s.variants.filter((v) => v.stage !== w.stage).concat(reduced) };
  });
  return { ...u, sources };
}

test('declaring one wish frees as many as it says; declaring a whole set as told frees all of it', () => {
  fc.assert(
    fc.property(archives, (u) => {
      const resolved = resolve(u);
      const buildable = Buildable.of(resolved.graph);
      const stuck = [...u.sources.keys()].filter((s) => !buildable.reaches(s));
      for (const wish of wishesAlone(resolved, buildable, stuck)) {
        const after = Buildable.of(resolve(declare(u, [wish])).graph);
        expect(after.count - buildable.count).toBe(wish.alone);
      }
      const all = wishesOfSet(resolved, buildable, stuck);
      const after = Buildable.of(resolve(declare(u, all)).graph);
      expect([...u.sources.keys()].filter((s) => !after.reaches(s))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('a wish that is worth more comes first, and of equals the more plausible one', () => {
  const u = universe('a: b\nb: a\nc: a\nd: doxygen\ndoxygen: d');
  const resolved = resolve(u);
  const ranked = wishesAlone(resolved, Buildable.of(resolved.graph), [...u.sources.keys()]).sort(byWorth);
  expect(ranked.map((w) => `${w.source} ${w.alone} ${w.purpose}`)).toEqual([
    'a 3 other',
    'b 3 other',
    'd 2 documentation',
    'doxygen 2 other',
    'c 0 other',
  ]);
});

/** Stage and build dependencies of each variant. */
const variantsOf = (u: Universe | undefined, name: string) =>
  u?.sources
    .find((s) => s.name === name)
    ?.variants.map((v) => [
      v.stage,
      v.buildDepends
        .flat()
        .map((r) => r.name)
        .join(),
    ]);

test('dropping a dependency is what the line in debian/control would do; an unknown one changes nothing', () => {
  const u = universe('a: b, c\na stage1: b\nb: a\nc:\n');
  const without = (name: string, dependency: string, stage: number) =>
    reduceSource(u, {
      source: at(u, name),
      stage,
      drops: (g) => g.some((r) => r.name === dependency),
      omits: new Set(),
    });
  expect(variantsOf(without('a', 'b', 1), 'a')).toEqual([
    [0, 'b,c'],
    [1, ''],
  ]);
  expect(variantsOf(without('b', 'a', 1), 'b')).toEqual([
    [0, 'a'],
    [1, ''],
  ]);
  expect(without('b', 'c', 1)).toBeUndefined();
  // A further stage is what is left of the last one; from the full build it goes in every variant.
  expect(variantsOf(without('a', 'b', 2), 'a')).toEqual([
    [0, 'b,c'],
    [1, 'b'],
    [2, ''],
  ]);
  expect(variantsOf(without('a', 'b', 0), 'a')).toEqual([
    [0, 'c'],
    [1, ''],
  ]);
});

test('without a source, its binaries are gone, and all indices still mean the same names', () => {
  const u = universe('a -> a, liba: b\nb: c\nc: b\nc => liba\ntargets: a, c');
  const less = withoutSource(u, at(u, 'b'));
  expect(less.sources.map((s) => s.name)).toEqual(['a', 'c']);
  expect(less.binaries.map((b) => [b.name, less.sources[b.source!]!.name])).toEqual([
    ['a', 'a'],
    ['c', 'c'],
    ['liba', 'a'],
  ]);
  expect(less.targets.map((t) => less.sources[t]!.name)).toEqual(['a', 'c']);
  expect(less.sources.map((s) => s.variants[0]!.produces.map((b) => less.binaries[b]!.name))).toEqual([
    ['a', 'liba'],
    ['c'],
  ]);
});

const unseeded = `
  dash: dash
  dash is essential
  a: b, dash
  b: a, dash
`;

test('no line drops what every build needs unsaid, and no field names it', () => {
  const dash = explained(universe(unseeded), 'dash');
  expect(dash.breakers.map((b) => [b.source, b.binary, b.conditional])).toEqual([['dash', 'dash', undefined]]);
  const { wish } = explained(universe(unseeded), 'a');
  expect(wish!.drops.map((d) => [d.binary, d.conditional])).toEqual([
    ['b', 'b <!pkg.a.stage1>'],
    ['dash', undefined],
  ]);
  expect(wishLines(wish!).join('\n')).toMatch(/every build needs dash/);
  const text = explainText({ ...dash, first: noFirstLines, places: [], used: [] });
  expect(text).toContain('1. src:dash cannot: every build needs dash; a seed can have it');
  expect(text).not.toContain('stage1>');
  expect(bugText({ ...dash, first: noFirstLines, places: [], used: [] })).toContain('nothing to ask of the maintainer');
  // What somebody wrote down in one source alone is a dependency like any other.
  const written = explained(universe(unseeded.replace('b: a, dash', 'b: a')), 'dash');
  expect(written.breakers.map((b) => b.conditional)).toEqual(['dash <!pkg.dash.stage1>']);
});

test('without a source, what the seed needs of it stays: it is there before the first build', async () => {
  const u = universe(`
    seed: gcc
    gcc => libc
    glibc -> libc, locales: hello
    hello: libc | other
    other: other
    user: locales
  `);
  const { graph } = resolve(withoutSource(u, at(u, 'glibc')));
  const { stuck } = await solve(graph, { wishes: 'none' });
  expect(stuck.map((s) => s.source)).toEqual(['other', 'user']);
});

test('a binary that no build yields is what is missing, not its source what is waited for', async () => {
  const u = universe(`
    alpha -> alpha: beta-tests
    beta -> beta:
    beta stage1 -> beta-tests: gone
    delta -> delta: alpha
    gamma -> gamma: beta-extra
    beta-extra => beta
  `);
  const beta = at(u, 'beta');
  const owned = u.binaries.map((b) => (b.name.startsWith('beta') ? { ...b, source: beta } : b));
  const ground = groundOf(resolve({ ...u, binaries: owned }));
  const { stuck } = await solve(ground.resolved.graph, { wishes: 'none' });
  expect(stuck.map(({ source, reason }) => [source, reason.kind === 'missing' ? reason.why : reason.kind])).toEqual([
    ['alpha', 'only a stage yields it, and that cannot be built'],
    ['delta', 'behind'],
    ['gamma', 'no build of src:beta yields it with the active profiles'],
  ]);
  expect(explain(ground, at(u, 'delta')).chain.map((s) => s.to)).toEqual(['alpha', 'src:alpha']);
  const gamma = explain(ground, at(u, 'gamma'));
  expect([gamma.place, gamma.missing]).toEqual([
    'missing',
    [{ group: 'beta-extra', why: 'no build of src:beta yields it with the active profiles' }],
  ]);
});

test('the lines that people can follow come first, those on most short cycles through the source, and never the build system', () => {
  const u = universe(`
    seed: gcc
    gettext -> gettext: default-jdk, debhelper
    jdk -> default-jdk: gettext, lib
    debhelper: gettext
    lib -> lib: gettext, doxygen
    doxygen: lib, debhelper
    alone: gcc
  `);
  const ground = groundOf(resolve(u));
  const { lines, cycles, gone } = firstLines(ground, at(u, 'gettext'));
  expect(lines[0]).toMatchObject({ source: 'gettext', binary: 'default-jdk', kind: 'bindings', profile: 'nojava' });
  expect(lines.map((l) => l.binary)).not.toContain('debhelper');
  expect(lines.every((l) => l.cycles <= cycles) && gone <= cycles).toBe(true);
  expect(lines[0]!.cycles).toBeGreaterThan(0);
  const e = {
    ...explain(ground, at(u, 'gettext')),
    first: { ...firstLines(ground, at(u, 'gettext')), undroppable: ['debhelper'] },
    places: [],
    used: [],
  };
  expect(explainText(e)).toContain('1. src:gettext  default-jdk <!nojava>');
  expect(bugText(e)).toMatch(/^Subject: gettext: please allow building without default-jdk /);
  expect(explainText(e)).toContain('     Java bindings; ');
  expect(bugText(e)).toContain(' Java bindings. ');
  expect(bugText(e)).toContain('  - default-jdk,\n  + default-jdk <!nojava>,\n');
  expect(bugText(e)).not.toContain('debhelper <!');
  expect(firstLines(ground, at(u, 'alone'))).toMatchObject({ upTo: 0, lines: [] });
});

test('where only the build system is in the way, a cross build is named and no line', () => {
  const u = universe('seed: gcc\n debhelper: gettext\n gettext: debhelper');
  const ground = groundOf(resolve(u));
  const e = {
    ...explain(ground, at(u, 'debhelper')),
    first: { ...firstLines(ground, at(u, 'debhelper')), undroppable: ['debhelper', 'gettext'] },
    places: [],
    used: [],
  };
  expect(e.first).toMatchObject({ cycles: 1, gone: 0, lines: [] });
  expect(explainText(e)).toContain('cross-build it');
  expect(explainText(e)).not.toContain('stage1>');
  expect(bugText(e)).toContain('cross-build it');
});
