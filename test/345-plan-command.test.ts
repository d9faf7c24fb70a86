/** `bootplan plan` as a user starts it: verdicts, exit codes, files, and the line that would help. */

import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Plan } from '../src/model.ts';
import { binaryName } from '../src/names.ts';
import { bootplan, files, root, scratch } from './rig/program.ts';
import { fits } from './rig/schema.ts';

const directory = scratch();

const source = (name: string, fields: string, binaries = name) => `Package: ${name}
Binary: ${binaries}
Version: 1
Architecture: any
Maintainer: Nobody <nobody@example.org>
${fields}

`;

const binary = (name: string) => `Package: ${name}
Version: 1
Architecture: amd64
Maintainer: Nobody <nobody@example.org>

`;

const inputs = (name: string, sources: string, names: string): string[] => {
  files(join(directory, name), { Sources: sources, Packages: names.split(' ').map(binary).join('') });
  const at = (file: string) => join(directory, name, file);
  return ['--sources', at('Sources'), '--packages', at('Packages'), '--seed', 'none', '--targets', 'all'];
};

const broken = inputs(
  'broken',
  source('a', 'Build-Depends: b <!stage1>') + source('b', 'Build-Depends: c') + source('c', 'Build-Depends: a'),
  'a b c',
);
const hopeless = inputs(
  'hopeless',
  source('a', 'Build-Depends: b') + source('b', 'Build-Depends: a') + source('d', ''),
  'a b d',
);

test('a cycle that a declared stage breaks: verdict first, exit code 0', () => {
  const ran = bootplan(['plan', ...broken]);
  expect(ran.stdout).toBe(`A plan: 1 stage build, 3 full builds, 1 rebuild, 1 comparison, proved to be the fewest.

Costs:
  wishes             0  proved
  stage builds       1  proved
  rebuilds           1  proved

First round:
  1  a<stage1>  stage1
  2  c          interim  (a<stage1> installed)
  3  b          final
  4  a          final

Rebuilds, since what they were built with was not clean:
  5  c#2        final

Comparison: built again, and to be the same bit for bit:
  6  a#2        final
`);
  expect(ran.code).toBe(0);
});

test('nothing declared breaks it: the rest is planned, the cycle named, the line to add shown in both notations', () => {
  const ran = bootplan(['plan', ...hopeless]);
  expect(ran.code).toBe(1);
  expect(ran.stdout).toContain('No complete plan: 2 sources get no clean full build.');
  expect(ran.stdout).toContain('src:a  build-depends on  b');
  expect(ran.stdout).toContain('<- back at the start');
  expect(ran.stdout).toMatch(/Build-Depends-Bootstrap1:/);
  expect(ran.stdout).toMatch(/\+ b <!pkg\.a\.stage1>/);
  expect(ran.stdout).toMatch(/1 {2}d {2}final/);
});

test('as a last resort it wishes, and says so', () => {
  const ran = bootplan(['plan', ...hopeless, '--wishes', 'last-resort']);
  expect(ran.stdout).toMatch(/^A plan, on 1 wish that nobody has declared: /);
  expect(ran.stdout).toContain('Wishes (1): a\n');
  expect(ran.code).toBe(1);
  expect(bootplan(['plan', ...hopeless, '--wishes', 'last-resort', '--allow-wishes']).code).toBe(0);
});

test('what must come from outside is named in every export, before the build that needs it', () => {
  const at = scratch();
  const planned = ['plan', ...hopeless, '--wishes', 'last-resort', '--output', 'plan.json', '--json'];
  const { builds } = JSON.parse(bootplan(planned, { cwd: at }).stdout) as Plan;
  const first = builds.findIndex((b) => b.installs.includes(binaryName('a')));
  for (const format of ['order', 'sbuild', 'wanna-build']) {
    const ran = bootplan(['plan', 'export', 'plan.json', '--format', format], { cwd: at });
    expect(ran.stdout).toContain(`#   before build ${first + 1}, ${builds[first]!.id}: a (of src:a)\n`);
    expect(ran.stderr).toContain('1 source must come from outside');
    expect(ran.code).toBe(1);
    expect(bootplan(['plan', 'export', 'plan.json', '--format', format, '--allow-wishes'], { cwd: at }).code).toBe(0);
  }
  const sbuild = bootplan(['plan', 'export', 'plan.json', '--format', 'sbuild'], { cwd: at }).stdout;
  const calls = sbuild.split('\n').filter((line) => line.startsWith('sbuild '));
  const outside = calls.map((line) => line.includes('$OUTSIDE'));
  expect(outside.indexOf(true)).toBe(first);
  expect(sbuild).toContain(': "$CHROOT" "$REPOSITORY" "$PUBLISH" "$OUTSIDE"\n');
});

test('an export of a plan that leaves sources out says which', () => {
  const at = scratch();
  expect(bootplan(['plan', ...hopeless, '--output', 'plan.json'], { cwd: at }).code).toBe(1);
  for (const format of ['order', 'sbuild', 'wanna-build']) {
    const ran = bootplan(['plan', 'export', 'plan.json', '--format', format, '--allow-wishes'], { cwd: at });
    expect(ran.stdout).toContain('# Not in it, for no plan reaches them: a, b\n');
    expect(ran.stderr).toContain('2 sources of the plan cannot be built');
    expect(ran.code).toBe(1);
  }
});

test('a path that is not there is told before anything is read, and makes no directories', () => {
  const at = scratch();
  const reads = {
    plan: ['plan', ...broken, '--output'],
    cycles: ['cycles', ...broken, '--output'],
    progress: ['progress', ...broken, '-n', '--svg'],
  };
  for (const words of Object.values(reads)) {
    const ran = bootplan([...words, join(at, 'typo/x.json')]);
    expect([ran.code, ran.stdout]).toEqual([66, '']);
    expect(ran.stderr).toContain(`there is no directory ${at}/typo to write x.json into`);
  }
  expect(existsSync(join(at, 'typo'))).toBe(false);
});

test('what is no file is written to, not replaced: a pipe, what a link leads to', () => {
  const at = scratch();
  const script = 'mkfifo pipe; timeout 60 cat pipe >read & "$@" --output pipe; wait; test -p pipe';
  const plan = [join(root, 'bin/bootplan'), 'plan', ...broken, '--quiet'];
  expect(spawnSync('sh', ['-c', script, 'sh', ...plan], { cwd: at }).status).toBe(0);
  writeFileSync(join(at, 'file'), 'what was there');
  symlinkSync('file', join(at, 'link'));
  expect(bootplan(['plan', ...broken, '--output', 'link'], { cwd: at }).code).toBe(0);
  expect(lstatSync(join(at, 'link')).isSymbolicLink()).toBe(true);
  const text = bootplan(['plan', ...broken, '--format', 'json']).stdout;
  expect([readFileSync(join(at, 'read'), 'utf8'), readFileSync(join(at, 'file'), 'utf8')]).toEqual([text, text]);
  const closed = spawnSync('bash', ['-c', '"$@" --output >(head -c 1)', 'bash', ...plan], { encoding: 'utf8' });
  expect([closed.status, closed.stderr]).toEqual([0, '']);
});

test('--json and the file fit their schemas, tell the same, and are the same bytes each time', () => {
  const [one, two] = [join(directory, 'one.json'), join(directory, 'two.json')];
  const ran = bootplan(['plan', ...broken, '--json', '--output', one]);
  expect(bootplan(['plan', ...broken, '--json', '--output', two]).stdout).toBe(ran.stdout);
  const plan = fits<{ builds: { id: string }[] }>(ran.stdout, 'plan');
  expect(readFileSync(one, 'utf8')).toBe(readFileSync(two, 'utf8'));
  const file = fits<{ builds: unknown[] }>(readFileSync(one, 'utf8'), 'plan-file');
  expect(file.builds.length).toBe(plan.builds.length);
  expect(bootplan(['plan', ...broken, '--format', 'json']).stdout).toBe(readFileSync(one, 'utf8'));
  expect(fits(bootplan(['plan', ...hopeless, '--json']).stdout, 'plan')).toMatchObject({ status: 'none' });
  expect(bootplan(['plan', 'export', one]).stdout).toBe(bootplan(['plan', ...broken, '--format', 'order']).stdout);
});
