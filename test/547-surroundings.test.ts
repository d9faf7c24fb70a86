/** Real runs in poor surroundings: the same archives, or an error that says what to do. */
import { spawnSync } from 'node:child_process';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { bootplan, files, root, scratch } from './rig/program.ts';
import { builtSource, greetings, toolsSeed } from './rig/project-rig.ts';
import { archives } from './rig/run-rig.ts';

const home = scratch();
const metadata = files(join(home, 'metadata'), {
  'seed.yaml': toolsSeed,
  'hello.yaml': builtSource('hello', 'tools', 'echo hello >greeting', 'chmod 0 "$D/usr/share/hello" "$D/usr/share"'),
  'user.yaml': builtSource('user', 'hello, tools', 'cp /usr/share/hello/greeting greeting'),
});

/** A run started by a line of shell, which has the command in "$@". */
function run(line: string, state: string, env: Readonly<Record<string, string | undefined>> = process.env) {
  const command = [join(root, 'bin/bootplan'), 'run', '--metadata', metadata, '--state', join(home, state)];
  const ran = spawnSync('sh', ['-c', line, 'sh', ...command], { cwd: home, env, encoding: 'utf8' });
  return { code: ran.status, stderr: ran.stderr };
}

beforeAll(() => {
  expect(run('exec "$@"', 'usual')).toMatchObject({ code: 0 });
});

test('a umask that hides everything changes nothing in the archives', () => {
  const { code, stderr } = run('umask 077; exec "$@"', 'umask');
  expect([code, stderr]).toEqual([0, expect.stringContaining('built user')]);
  expect(archives(join(home, 'umask'))).toEqual(archives(join(home, 'usual')));
});

test('what is to be typed next finds the state directory from where the user is', () => {
  const distribution = greetings(scratch());
  const elsewhere = join(scratch(), 'a state');
  const go = (...args: string[]) => bootplan([...args, '--state', elsewhere]);
  expect(go('run', '--metadata', distribution, '--package', 'hello').code).toBe(1);
  const typed = `bootplan log 'hello' --state '${elsewhere}'`;
  expect(go('status').stdout).toContain(`  log: ${typed}\n`);
  expect(go('stuck').stdout).toContain(`what to do: ${typed} shows why`);
  const { lastFailure } = JSON.parse(go('status', '--json').stdout);
  expect(JSON.parse(readFileSync(lastFailure.report, 'utf8')).help[0]).toBe(typed);

  const usual = ['-C', join(elsewhere, '..')];
  expect(bootplan(['status', ...usual, '--state', 'a state']).stdout).toContain(typed);
  renameSync(elsewhere, join(elsewhere, '../.bootplan'));
  expect(bootplan(['status'], { cwd: join(elsewhere, '..') }).stdout).toContain("log: bootplan log 'hello'\n");
  expect(bootplan(['status', ...usual]).stdout).toContain(`log 'hello' --state ${join(elsewhere, '../.bootplan')}\n`);
});
