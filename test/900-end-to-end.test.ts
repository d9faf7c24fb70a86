/**
 * The main job as a new user starts it: from source packages to a booted image, again, and through the loop of a broken
 * recipe.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { handOn, isHandedOn } from './rig/built-minidistro.ts';
import { hasNginx } from './rig/cache-servers.ts';
import { bootplan, root } from './rig/program.ts';
import { fits } from './rig/schema.ts';
import { hasSlurm } from './rig/slurm.ts';

const here = mkdtempSync(join(tmpdir(), 'bootplan-whole-'));
const state = join(here, 'state');
afterAll(() => rmSync(here, { recursive: true, force: true }));

const minutes = 60_000;
const run = () => bootplan(['run', '--metadata', 'metadata/minidistro', '--state', state, '--json']);

/** The unpacked files of every package of an archive. */
function unpacked(archive: string): string {
  const root = join(here, `unpacked-${archive}`);
  const pool = join(state, 'archives', archive, 'pool');
  for (const deb of readdirSync(pool)) {
    const done = spawnSync('dpkg-deb', ['-x', join(pool, deb), root], { encoding: 'utf8' });
    expect(done.stderr).toBe('');
  }
  return root;
}

const sha256 = (file: string) => spawnSync('sha256sum', [file], { encoding: 'utf8' }).stdout.split(' ')[0]!;

let image = '';

test('from nothing to a booted image', { timeout: 40 * minutes }, () => {
  const ran = run();
  expect(ran.code, ran.stderr.slice(-4000)).toBe(0);
  const summary = JSON.parse(ran.stdout);
  fits(summary, 'run');
  expect(summary).toMatchObject({ status: 'complete', failed: [], blocked: [], violations: [], differing: [] });
  expect(summary.stageBuilds).toBe(4);
  expect(summary.boot).toMatchObject({ verdict: 'pass', guestBuild: { source: 'tcc' } });
  expect(summary.boot.guestBuild.files).toBeGreaterThan(50);
  expect(sha256(summary.image.path)).toBe(summary.image.sha256);
  image = summary.image.sha256;
  handOn(state);
});

test('the ledger proves it: nothing in final was built with a stage package or the seed', () => {
  const entries = readFileSync(join(state, 'ledger.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const final = entries.filter((e) => e.archive === 'final');
  expect(final.length).toBeGreaterThanOrEqual(6);
  const foreign = final.flatMap((e) =>
    e.installed.filter((b: { archive: string }) => !['final', 'interim'].includes(b.archive)),
  );
  expect(foreign).toEqual([]);
});

test('no file of final was made by the seed compiler, and the compiler has reached its fixed point', () => {
  const final = unpacked('final');
  const gcc = spawnSync('grep', ['-rlaF', 'GCC:', final], { encoding: 'utf8' });
  expect(gcc.stdout).toBe('');
  const stage1 = spawnSync('grep', ['-rlaF', 'GCC:', unpacked('stage1')], { encoding: 'utf8' });
  expect(stage1.stdout).not.toBe('');
  expect(sha256(join(final, 'usr/bin/tcc'))).toBe(sha256(join(unpacked('interim'), 'usr/bin/tcc')));
});

test('once more: nothing is rebuilt, and the image is the same', () => {
  const before = readdirSync(join(state, 'cache/ac')).length;
  const ran = run();
  expect(ran.code, ran.stderr).toBe(0);
  expect(ran.stderr).not.toMatch(/ built /);
  expect(readdirSync(join(state, 'cache/ac')).length).toBe(before);
  expect(JSON.parse(ran.stdout).image.sha256).toBe(image);
});

test('the variant without a compiler boots, and is no part of the image itself', () => {
  const ran = bootplan([
    'run',
    '--variant',
    'minimal',
    '--metadata',
    'metadata/minidistro',
    '--state',
    state,
    '--json',
  ]);
  expect(ran.code, ran.stderr.slice(-4000)).toBe(0);
  const summary = JSON.parse(ran.stdout);
  expect(summary.boot).toMatchObject({ verdict: 'pass', guestBuild: null });
  expect(summary.image.path).toMatch(/minidistro_minimal-amd64\.qcow2$/);
  expect(bootplan(['verify', '--state', state]).code).toBe(0);
});

/** A copy of the metadata to break, and to mend for good. */
const metadata = join(here, 'metadata');

test('the loop: a recipe breaks, the report says where, an override helps in seconds, and becomes the recipe', {
  timeout: 20 * minutes,
}, () => {
  cpSync(join(root, 'metadata/minidistro'), metadata, { recursive: true });
  const recipe = join(metadata, 'dash.yaml');
  const whole = readFileSync(recipe, 'utf8');
  writeFileSync(recipe, whole.replace('    - configure: |\n', '    - configure: |\n        test -n "$SHELL_NAME"\n'));
  const go = (...args: string[]) => bootplan([...args, '--metadata', metadata, '--state', state]);
  const built = (stderr: string) => stderr.match(/built \S+/g) ?? [];

  const broken = go('run', '--no-image');
  expect(broken.code).toBe(1);
  expect(broken.stderr).toMatch(/FAILED dash<stage1> in configure: .*report: /);
  expect(broken.stderr).toMatch(/blocked by dash<stage1>: .*busybox/);
  const status = JSON.parse(bootplan(['status', '--json', '--state', state]).stdout);
  const report = fits<{ command: string; step: { name: string } }>(
    readFileSync(status.lastFailure.report, 'utf8'),
    'failure-report',
  );
  expect(report).toMatchObject({ build: 'dash<stage1>', step: { name: 'configure' }, command: 'test -n ' });

  const overrides = join(state, 'overrides.yaml');
  writeFileSync(overrides, 'sources: {dash: {env: {SHELL_NAME: dash}}}\n');
  const dry = go('run', '--package', 'dash<stage1>', '--dry-run');
  expect(dry.stdout).toBe('would build dash<stage1> for stage1\n1 to build, 0 done\n');
  const one = go('run', '--package', 'dash<stage1>', '--no-image');
  expect([one.code, built(one.stderr)], one.stderr).toEqual([0, ['built dash<stage1>']]);

  const back = bootplan(['overrides', 'backport', '--metadata', metadata, '--state', state]);
  expect(back.code, back.stderr).toBe(0);
  expect(existsSync(overrides)).toBe(false);
  expect(readFileSync(recipe, 'utf8')).toContain('SHELL_NAME: dash');

  const rest = go('run', '--no-boot', '--json');
  expect(rest.code, rest.stderr.slice(-4000)).toBe(0);
  expect(JSON.parse(rest.stdout)).toMatchObject({ status: 'complete', image: { sha256: image } });
  for (const name of built(rest.stderr)) expect(name).toMatch(/^built dash/);
});

// Where a cluster can be had it builds everything anew in other places, and what it makes is held against what was
// built here.
test.skipIf(hasSlurm && hasNginx && isHandedOn)(
  'from scratch, elsewhere and with no cache: the same archives and the same image',
  {
    timeout: 40 * minutes,
  },
  () => {
    const other = join(here, 'a second directory');
    const ran = bootplan(['run', '--metadata', metadata, '--state', other, '--no-boot', '--json', '-j', '1']);
    expect(ran.code, ran.stderr.slice(-4000)).toBe(0);
    expect(JSON.parse(ran.stdout).image.sha256).toBe(image);
    for (const archive of ['stage1', 'stage2', 'interim', 'final'])
      expect(readFileSync(join(other, 'archives', archive, 'Packages'), 'utf8')).toBe(
        readFileSync(join(state, 'archives', archive, 'Packages'), 'utf8'),
      );
  },
);
