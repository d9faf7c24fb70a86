/** The loop of someone who mends a recipe: it fails, a shell opens at the step, and it leaves nothing. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, expect, test } from 'vitest';
import { stateDirectory } from '../src/runner/journal/state-directory.ts';
import { bootplan, files, root, scratch } from './rig/program.ts';

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
  expect(result.log.split('\n').slice(0, 4)).toEqual(['a word', '/work/steps/01-build', '/work/build', '1000']);
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

test('the commands that a report tells one to type find state and metadata from anywhere', () => {
  const { lastFailure } = JSON.parse(bootplan(['status', '--state', state, '--json']).stdout);
  const { help } = JSON.parse(readFileSync(lastFailure.report, 'utf8'));
  const env = { ...process.env, PATH: `${join(root, 'bin')}:${process.env.PATH}` };
  const typed = (command: string) => spawnSync('sh', ['-c', command], { cwd: home, env, encoding: 'utf8' });
  expect(typed(help[0]).stdout).toContain('missing');
  expect(typed(`${help[1]} -c 'cat prepared'`).stdout).toBe('a word\n');
  expect(typed(`${help[2]} --dry-run`).stdout).toContain('would build broken for final');
});

test('without --metadata it is that of the run, and which it is, is said', () => {
  const ran = bootplan(['shell', 'broken', '--state', state, '--command', 'cat prepared']);
  expect([ran.code, ran.stdout]).toEqual([0, 'a word\n']);
  expect(ran.stderr).toContain(`metadata: ${metadata}, as in the last run here`);
});

test('an image is of the metadata of the run too; which it is, is said', () => {
  const ran = bootplan(['image', '--state', state]);
  expect(ran.stderr).toContain(`metadata: ${metadata}, as in the last run here`);
  expect(ran.stderr).not.toContain('and this image is of');
  expect(ran.stdout + ran.stderr).not.toContain('minidistro');
});

/** Every file below a directory, with its size and time. */
const listed = (directory: string) =>
  spawnSync('find', [directory, '-printf', '%P %s %T@\\n'], { encoding: 'utf8' }).stdout.split('\n').sort();

test('a dry run writes nothing: with the same metadata, with other metadata, where nothing was run', () => {
  const other = files(join(home, 'seeded'), {
    'other.yaml': source.replaceAll('broken', 'other'),
    'seed.yaml': 'Seed: [{Package: tools, Version: "1", debian: [dash, coreutils, diffutils]}]\n',
  });
  const [before, fresh] = [listed(state), scratch()];
  for (const md of [metadata, other]) {
    bootplan(['run', '--dry-run', '--metadata', md, '--state', state]);
    expect(listed(state)).toEqual(before);
    expect(bootplan(['run', '--dry-run', '--metadata', md], { cwd: fresh }).code).toBe(0);
    expect(readdirSync(fresh)).toEqual([]);
  }
});

const elsewhere = files(join(home, 'elsewhere'), {
  'other.yaml': source.replaceAll('broken', 'other').replace('tools\n', 'tools, more\n'),
  'more.yaml': source.replaceAll('broken', 'more'),
  'seed.yaml': 'Seed: [{Package: tools, Version: "1", debian: [dash, coreutils]}]\n',
});

test('with the metadata of another plan that is said, and not what that plan lacks', () => {
  for (const build of ['broken', 'other']) {
    const ran = bootplan(['shell', build, '--metadata', elsewhere, '--state', state, '--command', 'ls']);
    expect([build, ran.code]).toEqual([build, 78]);
    expect(ran.stderr).toContain(`is another plan than the one to run now; it was made from ${metadata}`);
    expect(ran.stderr).toContain('the metadata directory, its content or the options are not those of the last run');
  }
  const dry = ['run', '--dry-run', '--metadata', elsewhere, '--state', state];
  expect(bootplan(dry).stderr).toContain('without --replan a run refuses this one');
  expect(bootplan([...dry, '--replan']).stderr).not.toContain('another plan');
  const seeds = JSON.parse(bootplan(['run', ...options, '--json']).stdout).seed;
  expect(seeds).toEqual([]);
});

test("what two of a build's packages have is said with the remedy, by log and status as well", () => {
  const twice = files(join(home, 'twice'), {
    'seed.yaml': 'Seed: [{Package: tools, Version: "1", debian: [dash, coreutils]}]\n',
    'ls.yaml': `Source: ls
Version: "1"
Maintainer: A <a@example.org>
Build-Depends: tools
Packages: [{Package: ls, Description: ours, files: [usr/bin/ls]}]
recipe:
  steps:
    - install: mkdir -p "$D/usr/bin"; echo 'echo ours' >"$D/usr/bin/ls"; chmod 755 "$D/usr/bin/ls"
`,
    'user.yaml': `Source: user
Version: "1"
Maintainer: A <a@example.org>
Build-Depends: tools, ls
Packages: [{Package: user, Description: uses it, files: [said]}]
recipe:
  duplicates: []
  steps:
    - install: /bin/sh /usr/bin/ls >"$D/said"
`,
  });
  const there = ['--state', join(home, 'twice-state')];
  const ran = bootplan(['run', ...there, '--metadata', twice]);
  expect(ran.code).toBe(1);
  const remedy = /usr\/bin\/ls is in tools and in ls 1\+bp1\n.*`duplicates` of the recipe/;
  expect(bootplan(['status', ...there]).stdout).toMatch(remedy);
  expect(bootplan(['log', 'user', ...there]).stderr).toMatch(remedy);
  expect(bootplan(['shell', 'user', ...there, '--metadata', twice, '-c', 'ls']).stderr).toMatch(/help: .*`duplicates`/);

  const user = join(twice, 'user.yaml');
  writeFileSync(user, readFileSync(user, 'utf8').replace('duplicates: []', 'duplicates: [usr/bin/ls]'));
  expect(bootplan(['run', ...there, '--metadata', twice]).code).toBe(0);
  expect(bootplan(['shell', 'user', ...there, '--metadata', twice, '-c', 'sh /usr/bin/ls']).stdout).toBe('ours\n');
});

test('an image of other metadata than that of the run is named, the same by another path is not', () => {
  const ran = bootplan(['image', '--metadata', elsewhere, '--state', state]);
  expect(ran.stderr).toContain(`the run in ${state} was made from ${metadata}, and this image is of ${elsewhere}`);
  const same = bootplan(['image', '--metadata', 'metadata', '--state', state], { cwd: home });
  expect(same.stderr).not.toContain('and this image is of');
});
