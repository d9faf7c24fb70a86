/** `run` for three architectures at once by the real binary, with builds that only copy. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bootplan, files, scratch } from './rig/program.ts';
import { builtSource, toolsSeed } from './rig/project-rig.ts';
import { fits } from './rig/schema.ts';

const home = scratch();
const metadata = files(join(home, 'metadata'), {
  'seed.yaml': toolsSeed,
  'tool.yaml': builtSource('tool', 'tools:native', 'echo "$GREETING" >greeting; test -n "$GREETING"'),
  'app.yaml': builtSource('app', 'tools:native, tool:native', 'cp /usr/share/tool/greeting greeting'),
});
const state = join(home, 'state');
const run = (...more: string[]) =>
  bootplan(['run', '--arch', 'amd64,arm64,riscv64', '--metadata', metadata, '--state', state, '--no-image', ...more]);
const status = () => bootplan(['status', '--state', state, '--json']);

interface Standing {
  readonly crossed: readonly { readonly architecture: string; readonly status: string; readonly done: number }[];
}

test('what has not begun yet is there to be looked at', () => {
  const stopped = run('--no-keep-going');
  expect(stopped.code, stopped.stderr).toBe(1);
  expect(stopped.stderr).not.toContain('arm64');
  const { crossed } = fits<Standing>(status().stdout, 'status');
  expect(crossed.map((one) => [one.architecture, one.status, one.done])).toEqual([
    ['arm64', 'none', 0],
    ['riscv64', 'none', 0],
  ]);
  expect(bootplan(['status', '--state', state]).stdout).toContain('0 of 2 builds done; not begun');
  expect(bootplan(['verify', '--state', state]).code).toBe(0);
});

test('three architectures, one stream of events, every build once', () => {
  files(metadata, { 'tool.yaml': builtSource('tool', 'tools:native', 'echo "$DEB_HOST_ARCH" >greeting') });
  const ran = run('--replan', '-j3', '--events', '-');
  expect(ran.code, ran.stderr).toBe(0);
  // What else stdout would hold is talk then.
  expect(ran.stderr).toContain('riscv64:\n  builds ');
  const told = ran.stdout
    .trim()
    .split('\n')
    .map((line) => fits<{ type: string; build: string }>(line, 'event'));
  expect([told[0]!.type, told.at(-1)!.type]).toEqual(['run-started', 'run-finished']);
  const finished = told.filter((event) => event.type === 'build-finished').map((event) => event.build);
  expect(finished.sort()).toEqual(['app', 'arm64/app', 'arm64/tool', 'riscv64/app', 'riscv64/tool', 'tool']);
  expect(told.filter((event) => event.type === 'run-finished')).toHaveLength(3);
  const { crossed } = fits<Standing>(status().stdout, 'status');
  expect(crossed.map((one) => [one.status, one.done])).toEqual([
    ['complete', 2],
    ['complete', 2],
  ]);
  expect(run('--dry-run').stdout).toContain('0 to build, 6 done');
});

test('a plan that is refused for one architecture is refused before anything is built', () => {
  files(metadata, {
    'tool.yaml': builtSource('tool', 'tools:native', 'echo anew >greeting'),
    'app.yaml': builtSource('app', 'tools:native, tool:native, tool <cross>', 'cp /usr/share/tool/greeting greeting'),
  });
  const refused = run();
  expect([refused.code, refused.stderr]).toEqual([78, expect.stringMatching(/arch\/arm64\/plan.json is another plan/)]);
  expect(refused.stderr).not.toContain('built');
});

test('stdout holds one thing', () => {
  const both = run('--events', '-', '--json');
  expect(both.code).toBe(64);
  expect(both.stdout + both.stderr).toContain('--events - and --json cannot share stdout');
});
