/**
 * Archives in which names, seeds, stages and profiles meet in odd ways: each plan is right, and passes the simulator.
 */
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { InputRequest } from '../src/metadata/universe/read.ts';
import type { Plan } from '../src/model.ts';
import { closeClingo } from '../src/solver/clingo.ts';
import { chainChecker } from '../src/solver/explain/verify-chain.ts';
import { cutToTargets } from '../src/solver/graph/closure.ts';
import { resolve } from '../src/solver/graph/resolve.ts';
import { makePlan } from '../src/stages/make-plan.ts';
import { planProblems } from '../src/stages/verify-plan.ts';
import { readIndices } from './rig/indices.ts';
import { bootplan, files, scratch } from './rig/program.ts';

afterAll(closeClingo);
const directory = scratch();

interface Asked extends Partial<InputRequest> {
  /** Names in the seed; none when left out. */
  readonly given?: readonly string[];
  readonly wishes?: true;
}

/** Stanzas however they are indented, with what is left out. */
function filled(text: string, defaults: Readonly<Record<string, string>>): string {
  const stanzas = text.split(/\n\s*\n/).map((stanza) => {
    const lines = stanza.split('\n').map((line) => line.trim().replace(/^(?![A-Z][\w-]*:)/, ' '));
    const missing = Object.entries(defaults).filter(([name]) => !lines.some((l) => l.startsWith(`${name}: `)));
    return [...lines, ...missing.map(([name, value]) => `${name}: ${value}`)].join('\n');
  });
  return `${stanzas.join('\n\n')}\n`;
}

const ofBinaries = { Version: '1', Architecture: 'amd64' };
const ofSources = { Version: '1', Architecture: 'any' };

/** The plan of an archive that leaves these out. */
async function planOf(packages: string, sources: string, { given, wishes, ...asked }: Asked = {}): Promise<Plan> {
  const binaries = filled(packages, ofBinaries);
  const text = filled(sources, ofSources);
  const seed = given ? join(directory, 'seed') : 'none';
  files(directory, { seed: (given ?? []).join('\n') });
  const read = await readIndices(directory, binaries, text, { alternatives: 'first', seed, ...asked });
  if (!read.ok) throw new Error(read.diagnostics.map((d) => d.message).join('\n'));
  const named = Array.isArray(asked.targets);
  const universe = named ? cutToTargets(read.value, { base: false, archAll: 'available' }) : read.value;
  const resolved = resolve(universe);
  const { plan } = await makePlan(resolved, { wishes: wishes ? 'last-resort' : 'none' });
  expect(planProblems(resolved, plan)).toEqual([]);
  const check = chainChecker(universe);
  for (const { reason } of plan.stuck) if (reason.kind !== 'missing') expect(check(reason.chain)).toEqual([]);
  return plan;
}

const builds = ({ builds }: Plan): string[] => builds.map((b) => `${b.id}@${b.archive}: ${b.produces.join(' ')}`);

test('what the seed needs at run time is there from the start, and is built again with its source', async () => {
  const plan = await planOf(
    `Package: dpkg
     Depends: libc6

     Package: libc6
     Source: glibc

     Package: hello`,
    `Package: glibc
     Binary: libc6

     Package: hello
     Binary: hello
     Build-Depends: libc6`,
    { given: ['dpkg'] },
  );
  expect(builds(plan)).toEqual(['glibc@final: libc6', 'hello@final: hello']);
  expect(plan.builds[1]!.installs).toEqual(['libc6']);
  expect(plan.builds[1]!.needs).toEqual([0]);
});

test('a wish would stand for what the active profiles leave out too, but nothing replaces that, so it is none', async () => {
  const plan = await planOf(
    `Package: gtest

     Package: gtest-check
     Source: gtest

     Package: zlib`,
    `Package: gtest
     Binary: gtest, gtest-check
     Package-List:
      gtest deb misc optional arch=any
      gtest-check deb misc optional arch=any profile=!nocheck

     Package: zlib
     Binary: zlib
     Build-Depends: gtest-check`,
    { wishes: true, profiles: ['nocheck'] },
  );
  expect(plan.wishes).toEqual([]);
  expect(plan.stuck.map((s) => s.source)).toEqual(['zlib']);
});

test('the copy in the seed of a source that cannot be built is there for good and taints nothing', async () => {
  const plan = await planOf(
    `Package: base

     Package: extra
     Source: base

     Package: tool

     Package: user`,
    `Package: base
     Binary: base, extra
     Build-Depends: nowhere

     Package: tool
     Binary: tool
     Build-Depends: base

     Package: user
     Binary: user
     Build-Depends: extra`,
    { wishes: true, given: ['base'] },
  );
  expect(plan.wishes).toEqual(['base']);
  expect(plan.builds.map((b) => `${b.id}@${b.archive}`)).toEqual(['tool@final', 'user@final']);
  expect(plan.stuck.map((s) => s.source)).toEqual(['base']);
});

test('of two versions of a binary, one there from the start, each is what it is', async () => {
  const plan = await planOf(
    `Package: lib
     Version: 2

     Package: lib
     Version: 1

     Package: dpkg
     Depends: lib (<< 2)

     Package: old

     Package: new`,
    `Package: lib
     Version: 2
     Binary: lib
     Build-Depends: old

     Package: old
     Binary: old
     Build-Depends: lib (<< 2)

     Package: new
     Binary: new
     Build-Depends: lib (>= 2)`,
    { given: ['dpkg'] },
  );
  expect(plan.builds.map((b) => `${b.id}: ${b.installs.join(' ')}`)).toEqual([
    'old: lib:amd64 (= 1)',
    'lib: old',
    'new: lib',
  ]);
});

test('what needs a binary that a stage alone yields is never clean, so nothing is built for it', async () => {
  const plan = await planOf(
    `Package: compiler

     Package: bootstrap
     Source: compiler

     Package: kernel`,
    `Package: compiler
     Binary: compiler, bootstrap
     Build-Depends-Bootstrap1: compiler
     Package-List:
      compiler deb misc optional arch=any
      bootstrap deb misc optional arch=any profile=stage1

     Package: kernel
     Binary: kernel
     Build-Depends: bootstrap`,
  );
  expect(builds(plan)).toEqual(['compiler@final: compiler']);
  expect(plan.stuck.map((s) => s.source)).toEqual(['kernel']);
});

test('why a source is never clean is told over what is there from the start as well', () => {
  const packages = filled(
    `Package: helper
     Architecture: all
     Depends: engine

     Package: engine

     Package: other

     Package: tool`,
    ofBinaries,
  );
  const sources = filled(
    `Package: engine
     Binary: engine, helper
     Architecture: any all
     Build-Depends: nowhere
     Build-Depends-Bootstrap1: other

     Package: other
     Binary: other

     Package: tool
     Binary: tool
     Build-Depends: helper`,
    ofSources,
  );
  const at = files(join(directory, 'whole'), { Packages: packages, Sources: sources });
  const indices = ['--packages', 'Packages', '--sources', 'Sources', '--seed', 'none'];
  const { stdout } = bootplan(['plan', '--json', ...indices], { cwd: at });
  const { reason } = (JSON.parse(stdout) as Plan).stuck.find((s) => s.source === 'tool')!;
  expect(reason).toEqual({
    kind: 'behind',
    chain: [
      { from: 'src:tool', to: 'helper', how: 'build-depends' },
      { from: 'helper', to: 'engine', how: 'depends' },
      { from: 'engine', to: 'src:engine', how: 'built-by' },
    ],
  });
});

const loop = [
  `Package: dpkg
   Depends: libc6

   Package: libc6
   Source: glibc

   Package: shell

   Package: other

   Package: tool`,
  `Package: glibc
   Binary: libc6

   Package: tool
   Binary: tool
   Build-Depends: libc6 | other

   Package: shell
   Binary: shell
   Build-Depends: other | libc6

   Package: other
   Binary: other
   Build-Depends: other`,
] as const;

test('cutting an archive down to its targets changes no choice: what came with the seed can be had', async () => {
  const plan = await planOf(...loop, { given: ['dpkg'], targets: ['tool'] });
  expect(plan.builds.map((b) => `${b.id}: ${b.installs.join(' ')}`)).toEqual(['tool: libc6']);
});

test('with any alternative, what came with the seed is the earliest of all', async () => {
  const plan = await planOf(...loop, { given: ['dpkg'], targets: ['shell'], alternatives: 'any' });
  expect(plan.builds.map((b) => `${b.id}: ${b.installs.join(' ')}`)).toEqual(['shell: libc6']);
});
