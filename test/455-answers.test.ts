/**
 * The answering commands as a user runs them: texts, exit codes, JSON by its schema; before, during and after a run.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { actionDigest } from '../src/digests.ts';
import type { RunEvent } from '../src/events.ts';
import { readProject } from '../src/metadata/project/project.ts';
import type { Plan } from '../src/model.ts';
import { replay } from '../src/run-state.ts';
import { resolve } from '../src/solver/graph/resolve.ts';
import { makePlan } from '../src/stages/make-plan.ts';
import type { ProgressEntry } from '../src/stages/progress.ts';
import { standings } from '../src/stages/standing.ts';
import { stuckSources } from '../src/stages/stuck.ts';
import { bootplan, files, root, scratch } from './rig/program.ts';

const ajv = new Ajv({ strict: false });
const schema = (name: string) =>
  ajv.compile(JSON.parse(readFileSync(`${root}/metadata/schema/${name}.schema.json`, 'utf8')));

/** Runs with --json, checks the result by its schema, and returns it. */
function json<T>(name: string, args: readonly string[], cwd: string): { value: T; code: number } {
  const ran = bootplan([...args, '--json'], { cwd });
  const value = JSON.parse(ran.stdout);
  if (value.error) throw new Error(JSON.stringify(value.error));
  const valid = schema(name);
  expect(valid(value), JSON.stringify(valid.errors)).toBe(true);
  return { value, code: ran.code };
}

const packages = ['gcc', 'graphviz', 'libpango1.0-dev', 'libglib2.0-dev', 'gtk-doc-tools', 'leaf']
  .map((name) => {
    const source = name.replace(/^lib(.*)-dev$/, '$1');
    const depends = name === 'gtk-doc-tools' ? 'Depends: graphviz\n' : '';
    return `Package: ${name}\nSource: ${source}\nVersion: 1\nArchitecture: amd64\n${depends}`;
  })
  .join('\n');

const sources = (glib: string): string =>
  [
    ['graphviz', 'graphviz', 'libpango1.0-dev, gcc'],
    ['pango1.0', 'libpango1.0-dev', 'libglib2.0-dev'],
    ['glib2.0', 'libglib2.0-dev', glib],
    ['gtk-doc-tools', 'gtk-doc-tools', 'gcc'],
    ['leaf', 'leaf', 'libpango1.0-dev'],
  ]
    .map(([name, binary, depends]) =>
      [
        `Package: ${name}`,
        `Binary: ${binary}`,
        'Version: 1',
        'Architecture: any',
        'Maintainer: A. Person <a@example.org>',
        ...(name === 'leaf' ? ['Uploaders: B. Person <b@example.org>'] : []),
        `Build-Depends: ${depends}`,
        '',
      ].join('\n'),
    )
    .join('\n');

/** Today the declared stage of glib breaks the cycle; yesterday nothing did. */
const directory = files(scratch(), {
  Packages: packages,
  Sources: sources('gtk-doc-tools <!stage1>, gcc'),
  'unbroken/Sources': sources('gtk-doc-tools, gcc'),
  seed: 'gcc\n',
  control: [
    'Source: glib2.0',
    'Maintainer: A. Person <a@example.org>',
    'Build-Depends: gtk-doc-tools <!stage1>, gcc',
    '',
    'Package: libglib2.0-dev',
    'Architecture: any',
    'Description: x',
    '',
  ].join('\n'),
});
const broken = ['--packages', 'Packages', '--sources', 'Sources', '--seed', 'seed'];
const unbroken = ['--packages', 'Packages', '--sources', 'unbroken/Sources', '--seed', 'seed'];
const inDirectory = { cwd: directory };

/** `anna` writes documentation and has a binding, and both tools need its library. */
const knot = ['--packages', 'knot/Packages', '--sources', 'knot/Sources', '--seed', 'none'];
const annaControl = (depends: string) =>
  `Source: anna\nMaintainer: A. Person <a@example.org>\nBuild-Depends: ${depends}\n\nPackage: liba\nArchitecture: any\n\nPackage: python3-a\nArchitecture: any\n`;
files(join(directory, 'knot'), {
  Packages: ['liba anna', 'python3-a anna', 'doxygen doxygen', 'python3-numpy numpy']
    .map((words) => words.split(' '))
    .map(([name, source]) => `Package: ${name}\nSource: ${source}\nVersion: 1\nArchitecture: amd64\n`)
    .join('\n'),
  Sources: [
    ['anna', 'liba, python3-a', 'doxygen, python3-numpy'],
    ['doxygen', 'doxygen', 'liba'],
    ['numpy', 'python3-numpy', 'liba'],
  ]
    .map(
      ([name, binary, depends]) =>
        `Package: ${name}\nBinary: ${binary}\nVersion: 1\nArchitecture: any\nMaintainer: A. Person <a@example.org>\nBuild-Depends: ${depends}\n`,
    )
    .join('\n'),
});
files(directory, { 'anna.control': annaControl('doxygen <!nodoc>, python3-numpy <!nopython>') });

test('golden: explain a source in a cycle that is broken, in one that is not, one that waits, one that is free', async () => {
  for (const [name, source, input] of [
    ['broken', 'graphviz', broken],
    ['unbroken', 'src:glib2.0', unbroken],
    ['waiting', 'leaf', unbroken],
    ['free', 'gtk-doc-tools', broken],
  ] as const) {
    const ran = bootplan(['explain', source, ...input], inDirectory);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    await expect(ran.stdout).toMatchFileSnapshot(`fixtures/455-answers/explain-${name}.txt`);
    json('explain', ['explain', source, ...input], directory);
  }
  const bug = bootplan(['explain', 'glib2.0', ...unbroken, '--bug'], inDirectory);
  await expect(bug.stdout).toMatchFileSnapshot('fixtures/455-answers/bug.txt');
  for (const source of ['glib2.0', 'gtk-doc-tools']) {
    const nothing = bootplan(['explain', source, ...broken, '--bug'], inDirectory);
    expect(nothing.stdout).toContain(': there is nothing to ');
  }
});

test('an unknown source is answered with the ones it may be, or with whose binary it is; exit code 65', () => {
  const typo = bootplan(['explain', 'grapviz', ...broken], inDirectory);
  expect([typo.code, typo.stderr]).toEqual([65, expect.stringContaining('did you mean graphviz?')]);
  const binary = bootplan(['explain', 'libglib2.0-dev', ...broken], inDirectory);
  expect(binary.stderr).toContain('libglib2.0-dev is a binary of src:glib2.0');
});

test('golden: stuck, with its exit code and in every format', async () => {
  expect(bootplan(['stuck', ...broken], inDirectory)).toMatchObject({
    code: 0,
    stdout: 'None of 5 sources is stuck in bootstrap mode.\n',
  });
  for (const format of ['text', 'markdown', 'dd-list']) {
    const ran = bootplan(['stuck', ...unbroken, '--format', format, '--uploaders'], inDirectory);
    expect(ran.code).toBe(1);
    await expect(ran.stdout).toMatchFileSnapshot(`fixtures/455-answers/stuck-${format}.txt`);
  }
  const { value } = json<{ groups: object[] }>('stuck', ['stuck', ...unbroken], directory);
  expect(JSON.parse(bootplan(['stuck', ...unbroken, '--format', 'json'], inDirectory).stdout)).toEqual(value);
});

test('golden: what if the dependency is dropped, the control file replaced, a source gone', async () => {
  for (const [name, input, change, code] of [
    ['drop', unbroken, ['--drop', 'glib2.0:gtk-doc-tools'], 0],
    ['with', unbroken, ['--with', 'control'], 0],
    ['without', broken, ['--without', 'gtk-doc-tools'], 1],
  ] as const) {
    const ran = bootplan(['whatif', ...input, ...change], inDirectory);
    expect([ran.code, ran.stderr]).toEqual([code, '']);
    await expect(ran.stdout).toMatchFileSnapshot(`fixtures/455-answers/whatif-${name}.txt`);
    json('whatif', ['whatif', ...input, ...change], directory);
  }
  expect(bootplan(['whatif', ...broken], inDirectory).code).toBe(64);
  expect(bootplan(['whatif', ...broken, '--drop', 'leaf'], inDirectory).code).toBe(64);
  const wrong = bootplan(['whatif', ...broken, '--drop', 'leaf:gcc'], inDirectory);
  expect([wrong.code, wrong.stderr]).toEqual([65, expect.stringContaining('does not build-depend on gcc')]);
});

test('dropping what explain proposes, and a control file that says the same, have the same consequences', () => {
  type Result = { freed: string[]; costs: object[]; stuck: object };
  const drop = json<Result>('whatif', ['whatif', ...unbroken, '--drop', 'glib2.0:gtk-doc-tools'], directory).value;
  const control = json<Result>('whatif', ['whatif', ...unbroken, '--with', 'control'], directory).value;
  expect(drop.freed).toEqual(['glib2.0', 'graphviz', 'leaf', 'pango1.0']);
  expect([control.freed, control.costs, control.stuck]).toEqual([drop.freed, drop.costs, drop.stuck]);
});

test('whatif moves numbers where nothing is freed yet, asks about any variant, and says what an annotation has to name', () => {
  type Result = {
    freed: string[];
    uncounted: { profiles: string[]; annotation: string }[];
    distance: {
      knot: object;
      cycles: object;
      touched: string[];
      edits: { before: Edits; after: Edits };
    };
  };
  type Edits = { supplies: number; edited: number; lines: number; buildable: number };
  const ask = (...change: string[]) => json<Result>('whatif', ['whatif', ...knot, ...change], directory).value;
  // Two ways round: without the documentation one is left, and the binding's language is another edit.
  const before = { supplies: 0, edited: 1, lines: 2, buildable: 0, proved: true };
  const one = ask('--drop', 'anna:doxygen');
  expect([one.freed, one.distance.touched, one.distance.cycles]).toEqual([[], ['anna'], { before: 2, after: 1 }]);
  expect(one.distance.edits).toEqual({ before, after: { ...before, lines: 1 } });
  const both = ask('--drop', 'anna:<!nodoc !nopython>');
  expect(both.distance.cycles).toEqual({ before: 2, after: 0 });
  expect(both.distance.edits.after).toEqual({ supplies: 0, edited: 0, lines: 0, buildable: 3, proved: true });
  // From the full build, cycles and knot are gone as from a stage; nobody drops from a stage that is not there twice.
  expect(ask('--drop', 'anna<full>:doxygen').distance.knot).toEqual({ before: 3, after: 2 });
  expect(ask('--drop', 'anna<stage2>:doxygen').distance.cycles).toEqual({ before: 2, after: 1 });
  // A debian/control that does the registered thing: the numbers move, and it is said what makes it count.
  const control = ask('--with', 'anna.control');
  expect(control.distance.cycles).toEqual({ before: 2, after: 0 });
  expect(control.distance.edits.after.lines).toBe(0);
  expect(control.uncounted).toMatchObject([
    { profiles: ['nodoc', 'nopython'], annotation: 'anna: {stage1: [nodoc, nopython]}' },
  ]);
  expect(bootplan(['whatif', ...knot, '--drop', 'anna:<!nojava>'], inDirectory).stderr).toContain(
    'has no line that goes with <!nojava>',
  );
});

/** What to change first for anna, which asks for another package in the place of doxygen, and says how. */
function firstOfDeclaring(name: string, condition: string) {
  const declaring = files(join(scratch(), 'declaring'), {
    Packages: readFileSync(join(directory, 'knot/Packages'), 'utf8').replaceAll('doxygen', name),
    Sources: readFileSync(join(directory, 'knot/Sources'), 'utf8')
      .replace('doxygen, python3-numpy', `${name}${condition}, python3-numpy`)
      .replaceAll('doxygen', name),
  });
  const input = ['--packages', 'Packages', '--sources', 'Sources', '--seed', 'none'];
  type Explained = { first: { lines: { conditional: string; kind: string; declaredBy: string[] }[] } };
  return json<Explained>('explain', ['explain', 'anna', ...input], declaring).value.first.lines;
}

test('the line to change has the profile that the source declares itself, and is there for what that one says', () => {
  expect(firstOfDeclaring('poppler-utils', ' <!nocheck>')).toMatchObject([
    { conditional: 'poppler-utils <!nocheck>', kind: 'tests', declaredBy: ['nocheck'] },
    { conditional: 'python3-numpy <!nopython>', kind: 'bindings', declaredBy: [] },
  ]);
});

test('an optional feature stands behind all other lines where it is guessed, and not where the source declares it', () => {
  const names = (condition: string) => firstOfDeclaring('libldap-dev', condition).map((l) => l.conditional);
  expect(names('')).toEqual(['python3-numpy <!nopython>', 'libldap-dev <!pkg.anna.stage1>']);
  expect(names(' <!pkg.anna.noldap>')).toEqual(['libldap-dev <!pkg.anna.noldap>', 'python3-numpy <!nopython>']);
});

test('progress: a line per call, the planted cause, the picture; nothing is written with --dry-run', () => {
  const history = join(directory, 'history/days.ndjson');
  const call = (input: readonly string[], date: string, ...more: string[]) =>
    json<{ today: { events: { kind: string; causes: { change: object }[] }[] }; days: object[] }>(
      'progress',
      ['progress', ...input, '--history', history, '--date', date, ...more],
      directory,
    ).value;
  expect(call(broken, '2026-11-01').today.events).toEqual([]);
  expect(call(unbroken, '2026-11-02', '--dry-run').today.events).toHaveLength(1);
  const lost = call(unbroken, '2026-11-02').today.events;
  expect(lost.map((e) => [e.kind, e.causes.map((c) => c.change)])).toEqual([
    ['lost', [{ kind: 'stage', source: 'glib2.0', stage: 1 }]],
  ]);
  const freed = call(broken, '2026-11-04', '--svg', 'days.svg');
  expect(freed.today.events[0]!.kind).toBe('freed');
  expect(freed.days).toMatchObject([
    { date: '2026-11-01', plannable: 100 },
    { date: '2026-11-02', plannable: 20 },
    { date: '2026-11-04', plannable: 100 },
  ]);
  expect(readFileSync(history, 'utf8').trimEnd().split('\n')).toHaveLength(3);
  expect(readFileSync(join(directory, 'days.svg'), 'utf8')).toContain('src:glib2.0 1: no longer declares stage 1');
  const text = bootplan(
    ['progress', ...broken, '--history', history, '--date', '2026-11-04', '-n', '--ascii'],
    inDirectory,
  );
  expect(text.stdout).toContain('because src:glib2.0 1: declares stage 1');
  expect(bootplan(['progress', ...broken, '--date', '2026-02-30'], inDirectory).code).toBe(64);
});

/** The events of a run of a plan that was killed after so many builds. */
const journalOf = (plan: Plan, builds: number): RunEvent[] =>
  plan.builds.slice(0, builds).map((b, seq) => ({
    seq,
    at: '2026-11-21T00:00:00.000Z',
    type: 'build-finished',
    build: b.id,
    action: actionDigest('0'.repeat(64)),
    how: 'run',
    archive: b.archive,
    seconds: 1,
    cpuSeconds: 1,
    outputs: {},
    installed: b.needs.map((n) => {
      const { id, archive, version, produces } = plan.builds[n]!;
      return { name: produces[0]!, version, build: id, archive, sha256: '0'.repeat(64) };
    }),
    tainted: b.taintedBy.length > 0,
    sandboxed: true,
  }));

test('the mini-distribution before, during and after a run: what is stuck, and how far it is', async () => {
  const read = await readProject(join(root, 'metadata/minidistro'), { architecture: 'amd64' });
  if (!read.ok) throw new Error(read.diagnostics.map((d) => d.message).join('\n'));
  const resolved = resolve(read.value.universe);
  const { plan } = await makePlan(resolved, { wishes: 'none' });
  const final = plan.builds.filter((b) => b.archive === 'final').length;
  expect(final).toBeGreaterThan(0);
  // Begun and not clean: stuck in bootstrap mode, by counting on one's fingers.
  const expected = (builds: number) => {
    const done = plan.builds.slice(0, builds);
    const clean = new Set(done.filter((b) => b.archive === 'final').map((b) => b.source));
    return { begun: new Set(done.map((b) => b.source)).size, clean: clean.size };
  };
  for (let builds = 0; builds <= plan.builds.length; builds++) {
    const { begun, clean } = expected(builds);
    const standing = standings(plan, replay(journalOf(plan, builds)));
    expect(stuckSources(plan, standing)).toHaveLength(begun - clean);
    const reached = [...standing.values()].map((s) => s.reached);
    expect(reached.filter((r) => r === 'final')).toHaveLength(clean);
    expect(reached.filter((r) => r !== 'nothing')).toHaveLength(begun);
  }

  const metadata = ['--metadata', join(root, 'metadata/minidistro')];
  const where = scratch();
  const before = json<{ stuck: number; run: boolean }>('stuck', ['stuck', ...metadata], where);
  expect([before.value, before.code]).toMatchObject([{ stuck: 0, run: false }, 0]);
  for (const builds of [Math.floor(plan.builds.length / 2), plan.builds.length]) {
    const { begun, clean } = expected(builds);
    const state = join(where, `after-${builds}`);
    const lines = journalOf(plan, builds).map((e) => `${JSON.stringify(e)}\n`);
    files(state, { 'plan.json': JSON.stringify(plan), 'journal.ndjson': lines.join('') });
    const stuck = json<{ stuck: number; run: boolean }>('stuck', ['stuck', '--state', state], where);
    expect([stuck.value, stuck.code]).toMatchObject([{ run: true, stuck: begun - clean }, begun > clean ? 1 : 0]);
    const args = ['progress', ...metadata, '--state', state, '--date', '2026-11-21'];
    const { today } = json<{ today: ProgressEntry }>('progress', args, where).value;
    expect(today.plannable).toBe(today.sources);
    expect(today.built.final).toBe(clean);
    expect(today.built.staged + today.built.interim + today.built.final).toBe(begun);
  }
  // A distribution of the same names and other versions, one of other names, and another architecture: nothing of it is
  // built.
  const state = join(where, `after-${plan.builds.length}`);
  const built = [...new Set(plan.builds.map((b) => b.source))];
  const source = (name: string, version: string) => `Source: ${name}
Version: "${version}"
Maintainer: Some One <one@example.org>
Build-Depends: tools
Packages: [{Package: ${name}, Architecture: any, Description: x}]
`;
  const version = plan.builds[0]!.version;
  files(join(where, 'other'), {
    'seed.yaml': 'Seed: [{Package: tools, Version: "1", debian: [dash]}]',
    'newer.yaml': source(built[0]!, `9:${version}`),
    'unknown.yaml': source('unknown', version),
  });
  for (const [input, sources] of [
    [['--metadata', 'other'], 2],
    [['--metadata', 'other', '--arch', 'arm64'], 2],
  ] as const) {
    const ran = bootplan(['progress', ...input, '--state', state, '-n'], { cwd: where });
    expect(ran.stdout).toMatch(new RegExp(`built at all +0\\.0 % +0 of ${sources} sources`));
    expect(ran.stderr).toContain(`the state directory ${state} is of another plan; not counted of what it has built: `);
  }
  const { value } = json<{ uncounted: string[] }>('progress', ['progress', ...metadata, '--state', state, '-n'], where);
  expect(value.uncounted).toEqual([]);
});

test('plan diff and plan export on files; a file that is no plan is refused with its name', () => {
  const plan = {
    format: 1,
    architecture: 'amd64',
    status: 'optimal',
    costs: [],
    builds: [],
    runtime: {},
    wishes: [],
    stuck: [],
    unused: [],
    seed: ['gcc'],
    sccs: [],
  };
  const where = files(scratch(), {
    'a.json': JSON.stringify(plan),
    'b.json': JSON.stringify({ ...plan, seed: ['gcc', 'tcc'] }),
    'c.json': '{"format": 2}',
  });
  expect(json<{ same: boolean }>('plan-diff', ['plan', 'diff', 'a.json', 'a.json'], where).value.same).toBe(true);
  expect(bootplan(['plan', 'diff', 'a.json', 'b.json'], { cwd: where })).toMatchObject({
    code: 0,
    stdout: 'seed (1)\n  + tcc\n',
  });
  expect(bootplan(['plan', 'diff', 'a.json', 'b.json', '--exit-code'], { cwd: where }).code).toBe(1);
  expect(json('plan-export', ['plan', 'export', 'a.json', '--format', 'sbuild'], where).code).toBe(0);
  const refused = bootplan(['plan', 'diff', 'a.json', 'c.json'], { cwd: where });
  expect([refused.code, refused.stderr]).toEqual([65, expect.stringContaining('c.json:1')]);
  expect(bootplan(['plan', 'export', 'nowhere.json'], { cwd: where }).code).toBe(66);
});
