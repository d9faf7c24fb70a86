/** The loop of someone who mends a recipe: it fails, a shell opens at the step, and it leaves nothing. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, expect, test } from 'vitest';
import { stateDirectory } from '../src/runner/state-directory.ts';
import { bootplan, files, root, scratch } from './rig.ts';

const home = scratch();
const state = join(home, 'state');
afterAll(() => rmSync(stateDirectory(state).work, { recursive: true, force: true }));

const source = `Source: broken
Version: "1"
Maintainer: A <a@example.org>
Build-Depends: tools
Packages:
  - Package: broken
    Architecture: all
    Description: fails at its second step
    files: [usr/**]
recipe:
  env: {WORD: a word}
  steps:
    - prepare: |
        echo "$WORD" >prepared
    - build: |
        cat prepared missing
    - install: |
        mkdir -p "$D/usr"
`;
const metadata = files(join(home, 'metadata'), {
  'broken.yaml': source,
  'seed.yaml': 'Seed: [{Package: tools, Version: "1", debian: [dash, coreutils]}]\n',
});
const options = ['--metadata', metadata, '--state', state];

test('a build fails at a step', () => {
  const ran = bootplan(['run', ...options, '--no-image']);
  expect(ran.code).toBe(1);
  expect(ran.stdout + ran.stderr).toContain('broken');
});

test('the shell is at that step, with the steps before it done and the variables set', () => {
  const script = 'cat prepared; echo "$STEP"; pwd; id -u; echo more >prepared; ls /usr/bin/gcc || exit 3';
  const ran = bootplan(['shell', 'broken', ...options, '--json', '--command', script]);
  const result = JSON.parse(ran.stdout);
  const schema = JSON.parse(readFileSync(join(root, 'metadata/schema/shell.schema.json'), 'utf8'));
  expect(new Ajv().validate(schema, result)).toBe(true);
  expect(result).toMatchObject({ build: 'broken', step: 'build', exitCode: 3 });
  expect(result.log.split('\n').slice(1, 5)).toEqual(['a word', '/work/steps/01-build', '/work/build', '1000']);
  expect(ran.code).toBe(1);
});

test('it leaves nothing: the same again starts from the same', () => {
  const ran = bootplan(['shell', 'broken', ...options, '--command', 'cat prepared']);
  expect(ran.stdout).toContain('a word');
  expect(ran.stdout).not.toContain('more');
  const { work } = stateDirectory(state);
  expect(readdirSync(dirname(work)).filter((name) => name.startsWith(`${basename(work)}-shell`))).toEqual([]);
});

test('another step can be named; one that is not there is a usage error that lists them', () => {
  const first = bootplan(['shell', 'broken', ...options, '--step', 'prepare', '--command', 'ls']);
  expect([first.code, first.stdout.trim()]).toEqual([0, '']);
  const wrong = bootplan(['shell', 'broken', ...options, '--step', 'bild', '--command', 'ls']);
  expect(wrong.code).toBe(64);
  expect(wrong.stderr).toContain('its steps are: prepare, build, install');
});
