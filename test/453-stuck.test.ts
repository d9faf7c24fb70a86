/** Stuck sources: by the plan, by a run killed at any point; in every form, with names nobody should trust. */

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { namedBuild } from '../src/build-id.ts';
import { visible } from '../src/diagnostics.ts';
import { actionDigest } from '../src/digests.ts';
import type { RunEvent, RunEventBody } from '../src/events.ts';
import type { ArchiveName, Plan, PlannedBuild, Stuck } from '../src/model.ts';
import { binaryName, sourceName } from '../src/names.ts';
import { stuckMarkdown, stuckText } from '../src/reports/plan/stuck.ts';
import { ddList, type Maintained } from '../src/reports/writing/dd-list.ts';
import { code } from '../src/reports/writing/markdown.ts';
import { escapeXml, xml } from '../src/reports/writing/xml.ts';
import { replay } from '../src/run-state.ts';
import { standings } from '../src/stages/standing.ts';
import { groupStuck, stuckSources } from '../src/stages/stuck.ts';
import { branded } from './rig/branded.ts';
import { needs } from './rig/program.ts';

const build = (id: string, archive: ArchiveName): PlannedBuild => {
  const [, source, stage, round] = /^([^<#]+)(?:<stage(\d)>)?(?:#(\d))?$/.exec(id)!;
  return {
    id: namedBuild(id),
    source: sourceName(source!),
    version: '1',
    stage: Number(stage ?? 0),
    round: stage === undefined ? Number(round ?? 1) : 0,
    archive,
    profiles: [],
    produces: [binaryName(source!)],
    installs: [],
    needs: [],
    taintedBy: [],
    wave: 0,
    why: stage === undefined ? 'full' : 'stage',
  };
};

const planOf = (builds: readonly PlannedBuild[], stuck: readonly Stuck[] = []): Plan => ({
  format: 1,
  architecture: 'amd64',
  status: stuck.length > 0 ? 'none' : 'optimal',
  costs: [],
  builds,
  runtime: {},
  wishes: [],
  stuck,
  unused: [],
  seed: [],
  sccs: [],
});

/** tcc is reduced once; musl is built with that, and both are rebuilt; busybox comes last. */
const plan = planOf([
  build('tcc<stage1>', 'stage1'),
  build('musl', 'interim'),
  build('tcc', 'interim'),
  build('musl#2', 'final'),
  build('tcc#2', 'final'),
  build('busybox', 'final'),
]);

const journal = (bodies: readonly RunEventBody[]): RunEvent[] =>
  bodies.map((body, seq) => ({ seq, at: '2026-11-21T00:00:00Z', ...body }));

const finished = (
  id: string,
  archive: ArchiveName,
  installed: readonly [string, ArchiveName][] = [],
): RunEventBody => ({
  type: 'build-finished',
  build: namedBuild(id),
  action: actionDigest('0'),
  how: 'run',
  archive,
  seconds: 1,
  cpuSeconds: 1,
  outputs: {},
  installed: installed.map(([by, from]) => ({
    name: binaryName(by),
    version: '1',
    build: namedBuild(by),
    archive: from,
    sha256: '',
  })),
  tainted: archive !== 'final',
  sandboxed: true,
});
const failed = (id: string): RunEventBody => ({
  type: 'build-failed',
  build: namedBuild(id),
  step: 'configure',
  exitCode: 1,
  message: 'no acceptable C compiler',
  retriable: false,
});

const why = (bodies: readonly RunEventBody[], p = plan) =>
  stuckSources(p, standings(p, replay(journal(bodies)))).map((s) => `${s.source}: ${s.kind} ${s.because}`);

const first: readonly RunEventBody[] = [
  finished('tcc<stage1>', 'stage1'),
  finished('musl', 'interim', [['tcc<stage1>', 'stage1']]),
  finished('tcc', 'interim', [['musl', 'interim']]),
];

test('before a run nothing is stuck that the plan can reach; after a complete one nothing is', () => {
  expect(why([])).toEqual([]);
  expect(
    why([...first, finished('musl#2', 'final'), finished('tcc#2', 'final'), finished('busybox', 'final')]),
  ).toEqual([]);
});

test('killed half-way: a full build owed, a stage package in use, a clean rebuild owed', () => {
  expect(why(first.slice(0, 1))).toEqual(['tcc: rebuild-owed staged']);
  expect(why(first.slice(0, 2))).toEqual(['musl: stage-in-use tcc<stage1>', 'tcc: rebuild-owed staged']);
  expect(why(first)).toEqual(['musl: stage-in-use tcc<stage1>', 'tcc: rebuild-owed interim']);
  expect(why([...first, finished('musl#2', 'final')])).toEqual(['tcc: rebuild-owed interim']);
});

test('a failed stage build, and who is blocked by it; a later success clears both', () => {
  const bad: RunEventBody[] = [
    failed('tcc<stage1>'),
    { type: 'build-blocked', build: namedBuild('musl'), by: [namedBuild('tcc<stage1>')] },
  ];
  expect(why(bad)).toEqual(['musl: behind tcc<stage1>', 'tcc: build-failed tcc<stage1>']);
  const [group] = groupStuck(stuckSources(plan, standings(plan, replay(journal(bad)))));
  expect(group).toMatchObject({
    kind: 'build-failed',
    sources: [{ detail: 'step configure: no acceptable C compiler' }],
  });
  const text = stuckText(groupStuck(stuckSources(plan, standings(plan, replay(journal(bad))))), 3, false);
  // Whoever waits for a failed build is sent to its log: no metadata knows of the failure.
  expect(text.match(/what to do: bootplan log 'tcc<stage1>' shows why/g)).toHaveLength(2);
  const named = { ...failed('tcc<stage1>'), message: 'step configure ended with exit code 1' } as RunEventBody;
  const [told] = stuckSources(plan, standings(plan, replay(journal([named]))));
  expect(told!.detail).toBe('step configure ended with exit code 1');
  const retry: RunEventBody[] = [
    ...bad,
    { type: 'build-started', build: namedBuild('tcc<stage1>'), action: actionDigest('0'), attempt: 2 },
  ];
  expect(why([...retry, first[0]!])).toEqual(['musl: behind tcc<stage1>', 'tcc: rebuild-owed staged']);
  expect(
    why([
      ...retry,
      first[0]!,
      { type: 'build-started', build: namedBuild('musl'), action: actionDigest('1'), attempt: 1 },
    ]),
  ).toEqual(['tcc: rebuild-owed staged']);
});

test('what is out of date is in no archive, and does not count; nor does what another plan had built', () => {
  const all = [...first, finished('musl#2', 'final'), finished('tcc#2', 'final'), finished('busybox', 'final')];
  const reached = (bodies: readonly RunEventBody[]) =>
    [...standings(plan, replay(journal(bodies)))].map(([source, { reached }]) => `${source} ${reached}`).sort();
  expect(reached(all)).toEqual(['busybox final', 'musl final', 'tcc final']);
  const outdated = ['musl', 'tcc', 'musl#2', 'tcc#2'].map(
    (build): RunEventBody => ({ type: 'build-outdated', build: namedBuild(build) }),
  );
  expect(reached([...all, ...outdated])).toEqual(['busybox final', 'musl nothing', 'tcc staged']);
  const blocked: RunEventBody = { type: 'build-blocked', build: namedBuild('busybox'), by: [namedBuild('tcc')] };
  expect(reached([...all, blocked])).toContain('busybox nothing');
  const begin = (resumed: boolean): RunEventBody => ({
    ...{ type: 'run-started', plan: 'p', overrides: '', builds: plan.builds.map(({ id }) => id), resumed },
  });
  expect(reached([...all, begin(true)])).toEqual(reached(all));
  expect(reached([...all, begin(false)])).toEqual(reached([]));
});

const cycle: Stuck = {
  source: sourceName('a'),
  scc: 'a+1',
  reason: {
    kind: 'cycle',
    chain: [
      { from: 'src:a', to: 'libb-dev', how: 'build-depends' },
      { from: 'libb-dev', to: 'src:b', how: 'built-by' },
      { from: 'src:b', to: 'a', how: 'build-depends' },
      { from: 'a', to: 'src:a', how: 'built-by' },
    ],
  },
};
const others: Stuck[] = Array.from({ length: 12 }, (_, i) => ({
  ...cycle,
  source: sourceName(`member-with-a-longer-name-${String(i).padStart(2, '0')}`),
}));
const missing: Stuck = {
  source: sourceName('m'),
  scc: undefined,
  reason: { kind: 'missing', group: 'nowhere (>= 2)', why: 'nothing has that name' },
};
const behind: Stuck = {
  source: sourceName('z'),
  scc: undefined,
  reason: {
    kind: 'behind',
    chain: [
      { from: 'src:z', to: 'm', how: 'build-depends' },
      { from: 'm', to: 'src:m', how: 'built-by' },
    ],
  },
};
const partial = planOf([build('free', 'final')], [cycle, ...others, missing, behind]);

test('golden: as text, all of it and cut; as Markdown', async () => {
  const groups = groupStuck(stuckSources(partial));
  expect(groups.map((g) => [g.kind, g.because, g.sources.length])).toEqual([
    ['no-declared-break', 'a+1', 13],
    ['missing', 'nowhere (>= 2)', 1],
    ['behind', 'src:m', 1],
  ]);
  const text = stuckText(groups, 16, false);
  expect(Math.max(...text.split('\n').map((l) => l.length))).toBeLessThanOrEqual(100);
  await expect(text).toMatchFileSnapshot('fixtures/453-stuck/stuck.txt');
  await expect(stuckText(groups, 16, true)).toMatchFileSnapshot('fixtures/453-stuck/all.txt');
  await expect(stuckMarkdown(groups, 16, false)).toMatchFileSnapshot('fixtures/453-stuck/stuck.md');
  expect(stuckText([], 16, false)).toBe('None of 16 sources is stuck in bootstrap mode.\n');
});

const people: readonly Maintained[] = branded([
  { source: 'zlib', maintainer: 'Mark Brown <b@d.org>', uploaders: [] },
  { source: 'a', maintainer: 'mark b <m@d.org>', uploaders: ['Mark Brown <b@d.org>', 'Ångström <å@d.org>'] },
  { source: 'b+c', maintainer: 'Mark Brown <b@d.org>', uploaders: ['Mark Brown <b@d.org>'] },
]);

test('by maintainer, as dd-list writes it', () => {
  expect(ddList(people, { uploaders: false })).toBe(
    'mark b <m@d.org>\n   a\n\nMark Brown <b@d.org>\n   b+c\n   zlib\n\n',
  );
  expect(ddList(people, { uploaders: true })).toContain('   a (U)\n   b+c\n   b+c (U)\n   zlib\n');
});

test.runIf(needs('dd-list'))('by maintainer, byte for byte what dd-list itself writes', () => {
  const stanzas = people
    .map(
      (p) =>
        `Package: ${p.source}\nVersion: 1\nMaintainer: ${p.maintainer}\n${p.uploaders.length > 0 ? `Uploaders: ${p.uploaders.join(', ')}\n` : ''}`,
    )
    .join('\n');
  for (const uploaders of [true, false]) {
    const args = ['--dctrl', uploaders ? '--uploaders' : '--nouploaders'];
    const theirs = spawnSync('dd-list', args, { input: `${stanzas}\n`, encoding: 'utf8' });
    expect(ddList(people, { uploaders }), theirs.stderr).toBe(theirs.stdout);
  }
});

/** Names that a terminal, a Markdown reader or a browser would act on. */
const hostile = [
  '\u001b[31mred',
  'line\nbreak',
  'tab\there',
  '\u202egnp.exe',
  'zero\u200bwidth',
  '<script>alert(1)</script>',
  '"/><image href="http://x"/>',
  '``two``',
  '`',
  '| a | b |',
  '[link](http://x) ![i](y) *b* _i_ # h @someone',
  ']]>&amp;',
  '\u009b2J',
  '\ud800lone',
];

test('hostile names are shown and never interpreted, in terminal, Markdown and dd-list', () => {
  const p = planOf(
    [],
    hostile
      .map(sourceName)
      .map((source) => ({ source, scc: undefined, reason: { kind: 'missing', group: source, why: source } })),
  );
  const groups = groupStuck(stuckSources(p));
  for (const text of [
    stuckText(groups, 20, true),
    stuckMarkdown(groups, 20, true),
    ddList(
      hostile.map((h) => ({ source: sourceName(h), maintainer: h, uploaders: [h] })),
      { uploaders: true },
    ),
  ]) {
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
    expect(text).toContain('\\x1b[31mred');
    expect(text).toContain('line\\x0abreak');
    expect(text).toContain('\\u202egnp.exe');
  }
});

/** CommonMark 6.1, read by hand: the content between the fences of the code span that begins a text. */
function readCodeSpan(text: string): { content: string; rest: string } {
  const fence = /^`+/.exec(text)![0];
  for (const run of text.matchAll(/`+/g)) {
    if (run.index === 0 || run[0] !== fence) continue;
    const inside = text.slice(fence.length, run.index);
    const content = /^ .* $/.test(inside) && /[^ ]/.test(inside) ? inside.slice(1, -1) : inside;
    return { content, rest: text.slice(run.index + fence.length) };
  }
  throw new Error(`no code span: ${text}`);
}

test('a code span holds any name, and ends where the name ends', () => {
  for (const name of [...hostile, ' a ', '` `` ```', 'ends with `', '`begins']) {
    expect(readCodeSpan(`${code(name)}REST`)).toEqual({ content: visible(name.toWellFormed()), rest: 'REST' });
  }
});

test('XML text and attributes hold any name; templates escape what is put into them, once', () => {
  for (const name of hostile) {
    const text = escapeXml(name);
    expect(text).not.toMatch(/[<>"'\p{Cc}\p{Cf}]/u);
    expect(text.replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
    expect(xml`<a b="${name}">${[xml`<c>${name}</c>`]}</a>`.text).toBe(`<a b="${text}"><c>${text}</c></a>`);
  }
});
