/**
 * Back-porting for Debian sources: annotations and patches that say what the overrides said, beside what is there
 * already.
 */

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backportArchive } from '../src/application/project/backport-archive.ts';
import { planArchive } from '../src/application/project/plan-archive.ts';
import { entriesOf } from '../src/by-name.ts';
import { formatDiagnostic } from '../src/diagnostics.ts';
import { EnvironmentError, InputError } from '../src/errors.ts';
import { applyOverrides } from '../src/metadata/overrides/apply-overrides.ts';
import { readOverrides } from '../src/metadata/overrides/overrides.ts';
import type { InputRequest } from '../src/metadata/universe/read.ts';
import type { Project } from '../src/model.ts';
import { formatPlan } from '../src/stages/plan-format.ts';
import { files, scratch } from './rig/program.ts';
import { request as indexRequest } from './rig/request.ts';

const binary = (name: string, more = '') => `Package: ${name}\nVersion: 1\nArchitecture: amd64\n${more}\n`;
const source = (name: string, needs: string) =>
  `Package: ${name}\nBinary: ${name}-dev\nVersion: 1\nArchitecture: any\nMaintainer: N <n@example.org>\nBuild-Depends: ${needs}\nDirectory: .\nChecksums-Sha256:\n ${'0'.repeat(64)} 1 ${name}_1.dsc\n ${'0'.repeat(64)} 1 ${name}_1.tar.xz\n\n`;

const packages = [
  binary('build-essential', 'Depends: tool\n'),
  binary('tool'),
  binary('more'),
  binary('alpha-dev', 'Source: alpha\n'),
  binary('beta-dev', 'Source: beta\n'),
].join('');
const sources = [
  source('alpha', 'tool, beta-dev <!stage1 !pkg.alpha.nobeta>, more <pkg.alpha.more>'),
  source('beta', 'alpha-dev'),
].join('');

const withComments = `# What we know.
beta:
  droppable: [tool]   # never asked for

alpha:
  # the way out
  stage1: [ stage1 ]
`;
const withBuild = `alpha:
  stage1: [stage1]
  build:
    env: {CFLAGS: -O1}   # gcc 12
    patches: [alpha/first.patch]
    extra-steps: [{name: look, after: unpack, run: ls}]
    stages:
      1: {env: {LDFLAGS: -s}}
`;

/** An archive, annotations and overrides in a directory of their own. */
function given(annotations: string | undefined, overrides: string, patches: Readonly<Record<string, string>> = {}) {
  const directory = files(scratch(), {
    Packages: packages,
    Sources: sources,
    'alpha/first.patch': '--- a/x\n+++ b/x\n',
    ...(annotations !== undefined && { 'a.yaml': annotations }),
    'o/o.yaml': overrides,
  });
  files(join(directory, 'o'), patches);
  const request: InputRequest = {
    ...indexRequest(join(directory, 'Packages'), join(directory, 'Sources')),
    annotations: [join(directory, 'a.yaml')],
    targets: ['alpha', 'beta'],
    others: 'available',
    architecture: 'amd64',
  };
  return { directory, request, file: join(directory, 'o/o.yaml'), annotations: join(directory, 'a.yaml') };
}

/** Every step as the builder gets it; the order in which variables are written decides nothing. */
const stepsOf = ({ recipes }: Project) =>
  [...recipes].map(([name, { variants }]) => [
    name,
    [...variants].map(([stage, { steps }]) => [stage, steps.map((s) => [s.name, s.run, entriesOf(s.env).sort()])]),
  ]);

const contents = (directory: string) =>
  (readdirSync(directory, { recursive: true }) as string[])
    .filter((name) => statSync(join(directory, name)).isFile())
    .sort()
    .map((name) => [name, readFileSync(join(directory, name), 'utf8')]);

async function refusal(does: Promise<unknown>): Promise<string> {
  const error = await does.then(() => undefined).catch((e: unknown) => e);
  if (error instanceof InputError) return error.diagnostics.map(formatDiagnostic).join('\n');
  if (error instanceof EnvironmentError) return error.message;
  throw error ?? new Error('nothing was refused');
}

async function overridden({ request, file }: ReturnType<typeof given>): Promise<Project> {
  const there = request.annotations.filter((path) => existsSync(path));
  const { project } = await planArchive({ ...request, annotations: there });
  const read = readOverrides(file, project);
  if (!read.ok) throw new Error(read.diagnostics.map(formatDiagnostic).join('\n'));
  return applyOverrides(project, read.value);
}

const names = ['install-deps', 'unpack', 'changelog', 'build'];
const script = fc.constantFrom('ls', 'ls\n', "echo 'a'\n\necho b\n", '  indented\n', ': ; #', 'yes', '- a');
const value = fc.constantFrom('', '1', 'yes', "it's", 'a\nb', ' x ', '# no', 'nocheck parallel=2');
const change = (extra: string) =>
  fc.record(
    {
      env: fc.dictionary(fc.constantFrom('CFLAGS', 'LDFLAGS', 'DEB_BUILD_OPTIONS'), value, { maxKeys: 2 }),
      steps: fc.dictionary(fc.constantFrom(...names), fc.option(script), { maxKeys: 2 }),
      patches: fc.subarray(['fix1.patch', 'sub/fix1.patch', 'Other one.diff']),
      'extra-steps': fc.uniqueArray(
        fc
          .record({
            name: fc.constantFrom(`${extra}a`, `${extra}b`),
            side: fc.constantFrom('after', 'before'),
            beside: fc.constantFrom(...names),
            run: script,
          })
          .map(({ name, side, beside, run }) => ({ name, [side]: beside, run })),
        { selector: ({ name }) => name, maxLength: 2 },
      ),
    },
    { requiredKeys: [] },
  );
const changes = fc.record({
  all: change('x'),
  stages: fc.record({ 0: change('full-'), 1: change('one-') }, { requiredKeys: [] }),
});
const patches = {
  'fix1.patch': '--- a/y\n+++ b/y\n',
  'sub/fix1.patch': '--- a/z\n+++ b/z\n',
  'Other one.diff': '--- a/w\n+++ b/w\n',
};

test('any overrides: with what is written, plan and actions are those of before under the overrides; or nothing is written', async () => {
  let carried = 0;
  await fc.assert(
    fc.asyncProperty(
      changes,
      fc.constantFrom(undefined, '{beta: {droppable: [tool]}} # flow\n', withComments, withBuild),
      async ({ all, stages }, annotations) => {
        const text = JSON.stringify({ sources: { alpha: { ...all, stages } } });
        const there = given(annotations, text, patches);
        const wanted = await overridden(there);
        const old = await planArchive({
          ...there.request,
          annotations: annotations === undefined ? [] : there.request.annotations,
        });
        const before = contents(there.directory);
        try {
          await backportArchive(there.request, there.file, true);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          // What is there already can contradict what comes; alone it cannot.
          expect(annotations).toBe(withBuild);
          expect(contents(there.directory)).toEqual(before);
          return;
        }
        carried++;
        const now = await planArchive(there.request);
        expect(stepsOf(now.project)).toEqual(stepsOf(wanted));
        expect(formatPlan(now.plan)).toBe(formatPlan(old.plan));
        const comments = (annotations ?? '').match(/#.*$/gm) ?? [];
        const written = readFileSync(there.annotations, 'utf8');
        for (const comment of comments) expect(written).toContain(comment);
      },
    ),
    { numRuns: 25 },
  );
  expect(carried).toBeGreaterThan(5);
});

test('profiles of a stage become the profiles that the annotation gives it, without those that all builds have', async () => {
  const text = 'sources: {alpha: {stages: {1: {env: {DEB_BUILD_PROFILES: nocheck pkg.alpha.nobeta, CC: gcc}}}}}\n';
  const made = given(withComments, text);
  const request = { ...made.request, profiles: ['nocheck'] };
  await backportArchive(request, made.file, true);
  const { plan, project } = await planArchive(request);
  expect(plan.builds.find(({ id }) => id === 'alpha<stage1>')!.profiles).toEqual(['nocheck', 'pkg.alpha.nobeta']);
  const [, stage] = project.recipes.get('alpha')!.variants.values();
  expect(new Set(stage!.steps.map(({ env }) => JSON.stringify(env)))).toEqual(new Set(['{"CC":"gcc"}']));
  expect(readFileSync(made.annotations, 'utf8')).toBe(`# What we know.
beta:
  droppable: [tool]   # never asked for

alpha:
  # the way out
  stage1: [pkg.alpha.nobeta]
  build:
    stages:
      1:
        env:
          CC: gcc
`);
});

test('profiles of all builds of a source stay what its builds see, since a plan has none of the kind', async () => {
  const made = given(undefined, 'sources: {alpha: {env: {DEB_BUILD_PROFILES: pkg.alpha.more}}}\n');
  const wanted = stepsOf(await overridden(made));
  await backportArchive(made.request, made.file, true);
  expect(stepsOf((await planArchive(made.request)).project)).toEqual(wanted);
});

test('more packages become build dependencies that the plan knows: of all builds, or of a stage', async () => {
  const text =
    'sources: {alpha: {env: {EXTRA_BUILD_DEPENDS: tool=1}, stages: {1: {env: {EXTRA_BUILD_DEPENDS: tool=1 more}}}}}\n';
  const made = given(withComments, text);
  const { isOtherPlan } = await backportArchive(made.request, made.file, true);
  expect(isOtherPlan).toBe(true);
  const { plan, project } = await planArchive(made.request);
  const setOf = (id: string) => JSON.stringify(plan.builds.find((build) => build.id === id));
  expect([setOf('alpha<stage1>').includes('more'), setOf('alpha').includes('more')]).toEqual([true, false]);
  const variants = project.universe.sources.find(({ name }) => name === 'alpha')!.variants;
  expect(
    variants.map(({ added }) => added?.map((group) => group.map(({ name, op, version }) => [name, op, version]))),
  ).toEqual([[[['tool', '=', '1']]], [[['tool', '=', '1']], [['more', undefined, undefined]]]]);
});

test.each([
  ['tool/stable', 'no build dependency of alpha reads `tool/stable`'],
  ['tool-', 'no build dependency of alpha reads `tool-`'],
])('a word for apt that no field can say is refused by name: %s', async (word, message) => {
  const made = given(withComments, `sources: {alpha: {env: {EXTRA_BUILD_DEPENDS: ${word}}}}\n`);
  const before = contents(made.directory);
  expect(await refusal(backportArchive(made.request, made.file, true))).toContain(message);
  expect(contents(made.directory)).toEqual(before);
});

test('patches go beside the annotations, by source, each with its place in a series of quilt', async () => {
  const text = 'sources: {alpha: {patches: [fix1.patch, sub/fix1.patch], stages: {1: {patches: [Other one.diff]}}}}\n';
  const made = given(withBuild, text, patches);
  await backportArchive(made.request, made.file, true);
  const at = (name: string) => readFileSync(join(made.directory, 'alpha', name), 'utf8');
  expect(at('series')).toBe('fix1.patch\nfix1-2.patch\n');
  expect(at('series.stage1')).toBe('Other-one.diff\n');
  expect([at('fix1.patch'), at('fix1-2.patch'), at('Other-one.diff')]).toEqual(Object.values(patches));
  expect(readFileSync(made.annotations, 'utf8')).toContain(
    'patches: [alpha/first.patch, alpha/fix1.patch, alpha/fix1-2.patch]',
  );
});

test('a patch that comes later is applied later, whoever names it', async () => {
  const made = given(withBuild, 'sources: {alpha: {patches: [fix1.patch]}}\n', patches);
  const [full] = (await overridden(made)).recipes.get('alpha')!.variants.values();
  const applied = full!.steps.map(({ name }) => name).filter((name) => name.startsWith('patch-'));
  expect(applied).toEqual(['patch-first', 'patch-fix1']);
});

test('a file that is not there yet is made, and nothing is written when it is only asked', async () => {
  const made = given(undefined, 'sources: {alpha: {env: {CC: gcc}}}\n');
  expect((await backportArchive(made.request, made.file, false)).files).toEqual([made.annotations]);
  expect(existsSync(made.annotations)).toBe(false);
  await backportArchive(made.request, made.file, true);
  expect(readFileSync(made.annotations, 'utf8')).toBe('alpha:\n  build:\n    env:\n      CC: gcc\n');
});

test('what is no file of annotations in YAML takes none', async () => {
  const made = given('src:alpha beta-dev\n', 'sources: {alpha: {env: {CC: gcc}}}\n');
  expect(await refusal(backportArchive(made.request, made.file, true))).toContain(
    'has no place for it: it is no mapping',
  );
  expect(await refusal(backportArchive({ ...made.request, annotations: [] }, made.file, true))).toContain('no place');
});

test('what annotations say of a build is held against the source as overrides are', async () => {
  const made = given('alpha:\n  build:\n    steps: {bild: ls}\n    patches: [gone.patch]\n', '');
  const said = await refusal(planArchive(made.request));
  expect(said).toContain('there is no step `bild`');
  expect(said).toContain('did you mean `build`?');
  expect(said).toContain('there is no patch');
  expect(said).toContain('a.yaml:2:');
});

test('a build dependency that is asked for already is not added, nor one whose condition does not hold', async () => {
  const made = given(
    'alpha:\n  stage1: [stage1]\n  adds: [tool, "more [arm64]", "more <stage1>"]\n  stage1-adds: [build-essential]\n',
    '',
  );
  const { project } = await planArchive(made.request);
  const variants = project.universe.sources.find(({ name }) => name === 'alpha')!.variants;
  expect(variants.map(({ added }) => added?.map(([first]) => first!.name))).toEqual([
    undefined,
    ['more', 'build-essential'],
  ]);
});

test('a later file adds to an earlier one, and its build comes after', async () => {
  const made = given(withBuild, '');
  writeFileSync(join(made.directory, 'b.yaml'), 'alpha:\n  adds: [more]\n  build: {env: {CFLAGS: -O3}}\n');
  const annotations = [...made.request.annotations, join(made.directory, 'b.yaml')];
  const { project } = await planArchive({ ...made.request, annotations });
  const [full] = project.recipes.get('alpha')!.variants.values();
  expect(full!.steps.at(-1)!.env).toMatchObject({ CFLAGS: '-O3' });
  expect(project.universe.sources.find(({ name }) => name === 'alpha')!.variants[0]!.added).toHaveLength(1);
});
