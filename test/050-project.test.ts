/** A directory of YAML files becomes a project, or every problem in it becomes one message with its place. */
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answersFor } from '../src/application/analyse.ts';
import { formatDiagnostic, sortDiagnostics } from '../src/diagnostics.ts';
import { InputError } from '../src/errors.ts';
import { readProject } from '../src/metadata/project/project.ts';
import type { ProjectOptions } from '../src/metadata/project/project-shape.ts';
import { files, root, scratch } from './rig/program.ts';

const base = scratch();
let count = 0;

async function read(contents: Readonly<Record<string, string>>, options: Partial<ProjectOptions> = {}) {
  const directory = join(base, String(count++));
  mkdirSync(directory, { recursive: true });
  return readProject(files(directory, contents), { architecture: 'amd64', ...options });
}

/** The messages without the temporary directory, in order. */
async function complaints(contents: Readonly<Record<string, string>>): Promise<string[]> {
  const result = await read(contents);
  expect(result.ok).toBe(false);
  return sortDiagnostics(result.diagnostics).map((d) => formatDiagnostic(d).replace(/\S*bootplan-\w+\/\d+\//g, ''));
}

const source = (name: string, lines = '', packageLines = '') => `Source: ${name}
Version: 1.0-1
Maintainer: Some One <one@example.org>
${lines}Packages:
  - Package: ${name}
    Description: the ${name}
${packageLines}`;

const seed = 'Seed:\n  - {Package: seed-toolchain, Version: "1", debian: [gcc]}\n';

test('two sources in a cycle, each with a stage', async () => {
  const result = await read({
    'seed.yaml': seed,
    'cc.yaml': source('cc', 'Build-Depends: libc, cc\nBuild-Depends-Bootstrap1: seed-toolchain, libc\n'),
    'libc.yaml': source('libc', 'Build-Depends:\n  - cc (>= 1)\nBuild-Depends-Bootstrap1: seed-toolchain\n'),
  });
  expect(result.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  if (!result.ok) return;
  const { universe } = result.value;
  expect(universe.sources.map((s) => s.name)).toEqual(['cc', 'libc']);
  expect(universe.binaries.map((b) => b.name)).toEqual(['cc', 'libc', 'seed-toolchain']);
  expect(universe.seed).toEqual(['seed-toolchain']);
  expect(universe.sources[0]!.variants.map((v) => [v.stage, v.buildDepends.map((g) => g[0]!.name)])).toEqual([
    [0, ['libc', 'cc']],
    [1, ['seed-toolchain', 'libc']],
  ]);
  expect(universe.targets).toEqual([0, 1]);
});

test('the image names the targets, and what they do not need is left out', async () => {
  const contents = {
    'seed.yaml': seed,
    'a.yaml': source('aa', 'Build-Depends: seed-toolchain\n', '    Depends: bb\n'),
    'b.yaml': source('bb', 'Build-Depends: seed-toolchain\n'),
    'c.yaml': source('cc', 'Build-Depends: aa\n'),
    'image.yaml': 'Image: tiny\npackages: [aa]\nroot-size: 16\nkernel: seed\nseed-kernel: linux-image-cloud-amd64\n',
  };
  const image = await read(contents);
  expect(image.ok && image.value.universe.sources.map((s) => s.name)).toEqual(['aa', 'bb']);
  expect(image.ok && image.value.universe.targets).toEqual([0]);
  const all = await read(contents, { targets: 'all' });
  expect(all.ok && all.value.universe.sources.map((s) => s.name)).toEqual(['aa', 'bb', 'cc']);
});

test('a variant of the image has contents of its own, the rest of the image, and its packages are targets too', async () => {
  const contents = {
    'a.yaml': source('aa'),
    'b.yaml': source('bb'),
    'c.yaml': source('cc'),
    'image.yaml': `Image: tiny
packages: [aa]
root-size: 16
kernel: seed
seed-kernel: linux-image-cloud-amd64
guest-build: {amd64: aa}
files: {etc/one: one, etc/two: two}
variants:
  small: {root-size: 8, guest-build: {}, files: {etc/two: null, etc/one: other, etc/three: three}}
  large: {packages: [aa, bb]}
`,
  };
  const project = await read(contents);
  expect(project.ok && project.value.image?.variant).toBe(undefined);
  expect(project.ok && project.value.imageVariants).toMatchObject([
    { variant: 'large', name: 'tiny', packages: ['aa', 'bb'], rootMebibytes: 16, guestBuild: { amd64: 'aa' } },
    {
      variant: 'small',
      name: 'tiny',
      packages: ['aa'],
      rootMebibytes: 8,
      seedKernel: { package: 'linux-image-cloud-amd64' },
    },
  ]);
  const [large, small] = project.ok ? project.value.imageVariants : [];
  expect([large?.files, small?.files, small?.guestBuild]).toEqual([
    { 'etc/one': 'one', 'etc/two': 'two' },
    { 'etc/one': 'other', 'etc/three': 'three' },
    {},
  ]);
  expect(project.ok && project.value.universe.sources.map((s) => s.name)).toEqual(['aa', 'bb']);
});

test('the seed kernel is one package, or one for each architecture', async () => {
  const kernelFor = async (text: string, architecture: string) => {
    const image = `Image: tiny\npackages: [aa]\nroot-size: 16\nkernel: seed\nseed-kernel: ${text}\n`;
    const project = await read({ 'a.yaml': source('aa'), 'image.yaml': image }, { architecture });
    return project.ok && project.value.image?.seedKernel.package;
  };
  expect(await kernelFor('one', 'arm64')).toBe('one');
  expect(await kernelFor('{amd64: one, arm64: another}', 'arm64')).toBe('another');
  expect(await kernelFor('{amd64: one}', 'arm64')).toBe(undefined);
});

test('a recipe: a stage replaces steps by name, and removes them with null', async () => {
  const recipe = `recipe:
  steps:
    - configure: ./configure
    - build: make
    - install: make install
  stages:
    1: {build: sh build.sh, configure: null}
`;
  const result = await read({
    'seed.yaml': seed,
    'm.yaml': source('mm', 'Build-Depends: mm\nBuild-Depends-Bootstrap1: seed-toolchain\n') + recipe,
  });
  expect(result.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  if (!result.ok) return;
  const variants = result.value.recipes.get('mm')!.variants;
  expect(variants.get(0)!.steps.map((s) => s.run)).toEqual(['./configure', 'make', 'make install']);
  expect(variants.get(1)!.steps.map((s) => s.run)).toEqual(['sh build.sh', 'make install']);
});

test('reading is independent of the names of the files', async () => {
  const [a, b] = [
    source('aa', 'Build-Depends: bb\nBuild-Depends-Bootstrap1: seed-toolchain\n'),
    source('bb', 'Build-Depends: aa\n'),
  ];
  const one = await read({ '1.yaml': a, '2.yaml': b, 's.yaml': seed });
  const two = await read({ 'z.yaml': a, 'y.yaml': b, 'a.yaml': seed });
  const withoutPlaces = (value: unknown) =>
    JSON.stringify(value, (key, v) => (key === 'origin' || key === 'directory' ? undefined : v));
  expect(one.ok && two.ok && withoutPlaces(one.value)).toEqual(two.ok && withoutPlaces(two.value));
});

test('unknown field, with the field that was meant', async () => {
  expect(await complaints({ 'a.yaml': source('aa', 'Buld-Depends: cc\n') })).toMatchInlineSnapshot(`
    [
      "error[BP102]: unknown field \`Buld-Depends\`
      --> a.yaml:4:1
    4 | Buld-Depends: cc
      | ^^^^^^^^^^^^
    help: did you mean \`Build-Depends\`?",
    ]
  `);
});

test('wrong type: a version without quotes is a number', async () => {
  expect(await complaints({ 'a.yaml': source('aa').replace('1.0-1', '1.10') })).toMatchInlineSnapshot(`
    [
      "error[BP102]: \`Version\` must be text
      --> a.yaml:2:10
    2 | Version: 1.10
      |          ^^^^
    help: put it in quotes: "1.10"",
    ]
  `);
});

test('a dependency that nothing provides', async () => {
  expect(
    await complaints({ 'a.yaml': source('aa', 'Build-Depends: seed-toolchain, libmusl-dev (>= 1)\n'), 's.yaml': seed }),
  ).toMatchInlineSnapshot(`
    [
      "error[BP115]: nothing provides libmusl-dev (>= 1)
      --> a.yaml:4:32
    4 | Build-Depends: seed-toolchain, libmusl-dev (>= 1)
      |                                ^^^^^^^^^^^
    help: add a source that builds libmusl-dev, or put it in the seed",
    ]
  `);
});

test('Bootstrap2 without Bootstrap1', async () => {
  expect(
    await complaints({
      'a.yaml': source('aa', 'Build-Depends: aa\nBuild-Depends-Bootstrap2: seed-toolchain\n'),
      's.yaml': seed,
    }),
  ).toMatchInlineSnapshot(`
    [
      "note[BP124]: stage 2 of aa drops no binary: all are taken to come out of it
      --> a.yaml:1:9
    1 | Source: aa
      |         ^^
    help: say which it leaves out with Build-Profiles on their stanzas",
      "error[BP121]: Build-Depends-Bootstrap2 of aa has no Build-Depends-Bootstrap1 before it
      --> a.yaml:5:1
    5 | Build-Depends-Bootstrap2: seed-toolchain
      | ^^^^^^^^^^^^^^^^^^^^^^^^
    help: declare Build-Depends-Bootstrap1, or number the stages from 1 without a gap",
    ]
  `);
});

test('a field in two spellings: upper and lower case are the same', async () => {
  const twice = `${source('aa')}Build-Depends-Bootstrap1: ""\nbuild-depends-bootstrap1: aa\n`;
  const said = (await complaints({ 'a.yaml': twice })).join('\n');
  expect(said).toContain('error[BP129]: the field build-depends-bootstrap1 is there twice, in upper and lower case');
});

test('a source that is declared twice is one message, its binaries are none', async () => {
  expect(await complaints({ 'a.yaml': source('aa'), 'b.yaml': source('aa') })).toMatchInlineSnapshot(`
    [
      "error[BP112]: source aa is declared twice; first in a.yaml
      --> b.yaml:1:9
    1 | Source: aa
      |         ^^
    help: keep one of the two files",
    ]
  `);
});

test('a binary of two sources', async () => {
  const other = source('bb').replace('Package: bb', 'Package: aa');
  expect(await complaints({ 'a.yaml': source('aa'), 'b.yaml': other })).toMatchInlineSnapshot(`
    [
      "error[BP112]: binary aa is declared twice; first in a.yaml
      --> b.yaml:5:14
    5 |   - Package: aa
      |              ^^
    help: a binary comes from one source",
    ]
  `);
});

test('a name with a slash', async () => {
  expect(await complaints({ 'a.yaml': source('a/../b') })).toMatchInlineSnapshot(`
    [
      "error[BP102]: "a/../b" is not a valid Source
      --> a.yaml:1:9
    1 | Source: a/../b
      |         ^^^^^^
    help: lower-case letters, digits, \`+\`, \`-\` and \`.\`, at least two, the first a letter or digit",
      "error[BP102]: "a/../b" is not a valid Package
      --> a.yaml:5:14
    5 |   - Package: a/../b
      |              ^^^^^^
    help: lower-case letters, digits, \`+\`, \`-\` and \`.\`, at least two, the first a letter or digit",
    ]
  `);
});

test('a version that is none', async () => {
  expect(await complaints({ 'a.yaml': source('aa').replace('1.0-1', 'one point two!') })).toMatchInlineSnapshot(`
    [
      "error[BP111]: "one point two!" is not a version: it has white space in it
      --> a.yaml:2:10
    2 | Version: one point two!
      |          ^^^^^^^^^^^^^^
    help: a version reads [epoch:]upstream[-revision], for example 1.2.3-1",
    ]
  `);
});

test('a relation that is none', async () => {
  expect(await complaints({ 'a.yaml': source('aa', 'Build-Depends: bb (>= 1, cc\n') })).toMatchInlineSnapshot(`
    [
      "error[BP110]: Build-Depends: the parenthesis ( is not closed
      --> a.yaml:4:19
    4 | Build-Depends: bb (>= 1, cc
      |                   ^
    help: a dependency reads \`name (>= version) [architectures] <profiles> | other, next\`",
    ]
  `);
});

test('not YAML at all, a duplicate key, an empty file: all files are reported', async () => {
  expect(
    await complaints({
      'a.yaml': 'Source: [\n',
      'b.yaml': `${source('bb')}Version: 2\n`,
      'c.yaml': '',
      'd.yaml': '- 1\n',
    }),
  ).toMatchInlineSnapshot(`
    [
      "error[BP101]: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]
      --> a.yaml:2:1
    2 | 
      | ^
    help: correct the line; indentation and quotes are the usual causes",
      "error[BP101]: not valid YAML: Map keys must be unique
      --> b.yaml:7:1
    7 | Version: 2
      | ^
    help: correct the line; indentation and quotes are the usual causes",
      "error[BP104]: neither a source, a seed nor an image
      --> c.yaml:1:1
    1 | 
      | ^
    help: a source file has \`Source:\`, the seed file \`Seed:\`, the image file \`Image:\`",
      "error[BP104]: neither a source, a seed nor an image
      --> d.yaml:1:1
    1 | - 1
      | ^
    help: a source file has \`Source:\`, the seed file \`Seed:\`, the image file \`Image:\`",
    ]
  `);
});

test('stage recipe without the stage, and a step that is not there', async () => {
  const recipe = 'recipe:\n  steps: [{build: make}]\n  stages:\n    1: {biuld: sh}\n';
  expect(await complaints({ 'a.yaml': source('aa') + recipe })).toMatchInlineSnapshot(`
    [
      "error[BP147]: recipe for stage 1, but no Build-Depends-Bootstrap1 declares that stage
      --> a.yaml:10:5
    10 |     1: {biuld: sh}
       |     ^
    help: add Build-Depends-Bootstrap1, or remove this part",
      "error[BP147]: stage 1 changes the step \`biuld\`, which \`steps\` does not have
      --> a.yaml:10:9
    10 |     1: {biuld: sh}
       |         ^^^^^
    help: did you mean \`build\`?",
    ]
  `);
});

test('an image that wants what nobody builds', async () => {
  const image = 'Image: tiny\npackages: [ab]\nroot-size: 16\nkernel: source\n';
  expect(await complaints({ 'a.yaml': source('aa'), 'image.yaml': image })).toMatchInlineSnapshot(`
    [
      "error[BP113]: the image has no \`source-kernel\` to build
      --> image.yaml:1:1
    1 | Image: tiny
      | ^^^^^^^^^^^
    help: declare it in the Packages of a source",
      "error[BP113]: the image wants ab, which no source builds
      --> image.yaml:2:12
    2 | packages: [ab]
      |            ^^
    help: did you mean \`aa\`?",
    ]
  `);
});

test('a variant of the image that wants what nobody builds, and one with a key it cannot have', async () => {
  const image = 'Image: tiny\npackages: [aa]\nroot-size: 16\nkernel: seed\nvariants:\n';
  const wants = { 'a.yaml': source('aa'), 'image.yaml': `${image}  small: {packages: [aa, ab]}\n` };
  expect(await complaints(wants)).toMatchInlineSnapshot(`
    [
      "error[BP113]: the image wants ab, which no source builds
      --> image.yaml:6:26
    6 |   small: {packages: [aa, ab]}
      |                          ^^
    help: did you mean \`aa\`?",
    ]
  `);
  const own = { 'a.yaml': source('aa'), 'image.yaml': `${image}  small: {kernel: source}\n  two_words: {}\n` };
  expect(await complaints(own)).toMatchInlineSnapshot(`
    [
      "error[BP102]: unknown field \`kernel\`
      --> image.yaml:6:11
    6 |   small: {kernel: source}
      |           ^^^^^^
    help: known here: packages, root-size, guest-build, files",
      "error[BP102]: "two_words" is not a valid name here
      --> image.yaml:7:3
    7 |   two_words: {}
      |   ^^^^^^^^^
    help: lower-case letters, digits, \`+\`, \`-\` and \`.\`, at least two, the first a letter or digit",
    ]
  `);
});

test.each([
  ['A: "x\\0y"', /"x\\u0000y" is not a valid A/],
  [`A: ${'x'.repeat(65_537)}`, /`A` must NOT have more than 65536 characters/],
  ['"A=B": x', /"A=B" is not a valid name here/],
  ['SOURCE_DATE_EPOCH: yesterday', /"yesterday" is not a valid SOURCE_DATE_EPOCH/],
  ['SOURCE_DATE_EPOCH: "-1"', /"-1" is not a valid SOURCE_DATE_EPOCH/],
])('no process can be given the variable %.20s', async (variable, message) => {
  const recipe = `recipe:\n  env: {${variable}}\n  steps: [build: "true"]\n`;
  const found = await complaints({ 'seed.yaml': seed, 'aa.yaml': source('aa') + recipe });
  expect(found.join('\n')).toMatch(message);
});

test('no file can have the name of a step of 101 letters', async () => {
  const recipe = `recipe:\n  steps: [${'b'.repeat(101)}: "true"]\n`;
  const found = await complaints({ 'seed.yaml': seed, 'aa.yaml': source('aa') + recipe });
  expect(found.join('\n')).toContain('is not a valid name here');
});

test('a missing and an empty directory are missing input', async () => {
  await expect(readProject(join(base, 'nowhere'), { architecture: 'amd64' })).rejects.toThrow(InputError);
  const empty = join(base, 'empty');
  mkdirSync(empty);
  await expect(readProject(empty, { architecture: 'amd64' })).rejects.toMatchObject({ exit: 66 });
});

test('the smallest distribution of the documentation is one', async () => {
  const text = readFileSync(join(root, 'docs/metadata.md'), 'utf8');
  const [seedText, hello] = [...text.matchAll(/^```yaml\n(.*?)^```/gms)].map((m) => m[1]!);
  const result = await read({ 'seed.yaml': seedText!, 'hello.yaml': hello! });
  expect(result.diagnostics).toEqual([]);
  expect(result.ok && [...result.value.recipes.keys()]).toEqual(['hello']);
});

test('what an editor keeps beside a file that is open is no metadata', async () => {
  const directory = files(join(base, 'open'), { 'aa.yaml': source('aa'), 'aa.yaml~': 'x', '.aa.yaml.swp': 'x' });
  symlinkSync('somebody@somewhere.1:2', join(directory, '.#aa.yaml'));
  const result = await readProject(directory, { architecture: 'amd64' });
  expect(result.ok && result.value.universe.sources.map(({ name }) => name)).toEqual(['aa']);
});

test.for([
  'aa (>= 1),\n        lost (>= 1)',
  '|2-\n        aa, bb (>= 2) | aa,\n        lost',
  '>-\n        aa,\n        lost',
  '"aa, lost"',
  "'lost'",
])('the caret finds its word in %j', async (text, { expect }) => {
  const [complaint] = await complaints({ 'aa.yaml': source('aa', '', `    Depends: ${text}\n`) });
  const [, , line, caret] = complaint!.split('\n');
  expect(line!.slice(caret!.indexOf('^'))).toMatch(/^lost/);
});

test('text that would steer the terminal of whoever reads a package is refused', async () => {
  for (const lines of ['Section: "a\\eb"\n', 'Homepage: "a\\x9b2J"\n', 'Uploaders: "a\\0b"\n']) {
    const said = await complaints({ 'a.yaml': source('aa', lines) });
    expect(said.join('\n')).toContain(
      'help: text without control characters: they would reach the terminals of others',
    );
  }
});

test('a binary of a stage may need less at run time: the plan, and the package of the stage, go by that', async () => {
  const depends = '    Depends: tools, json\n    Depends-Bootstrap1: [tools]\n    files: [usr/**]\n';
  const recipe = 'recipe: {steps: [{install: "true"}]}\n';
  const result = await read(
    {
      'seed.yaml': 'Seed:\n  - {Package: tools, Version: "1", debian: [dash]}\n',
      'maker.yaml': source('maker', 'Build-Depends: json\nBuild-Depends-Bootstrap1: tools\n', depends) + recipe,
      'json.yaml': source('json', 'Build-Depends: maker\n'),
    },
    { targets: 'all' },
  );
  if (!result.ok) throw new Error(result.diagnostics.map((d) => d.message).join('\n'));
  const { universe, recipes } = result.value;
  expect((await answersFor(universe)).plan.stuck).toEqual([]);
  const control = (stage: number) => recipes.get('maker')!.variants.get(stage)!.binaries[0]!.control.Depends;
  expect([control(0), control(1)]).toEqual(['tools, json', 'tools']);
});
