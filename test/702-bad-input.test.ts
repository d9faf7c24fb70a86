/**
 * Metadata that is wrong, as a user meets it: one message with file, line and caret, and exit 65, from every command.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bootplan, files, scratch } from './rig/program.ts';

const here = scratch();
const source = (name: string, lines: string, version = '"1.0"', packaged = name) => `Source: ${name}
Version: ${version}
Maintainer: N <n@example.org>
${lines}Packages:
  - {Package: ${packaged}, Architecture: any, Description: it, files: [usr/**]}
recipe:
  steps:
    - build: true > built
`;
const seed = 'Seed:\n  - {Package: tools, Version: "1", debian: [dash]}\n';
const needsTools = 'Build-Depends: tools\n';

/** What is wrong, its file, and what is said of it. */
const wrong: readonly [string, string, string][] = [
  [
    'an unknown field',
    source('aa', `${needsTools}Build-Depend: x\n`),
    `error[BP102]: unknown field \`Build-Depend\`
  --> m/aa.yaml:5:1
5 | Build-Depend: x
  | ^^^^^^^^^^^^
help: did you mean \`Build-Depends\`?`,
  ],
  [
    'a wrong type',
    source('aa', `${needsTools}Section: [libs]\n`),
    `error[BP102]: \`Section\` must be text
  --> m/aa.yaml:5:10
5 | Section: [libs]
  |          ^^^^^^
help: write text here`,
  ],
  [
    'a dependency that nothing provides',
    source('aa', 'Build-Depends: tools, nosuch (>= 2)\n'),
    `error[BP115]: nothing provides nosuch (>= 2)
  --> m/aa.yaml:4:23
4 | Build-Depends: tools, nosuch (>= 2)
  |                       ^^^^^^
help: add a source that builds nosuch, or put it in the seed`,
  ],
  [
    'a second stage without a first',
    source('aa', `${needsTools}Build-Depends-Bootstrap2: tools\n`),
    `error[BP121]: Build-Depends-Bootstrap2 of aa has no Build-Depends-Bootstrap1 before it
  --> m/aa.yaml:5:1
5 | Build-Depends-Bootstrap2: tools
  | ^^^^^^^^^^^^^^^^^^^^^^^^
help: declare Build-Depends-Bootstrap1, or number the stages from 1 without a gap`,
  ],
  [
    'a source declared twice',
    source('good', needsTools),
    `error[BP112]: source good is declared twice; first in m/aa.yaml
  --> m/good.yaml:1:9
1 | Source: good
  |         ^^^^
help: keep one of the two files`,
  ],
  [
    'a name with a slash',
    source('a/a', needsTools, '"1.0"', 'aa'),
    `error[BP102]: "a/a" is not a valid Source
  --> m/aa.yaml:1:9
1 | Source: a/a
  |         ^^^
help: lower-case letters, digits, \`+\`, \`-\` and \`.\`, at least two, the first a letter or digit`,
  ],
  [
    'a version that is none',
    source('aa', needsTools, '"one two"'),
    `error[BP111]: "one two" is not a version: it has white space in it
  --> m/aa.yaml:2:10
2 | Version: "one two"
  |          ^^^^^^^^^
help: a version reads [epoch:]upstream[-revision], for example 1.2.3-1`,
  ],
];

describe.each(wrong)('%s', (_, file, said) => {
  const cwd = join(here, String(wrong.findIndex(([, f]) => f === file)));
  files(join(cwd, 'm'), { 'seed.yaml': seed, 'aa.yaml': file, 'good.yaml': source('good', needsTools) });

  test.each(['cycles', 'plan', 'run', 'stage --upto 1'])('%s', (command) => {
    const ran = bootplan([...command.split(' '), '--metadata', 'm'], { cwd });
    expect(ran).toEqual({ code: 65, stdout: '', stderr: `${said}\n\nbootplan: 1 error in the input\n` });
    expect(readdirSync(cwd)).toEqual(['m']);
  });
});

test('everything that is wrong is said at once, in the order of the files', () => {
  const cwd = join(here, 'all');
  const all = wrong.map(([, file], i): [string, string] => [`f${i}.yaml`, file]);
  files(join(cwd, 'm'), { 'seed.yaml': seed, ...Object.fromEntries(all) });
  const { code, stderr } = bootplan(['plan', '--metadata', 'm'], { cwd });
  const places = [...stderr.matchAll(/--> m\/f(\d)\.yaml/g)].map((m) => Number(m[1]));
  expect(code).toBe(65);
  expect([...new Set(places)].length).toBeGreaterThanOrEqual(4);
  expect(places).toEqual([...places].sort());
});

describe('a cycle that nothing declared breaks', () => {
  const cwd = join(here, 'cycle');
  files(join(cwd, 'm'), {
    'seed.yaml': seed,
    'aa.yaml': source('aa', 'Build-Depends: tools, bb\n'),
    'bb.yaml': source('bb', 'Build-Depends: tools, aa\n'),
    'free.yaml': source('free', needsTools),
  });
  const ask = (...args: string[]) => bootplan([...args, '--metadata', 'm'], { cwd });

  test('plan: exit 1, the part that can be built, the cycle, and the line to add in both notations', () => {
    const { code, stdout, stderr } = ask('plan');
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toContain('No complete plan');
    expect(stdout).toContain('src:aa  build-depends on  bb');
    expect(stdout).toContain('src:bb  build-depends on  aa');
    expect(stdout).toContain('    Build-Depends-Bootstrap1: tools\n');
    expect(stdout).toContain('    + bb <!pkg.aa.stage1>,');
    expect(stdout).toMatch(/First round:\n +1 +free +final\n/);
  });

  test('run: says what is stuck, builds the rest, exit 1', () => {
    const { code, stderr, stdout } = ask('run', '--dry-run');
    expect([code, stdout]).toEqual([1, 'would build free for final\n1 to build, 0 done\n']);
    expect(stderr).toContain('no plan reaches aa, bb');
  });

  test('stage: there is none to build, and that is what is said', () => {
    const { code, stderr } = ask('stage', '--upto', '1', '--dry-run');
    expect([code, stderr]).toEqual([64, expect.stringContaining('the plan has no stage builds up to stage 1')]);
  });
});
