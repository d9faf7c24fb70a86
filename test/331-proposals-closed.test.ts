/**
 * From indices to a proposal and back: its annotations make a plan that needs nothing else, its patches shrink the next
 * proposal.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { answersFor } from '../src/application/analyse.ts';
import { boldness, type Closed, proposeAndPlan } from '../src/application/proposals/propose.ts';
import { controlOf, patchOf } from '../src/application/questions/control-patches.ts';
import { loadUniverse } from '../src/application/universe/load-universe.ts';
import { conditionText } from '../src/metadata/annotations/conditioned.ts';
import { inMemory } from '../src/metadata/control/long-text.ts';
import { readSources } from '../src/metadata/control/sources.ts';
import { withoutPromises } from '../src/metadata/declared-stages/declared-profiles.ts';
import type { InputRequest } from '../src/metadata/universe/read.ts';
import { misfits } from '../src/metadata/yaml/schema.ts';
import type { ChainStep, Universe } from '../src/model.ts';
import { planText } from '../src/reports/plan/plan-text.ts';
import { undeclaredWishes } from '../src/reports/plan/undeclared-wishes.ts';
import { proposalAnnotations } from '../src/reports/proposals/proposal-annotations.ts';
import { proposalBug } from '../src/reports/proposals/proposal-bug.ts';
import { proposalText } from '../src/reports/proposals/proposal-text.ts';
import { noKnowledge } from '../src/solver/propose/edit-lines.ts';
import type { Proposal } from '../src/solver/propose/proposal.ts';
import { formatPlan, planOf } from '../src/stages/plan-format.ts';
import { bootplan, files, needs, scratch } from './rig/program.ts';

const here = scratch();
const binary = (name: string, source: string, more = '') =>
  `Package: ${name}\nSource: ${source}\nVersion: 1\nArchitecture: amd64\n${more}`;
const source = (name: string, binaries: string, depends: string, more = '') =>
  `Package: ${name}\nBinary: ${binaries}\nVersion: 1\nArchitecture: any\nMaintainer: A. Person <a@example.org>\nBuild-Depends: ${depends}\n${more}`;

const packages = [
  binary('build-essential', 'build-essential'),
  binary('liba', 'anna'),
  binary('python3-a', 'anna', 'Depends: python3\n'),
  binary('doxygen', 'doxygen', 'Depends: liba\n'),
  binary('python3', 'python3', 'Depends: liba\n'),
  binary('python3-numpy', 'numpy', 'Depends: python3\n'),
  binary('xz', 'xz'),
  binary('xz32', 'xz'),
  binary('gcc-multilib', 'gcc', 'Depends: liba\n'),
  binary('compiler', 'compiler'),
];
/**
 * `anna` has a binding, whose language needs it; `xz` leaves out a binary under a profile that its Build-Depends does
 * not name.
 */
const sources = (a: string) => [
  source('build-essential', 'build-essential', 'compiler'),
  source('anna', 'liba, python3-a', a),
  source('doxygen', 'doxygen', 'liba'),
  source('python3', 'python3', 'liba'),
  source('numpy', 'python3-numpy', 'python3'),
  source(
    'xz',
    'xz, xz32',
    'gcc-multilib, liba <!nocheck>',
    'Package-List:\n xz deb misc optional arch=any\n xz32 deb misc optional arch=any profile=!nobiarch\n',
  ),
  source('gcc', 'gcc-multilib', 'xz, xz32, liba'),
  source('compiler', 'compiler', 'compiler, liba'),
];
const whole = 'doxygen, python3-numpy, xz, compiler';

const request = (dir: string, annotations: readonly string[] = []): InputRequest => ({
  packages: [join(here, 'Packages')],
  sources: [join(here, dir, 'Sources')],
  fromApt: false,
  controls: [],
  annotations,
  architecture: undefined,
  profiles: [],
  targets: 'all',
  seed: 'none',
  archAll: 'available',
  noIndep: false,
  alternatives: 'first',
});

async function closed(dir: string): Promise<Closed> {
  const { universe } = await loadUniverse({ ...request(dir), declaredProfiles: true });
  return proposeAndPlan(universe, { classes: boldness[3]!, knowledge: noKnowledge, frontier: false });
}

const proposed = async (dir: string): Promise<Proposal> => (await closed(dir)).proposal;

beforeAll(() => {
  files(here, {
    Packages: packages.join('\n'),
    'before/Sources': sources(whole).join('\n'),
    'after/Sources': sources('doxygen <!nodoc>, python3-numpy <!nopython>, xz, compiler').join('\n'),
  });
});

test('the annotations of a proposal make a plan without a wish that nobody has declared', async () => {
  const { proposal, plan: promised } = await closed('before');
  expect(proposal.edits.map((e) => e.source)).toEqual(expect.arrayContaining(['anna']));
  files(here, { 'annotations.yaml': proposalAnnotations(proposal) });
  const { universe } = await loadUniverse(request('before', [join(here, 'annotations.yaml')]));
  const { plan } = await answersFor(universe);
  expect({ stuck: plan.stuck, undeclared: undeclaredWishes(plan) }).toEqual({ stuck: [], undeclared: [] });
  expect([...plan.wishes]).toEqual(proposal.supplies.map((s) => s.source).sort());
  // The plan that the proposal was closed with has the names of that one.
  expect(promised.builds).toEqual(plan.builds);
});

test('what profiles promise comes beside the stages that are declared, and replaces none of them', async () => {
  // It is declared that the first stage asks for less, and for something that the full build does without.
  const cmake = source(
    'cmake',
    'cmake',
    'doxygen <!pkg.cmake.bootstrap>, python3 <pkg.cmake.bootstrap>, anna <!nodoc>',
  );
  files(here, { 'stage/Sources': [...sources(whole), cmake].join('\n') });
  const read = async (declaredProfiles: boolean) => {
    const { universe } = await loadUniverse({ ...request('stage'), declaredProfiles });
    return universe;
  };
  const [plain, promised] = [await read(false), await read(true)];
  const stages = (u: Universe) =>
    u.sources.find((s) => s.name === 'cmake')!.variants.map((v) => [v.stage, v.profiles, v.assumed === true]);
  expect(stages(plain)).toEqual([
    [0, [], false],
    [1, ['pkg.cmake.bootstrap'], false],
  ]);
  expect(stages(promised)).toEqual([
    ...stages(plain),
    [2, ['nodoc'], true],
    [3, ['nodoc', 'pkg.cmake.bootstrap'], true],
  ]);
  expect(withoutPromises(promised)).toEqual(plain);
});

test('a profile that leaves out a binary may stay off where others are active', async () => {
  const list = ['hw', 'gir1.2-hw', 'hw-doc'].map(
    (n, i) => ` ${n} deb misc optional arch=any${['', ' profile=!nogir', ' profile=!nodoc'][i]}\n`,
  );
  const hw = source(
    'hw',
    'hw, gir1.2-hw, hw-doc',
    'bats <!nocheck>, doxygen <!nodoc>, gobject-introspection <!nogir>',
    `Package-List:\n${list.join('')}`,
  );
  files(here, { 'fewer/Sources': [...sources(whole), hw].join('\n') });
  const { universe } = await loadUniverse({ ...request('fewer'), declaredProfiles: true });
  const { variants } = universe.sources.find((s) => s.name === 'hw')!;
  expect(variants.map((v) => v.profiles)).toEqual([
    [],
    ['nocheck', 'nodoc', 'nogir'],
    ['nocheck', 'nodoc'],
    ['nocheck', 'nogir'],
    ['nocheck'],
  ]);
});

test('a profile that would leave out a needed binary is not the one that is proposed', async () => {
  const { edits } = await proposed('before');
  const lines = edits.filter((e) => e.source === 'xz').flatMap((e) => e.lines);
  expect(lines.map((l) => l.profile)).not.toContain('nobiarch');
});

test('of three profiles that leave out binaries each may stay off while the other two are active', async () => {
  const profiles = ['nodoc', 'nogir', 'nojava'];
  const built = profiles.map((p) => ` hw-${p} deb misc optional arch=any profile=!${p}\n`);
  const hw = source(
    'hw',
    ['hw', ...profiles.map((p) => `hw-${p}`)].join(', '),
    'doxygen <!nodoc>, gobject-introspection <!nogir>, default-jdk <!nojava>',
    `Package-List:\n hw deb misc optional arch=any\n${built.join('')}`,
  );
  files(here, { 'three/Sources': [...sources(whole), hw].join('\n') });
  const { universe } = await loadUniverse({ ...request('three'), declaredProfiles: true });
  const { variants } = universe.sources.find((s) => s.name === 'hw')!;
  const active = new Set(variants.map((v) => v.profiles.join()));
  expect([...active].filter((a) => a.split(',').length === 2).sort()).toEqual([
    'nodoc,nogir',
    'nodoc,nojava',
    'nogir,nojava',
  ]);
});

/** What is dropped, the binary of the source that goes with it, and the registered profile that says so. */
const registeredFor = [
  ['bats', '', 'nocheck'],
  ['doxygen', '', 'nodoc'],
  ['python3-numpy', 'python3-hw', 'nopython'],
  ['default-jdk', 'libhw-java', 'nojava'],
  ['gobject-introspection', 'gir1.2-hw-1', 'nogir'],
  ['ruby-dev', 'ruby-hw', 'noruby'],
  ['golang-dbus-dev', 'golang-hw-dev', 'nogolang'],
  ['guile-3.0-dev', 'guile-hw', 'noguile'],
  ['libperl-dev', 'libhw-perl', 'noperl'],
  ['gcc-multilib', 'lib32hw', 'nobiarch'],
] as const;

test.each(registeredFor)(
  '%s (binary: %j) gets the registered profile %s, also where the source says more under it',
  async (tool, binding, profile) => {
    const names = ['libhw', ...(binding === '' ? [] : [binding])];
    files(here, {
      'registered/Packages': [
        ...names.map((n) => binary(n, 'hw')),
        binary(tool, 'tool', 'Depends: libhw\n'),
        binary('other', 'other', 'Depends: libhw\n'),
      ].join('\n'),
      'registered/Sources': [
        source('hw', names.join(', '), `${tool}, other <!${profile}>`),
        source('tool', tool, 'libhw'),
        source('other', 'other', 'libhw'),
      ].join('\n'),
    });
    const asked = (annotations: readonly string[] = []): InputRequest => ({
      ...request('registered', annotations),
      packages: [join(here, 'registered/Packages')],
    });
    const { universe } = await loadUniverse({ ...asked(), declaredProfiles: true });
    const all = { classes: boldness[3]!, knowledge: noKnowledge, frontier: false };
    const { proposal, plan: promised } = await proposeAndPlan(universe, all);
    expect(proposal.supplies).toEqual([]);
    expect(proposal.edits.map((e) => [e.source, e.lines.map((l) => l.conditional)])).toEqual([
      ['hw', [`${tool} <!${profile}>`]],
    ]);
    expect(proposal.edits[0]!.lines[0]!.registered).toBe(true);
    expect(proposal.edits[0]!.stages.map((s) => s.profiles)).toEqual([[profile]]);
    files(here, { 'registered.yaml': proposalAnnotations(proposal) });
    const annotated = await loadUniverse(asked([join(here, 'registered.yaml')]));
    const { plan } = await answersFor(annotated.universe);
    expect([plan.stuck, plan.wishes]).toEqual([[], []]);
    expect(promised.builds).toEqual(plan.builds);
  },
);

test('what nothing builds, and is only needed, comes from outside for good; nothing is stuck then, for the plan neither', async () => {
  files(here, {
    'never/Packages': [
      binary('libl', 'lib'),
      binary('apptool', 'app', 'Depends: libl\n'),
      binary('doxygen', 'doxygen', 'Depends: apptool\n'),
    ].join('\n'),
    // Without its tests it could be built, and would leave tainted for ever what needs it.
    'never/Sources': [
      source('lib', 'libl', 'nowhere (>= 2), doxygen <!nodoc>, gone <!nocheck>'),
      source('alone', 'alone', 'nowhere'),
      source('app', 'apptool', 'libl, doxygen'),
      source('doxygen', 'doxygen', 'apptool'),
    ].join('\n'),
  });
  const asked = (targets: InputRequest['targets'], annotations: readonly string[] = []): InputRequest => ({
    ...request('never', annotations),
    packages: [join(here, 'never/Packages')],
    targets,
  });
  const propose = async (targets: InputRequest['targets']) => {
    const { universe } = await loadUniverse({ ...asked(targets), declaredProfiles: true });
    return proposeAndPlan(universe, { classes: boldness[3]!, knowledge: noKnowledge, frontier: false });
  };
  const planned = async (targets: InputRequest['targets'], { proposal }: Closed) => {
    files(here, { 'never.yaml': proposalAnnotations(proposal) });
    const { universe } = await loadUniverse(asked(targets, [join(here, 'never.yaml')]));
    return (await answersFor(universe)).plan;
  };
  const needed = await propose(['app']);
  expect(needed.proposal.given).toEqual([
    {
      source: 'lib',
      version: '1',
      maintainer: 'A. Person <a@example.org>',
      group: 'nowhere (>= 2)',
      why: expect.any(String),
    },
  ]);
  expect(misfits(JSON.parse(JSON.stringify(needed.proposal)), 'propose')).toEqual([]);
  expect(proposalText(needed.proposal, true)).toContain('  1. lib  it asks for nowhere (>= 2): ');
  const plan = await planned(['app'], needed);
  expect([plan.stuck, undeclaredWishes(plan), plan.given]).toEqual([[], [], [{ source: 'lib', binaries: ['libl'] }]]);
  expect(needed.plan.builds).toEqual(plan.builds);
  expect(needed.plan.given).toEqual(plan.given);
  expect(planOf(JSON.parse(formatPlan(plan)))).toEqual(plan);
  expect(planText(plan, [], [])).toContain('From outside for good, as annotations say (1): lib');

  // What has to exist at the end is owed whatever is said: it is stuck, by both answers.
  const wanted = await propose('all');
  expect(wanted.proposal.given).toBeUndefined();
  expect(wanted.proposal.plan.stuck).toEqual(['alone', 'lib']);
  expect((await planned('all', wanted)).stuck.map((s) => s.source)).toEqual(wanted.proposal.plan.stuck);
});

test('with its lines applied the next proposal asks for none of them', async () => {
  const [before, after] = [await proposed('before'), await proposed('after')];
  expect(before.edits.some((e) => e.source === 'anna')).toBe(true);
  expect(after.edits.some((e) => e.source === 'anna')).toBe(false);
  expect(after.supplies.length).toBeLessThanOrEqual(before.supplies.length);
});

test('the cycle told of an edit begins with one of its lines, and ends at its source', async () => {
  const { edits } = await proposed('before');
  expect(edits.length).toBeGreaterThan(0);
  for (const { source, lines, chain = [] } of edits) {
    expect(chain[0]).toMatchObject({ from: `src:${source}`, how: 'build-depends' });
    expect(lines.map((l) => l.binary)).toContain(chain[0]!.to);
    expect(chain.slice(1).map((step) => step.from)).toEqual(chain.slice(0, -1).map((step) => step.to));
    expect(chain.at(-1)).toMatchObject({ to: `src:${source}`, how: 'built-by' });
  }
});

test('a patch changes its lines alone, and the source reads as if they had been written so', async () => {
  const { edits } = await proposed('before');
  const edit = edits.find((e) => e.source === 'anna')!;
  const bytes = readFileSync(join(here, 'before/Sources'));
  const record = readSources(inMemory({ file: 'Sources', bytes })).records.find((r) => r.name === 'anna')!;
  const patch = await patchOf(controlOf(record), edit.lines);
  const added = patch.split('\n').filter((l) => /^\+ /.test(l));
  expect(added).toEqual(edit.lines.map((l) => `+ ${l.conditional},`).sort());
});

test.runIf(needs('patch'))(
  'a patch made from an index is no patch of the end of a file: binary paragraphs follow',
  async () => {
    const fields = 'Package: lib\nBinary: liblib, lib-doc\nVersion: 1-1\nMaintainer: A <a@example.org>\n';
    const bytes = Buffer.from(`${fields}Build-Depends: cmake, debhelper, pkg-config, doxygen\n`);
    const { records } = readSources(inMemory({ file: 'Sources', bytes }));
    const patch = await patchOf(controlOf(records[0]!), [{ group: 'doxygen', profile: 'nodoc' }]);
    const control =
      'Source: lib\nMaintainer: A <a@example.org>\nBuild-Depends:\n cmake,\n debhelper,\n pkg-config,\n doxygen,\n\nPackage: liblib\nArchitecture: any\n';
    const real = files(join(here, 'wrapped'), { 'debian/control': control });
    const applied = spawnSync('patch', ['-p1', '--no-backup-if-mismatch'], {
      cwd: real,
      input: patch,
      encoding: 'utf8',
    });
    expect([applied.status, applied.stderr]).toEqual([0, '']);
    expect(readFileSync(join(real, 'debian/control'), 'utf8')).toBe(control.replace('doxygen', 'doxygen <!nodoc>'));
  },
);

test('conditions join each bracket of each alternative, and comments stay', () => {
  const control = 'Source: a\nBuild-Depends: x (>= 1) [linux-any] <!nocheck> <cross> | y, # why\n z,\n';
  const read = conditionText({ file: 'control', bytes: Buffer.from(control) }, [
    { group: 'x (>= 1) | y', profile: 'nodoc' },
    { group: 'w', profile: 'nodoc' },
  ]);
  expect(read.ok && read.value.missing).toEqual(['w']);
  expect(read.ok && read.value.after).toContain('x (>= 1) [linux-any] <!nocheck !nodoc> <cross !nodoc> | y <!nodoc>');
});

test('what a plan wishes for is a directory of patches, which another answer replaces and nothing else in it survives unseen', () => {
  const input = ['--packages', 'Packages', '--sources', 'before/Sources', '--seed', 'none'];
  const plan = (...more: string[]) => bootplan(['plan', ...input, '--format', 'patches', ...more], { cwd: here });
  expect(plan().code).toBe(64);
  const first = plan('--output', 'wished/');
  expect([first.code, first.stderr]).toEqual([1, '']);
  const patches = readdirSync(join(here, 'wished')).sort();
  expect(patches.length).toBeGreaterThan(0);
  for (const name of patches) {
    const text = readFileSync(join(here, 'wished', name), 'utf8');
    expect(text).toMatch(/^--- a\/debian\/control\n\+\+\+ b\/debian\/control\n/);
    expect(text).toMatch(/^\+ .* <!pkg\.[^>]*stage1>/m);
    expect(first.stdout).toContain(name.replace('.patch', ''));
  }
  // What an earlier answer left is gone; what is no patch is nobody's to remove, and nothing is written.
  files(here, { 'wished/gone.patch': '' });
  expect(plan('--output', 'wished').code).toBe(1);
  expect(readdirSync(join(here, 'wished')).sort()).toEqual(patches);
  files(here, { 'wished/notes': '' });
  const refused = plan('--output', 'wished');
  expect([refused.code, refused.stderr]).toEqual([
    64,
    expect.stringContaining('wished holds notes, which is no patch'),
  ]);
  expect(readdirSync(here).filter((name) => name.startsWith('wished'))).toEqual(['wished']);
});

test.runIf(needs('patch'))('a patch is made for the debian/control that is given, and read back', async () => {
  const control =
    '# ours\nSource: anna\nMaintainer: A. Person <a@example.org>\nBuild-Depends: doxygen,\n\t python3-numpy,\n# for its own sake\n               xz, compiler\n\nPackage: liba\nArchitecture: any\n\nPackage: python3-a\nArchitecture: any\nDepends: python3\n';
  const real = files(join(here, 'real'), { 'debian/control': control });
  const input = ['--packages', 'Packages', '--sources', 'before/Sources', '--seed', 'none'];
  const flags = ['--control', 'real/debian/control', '--no-frontier', '--output', 'proposal'];
  expect(bootplan(['propose', ...input, ...flags], { cwd: here }).stderr).toBe('');
  const patch = readFileSync(join(here, 'proposal/patches/anna.patch'), 'utf8');
  expect(patch).toContain(' # ours\n');
  const applied = spawnSync('patch', ['-p1', '--fuzz=0', '--no-backup-if-mismatch'], {
    cwd: real,
    input: patch,
    encoding: 'utf8',
  });
  expect([applied.status, applied.stderr]).toEqual([0, '']);
  const after = readFileSync(join(real, 'debian/control'), 'utf8');
  expect(after).toContain('doxygen <!nodoc>');
  expect(after).toContain('# for its own sake');
  // What the binding's profile leaves out says so itself, in the patch and in the letter that has it whole.
  expect(after).toContain('Package: python3-a\nArchitecture: any\nBuild-Profiles: <!nopython>\n');
  expect(after).toContain('Package: liba\nArchitecture: any\n\n');
  const letter = readFileSync(join(here, 'proposal/bugs/anna.txt'), 'utf8');
  expect(letter).toContain(patch.trimEnd());
  expect(letter).toContain('python3-a is not built then, and needs Build-Profiles: <!nopython>');
  expect(bootplan(['annotate', '--to', 'fields', join(real, 'debian/control')], { cwd: here }).code).toBe(0);
});

test.runIf(existsSync('/etc/debian_version'))(
  "trials read this machine's sources where apt has no lists of them",
  () => {
    const world = {
      P: 'Package: x\nVersion: 1\nArchitecture: amd64\nSource: a\n',
      S: 'Package: a\nVersion: 1\nBinary: x\n',
    };
    const directory = files(join(here, 'machine'), world);
    // A private apt fetches them; the machine's own answers for its own lists alone.
    const answers = `*update*) : >lists/x_Packages ;;
    *'CREATED_BY) $(FILENAME)'*) echo 'Packages ${directory}/P'; echo 'Sources ${directory}/S' ;;
    *) echo 'Packages amd64 ${directory}/P' ;;`;
    files(directory, { 'bin/apt-get': `#!/bin/sh\ncase "$*" in\n${answers}\nesac\n` });
    chmodSync(join(directory, 'bin/apt-get'), 0o755);
    const env = { PATH: `${directory}/bin:${process.env.PATH}`, XDG_CACHE_HOME: join(directory, 'cache') };
    const args = ['propose', '--from-apt', '--arch', 'amd64', '--seed', 'none', '--no-frontier', '-q'];
    const ask = (...more: string[]) => bootplan([...args, ...more], { cwd: directory, env });
    expect(ask('--trial', '1', '--evidence', 'learned')).toMatchObject({ code: 0, stderr: '' });
    expect(ask().code).toBe(66);
  },
);

test('a letter tells a cycle of one source or two by what is needed on it, a longer one by its sources', async () => {
  const proposal = await proposed('before');
  const edit = proposal.edits.find((e) => e.source === 'anna')!;
  const chainOf = (text: string): ChainStep[] => {
    const names = text.split(' ');
    return names.slice(1).map((to, i) => {
      const from = names[i]!;
      const how = from.startsWith('src:') ? 'build-depends' : to.startsWith('src:') ? 'built-by' : 'depends';
      return { from, to, how };
    });
  };
  const said = (text: string, cycles = 7) =>
    proposalBug(proposal, { ...edit, cycles, chain: chainOf(text) }).replaceAll('\n', ' ');
  expect(said('src:jpeg jdk jre libjpeg src:jpeg')).toContain(
    'such as this one: jpeg needs jdk, which needs libjpeg of jpeg;',
  );
  expect(said('src:a valgrind src:valgrind mpi liba src:a', 1)).toContain(
    'through these lines: a needs valgrind, and valgrind needs mpi, which needs liba of a;',
  );
  expect(said('src:a b src:b c src:c d src:a')).toContain('such as a -> b -> c -> a;');
});

test("letters of an earlier answer give way, and what is none is nobody's to remove", () => {
  const input = ['--packages', 'Packages', '--sources', 'before/Sources', '--seed', 'none', '--no-frontier'];
  const ask = () => bootplan(['propose', ...input, '--output', 'again'], { cwd: here });
  expect(ask().code).toBe(0);
  const letters = readdirSync(join(here, 'again/bugs'));
  const text = readFileSync(join(here, 'again/bugs/anna.txt'), 'utf8');
  expect(text).toContain('  - doxygen,\n  + doxygen <!nodoc>,\n');
  expect(text).toMatch(/sbuild --no-clean-source --no-arch-all --profiles=no\w+,no\w+\n/);
  files(here, { 'again/bugs/gone.txt': '' });
  expect(ask().code).toBe(0);
  expect(readdirSync(join(here, 'again/bugs'))).toEqual(letters);
  files(here, { 'again/bugs/notes.md': '', 'again/proposal.md': 'old' });
  expect([ask().code, readFileSync(join(here, 'again/proposal.md'), 'utf8')]).toEqual([64, 'old']);
});

test('all that is wrong with what is known beside the metadata is told at once', () => {
  files(here, {
    'classes.yaml': 'documentation: [doxygen, 7]\nfeature: [libx-dev]\ntests: [doxygen]\n',
    'odd.list': 'srv:gvfs libgdu-dev\n# remark\nsrc:anna doxygen\r\n\nanna xz\n',
    'since.json': '{"format": 2, "edits": []}',
    'evidence.ndjson': '{"source": "anna"}\n',
    'broken.yaml': 'a: [\n',
  });
  const input = ['--packages', 'Packages', '--sources', 'before/Sources', '--seed', 'none', '--no-frontier'];
  const ask = (...more: string[]) => bootplan(['propose', ...input, '--output', 'nothing', ...more], { cwd: here });
  const flags = ask('--keep', 'a b', '--prefer', 'doxygen', '--prefer', 'x=fine', '--prefer', 'x=tests');
  expect(flags.code).toBe(64);
  for (const word of ['--keep a b', '--prefer doxygen is no', 'x=fine: fine is no class'])
    expect(flags.stderr).toContain(word);
  const filed = ask('--classes-file', 'classes.yaml', '--droppable', 'broken.yaml', '--evidence', 'evidence.ndjson');
  expect(filed.code).toBe(65);
  for (const word of ['must be names', 'feature is no class', 'two classes', 'broken.yaml', 'BP462'])
    expect(filed.stderr).toContain(word);
  const since = ask('--since', 'since.json');
  expect([since.code, since.stderr]).toEqual([65, expect.stringContaining('no answer of bootplan propose')]);
  expect(since.stderr).toContain('since.json:1');
  expect(readdirSync(here)).not.toContain('nothing');
  const odd = ask('--droppable', 'odd.list', '--keep', 'src:ana', '--keep', ':doxigen', '--prefer', 'xy=tests');
  expect(odd.code).toBe(0);
  expect(odd.stderr).toContain('"srv:gvfs" where src:NAME was expected');
  expect(odd.stderr).toContain('"anna" where src:NAME was expected');
  expect(odd.stderr).toContain('--keep ana: ana is no source that the targets need; anna is');
  expect(odd.stderr).toContain('--keep :doxigen: no source asks for doxigen; doxygen is');
  expect(odd.stderr).toContain('--prefer xy=...: no source asks for xy');
});

test('the parts of a source are one entry of the annotations', () => {
  const stage = { stage: 1, profiles: ['nodoc'], drops: ['doxygen'], omits: [] };
  const supply = { version: '1', maintainer: '', chain: [], itself: true, together: 1 };
  const nothing = { supplies: [], edits: [], declared: [], frontier: [], costs: [], classes: [] };
  const parts = {
    ...nothing,
    supplies: ['qemu', 'qemu:all', 'seabios:all'].map((source) => ({ ...supply, source })),
    declared: ['edk2', 'edk2:all'].map((source) => ({ source, stages: [stage] })),
  } as unknown as Proposal;
  expect(proposalAnnotations(parts).split('\n').slice(1)).toEqual([
    '"edk2":',
    '  stage1: ["nodoc"]',
    '  stage1-drops: ["doxygen"]',
    '"qemu":',
    '  supply: cross',
    '"seabios":',
    '  supply: cross',
    '',
  ]);
});
