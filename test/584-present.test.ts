/** A run beside the people and programs around it: what it says while no build runs, and who may stop it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Painter } from '../src/application/output/painter.ts';
import { screenOf, watchRun } from '../src/application/output/run-view.ts';
import { nothingRun } from '../src/run-state.ts';
import { planOf } from './rig/fake-builder.ts';
import { files, root, scratch } from './rig/program.ts';
import { builtSource, toolsSeed } from './rig/project-rig.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const over = { plan: planOf([{ source: 'a' }]), state: { ...nothingRun, status: 'complete' as const }, listen() {} };

test('every minute it says that an image is made or started, when nothing else runs', async () => {
  const told: string[] = [];
  const view = watchRun(over, {
    jobs: 1,
    declared: { coreSeconds: () => 1, coresEach: 1 },
    quiet: false,
    talk: (line) => told.push(line),
  });
  vi.advanceTimersByTime(61_000);
  expect(told).toEqual([]);
  let passed = (_: string): void => {};
  const boot = new Promise<string>((resolve) => {
    passed = resolve;
  });
  const shown = view.during('the image for arm64', 'boot', boot);
  vi.advanceTimersByTime(120_000);
  expect(told.map((line) => line.slice(9))).toEqual([
    expect.stringMatching(/^running: the image for arm64 \(boot, 0:\d\d\) 0\/1$/),
    expect.stringMatching(/^running: the image for arm64 \(boot, 1:\d\d\) 0\/1$/),
  ]);
  passed('booted');
  expect(await shown).toBe('booted');
  vi.advanceTimersByTime(120_000);
  expect(told).toHaveLength(2);
  view.stop();
});

test('a terminal that does not know its size is of the usual one', () => {
  expect(screenOf({ columns: 0, rows: 0 })).toEqual({ columns: 80, rows: 24 });
  expect(screenOf({})).toEqual({ columns: 80, rows: 24 });
  expect(screenOf({ columns: 40, rows: 10 })).toEqual({ columns: 40, rows: 10 });
});

test('while it is stopped the cursor and the lines are the shell’s', () => {
  const written: string[] = [];
  const painter = new Painter({ write: (text) => written.push(text) }, () => ['one line']);
  painter.draw();
  painter.pause();
  expect(written.at(-1)).toBe('\u001b[1F\u001b[J\u001b[?25h');
  painter.resume();
  expect(written.slice(-2)).toEqual(['\u001b[?25l', 'one line\n']);
  painter.stop();
});

test('when the terminal goes away the run stops as for ^C; under nohup it goes on', async () => {
  vi.useRealTimers();
  const home = scratch();
  const metadata = files(join(home, 'metadata'), {
    'seed.yaml': toolsSeed,
    'first.yaml': builtSource('first', 'tools', 'sleep 1; echo first >greeting'),
    'then.yaml': builtSource('then', 'tools, first', 'echo then >greeting'),
  });
  const hangUp = async (state: string, command: string) => {
    const run = `exec "$0" run --no-image --metadata '${metadata}' --state '${join(home, state)}' --events -`;
    const started = spawn('sh', ['-c', `${command} ${run}`, join(root, 'bin/bootplan')]);
    let [events, talk] = ['', ''];
    started.stderr.setEncoding('utf8').on('data', (text) => {
      talk += text;
    });
    started.stdout.setEncoding('utf8').on('data', (text) => {
      if (!events.includes('build-started') && `${events}${text}`.includes('build-started')) started.kill('SIGHUP');
      events += text;
    });
    const [code] = await once(started, 'close');
    return { code, talk, last: JSON.parse(events.trim().split('\n').at(-1)!).status };
  };
  const [hungUp, nohup] = await Promise.all([hangUp('one', ''), hangUp('two', 'trap "" HUP;')]);
  expect(hungUp).toMatchObject({ code: 129, last: 'interrupted' });
  expect(hungUp.talk).toContain('stopped; the same command goes on from here');
  expect(nohup).toMatchObject({ code: 0, last: 'complete' });
});
