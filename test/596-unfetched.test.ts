/** A file that nobody has ends a run before its first build; with -k it ends only the builds that need it. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeDirectories } from '../src/directories.ts';
import { InputError } from '../src/errors.ts';
import type { RunEventBody } from '../src/events.ts';
import type { Diagnostic, FetchItem } from '../src/model.ts';
import { binaryName, sourceName } from '../src/names.ts';
import { tellUnfetched } from '../src/runner/build/unfetched-build.ts';
import { DebPool } from '../src/runner/builders/debian/archive/deb-pool.ts';
import type { AptRoot } from '../src/runner/fetch/apt-root.ts';
import { SourceStore } from '../src/runner/fetch/fetch.ts';
import { sha256 } from '../src/runner/files/digest.ts';
import type { Session } from '../src/runner/journal/session.ts';
import { stateDirectory } from '../src/runner/journal/state-directory.ts';
import { baseIndex, type MadeSource, smallDebian } from './rig/debian-rig.ts';
import { planOf } from './rig/fake-builder.ts';
import { bootplan, files, scratch } from './rig/program.ts';
import { builtSource, toolsSeed } from './rig/project-rig.ts';
import { run } from './rig/run-rig.ts';
import { fits } from './rig/schema.ts';

const plan = planOf([
  { source: 'early' },
  { source: 'late', installs: ['early'] },
  { source: 'gone' },
  { source: 'user', installs: ['gone'] },
  { source: 'second', installs: ['user'] },
  { source: 'lost', installs: ['early'] },
  { source: 'both', installs: ['gone', 'lost'] },
]);
const scripts = { gone: { lacks: 'gone.tar' }, lost: { lacks: 'lost.tar' } };
const goOn = { goOnUnfetched: true };

describe('a file that cannot be had', () => {
  test('ends the run before the first build, though it keeps going after failures', async () => {
    await expect(run(scratch(), plan, scripts)).rejects.toMatchObject({
      exit: 66,
      message: 'gone.tar cannot be had\nlost.tar cannot be had',
    });
  });

  test('fails what needs it, when the others are to go on, and blocks by name; the rest is built', async () => {
    const directory = scratch();
    const reports = join(directory, 'failures');
    const { after, builder, events, state } = await run(directory, plan, scripts, { ...goOn, reports });
    const status = Object.fromEntries([...after.builds].map(([id, build]) => [id, build.status]));
    expect(status).toEqual({
      ...{ early: 'done', late: 'done', gone: 'failed', user: 'blocked', second: 'blocked' },
      ...{ lost: 'failed', both: 'blocked' },
    });
    expect(builder.started).toEqual(['early', 'late']);
    // What waits for nothing that is there is not fetched either.
    expect(builder.prepared.at(-1)).toEqual(['early', 'late']);
    // Known at once, also of a build whose turn would come later.
    const told = events.map((event) => ('build' in event ? `${event.type} ${event.build}` : event.type));
    expect(told.indexOf('build-failed lost')).toBeLessThan(told.indexOf('build-started early'));
    const blocked = events.filter((event) => event.type === 'build-blocked').map(({ build, by }) => [build, by]);
    expect(blocked).toEqual([
      ['user', ['gone']],
      ['second', ['gone']],
      ['both', ['gone', 'lost']],
    ]);
    expect(after.status).toBe('incomplete');
    const named = readdirSync(reports).find((file) => file.includes('gone'))!;
    const report = fits<{ step: { name: string }; blocks: string[]; message: string }>(
      readFileSync(join(reports, named), 'utf8'),
      'failure-report',
    );
    expect(report).toMatchObject({ step: { name: 'fetch' }, message: 'gone.tar cannot be had' });
    expect(report.blocks).toEqual(['user', 'second', 'both']);
    expect(readFileSync(join(state.logs, 'gone.log'), 'utf8')).toBe(
      '>>> step fetch\ngone.tar cannot be had\nhelp: take another\n',
    );
  });

  test('that is there the next time is built with, and what is done is not done again', async () => {
    const directory = scratch();
    await run(directory, plan, scripts, goOn);
    const { after, builder } = await run(directory, plan, {}, goOn);
    expect(after.status).toBe('complete');
    expect(builder.started.toSorted()).toEqual(['both', 'gone', 'lost', 'second', 'user']);
  });

  test('ends the run as before when nothing is left that could be done', async () => {
    const all = planOf([{ source: 'gone' }, { source: 'user', installs: ['gone'] }]);
    const directory = scratch();
    await expect(run(directory, all, scripts, goOn)).rejects.toMatchObject({ exit: 66 });
    // With the others done it is so, too.
    await run(directory, plan, scripts, { ...goOn, replan: true });
    await expect(run(directory, plan, scripts, goOn)).rejects.toMatchObject({ exit: 66 });
  });
});

test('of several that one build lacks, the first is named in the line about it, and the others after it', () => {
  const home = scratch();
  const { failures, logs } = stateDirectory(home);
  for (const path of [failures, logs]) makeDirectories(path);
  const diagnostics = ['a', 'b', 'c'].map((file): Diagnostic => {
    return { code: 'BP510', severity: 'error', message: `${file} cannot be had`, help: 'take another' };
  });
  const events: RunEventBody[] = [];
  const session = { directory: stateDirectory(home), emit: (event: RunEventBody) => events.push(event) };
  const options = { blocks: [], label: undefined, projectFlagsText: '', reports: failures };
  tellUnfetched(session as unknown as Session, plan.builds[0]!, new InputError(diagnostics, 66), options);
  const said = ['b cannot be had', 'c cannot be had', 'help: take another'];
  expect(events).toMatchObject([{ step: 'fetch', message: 'a cannot be had (and 2 more)', said }]);
  expect(readFileSync(join(logs, 'early.log'), 'utf8')).toContain(['a cannot be had', ...said].join('\n'));
});

test('of several architectures, one where nothing is left fails alone: what the others can do is done', () => {
  const home = scratch();
  const lost = builtSource('lost', 'tools', 'cat "$F/lost.txt" >greeting');
  const metadata = files(join(home, 'metadata'), {
    'seed.yaml': toolsSeed,
    'lost.yaml': lost
      .replace('Architecture: any', 'Architecture: amd64')
      .replace('recipe:', `recipe:\n  fetch: [{local: lost.txt, sha256: ${sha256('lost')}}]`),
    'app.yaml': builtSource('app', 'tools:native', 'echo "$DEB_HOST_ARCH" >greeting'),
  });
  const state = join(home, 'state');
  const ended = (architectures: string, ...more: string[]) => {
    const words = ['run', '--arch', architectures, '--metadata', metadata, '--state', state, '--no-image'];
    const { code, stderr } = bootplan([...words, ...more]);
    return { code, built: [...stderr.matchAll(/built (\S+)/g)].map(([, name]) => name), stderr };
  };
  expect(ended('amd64', '-k')).toMatchObject({ code: 1, built: ['app'] });
  expect(ended('amd64', '-k')).toMatchObject({ code: 66, built: [] });
  expect(ended('amd64,arm64')).toMatchObject({ code: 66, built: [] });
  const several = ended('amd64,arm64', '-k');
  expect(several).toMatchObject({ code: 1, built: ['arm64/app'] });
  expect(several.stderr).toMatch(/FAILED lost in fetch: lost.txt/);
  // What fails there is told again, and that all is done elsewhere changes nothing.
  expect(ended('amd64,arm64', '-k')).toMatchObject({ code: 1, built: [] });
});

describe('what no mirror has', () => {
  const home = scratch();
  let asked = 0;
  const answer = { exitCode: 100, stdout: '', stderr: 'E: 404' };
  const apt = {
    run: async () => {
      asked++;
      return answer;
    },
  };
  const open = async () => apt as unknown as AptRoot;
  const digest = sha256('there');

  test('is asked for once, of sources; what has come meanwhile is taken', async () => {
    const store = new SourceStore(home, home);
    const item: FetchItem = { kind: 'debian', name: 'a.tar', source: 'a', version: '1', sha256: digest };
    asked = 0;
    for (let i = 0; i < 2; i++) await expect(store.fetch([item], open)).rejects.toMatchObject({ exit: 66 });
    expect(asked).toBe(1);
    files(home, { [`sources/${digest}`]: 'there' });
    await store.fetch([item], open);
  });

  test('is asked for once, of packages; what has come meanwhile is taken', async () => {
    const pool = new DebPool(home);
    const source = sourceName('a');
    const deb = { name: binaryName('a'), version: '1', architecture: 'amd64', source, sha256: digest, bytes: 5 };
    const fetch = () => pool.fetch([deb], open);
    await expect(fetch()).rejects.toMatchObject({ exit: 66 });
    asked = 0;
    await expect(fetch()).rejects.toMatchObject({ exit: 66, message: expect.stringContaining('a_1_amd64.deb') });
    expect(asked).toBe(0);
    files(home, { [`pool/${digest}.deb`]: 'there' });
    await fetch();
  });
});

const base = await baseIndex();
const made = (name: string, needs: string): MadeSource => ({
  ...{ name, needs, version: '1', archived: '1', binary: `${name}-dev` },
  script: `mkdir -p tree/usr/share/${name}; echo yes >tree/usr/share/${name}/built`,
});

describe.skipIf(base === undefined)('of Debian sources', () => {
  const home = scratch();
  const state = join(home, 'state');
  const sources = [made('here', 'bash'), made('gone', 'bash'), made('user', 'gone-dev')];
  const archive = base === undefined ? [] : smallDebian(join(home, 'archive'), base, sources);
  rmSync(join(home, 'archive/gone_1.tar.xz'), { force: true });

  test('one whose files no mirror has ends the run; with -k, what does not need it is built', () => {
    const words = ['run', ...archive, '--state', state, '--no-image'];
    const refused = bootplan(words);
    expect([refused.code, refused.stderr]).toEqual([66, expect.stringContaining('gone_1.tar.xz cannot be had')]);
    const built = bootplan([...words, '-k']);
    expect(built.code, built.stderr).toBe(1);
    expect(built.stderr).toMatch(/FAILED gone in fetch: .*gone_1.tar.xz cannot be had/);
    expect(built.stderr).toMatch(/blocked by gone: user/);
    expect(readdirSync(join(state, 'archives/final/pool'))).toEqual(['here-dev_1+bp1_amd64.deb']);
    expect(bootplan(['log', 'gone', '--state', state]).stdout).toContain('help: take indices of today');
    expect(bootplan([...words, '-k']).code).toBe(66);
  });
});
