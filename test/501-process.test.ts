/** How programs are started, where no other test looks. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProcess } from '../src/runner/process.ts';
import { root, scratch } from './rig/program.ts';

test('a time limit of centuries, longer than any timer, ends nothing', async () => {
  const ended = await runProcess('sleep', ['0.2'], { timeoutMilliseconds: 10_000_000_000_000 });
  expect(ended).toMatchObject({ exitCode: 0, timedOut: false });
});

/** Becomes true in a minute, or never does. */
async function comes(isSo: () => boolean): Promise<boolean> {
  for (let turn = 0; turn < 1200; turn++) {
    if (isSo()) return true;
    await new Promise((go) => setTimeout(go, 50));
  }
  return false;
}

const alive = (pid: string): boolean => {
  try {
    // A zombie has ended; whose it is takes its time to hear of it.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

const pids = (file: string): readonly string[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];

test('when bootplan is killed, what its programs have started ends too, and so does who sees to it', async () => {
  const started = join(scratch(), 'pids');
  const told = join(scratch(), 'told');
  // Each is a family of three: the program, what it starts, and what that starts. The first is over before the kill.
  const family = `sh -c "sleep 4242 & echo \\$! >>${started}; wait" & echo $! >>${started}; wait`;
  const text = `
    import { runProcess } from ${JSON.stringify(join(root, 'src/runner/process.ts'))};
    import { writeFileSync } from 'node:fs';
    await runProcess('true', []);
    const two = [1, 2].map(() => runProcess('sh', ['-c', ${JSON.stringify(family)}]));
    writeFileSync(${JSON.stringify(told)}, '');
    await Promise.all(two);`;
  const killed = spawn(process.execPath, ['--input-type=module', '-e', text], { stdio: 'ignore' });
  expect(await comes(() => pids(started).length === 4 && existsSync(told))).toBe(true);
  const children = readFileSync(`/proc/${killed.pid}/task/${killed.pid}/children`, 'utf8').trim().split(' ');
  const all = [...pids(started), ...children];
  // Two programs, and who watches over them.
  expect(children).toHaveLength(3);
  expect(all.filter(alive)).toEqual(all);
  killed.kill('SIGKILL');
  await comes(() => !all.some(alive));
  expect(all.filter(alive)).toEqual([]);
});

test('a watcher that somebody ended is missed by nobody: another is told at once of all that runs', async () => {
  const started = join(scratch(), 'pids');
  const told = join(scratch(), 'told');
  const family = `sleep 4242 & echo $! >>${started}; wait`;
  // The second family begins when the first watcher has ended, be it known by then or not; the third has another one.
  const text = `
    import { readFileSync, writeFileSync } from 'node:fs';
    import { runProcess } from ${JSON.stringify(join(root, 'src/runner/process.ts'))};
    const children = () => readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').trim().split(' ');
    const runs = [runProcess('sh', ['-c', ${JSON.stringify(family)}])];
    const [, watcher] = children();
    process.kill(Number(watcher), 'SIGKILL');
    runs.push(runProcess('sh', ['-c', ${JSON.stringify(family)}]));
    while (children().length < 3 || children().includes(watcher)) await new Promise((go) => setTimeout(go, 20));
    runs.push(runProcess('sh', ['-c', ${JSON.stringify(family)}]));
    writeFileSync(${JSON.stringify(told)}, '');
    await Promise.all(runs);`;
  const killed = spawn(process.execPath, ['--input-type=module', '-e', text], { stdio: 'ignore' });
  expect(await comes(() => pids(started).length === 3 && existsSync(told))).toBe(true);
  const all = pids(started);
  expect(all.filter(alive)).toEqual(all);
  killed.kill('SIGKILL');
  await comes(() => !all.some(alive));
  expect(all.filter(alive)).toEqual([]);
});
