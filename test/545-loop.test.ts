/**
 * The loop as a new user goes through it: a recipe fails, the report says why, an override helps, it becomes the
 * recipe.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bootplan, files, scratch } from './rig/program.ts';
import { greetings } from './rig/project-rig.ts';
import { archives } from './rig/run-rig.ts';
import { fits } from './rig/schema.ts';

const distribution = (): string => greetings(scratch());

test('from a broken recipe to one that works from scratch', () => {
  const metadata = distribution();
  const home = scratch();
  const go = (...args: string[]) => bootplan([...args, '--metadata', metadata, '-C', home]);

  const dry = go('run', '--dry-run');
  expect(dry.stdout).toBe(
    'would build hello for final\nwould build other for final\nwould build user for final\n3 to build, 0 done\n',
  );
  expect(existsSync(join(home, '.bootplan/journal.ndjson'))).toBe(false);

  const broken = go('run');
  expect(broken.code).toBe(1);
  // What the step said last, or, where it said nothing, what it ran last.
  expect(broken.stderr).toMatch(/FAILED hello in build: .*report: .*\.json\n {11}\+ test -n *\n/);
  expect(bootplan(['status', '-C', home]).stdout).toMatch(/\n {2}> \+ test -n *\n/);
  expect(broken.stderr).toContain('blocked by hello: user');
  expect(broken.stderr).toContain('built other (');

  const status = fits<{ lastFailure: { build: string; report: string } }>(
    bootplan(['status', '--json', '-C', home]).stdout,
    'status',
  );
  const report = fits(readFileSync(status.lastFailure.report, 'utf8'), 'failure-report');
  expect(report).toMatchObject({
    build: 'hello',
    step: { name: 'build' },
    exitCode: 1,
    blocks: ['user'],
    retriable: false,
  });
  expect(bootplan(['log', 'hello', '-C', home]).stdout).toContain('+ test -n');

  const overrides = join(home, '.bootplan/overrides.yaml');
  writeFileSync(overrides, 'sources: {hello: {env: {GREETING: good day}}}\n');
  const sure = go('run', '--package', 'hello', '--dry-run');
  expect(sure.stdout).toBe('would build hello for final\n1 to build, 0 done\n');
  expect(sure.stderr).toContain(`overrides of ${overrides} are in force: hello`);
  const one = go('run', '--package', 'hello');
  expect(one.code).toBe(0);
  expect(one.stderr.match(/built \S+/g)).toEqual(['built hello']);
  expect(go('run', '--no-overrides', '--dry-run', '--package', 'hello').stdout).toContain('would build hello');

  const back = bootplan(['overrides', 'backport', '--metadata', metadata, '-C', home]);
  expect(back).toMatchObject({ code: 0, stdout: expect.stringMatching(/^wrote .*hello\.yaml\ndeleted /) });
  expect(existsSync(overrides)).toBe(false);
  expect(readFileSync(join(metadata, 'hello.yaml'), 'utf8')).toContain('env:\n    GREETING: good day\n');

  const complete = go('run', '--json');
  expect(complete.code).toBe(0);
  expect(fits(complete.stdout, 'run')).toMatchObject({
    status: 'complete',
    fullBuilds: 3,
    image: null,
    violations: [],
  });

  const [record] = readdirSync(join(home, '.bootplan/seed'));
  const { digest } = JSON.parse(readFileSync(join(home, '.bootplan/seed', record!), 'utf8'));
  const rows = readFileSync(join(home, '.bootplan/ledger.ndjson'), 'utf8').trimEnd().split('\n');
  const seeds = rows.map((row) => JSON.parse(row).installed.find((b: { build: string }) => b.build === 'seed'));
  expect(seeds).toEqual(
    rows.map(() => ({ name: 'tools', version: '', build: 'seed', archive: 'seed', sha256: digest })),
  );

  const scratchAgain = go('run', '--state', 'anew');
  expect(scratchAgain.code).toBe(0);
  expect(archives(join(home, 'anew'))).toEqual(archives(join(home, '.bootplan')));
});

test('overrides are errors before anything starts, and another file than the usual can be named', () => {
  const metadata = distribution();
  const home = scratch();
  writeFileSync(join(home, 'mine.yaml'), 'sources:\n  helo: {}\n');
  const go = (...args: string[]) => bootplan(['run', ...args, '--metadata', metadata, '-C', home]);
  const wrong = go('--overrides', 'mine.yaml');
  expect(wrong.code).toBe(65);
  expect(wrong.stderr).toContain('mine.yaml:2:3');
  expect(wrong.stderr).toContain('there is no source `helo`\n');
  expect(existsSync(join(home, '.bootplan'))).toBe(false);
  expect(go('--overrides', 'none.yaml').code).toBe(66);
  expect(go('--overrides', 'mine.yaml', '--no-overrides').code).toBe(64);
  writeFileSync(join(home, 'mine.yaml'), 'phases: {full: {packages: [other]}}\n');
  const listed = go('--overrides', 'mine.yaml', '--dry-run');
  expect(listed.stdout).toBe('would build other for final\n1 to build, 0 done\n');
});

test('an edit of the usual overrides file throws nothing away that was not named', () => {
  const metadata = distribution();
  const home = scratch();
  const go = (...args: string[]) => bootplan(['run', ...args, '--metadata', metadata, '-C', home]);
  const overrides = join(home, '.bootplan/overrides.yaml');
  const journal = () => readFileSync(join(home, '.bootplan/journal.ndjson'), 'utf8');
  const built = ({ stderr }: ReturnType<typeof go>) => (stderr.match(/built \S+/g) ?? []).sort();
  files(home, { '.bootplan/overrides.yaml': 'sources: {hello: {env: {GREETING: good day}}}\n' });
  expect(go().code).toBe(0);

  writeFileSync(overrides, 'sources: {hello: {env: {GREETING: good night}}, other: {env: {X: "1"}}}\n');
  const before = journal();
  for (const unasked of [[], ['--package', 'user'], ['--package', 'hello']]) {
    const refused = go(...unasked);
    expect(refused.code).toBe(78);
    const which = unasked[1] === 'hello' ? 'other' : 'hello, other';
    expect(refused.stderr).toContain(`the overrides have changed since the last run: ${which} would not count as done`);
    expect(refused.stderr).toContain(`--package ${which.replace(', ', ' --package ')} builds these again`);
  }
  expect(journal()).toBe(before);
  expect(go('--dry-run').stdout).toContain('would build hello');

  expect(built(go('--package', 'hello', '--package', 'other'))).toEqual(['built hello', 'built other']);
  expect(built(go())).toEqual(['built user']);

  writeFileSync(overrides, 'sources: {hello: {env: {GREETING: good morning}}, other: {env: {X: "1"}}}\n');
  expect(built(go('--overrides', overrides))).toEqual(['built hello', 'built user']);
  writeFileSync(overrides, '# nothing of it\n');
  expect(go().code).toBe(78);
  rmSync(overrides);
  const gone = go();
  expect(gone.stderr).toContain('the overrides of the last run are gone');
  expect(gone.stderr).toContain('FAILED hello in build');
});

test('reports go where one wants them, or are not written; events go to a file as well', () => {
  const metadata = distribution();
  const home = scratch();
  const go = (...args: string[]) => bootplan(['run', ...args, '--metadata', metadata, '-C', home]);
  go('--no-report', '--package', 'hello');
  expect(readdirSync(join(home, '.bootplan/failures'))).toEqual([]);
  go('--report-dir', 'reports', '--package', 'hello', '--events', 'events.ndjson');
  expect(readdirSync(join(home, 'reports'))).toHaveLength(1);
  const told = readFileSync(join(home, 'events.ndjson'), 'utf8');
  expect(told).toContain('"type":"build-failed"');
  const journal = readFileSync(join(home, '.bootplan/journal.ndjson'), 'utf8');
  expect(journal.replaceAll(/,"crc32":"[0-9a-f]{8}"\}$/gm, '}').endsWith(told)).toBe(true);
});

test('a build that was asked for alone, and waits for another that is not there, is a bad answer', () => {
  const [metadata, home] = [distribution(), scratch()];
  const alone = bootplan(['run', '--package', 'user', '--metadata', metadata, '-C', home]);
  expect(alone.stderr).toContain('user');
  expect(alone.stderr).toMatch(/blocked by hello: user/);
  expect(alone.code).toBe(1);
});
