/** Overrides change recipes for as long as one debugs; then they become part of the metadata. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { entriesOf } from '../src/by-name.ts';
import { formatDiagnostic } from '../src/diagnostics.ts';
import { allowedBuilds, applyOverrides } from '../src/metadata/overrides/apply-overrides.ts';
import { readOverrides } from '../src/metadata/overrides/overrides.ts';
import { readProject } from '../src/metadata/project/project.ts';
import type { Project } from '../src/model.ts';
import { planOf } from './rig/fake-builder.ts';
import { bootplan, files, root, scratch } from './rig/program.ts';
import { fits } from './rig/schema.ts';

const dash = `# The shell.
Source: dash
Version: "0.5"
Maintainer: N <n@example.org>
Build-Depends: dash
Build-Depends-Bootstrap1: seed
Packages:
  - {Package: dash, Architecture: any, Description: shell, files: [usr/bin/dash]}
recipe:
  weight: 4 # core-seconds
  steps:
    - unpack: |
        tar xf x
    - configure: |
        ./configure $CONFIGURE_FLAGS
    # The slow one.
    - build: make
    - install: |
        make install
  stages:
    1:
      build: sh build.sh
`;
const seed = 'Seed:\n  - {Package: seed, Version: "1", debian: [dash]}\n';

const metadata = (): string => files(scratch(), { 'dash.yaml': dash, 'seed.yaml': seed });

async function projectOf(directory: string): Promise<Project> {
  const read = await readProject(directory, { architecture: 'amd64', targets: 'all' });
  if (!read.ok) throw new Error(read.diagnostics.map(formatDiagnostic).join('\n'));
  return read.value;
}

/** Every step of a variant as `name: environment script`. */
function stepsOf(project: Project, stage: number): string[] {
  return project.recipes
    .get('dash')!
    .variants.get(stage)!
    .steps.map(({ name, env, run }) => {
      const variables = entriesOf(env).map(([k, v]) => `${k}=${v} `);
      return `${name}: ${variables.join('')}${run.trim()}`;
    });
}

async function overridden(text: string, patches: Readonly<Record<string, string>> = {}) {
  const directory = metadata();
  const project = await projectOf(directory);
  const file = join(files(scratch(), { 'overrides.yaml': text, ...patches }), 'overrides.yaml');
  const read = readOverrides(file, project);
  return { directory, project, file, read };
}

async function applied(text: string, patches: Readonly<Record<string, string>> = {}): Promise<Project> {
  const { project, read } = await overridden(text, patches);
  if (!read.ok) throw new Error(read.diagnostics.map(formatDiagnostic).join('\n'));
  return applyOverrides(project, read.value);
}

test('environment: for a phase, a source, a source in one stage; the nearer one wins', async () => {
  const project = await applied(`
phases: {stage1: {env: {CC: gcc, LD: ld}}, full: {env: {CC: tcc}}}
sources: {dash: {env: {LD: gold}, stages: {1: {env: {CC: clang}}}}}
`);
  expect(stepsOf(project, 1)[2]).toBe('build: CC=clang LD=gold sh build.sh');
  expect(stepsOf(project, 0)[2]).toBe('build: CC=tcc LD=gold make');
});

test('steps are replaced, left out, added; flags reach the step that asks for them', async () => {
  const project = await applied(`
sources:
  dash:
    flags: {configure: [--a, --b=c]}
    steps: {build: make V=1}
    extra-steps: [{name: look, after: configure, run: cat config.log}]
    stages: {1: {steps: {install: null}, flags: {configure: [--stage]}}}
`);
  expect(stepsOf(project, 0)).toEqual([
    'unpack: tar xf x',
    'configure: CONFIGURE_FLAGS=--a --b=c ./configure $CONFIGURE_FLAGS',
    'look: cat config.log',
    'build: make V=1',
    'install: make install',
  ]);
  expect(stepsOf(project, 1)).toEqual([
    'unpack: tar xf x',
    'configure: CONFIGURE_FLAGS=--a --b=c --stage ./configure $CONFIGURE_FLAGS',
    'look: cat config.log',
    'build: make V=1',
  ]);
});

test('patches lie beside the overrides and are applied when the source is complete', async () => {
  const patch = '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+END-OF-PATCH\n';
  const project = await applied('sources: {dash: {patches: [fix/one.patch]}}', { 'fix/one.patch': patch });
  const steps = stepsOf(project, 0);
  expect(steps[1]).toBe(`patch-one: cd "$S"\npatch -p1 <<'END-OF-PATCH'\n${patch}END-OF-PATCH`);
  expect(steps).toHaveLength(5);
});

test('an allow-list leaves only its builds in its phase', async () => {
  const plan = planOf([{ source: 'dash', stage: 1 }, { source: 'tcc', stage: 1 }, { source: 'tcc' }]);
  const { read } = await overridden('phases: {stage1: {packages: [dash]}}');
  expect(read.ok && allowedBuilds(plan, read.value)).toEqual([0, 2]);
  const none = await overridden('sources: {}');
  expect(none.read.ok && allowedBuilds(plan, none.read.value)).toBeUndefined();
});

test('unknown names are errors with their place, all at once', async () => {
  const { read } = await overridden(`phases:
  stage9: {env: {A: b}}
  full: {packages: [dahs]}
sources:
  dsh: {}
  dash:
    flags: {build: [-k]}
    steps: {biuld: make}
    patches: [none.patch]
    extra-steps: [{name: build, after: nowhere, run: ls}]
    stages: {2: {}}
`);
  expect(read.ok).toBe(false);
  const said = read.diagnostics.map((d) => `${d.origin!.line}: ${d.message}; ${d.help}`);
  expect(said).toEqual([
    '2: there is no phase `stage9`; did you mean `stage1`?',
    '3: there is no source `dahs`; did you mean `dash`?',
    '5: there is no source `dsh`; did you mean `dash`?',
    '8: there is no step `biuld`; did you mean `build`?',
    '7: the step `build` does not use $BUILD_FLAGS; replace the step under `steps:`, or write $BUILD_FLAGS into it where the flags belong',
    '10: there is no step `nowhere`; there are: unpack, configure, build, install',
    '10: there is a step `build` already; give the extra step a name of its own',
    '11: there is no stage `2`; there are: 0, 1',
    expect.stringMatching(/^9: there is no patch .*none\.patch; paths are beside the file that names them$/),
  ]);
});

test('a patch that is no text is refused: it would not stay as it is', async () => {
  const { read, project, file } = await overridden('sources: {dash: {env: {}}}');
  expect(read.ok).toBe(true);
  writeFileSync(file, 'sources: {dash: {patches: [latin.patch]}}');
  writeFileSync(join(dirname(file), 'latin.patch'), Buffer.from('-caf\xe9\n+cafe\n', 'latin1'));
  expect(readOverrides(file, project).diagnostics[0]!.message).toMatch(/latin\.patch is not UTF-8/);
});

test('a directory is neither a patch nor an overrides file', async () => {
  const { read, project, file } = await overridden('sources: {dash: {patches: [fix]}}', { 'fix/one.patch': '' });
  expect(read.diagnostics.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^there is no patch .*\/fix$/),
  ]);
  expect(() => readOverrides(dirname(file), project)).toThrow('there is no overrides file');
});

test('an unknown key or a wrong type is told with a caret', async () => {
  const { read } = await overridden('sources:\n  dash:\n    enw: {A: b}\n');
  expect(read.ok).toBe(false);
  expect(formatDiagnostic(read.diagnostics[0]!)).toMatch(
    /overrides\.yaml:3:5\n3 \| {5}enw: \{A: b\}\n {2}\| {5}\^\^\^/,
  );
});

test('the file to start from is one', async () => {
  const project = await projectOf(join(root, 'metadata/minidistro'));
  const read = readOverrides(join(root, 'metadata/examples/overrides.yaml'), project);
  expect(read.diagnostics).toEqual([]);
});

const working = `sources:
  dash:
    env: {CFLAGS: -O1}
    flags: {configure: [--x]}
    patches: [fix.patch]
    extra-steps: [{name: look, after: configure, run: "ls\\n"}]
    stages: {1: {env: {CC: "it's"}, steps: {install: null}}}
`;

test('back-porting writes what the overrides did, keeps the comments, and the overrides are gone', async () => {
  const patch = '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n';
  const { directory, file } = await overridden(working, { 'fix.patch': patch });
  const would = bootplan(['overrides', 'backport', '--metadata', directory, '--overrides', file, '-n']);
  expect(would).toMatchObject({ code: 0, stdout: expect.stringContaining('would write') });
  expect(readFileSync(join(directory, 'dash.yaml'), 'utf8')).toBe(dash);

  const ran = bootplan(['overrides', 'backport', '--metadata', directory, '--overrides', file, '--json']);
  expect(ran.stderr).toBe('');
  expect(fits(ran.stdout, 'overrides-backport')).toMatchObject({ sources: ['dash'], deleted: file });
  expect(existsSync(file)).toBe(false);
  expect(readFileSync(join(directory, 'dash/fix.patch'), 'utf8')).toBe(patch);
  await expect(readFileSync(join(directory, 'dash.yaml'), 'utf8')).toMatchFileSnapshot(
    './fixtures/540-overrides/backported.yaml',
  );
  const project = await projectOf(directory);
  expect(project.recipes.get('dash')!.env).toEqual({ CFLAGS: '-O1', CONFIGURE_FLAGS: '--x' });
  expect(stepsOf(project, 0)).toEqual([
    'unpack: tar xf x',
    'patch-fix: cd "$S"\npatch -p1 <"$F/dash/fix.patch"',
    'configure: ./configure $CONFIGURE_FLAGS',
    'look: ls',
    'build: make',
    'install: make install',
  ]);
  expect(stepsOf(project, 1)[4]).toBe("build: export CC='it'\\''s'\nsh build.sh");
  expect(stepsOf(project, 1)).toHaveLength(5);
});

test('what has no place in the metadata is refused, and nothing is written', async () => {
  const { directory, file } = await overridden('phases: {full: {env: {A: b}}}');
  const ran = bootplan(['overrides', 'backport', '--metadata', directory, '--overrides', file]);
  expect(ran.code).toBe(65);
  expect(ran.stderr).toContain('the environment of phase `full` has no place in the metadata');
  expect(existsSync(file)).toBe(true);
});

test('diff derives the overrides from two recipes, and they make the one of the other', async () => {
  const [a, b] = [metadata(), metadata()];
  const mine = dash
    .replace('weight: 4', 'env: {CC: tcc}\n  weight: 4')
    .replace('- build: make', '- look: ls\n    - build: make -j2')
    .replace('build: sh build.sh', 'build: sh build.sh\n      install: null');
  writeFileSync(join(b, 'dash.yaml'), mine);
  const ran = bootplan(['overrides', 'diff', a, b]);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  const file = join(files(scratch(), { 'o.yaml': ran.stdout }), 'o.yaml');
  const [before, after] = [await projectOf(a), await projectOf(b)];
  const read = readOverrides(file, before);
  if (!read.ok) throw new Error(read.diagnostics.map(formatDiagnostic).join('\n'));
  const made = applyOverrides(before, read.value);
  for (const stage of [0, 1])
    expect(stepsOf(made, stage).map((step) => step.replace('CC=tcc ', ''))).toEqual(stepsOf(after, stage));
  expect(stepsOf(made, 0)[0]).toBe('unpack: CC=tcc tar xf x');
});

test('diff of a directory with itself is empty, and what overrides cannot say is named with exit 1', async () => {
  const [a, b] = [metadata(), metadata()];
  expect(bootplan(['overrides', 'diff', a, b]).stdout).toBe('sources: {}\n');
  writeFileSync(join(b, 'dash.yaml'), dash.replace('Version: "0.5"', 'Version: "0.6"'));
  const ran = bootplan(['overrides', 'diff', a, b, '--json']);
  expect(ran.code).toBe(1);
  expect(fits(ran.stdout, 'overrides-diff')).toMatchObject({ refused: ['dash: its version differs'] });
});
