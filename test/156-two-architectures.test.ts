/**
 * Builds on one architecture for another: who satisfies what across the two, decided by apt and dpkg, and in bulk by
 * dose.
 */

import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readUniverse } from '../src/metadata/universe/read.ts';
import type { Universe } from '../src/model.ts';
import { sourceName } from '../src/names.ts';
import { installRules } from '../src/solver/install/install-rules.ts';
import { checkBuilds } from '../src/solver/install/installability.ts';
import { doseVerdicts } from './rig/dose.ts';
import { bootplan, files, needs, scratch } from './rig/program.ts';

const stanza = (name: string, architecture: string, more = '') =>
  `Package: ${name}\nVersion: 1\nArchitecture: ${architecture}\n${more}`;
const tools = [stanza('build-essential', 'amd64'), stanza('crossbuild-essential-arm64', 'all')];
const on = (name: string, more = '') => ['amd64', 'arm64'].map((a) => stanza(name, a, more));
const sourceOf = (name: string, depends: string, more = '') =>
  `Package: ${name}\nVersion: 1\nBinary: ${name}\nArchitecture: any\n${depends === '' ? '' : `Build-Depends: ${depends}\n`}${more}`;

let count = 0;
const here = scratch();
function written(packages: readonly string[], sources: readonly string[]): string {
  return files(join(here, String(count++)), { Packages: packages.join('\n'), Sources: sources.join('\n') });
}

async function crossed(directory: string, world: 'archive' | 'sources' = 'archive'): Promise<Universe> {
  const read = await readUniverse({
    packages: [join(directory, 'Packages')],
    sources: [join(directory, 'Sources')],
    fromApt: false,
    controls: [],
    annotations: [],
    architecture: 'arm64',
    buildArchitecture: 'amd64',
    profiles: [],
    targets: 'all',
    archAll: 'available',
    noIndep: false,
    alternatives: 'any',
    world,
  });
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
  return read.value;
}

const verdicts = (universe: Universe) =>
  new Map(Array.from(checkBuilds(installRules(universe), 'full'), (v) => [v.source.name, v.installable]));

test('each qualifier and each Multi-Arch means what apt and dpkg-checkbuilddeps take it for', async () => {
  const packages = [
    ...tools,
    ...on('plain'),
    ...on('foreign', 'Multi-Arch: foreign\n'),
    ...on('allowed', 'Multi-Arch: allowed\n'),
    ...on('same', 'Multi-Arch: same\n'),
    stanza('all', 'all'),
    stanza('all-foreign', 'all', 'Multi-Arch: foreign\nProvides: virtual\n'),
    stanza('for-amd64', 'amd64'),
    stanza('skewed', 'amd64', 'Multi-Arch: same\n'),
    stanza('skewed', 'arm64', 'Multi-Arch: same\n').replace('Version: 1', 'Version: 2'),
    stanza('rude', 'amd64', 'Conflicts: plain\n'),
    // What is for all needs what is of the building machine's architecture.
    stanza('script', 'all', 'Multi-Arch: foreign\nDepends: for-amd64\n'),
    stanza('program', 'arm64', 'Depends: foreign, all-foreign, allowed:any\n'),
    stanza('helpless', 'arm64', 'Depends: all\n'),
  ];
  // Verdicts of `apt-get -s build-dep -a arm64 --arch-only`; where dpkg-checkbuilddeps refuses, its own.
  const expected: Readonly<Record<string, boolean>> = {
    '': true,
    plain: true,
    foreign: true,
    'foreign:native': false, // dpkg: a foreign one is not taken for :native
    'foreign:any': false,
    'allowed:any': true,
    'plain:any': false,
    'plain, plain:native': false,
    'same, same:native': true,
    'skewed, skewed:native': false,
    'plain:amd64': true,
    'plain:arm64': true,
    all: false,
    'all:native': true,
    'all:any': false,
    'all-foreign': true,
    virtual: true,
    'virtual:native': true,
    'for-amd64': false,
    'for-amd64:native': true,
    'plain, rude:native': false,
    'plain:native, rude:native': false,
    script: true,
    program: true,
    helpless: false,
    'absent [amd64], plain [arm64]': true,
    'absent <!cross>': true,
    'absent <cross>': false,
  };
  const sources = Object.keys(expected).map((depends, i) => sourceOf(`s${i}`, depends));
  const found = verdicts(await crossed(written(packages, sources)));
  const told = Object.keys(expected).map((depends, i) => [depends, found.get(sourceName(`s${i}`))]);
  expect(Object.fromEntries(told)).toEqual(expected);
});

/** Names with what they are; dose takes `:any` and `:native` of what apt and dpkg refuse, so nobody asks for that. */
const kinds = ['plain', 'foreign', 'allowed', 'same', 'all', 'allforeign'] as const;
const drawn = fc.record({
  binaries: fc.array(
    fc.record({
      kind: fc.constantFrom(...kinds),
      version: fc.constantFrom('1', '1', '1', '2'),
      depends: fc.array(fc.nat(11), { maxLength: 2 }),
      conflicts: fc.option(fc.nat(11), { nil: undefined, freq: 4 }),
      only: fc.option(fc.constantFrom('amd64', 'arm64'), { nil: undefined, freq: 6 }),
    }),
    { minLength: 12, maxLength: 12 },
  ),
  needs: fc.array(fc.tuple(fc.nat(11), fc.boolean()), { minLength: 1, maxLength: 4 }),
});

function problem(prefix: string, { binaries, needs: asked }: typeof drawn extends fc.Arbitrary<infer T> ? T : never) {
  const name = (i: number) => `${prefix}b${i}`;
  const kindOf = (i: number) => binaries[i]!.kind;
  const need = (i: number) => (kindOf(i) === 'allowed' ? `${name(i)}:any` : name(i));
  const packages = binaries.flatMap(({ kind, version, depends, conflicts, only }, i) => {
    const multi = { plain: '', foreign: 'foreign', allowed: 'allowed', same: 'same', all: '', allforeign: 'foreign' }[
      kind
    ];
    const more = [
      ...(multi === '' ? [] : [`Multi-Arch: ${multi}`]),
      ...(depends.length === 0 ? [] : [`Depends: ${depends.map(need).join(', ')}`]),
      ...(conflicts === undefined || conflicts === i ? [] : [`Conflicts: ${name(conflicts)}`]),
    ].join('\n');
    const architectures = kind.startsWith('all') ? ['all'] : only === undefined ? ['amd64', 'arm64'] : [only];
    return architectures.map((a, k) =>
      stanza(name(i), a, more === '' ? '' : `${more}\n`).replace('Version: 1', `Version: ${k === 0 ? '1' : version}`),
    );
  });
  const depends = asked.map(([i, native]) =>
    native && kindOf(i) !== 'foreign' && kindOf(i) !== 'allforeign' ? `${name(i)}:native` : need(i),
  );
  return { packages, source: sourceOf(`${prefix}src`, depends.join(', ')) };
}

test.runIf(needs('dose-builddebcheck'))('600 drawn problems: the verdicts of dose-builddebcheck', async () => {
  const problems = Array.from({ length: 600 }, (_, i) =>
    problem(`p${i}-`, fc.sample(drawn, { numRuns: 1, seed: 1560 + i })[0]!),
  );
  const packages = [...tools, ...problems.flatMap((p) => p.packages)];
  const sources = problems.map((p) => p.source);
  const directory = written(packages, sources);
  const ours = verdicts(await crossed(directory));
  const dose = doseVerdicts(directory, packages.join('\n'), sources.join('\n'), ['--deb-host-arch=arm64']);
  const theirs = [...dose].map(([name, installable]) => [name.split(' ')[0]!, installable] as const);
  expect(theirs).toHaveLength(600);
  expect(theirs.filter(([name, installable]) => ours.get(sourceName(name)) !== installable)).toEqual([]);
  const no = theirs.filter(([, installable]) => !installable).length;
  expect(Math.min(no, 600 - no)).toBeGreaterThan(60);
});

test('a plan builds what is for the host, with what is for the building machine there from the start', () => {
  const packages = [
    ...tools,
    ...on('compiler', 'Multi-Arch: foreign\n'),
    ...on('libc', 'Source: c\nMulti-Arch: same\n'),
    ...on('libx', 'Source: x\nDepends: libc\nMulti-Arch: same\n'),
    // Excludes what else is of that kind, and no copy of itself.
    ...on('libcrypt', 'Source: crypt\nMulti-Arch: same\nProvides: crypt\nConflicts: crypt\n'),
  ];
  // For the building machine's own sake nothing is built: only with itself, and through x, does c need anything here.
  const directory = written(packages, [
    sourceOf('c', 'compiler, libx <!stage1>').replace('Binary: c', 'Binary: libc'),
    sourceOf('x', 'compiler, libc, libc:native, libcrypt, libcrypt:native').replace('Binary: x', 'Binary: libx'),
    sourceOf('crypt', 'compiler').replace('Binary: crypt', 'Binary: libcrypt'),
    sourceOf('compiler', 'compiler, libc'),
  ]);
  const input = ['--packages', 'Packages', '--sources', 'Sources', '--build-arch', 'amd64'];
  const plan = bootplan(['plan', ...input, '--arch', 'arm64', '--json'], { cwd: directory });
  const { builds, stuck, seed } = JSON.parse(plan.stdout);
  expect([plan.code, stuck]).toEqual([0, []]);
  expect(builds.slice(0, 5).map((b: { id: string }) => b.id)).toEqual(['c<stage1>', 'compiler', 'crypt', 'x', 'c']);
  expect(JSON.stringify(seed)).toContain('crossbuild-essential-arm64');
  expect(bootplan(['cycles', ...input, '--arch', 'arm64'], { cwd: directory }).stdout).toContain('c+1');
  expect(bootplan(['plan', ...input], { cwd: directory }).code).toBe(64);
  const none = bootplan(['check', ...input.slice(0, 5), 'riscv64', '--arch', 'arm64'], { cwd: directory });
  expect([none.code, none.stderr]).toEqual([65, expect.stringContaining('no binary is for riscv64, which builds')]);
});

test('lines for debian/control are told as people write them, and judged by the names that packages have', () => {
  const packages = [
    ...tools,
    ...on('liba', 'Source: a\n'),
    ...on('check', 'Depends: liba\n'),
    ...on('doxygen', 'Depends: liba\n'),
  ];
  const directory = written(packages, [
    sourceOf('a', 'check <!nocheck>, doxygen (>= 1), liba:native').replace('Binary: a', 'Binary: liba'),
    sourceOf('check', 'liba'),
    sourceOf('doxygen', 'liba'),
  ]);
  const input = ['--packages', 'Packages', '--sources', 'Sources', '--build-arch', 'amd64', '--arch', 'arm64'];
  const explained = JSON.parse(bootplan(['explain', 'a', ...input, '--json'], { cwd: directory }).stdout);
  expect(explained.first.lines).toMatchObject([
    { group: 'check', conditional: 'check <!nocheck>', kind: 'tests', declaredBy: ['nocheck'] },
    { group: 'doxygen (>= 1)', conditional: 'doxygen (>= 1) <!nodoc>', kind: 'documentation', declaredBy: [] },
  ]);
  expect(explained.profiles).toEqual([{ profile: 'nocheck', stage: 0, leavesOut: ['check'] }]);
  expect(explained.wish).toMatchObject({ field: 'Build-Depends-Bootstrap1: liba:native', purpose: 'tests' });
  expect(explained.wish.drops.map((d: { line: string; binary: string }) => [d.line, d.binary])).toEqual([
    ['check <!nocheck>', 'check'],
    ['doxygen (>= 1)', 'doxygen'],
  ]);
});
