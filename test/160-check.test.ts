/** `bootplan check`, run as a user would: the formats, the exit codes, the sources named, stages. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { beforeAll, expect, test } from 'vitest';
import { bootplan, files, needs, root, scratch } from './rig/program.ts';

const directory = scratch();
const inputs = ['--packages', join(directory, 'Packages'), '--sources', join(directory, 'Sources')];
const check = (...args: string[]) => bootplan(['check', ...args, ...inputs]);

const packages = `
Package: build-essential
Version: 12.9
Architecture: amd64

Package: bash
Version: 5.2-1
Architecture: amd64
Essential: yes

Package: libfoo-dev
Version: 1:2.0-1
Architecture: amd64
Depends: libfoo2 (= 1:2.0-1)

Package: libbar-dev
Version: 0.9
Architecture: all
Depends: libgone1 (>= 3) | libbaz-dev (>> 1)

Package: libbaz-dev
Version: 1
Architecture: amd64

Package: exim
Version: 4
Architecture: amd64
Provides: mta
Conflicts: mta

Package: postfix
Version: 3
Architecture: amd64
Depends: libbaz-dev
Provides: mta
Conflicts: mta (<< 9), libfoo2 (<< 1)
Breaks: exim (<< 5)
`.trimStart();

const sources = `
Package: conflicting
Version: 1
Architecture: any all
Maintainer: Ann <ann@example.org>
Build-Depends: postfix, exim
Package-List:
 conflicting deb misc optional arch=any
Binary: conflicting

Package: good
Version: 2-1
Architecture: any
Maintainer: Bob <bob@example.org>
Build-Depends: libbaz-dev, exim | mta, libfoo-dev <!stage1>, libbar-dev <!nodoc>
Binary: good

Package: missing
Version: 0.1
Architecture: any
Maintainer: Ann <ann@example.org>
Uploaders: Bob <bob@example.org>
Build-Depends: libbaz-dev (>= 0), libbar-dev
Binary: missing
`.trimStart();

const libfoo = `
Package: libfoo2
Version: 1:2.0-1
Architecture: amd64
`;

beforeAll(() => {
  files(directory, { Packages: packages + libfoo, Sources: sources });
});

test('the verdict first, then one line for each build that cannot be installed; exit 1', () => {
  expect(check()).toEqual({
    code: 1,
    stdout: `the build dependencies of 3 of 3 builds cannot be installed (amd64)

conflicting 1: postfix 3 breaks exim (<< 5), which is exim 4
good 2-1: libgone1 (>= 3) | libbaz-dev (>> 1) is missing
missing 0.1: libgone1 (>= 3) | libbaz-dev (>> 1) is missing
`,
    stderr: '',
  });
});

test('--explain tells the whole reason', () => {
  expect(check('--explain', '--profiles', 'nodoc').stdout).toBe(
    `the build dependencies of 2 of 3 builds cannot be installed (amd64, nodoc)

conflicting 1: postfix 3 breaks exim (<< 5), which is exim 4
  conflicting 1 build-depends on postfix
  conflicting 1 build-depends on exim
  postfix 3 breaks exim (<< 5), which is exim 4

missing 0.1: libgone1 (>= 3) | libbaz-dev (>> 1) is missing
  missing 0.1 build-depends on libbar-dev
    libbar-dev 0.9 depends on libgone1 (>= 3) | libbaz-dev (>> 1): there is only libbaz-dev 1
`,
  );
});

test('sources that are named are all answered, with --explain what would be installed; exit 0 when all is good', () => {
  const { code, stdout } = check('good', '--profiles', 'nodoc', '--explain');
  expect(code).toBe(0);
  expect(stdout).toBe(
    `the build dependencies of all 1 build can be installed (amd64, nodoc)

good 2-1: installable
  bash 5.2-1
  build-essential 12.9
  exim 4
  libbaz-dev 1
  libfoo-dev 1:2.0-1
  libfoo2 1:2.0-1
`,
  );
});

test('a source that there is none of is an error with the nearest name, all of them at once', () => {
  const { code, stdout, stderr } = check('godo', 'good', 'misssing');
  expect({ code, stdout }).toEqual({ code: 65, stdout: '' });
  expect(stderr).toContain('there is no source godo here\nhelp: did you mean good?');
  expect(stderr).toContain('there is no source misssing here\nhelp: did you mean missing?');
});

test('--stage checks that stage, --all-variants every one', () => {
  files(directory, { 'Packages.nofoo': packages });
  const broken = ['--packages', join(directory, 'Packages.nofoo'), '--sources', join(directory, 'Sources')];
  const run = (...args: string[]) => bootplan(['check', 'good', ...args, '--profiles', 'nodoc', ...broken]).stdout;
  expect(run()).toContain('good 2-1: libfoo2 (= 1:2.0-1) is missing\n');
  expect(run('--stage', '1')).toContain('good 2-1 stage 1: installable\n');
  expect(run('--all-variants')).toContain('libfoo2 (= 1:2.0-1) is missing\ngood 2-1 stage 1: installable\n');
});

const schema = JSON.parse(readFileSync(join(root, 'metadata/schema/check.schema.json'), 'utf8'));
const isResult = new Ajv({ allErrors: true }).compile(schema);

test('--json and --format json keep to the schema, and say the same', () => {
  for (const args of [
    [],
    ['--failures'],
    ['--explain', 'good', 'missing'],
    ['--profiles', 'nodoc', '--explain', 'good'],
  ]) {
    const json = check('--json', ...args);
    const result = JSON.parse(json.stdout);
    expect(isResult(result), JSON.stringify(isResult.errors)).toBe(true);
    expect(JSON.parse(check('--format', 'json', ...args).stdout)).toEqual(result);
  }
  const { builds } = JSON.parse(check('--json', '--profiles', 'nodoc').stdout);
  expect(builds.map((b: { source: string; installable: boolean }) => [b.source, b.installable])).toEqual([
    ['conflicting', false],
    ['good', true],
    ['missing', false],
  ]);
  expect(isResult({ ...JSON.parse(check('--json').stdout), broken: -1 })).toBe(false);
});

test.runIf(needs('dose-builddebcheck'))('--format dose is what dose-builddebcheck itself writes, byte for byte', () => {
  const dose = (...args: string[]) =>
    spawnSync('dose-builddebcheck', ['--deb-native-arch=amd64', ...args, inputs[1]!, inputs[3]!], { encoding: 'utf8' });
  expect(check('--format', 'dose', '--failures', '--explain', '--profiles', 'nodoc').stdout).toBe(
    dose('-f', '-e', '--deb-profiles=nodoc').stdout,
  );
});

test.runIf(needs('botch-dose2html'))('what reads dose reads this: botch-dose2html', () => {
  files(directory, { 'dose.yaml': check('--format', 'dose', '--failures', '--explain').stdout });
  const pages = ['--srcsdir', join(directory, 'srcs'), join(directory, 'dose.yaml'), join(directory, 'dose.html')];
  expect(spawnSync('botch-dose2html', pages, { encoding: 'utf8' })).toMatchObject({ status: 0 });
  const html = readFileSync(join(directory, 'dose.html'), 'utf8');
  for (const source of ['conflicting', 'good', 'missing']) expect(html).toContain(source);
});

test('--format dose without --explain gives the verdicts alone, the good ones too', () => {
  const statuses = [...check('--format', 'dose', '--profiles', 'nodoc').stdout.matchAll(/status: (.*)/g)];
  expect(statuses.map(([, status]) => status)).toEqual(['broken', 'ok', 'broken']);
});

test('--format dd-list lists the broken sources by maintainer and uploader', () => {
  expect(check('--format', 'dd-list', '--profiles', 'nodoc').stdout).toBe(`Ann <ann@example.org>
   conflicting
   missing

Bob <bob@example.org>
   missing (U)

`);
});

test('--format markdown shows names as code, never as markup', () => {
  expect(check('--format', 'markdown', '--profiles', 'nodoc').stdout).toBe(`# Installability of build dependencies

**the build dependencies of 2 of 3 builds cannot be installed (amd64, nodoc)**

## \`conflicting 1\`

\`postfix 3 breaks exim (<< 5), which is exim 4\`

- \`conflicting 1 build-depends on postfix\`
- \`conflicting 1 build-depends on exim\`
- \`postfix 3 breaks exim (<< 5), which is exim 4\`

## \`missing 0.1\`

\`libgone1 (>= 3) | libbaz-dev (>> 1) is missing\`

- \`missing 0.1 build-depends on libbar-dev\`
  - \`libbar-dev 0.9 depends on libgone1 (>= 3) | libbaz-dev (>> 1): there is only libbaz-dev 1\`
`);
});

test('the same input gives the same bytes', () => {
  expect(check('good', '--json', '--explain')).toEqual(check('good', '--json', '--explain'));
});

test('sources are named as explain takes them, and every wrong name is told at once', () => {
  const name = /^Package: (\S+)/.exec(readFileSync(join(directory, 'Sources'), 'utf8').trimStart())![1]!;
  expect(check(`src:${name}`).stdout).toBe(check(name).stdout);
  const wrong = check('libfoo-dev', `${name}x`);
  expect(wrong.code).toBe(65);
  expect(wrong.stderr).toContain('there is no source libfoo-dev here');
  expect(wrong.stderr).toContain(`there is no source ${name}x here\nhelp: did you mean ${name}`);
});
