/** `run` for three architectures at once by the real binary, with builds that only copy. */
import { readdirSync, readFileSync } from 'node:fs';
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

test('what is for all architectures is built once, and is in the final archive of each', () => {
  const forAll = (text: string) => text.replace('Architecture: any', 'Architecture: all');
  const directory = files(join(home, 'for-all'), {
    'seed.yaml': toolsSeed,
    // A tool of the building machine, by a name that is the same for all: no qualifier says which.
    'maker.yaml': builtSource('maker', 'tools', 'echo "made on $DEB_HOST_ARCH" >greeting'),
    'words.yaml': forAll(builtSource('words', 'maker, tools', 'cp /usr/share/maker/greeting greeting')),
    'app.yaml': builtSource('app', 'tools:native, words', 'cp /usr/share/words/greeting greeting').replace(
      'Description: app',
      'Description: app, Depends: words',
    ),
    'image.yaml':
      'Image: x\npackages: [words, app]\nroot-size: 8\nkernel: seed\nseed-kernel: {amd64: linux-image-amd64, arm64: linux-image-arm64}\ninitramfs: app\n',
  });
  const place = join(home, 'for-all-state');
  const arguments_ = ['run', '--metadata', directory, '--state', place, '--no-image', '--arch'];
  const crossed = bootplan([...arguments_, 'arm64', '--events', '-']);
  expect(crossed.code, crossed.stderr).toBe(0);
  const told = crossed.stdout
    .trim()
    .split('\n')
    .map((line) => fits<{ type: string; build: string; how: string }>(line, 'event'));
  const finished = told.filter(({ type }) => type === 'build-finished').map(({ build, how }) => [build, how]);
  expect(finished.sort()).toEqual([
    ['arm64/app', 'run'],
    ['arm64/words', 'cache'],
    ['maker', 'run'],
    ['words', 'run'],
  ]);
  expect(bootplan([...arguments_, 'amd64,arm64']).code).toBe(0);
  const pools = ['archives/final/pool', 'arch/arm64/archives/final/pool'].map((pool) => join(place, pool));
  const ofWords = pools.map((pool) => readdirSync(pool).filter((name) => name.startsWith('words_')));
  expect(ofWords[0]).toEqual([expect.stringMatching(/_all\.deb$/)]);
  expect(ofWords[1]).toEqual(ofWords[0]);
  const [one, other] = pools.map((pool) => readFileSync(join(pool, ofWords[0]![0]!)));
  expect(one!.equals(other!)).toBe(true);
  expect(readdirSync(pools[1]!).map((name) => name.split('_')[0])).toEqual(['app', 'words']);
  expect(bootplan(['verify', '--state', place]).code).toBe(0);
  expect(bootplan([...arguments_, 'amd64,arm64', '--dry-run']).stdout).toContain('0 to build');
});
