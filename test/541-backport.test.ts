/**
 * Back-porting, whatever the overrides and however the file is written: the recipe is what they made of it, and the
 * rest stays.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writeBackport } from '../src/application/project/write-backport.ts';
import { entriesOf, plainObject, valuesOf } from '../src/by-name.ts';
import { formatDiagnostic } from '../src/diagnostics.ts';
import { applyOverrides } from '../src/metadata/overrides/apply-overrides.ts';
import { backport } from '../src/metadata/overrides/backport.ts';
import { flagsVariable, readOverrides } from '../src/metadata/overrides/overrides.ts';
import { overridesBetween } from '../src/metadata/overrides/overrides-diff.ts';
import { readProject } from '../src/metadata/project/project.ts';
import type { Project } from '../src/model.ts';
import { bootplan, files, scratch } from './rig/program.ts';

/** As people write: columns, folds, quotes, blank lines, lists that stand left, anchors. */
const source = `# The head.
Source: aa   # trailing
Version: '1.0-1'
Maintainer: >-
  Folded
  Name <a@example.org>
Build-Depends: [tools,   other]     # flow
Build-Depends-Bootstrap1: tools
Build-Depends-Bootstrap2: tools
Packages:
- Package: aa
  Description: "the a"
  files: [a]
recipe:
  env: {A: "1", B: '2'}   # columns
  weight: 2.50
  fetch:
  - {local: aa/one.patch, sha256: ${'1'.repeat(63)}a}
  steps:

  # the first
  - unpack: &p |
      echo unpack $A

  - configure: "echo $CONFIGURE_FLAGS"
  - build: >
      cat
      prepared
  - check: |
      true $CHECK_FLAGS
  - install: *p

  # about stages
  stages:
    1: &st
      # none in stage 1
      check: null
      install: *p
    2: *st
  cross:
    check: null
    build: cross
  # the end
`;
const tools = 'Seed:\n  - {Package: tools, Version: "1", debian: [dash]}\n';
const other = source.replaceAll('aa', 'other');
const metadata = () =>
  files(scratch(), { 'aa.yaml': source, 'other.yaml': other, 'tools.yaml': tools, 'aa/one.patch': 'mine\n' });

const native = { architecture: 'amd64', targets: 'all' as const };
const crossed = { architecture: 'arm64', buildArchitecture: 'amd64', targets: 'all' as const };

async function projectOf(directory: string, options: Parameters<typeof readProject>[1] = native): Promise<Project> {
  const read = await readProject(directory, options);
  if (!read.ok) throw new Error(read.diagnostics.map(formatDiagnostic).join('\n'));
  return read.value;
}

const exported = /^export (\w+)='((?:[^']|'\\'')*)'\n/;

/** What every step of aa does, with its variables, in every variant and in a cross build. */
function doing(projects: readonly Project[]): readonly unknown[] {
  return projects.flatMap(({ recipes }) => {
    const { env: usual, variants } = recipes.get('aa')!;
    return [...variants].map(([stage, { steps }]) => [
      stage,
      steps
        .filter(({ run }) => !run.endsWith(':\n'))
        .map(({ name, run, env }) => {
          const all: Record<string, string> = { ...plainObject(usual), ...plainObject(env) };
          let left = run;
          for (let m = exported.exec(left); m; m = exported.exec(left)) {
            all[m[1]!] = m[2]!.replaceAll(`'\\''`, "'");
            left = left.slice(m[0].length);
          }
          const patch = /\+patch (\d)/.exec(left) ?? /fix-?(\d)/.exec(left);
          const what = patch ? `patch ${patch[1]}` : `${name}: ${left}`;
          // Flags are for the step that they are named after; in \`recipe.env\` others can see them, too.
          const seen = entriesOf(all).filter(([k]) => !k.endsWith('_FLAGS') || k === flagsVariable(name));
          return [what, seen.sort(([a], [b]) => (a < b ? -1 : 1))];
        }),
    ]);
  });
}

const both = (directory: string) => Promise.all([projectOf(directory), projectOf(directory, crossed)]);

/** Applies an overrides file, and back-ports it; the two must be the same. */
async function carried(directory: string, file: string): Promise<void> {
  const projects = await both(directory);
  const read = readOverrides(file, projects[0]!);
  if (!read.ok) throw new Error(read.diagnostics.map(formatDiagnostic).join('\n'));
  const wanted = doing(projects.map((project) => applyOverrides(project, read.value)));
  const made = backport(projects[0]!, read.value);
  if ('problems' in made) throw new Error(made.problems.map(formatDiagnostic).join('\n'));
  await writeBackport(projects[0]!, made);
  expect(doing(await both(directory))).toEqual(wanted);
}

const names = ['unpack', 'configure', 'build', 'check', 'install'];
const script = fc.constantFrom('ls', 'ls\n', "echo 'a'\n\necho b\n", '  indented\n', ': ; #', 'yes', '- a', 'a: b # c');
const value = fc.constantFrom('', '1', 'yes', "it's", 'a\nb', ' x ', '# no');
const change = (extra: string, known: readonly string[]) =>
  fc.record(
    {
      env: fc.dictionary(fc.constantFrom('A', 'C'), value, { maxKeys: 2 }),
      steps: fc.dictionary(fc.constantFrom(...known), fc.option(script), { maxKeys: 3 }),
      flags: fc.record({ configure: fc.constantFrom(['--a'], [`--b='c'`, '$d']) }, { requiredKeys: [] }),
      patches: fc.subarray(['fix1.patch', 'sub/fix2.patch']),
      'extra-steps': fc.uniqueArray(
        fc
          .record({
            name: fc.constantFrom(`${extra}a`, `${extra}b`),
            side: fc.constantFrom('after', 'before'),
            beside: fc.constantFrom(...known),
            run: script,
          })
          .map(({ name, side, beside, run }) => ({ name, [side]: beside, run })),
        { selector: ({ name }) => name, maxLength: 2 },
      ),
    },
    { requiredKeys: [] },
  );
const inStage = names.filter((name) => name !== 'check');
const overrides = fc.record({
  all: change('x', names),
  stages: fc.record(
    { 0: change('full-', inStage), 1: change('one-', inStage), 2: change('two-', inStage) },
    { requiredKeys: [] },
  ),
});

test('any overrides: the recipe is what they made of it, in each stage and in a cross build', async () => {
  await fc.assert(
    fc.asyncProperty(overrides, async ({ all, stages }) => {
      // Flags have to be used.
      for (const { steps } of [all, ...valuesOf(stages)]) if (steps) delete steps.configure;
      const given = { ...all, stages };
      const place = files(scratch(), {
        'o.json': JSON.stringify({ sources: { aa: given } }),
        'fix1.patch': '+patch 1\n',
        'sub/fix2.patch': '+patch 2\n',
      });
      await carried(metadata(), join(place, 'o.json'));
    }),
    { numRuns: 20 },
  );
});

/** Lines of the file that are gone, and lines that are new. */
function changedLines(directory: string) {
  const [old, now] = [source.split('\n'), readFileSync(join(directory, 'aa.yaml'), 'utf8').split('\n')];
  return { gone: old.filter((line) => !now.includes(line)), come: now.filter((line) => !old.includes(line)) };
}

test.for([
  ['{env: {C: c}}', ['  env: {A: "1", B: \'2\'}   # columns'], ['  env: {A: "1", B: \'2\', C: c} # columns']],
  ['{steps: {configure: ls}}', ['  - configure: "echo $CONFIGURE_FLAGS"'], ['  - configure: ls']],
  ['{extra-steps: [{name: look, after: build, run: ls}]}', [], ['  - look: ls']],
  ['{extra-steps: [{name: look, before: unpack, run: ls}]}', [], ['  - look: ls']],
  [
    '{steps: {check: null}}',
    ['  - check: |', '      true $CHECK_FLAGS', '      check: null', '    2: *st', '    check: null'],
    undefined,
  ],
])('only the lines that say something else are new: %s', async ([text, gone, come]) => {
  const directory = metadata();
  const file = join(files(scratch(), { 'o.yaml': `sources: {aa: ${text as string}}` }), 'o.yaml');
  await carried(directory, file);
  const lines = changedLines(directory);
  expect(lines.gone).toEqual(gone);
  if (come !== undefined) expect(lines.come).toEqual(come);
  // Once more changes nothing, but where a step of that name is there by now.
  if (!(text as string).includes('extra')) {
    const before = readFileSync(join(directory, 'aa.yaml'), 'utf8');
    const read = readOverrides(file, await projectOf(directory));
    if (read.ok) await carried(directory, file);
    expect(readFileSync(join(directory, 'aa.yaml'), 'utf8')).toBe(before);
  }
});

test('patches go where nothing is yet, under names that the metadata can have', async () => {
  const directory = metadata();
  const patches = { 'one.patch': '+patch 1\n', 'sub/one.patch': '+patch 2\n', 'Ünd so.patch': '+patch 3\n' };
  const text = `sources: {aa: {patches: ${JSON.stringify(Object.keys(patches))}}}`;
  const place = files(scratch(), { 'o.yaml': text, ...patches });
  const ran = bootplan(['overrides', 'backport', '--metadata', directory, '--overrides', join(place, 'o.yaml')]);
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  expect(readFileSync(join(directory, 'aa/one.patch'), 'utf8')).toBe('mine\n');
  expect(readdirSync(join(directory, 'aa')).sort()).toEqual(['nd-so.patch', 'one-2.patch', 'one-3.patch', 'one.patch']);
  const steps = (await projectOf(directory)).recipes
    .get('aa')!
    .variants.get(0)!
    .steps.map(({ name }) => name);
  expect(steps).toEqual(['unpack', 'patch-one-2', 'patch-one-3', 'patch-nd-so', ...names.slice(1)]);
});

test('a step of one stage can be changed there again, and flags in braces are flags', async () => {
  const projects = await both(metadata());
  const file = join(
    files(scratch(), {
      'o.yaml': `sources:
  aa:
    flags: {build: [-a], configure: [--x]}
    steps: {build: 'make \${BUILD_FLAGS}', install: null}
    extra-steps: [{name: look, after: install, run: ls}, {name: more, after: install, run: ls}]
    stages: {1: {steps: {install: back, look: null}, flags: {build: [-b]}}}
`,
    }),
    'o.yaml',
  );
  const read = readOverrides(file, projects[0]!);
  expect(read.diagnostics).toEqual([]);
  if (!read.ok) return;
  const made = applyOverrides(projects[0]!, read.value).recipes.get('aa')!.variants;
  const steps = (stage: number) => made.get(stage)!.steps.map(({ name, run }) => `${name}: ${run.trim()}`);
  expect(steps(0).slice(-3)).toEqual(['check: true $CHECK_FLAGS', 'look: ls', 'more: ls']);
  expect(steps(1).slice(-2)).toEqual(['install: back', 'more: ls']);
  expect(made.get(1)!.steps.find(({ name }) => name === 'build')!.env.BUILD_FLAGS).toBe('-a -b');
});

test('what comes before a step comes in the order of the file, and before what comes after the step before', async () => {
  const text = `sources:
  aa:
    extra-steps:
      - {name: first, before: unpack, run: ls}
      - {name: second, before: unpack, run: ls}
      - {name: late, before: build, run: ls}
      - {name: early, after: configure, run: ls}
      - {name: earliest, before: first, run: ls}
`;
  const [project] = await both(metadata());
  const read = readOverrides(join(files(scratch(), { 'o.yaml': text }), 'o.yaml'), project!);
  expect(read.diagnostics).toEqual([]);
  if (!read.ok) return;
  const { variants } = applyOverrides(project!, read.value).recipes.get('aa')!;
  expect(variants.get(0)!.steps.map(({ name }) => name)).toEqual([
    'earliest',
    'first',
    'second',
    'unpack',
    'configure',
    'early',
    'late',
    'build',
    'check',
    'install',
  ]);
});

test('an extra step has one place', async () => {
  const text = `sources:
  aa:
    extra-steps:
      - {name: nowhere, run: ls}
      - {name: twice, after: unpack, before: build, run: ls}
      - {name: lost, before: bild, run: ls}
`;
  const [project] = await both(metadata());
  const read = readOverrides(join(files(scratch(), { 'o.yaml': text }), 'o.yaml'), project!);
  expect(read.diagnostics.map(({ message, origin }) => `${origin?.line}: ${message}`)).toEqual([
    '4: the extra step `nowhere` has no place',
    '5: the extra step `twice` has two places',
    '6: there is no step `bild`',
  ]);
});

test('a step with two places has none', async () => {
  const text = `sources: {aa: {stages: {
    1: {extra-steps: [{name: look, after: unpack, run: ls}]}, 2: {extra-steps: [{name: look, after: build, run: ls}]}}}}`;
  const [project] = await both(metadata());
  const read = readOverrides(join(files(scratch(), { 'o.yaml': text }), 'o.yaml'), project!);
  expect(read.ok && backport(project!, read.value)).toMatchObject({
    problems: [{ message: expect.stringContaining('a step of aa has one place in one stage and another place in') }],
  });
});

test('what is taken back leaves nothing', async () => {
  const directory = metadata();
  const project = await projectOf(directory);
  const written = new Map([
    [join(directory, 'new/deep/file'), 'x'],
    [join(directory, 'aa.yaml'), 'Source: broken\n'],
  ]);
  await expect(writeBackport(project, { files: written, sources: ['aa'], expected: new Map() })).rejects.toThrow(
    'taken back',
  );
  expect(existsSync(join(directory, 'new'))).toBe(false);
  expect(readFileSync(join(directory, 'aa.yaml'), 'utf8')).toBe(source);
});

test('a disk that refuses one of the files leaves the others as they were', async () => {
  const directory = metadata();
  const project = await projectOf(directory);
  mkdirSync(join(directory, 'taken'));
  const written = new Map([
    [join(directory, 'new/patch'), 'x'],
    [join(directory, 'aa.yaml'), 'Source: broken\n'],
    [join(directory, 'taken'), 'x'],
  ]);
  await expect(writeBackport(project, { files: written, sources: ['aa'], expected: new Map() })).rejects.toThrow();
  expect(readdirSync(directory).sort()).toEqual(['aa', 'aa.yaml', 'other.yaml', 'taken', 'tools.yaml']);
  expect(readFileSync(join(directory, 'aa.yaml'), 'utf8')).toBe(source);
});

test('diff leaves nothing out that overrides cannot say, and what it writes can be read', async () => {
  const [a, b] = [metadata(), metadata()];
  const changes: readonly (readonly [string, string])[] = [
    ['files: [a]', 'files: [b]'],
    ['    build: cross', '    build: crossed'],
    ['weight: 2.50', 'weight: 3'],
    ['  # the first\n', '  - early: ls\n'],
    ['  - check: |', '  - late: ls\n  - check: |'],
  ];
  writeFileSync(
    join(b, 'aa.yaml'),
    changes.reduce((text, [from, to]) => text.replace(from, to), source),
  );
  writeFileSync(join(b, 'tools.yaml'), tools.replace('[dash]', '[bash]'));
  const [before, after] = [await projectOf(a), await projectOf(b)];
  const { yaml, refused } = overridesBetween(before, after);
  expect(refused).toEqual([
    'aa: its weight differs',
    'aa: its packages differ',
    'aa: its cross build differs',
    'the seed differs',
  ]);
  const read = readOverrides(join(files(scratch(), { 'o.yaml': yaml }), 'o.yaml'), before);
  expect(read.diagnostics).toEqual([]);
  const made = read.ok ? applyOverrides(before, read.value).recipes.get('aa')!.variants.get(0)!.steps : [];
  const wanted = after.recipes.get('aa')!.variants.get(0)!.steps;
  expect(made.map(({ name }) => name)).toEqual(wanted.map(({ name }) => name));
});
