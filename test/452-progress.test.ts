/** Thirty days with planted changes: the graph and the named causes are exactly the planted ones. */

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildId } from '../src/build-id.ts';
import { InputError } from '../src/errors.ts';
import type { Plan, Universe } from '../src/model.ts';
import { binaryName, type SourceName, sourceName } from '../src/names.ts';
import { progressText } from '../src/reports/archive/progress.ts';
import { progressSvg } from '../src/reports/archive/progress-svg.ts';
import { blockGraph } from '../src/reports/writing/block-graph.ts';
import { causeWords, eventLines } from '../src/reports/writing/change.ts';
import { Buildable } from '../src/solver/graph/buildable.ts';
import { type GraphRecord, recordOf } from '../src/solver/graph/record.ts';
import { resolve } from '../src/solver/graph/resolve.ts';
import { appendHistory, readHistory, recordPath } from '../src/stages/history.ts';
import { daysOf, type ProgressEntry, progressEntry, sharesOf } from '../src/stages/progress.ts';
import { plantedDays } from './rig/generate/days.ts';
import { scratch } from './rig/program.ts';

/** A plan that says no more than what progress asks of one: who is built and who is stuck. */
function planOf(u: Universe): { plan: Plan; record: GraphRecord } {
  const { graph } = resolve(u);
  const buildable = Buildable.of(graph);
  const build = (source: SourceName, version: string) => ({
    id: buildId(source, 0),
    source,
    version,
    stage: 0,
    round: 1,
    archive: 'final' as const,
    profiles: [],
    produces: [],
    installs: [],
    needs: [],
    taintedBy: [],
    wave: 0,
    why: 'full' as const,
  });
  const plan: Plan = {
    format: 1,
    architecture: u.architecture,
    status: 'none',
    costs: [],
    builds: u.sources.filter((_, s) => buildable.reaches(s)).map((s) => build(s.name, s.version)),
    runtime: {},
    wishes: [],
    stuck: u.sources
      .filter((_, s) => !buildable.reaches(s))
      .map((s) => ({ source: s.name, scc: undefined, reason: { kind: 'behind' as const, chain: [] } })),
    unused: [],
    seed: u.seed,
    sccs: [],
  };
  return {
    plan,
    record: recordOf(
      graph,
      u.sources.map((s) => s.version),
    ),
  };
}

function historyOf(seed: number): { entries: ProgressEntry[]; days: ReturnType<typeof plantedDays> } {
  const days = plantedDays(seed);
  let previous: GraphRecord | undefined;
  const entries = days.map(({ date, universe }) => {
    const { plan, record } = planOf(universe);
    const entry = progressEntry({ date, plan, record, previous, standing: new Map() });
    previous = record;
    return entry;
  });
  return { entries, days };
}

/** The last day's picture of a history, as a command would make it. */
const shown = (entries: readonly ProgressEntry[]) => daysOf(entries).map((d) => ({ ...d, shares: sharesOf(d.entry) }));

test('every planted change is named on its day, and nothing else is', () => {
  for (const seed of [1, 2, 3]) {
    const { entries, days } = historyOf(seed);
    const named = entries.map((e) =>
      e.events
        .map(({ kind, causes }) => {
          const [{ change }, ...others] = causes as [(typeof causes)[number]];
          expect(others).toEqual([]);
          // A run-time need is the tool's; everything else is the ring's own.
          const source = change.source.replace(/-tool$/, '-a');
          return `${kind} ${source}: ${change.kind}`;
        })
        .sort(),
    );
    expect(named).toEqual(days.map((d) => d.planted));
    expect(days.flatMap((d) => d.planted).length).toBeGreaterThan(10);
  }
});

test('the graph is exactly the planted share of each day, and those behind a ring are counted with it', () => {
  const { entries, days } = historyOf(4);
  expect(entries.map((e) => e.sources - e.plannable)).toEqual(days.map((d) => d.stuck));
  for (const e of entries) {
    for (const { members, behind } of e.events) expect([members.length, behind.length]).toEqual([3, 1]);
  }
  const points = [
    ...progressSvg(shown(entries)).matchAll(/<title>can be bootstrapped<\/title><path d="([^"]*)"/g),
  ][0]![1]!;
  const heights = points.split(' ').map((p) => Number(p.split(',')[1]));
  const expected = entries.map((e) => Math.round((384 - (280 * e.plannable) / e.sources) * 10) / 10);
  expect(heights).toEqual(expected);
});

test('golden: the terminal graph in blocks and in ASCII, and the SVG', async () => {
  const { entries } = historyOf(1);
  const days = shown(entries);
  const text = progressText(days, { width: 80, ascii: false, all: false });
  await expect(text).toMatchFileSnapshot('fixtures/452-progress/blocks.txt');
  const ascii = progressText(days, { width: 80, ascii: true, all: true });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: nothing but ASCII is the point
  expect(ascii).toMatch(/^[\x00-\x7f]*$/);
  await expect(ascii).toMatchFileSnapshot('fixtures/452-progress/ascii.txt');
  await expect(progressSvg(days)).toMatchFileSnapshot('fixtures/452-progress/progress.svg');
});

test('a day without a measurement is a gap, and of two calls on one day the last stands while all events stay', () => {
  const { entries } = historyOf(1);
  const [first, ...rest] = entries as [ProgressEntry, ...ProgressEntry[]];
  const later = { ...first, date: '2026-10-05', plannable: 0, events: rest.find((e) => e.events.length > 0)!.events };
  const again = { ...first, date: '2026-10-05', plannable: first.sources };
  const days = shown([first, later, again]);
  expect(days.map((d) => [d.date, d.shares.plannable, d.events.length])).toEqual([
    ['2026-10-01', 100, 0],
    ['2026-10-05', 100, later.events.length],
  ]);
  expect(progressSvg(days)).toMatch(/bootstrapped<\/title><path d="M\S+ M\S+"/);
});

test('the blocks stand as high as the values: every eighth, no more, no less', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 }), (values) => {
      const rows = blockGraph(values, { width: 30, height: 5, range: [0, 40], ascii: false });
      const height = (column: number) => rows.reduce((sum, row) => sum + ' ▁▂▃▄▅▆▇█'.indexOf([...row][column]!), 0);
      expect(values.map((_, i) => height(i))).toEqual(values);
    }),
  );
});

test('more days than columns: the newest value of each column counts, and the newest of all is the last', () => {
  const rows = blockGraph([...Array(100).keys()], { width: 10, height: 1, range: [0, 99], ascii: false });
  expect([...rows[0]!]).toHaveLength(10);
  expect(rows[0]!.at(-1)).toBe('█');
});

test('a history survives a torn last line; a line that is none is refused with its place', () => {
  const file = join(scratch(), 'progress.ndjson');
  const { entries } = historyOf(1);
  const { record } = planOf(plantedDays(1)[0]!.universe);
  expect(readHistory(file)).toEqual({ entries: [], record: undefined });
  appendHistory(file, entries[0]!, record);
  appendFileSync(file, '{"format":1,"da');
  expect(readHistory(file).entries).toEqual([entries[0]]);
  appendHistory(file, entries[1]!, record);
  expect(readHistory(file)).toEqual({ entries: entries.slice(0, 2), record });
  expect(JSON.parse(readFileSync(recordPath(file), 'utf8'))).toEqual(record);
  appendFileSync(file, 'no entry\n');
  expect(() => readHistory(file)).toThrow(InputError);
  const [whole] = entries;
  for (const damaged of [
    { ...whole, built: null },
    { ...whole, events: [{}] },
    { ...whole, date: 'today' },
  ]) {
    writeFileSync(file, `${JSON.stringify(whole)}\n${JSON.stringify(damaged)}\n`);
    expect(() => readHistory(file)).toThrow(InputError);
  }
  writeFileSync(recordPath(file), JSON.stringify({ ...record, madeBy: [] }));
  writeFileSync(file, `${JSON.stringify(whole)}\n`);
  expect(readHistory(file).record).toBeUndefined();
  writeFileSync(recordPath(file), 'torn');
  writeFileSync(file, `${JSON.stringify(entries[0])}\n`);
  expect(readHistory(file).record).toBeUndefined();
});

test('names in the picture and in the terminal are shown, never interpreted', () => {
  const names = ['<script>x</script>', '"/><a href="x">', '\u001b[2J', 'a\nb', '\u202egnp', ']]>', '&lt;', '\ud800'];
  const { entries } = historyOf(1);
  const events = names.map((name) => ({
    kind: 'lost' as const,
    members: [sourceName(name)],
    cycle: true,
    behind: [sourceName(name)],
    causes: [
      {
        change: { kind: 'need' as const, source: sourceName(name), stage: 0, binary: binaryName(name) },
        before: name,
        after: '2',
      },
    ],
  }));
  const days = shown([{ ...entries[0]!, architecture: names[0]!, events }]);
  const svg = progressSvg(days);
  // What is left without our own tags and without entities holds nothing that XML reads as markup.
  const tag = /<\/?(?:svg|title|desc|rect|text|line|g|path|circle)(?:\s[\w:-]+="[^"<>]*")*\s*\/?>/g;
  expect(svg.replace(tag, '').replace(/&(?:amp|lt|gt|quot|#39);/g, '')).not.toMatch(/[<>&]/);
  for (const text of [svg, progressText(days, { width: 80, ascii: false, all: true })]) {
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(text).toContain('\\x1b[2J');
    expect(text).toContain('a\\x0ab');
  }
  expect(svg).toContain('&lt;script&gt;');
  expect(svg).toContain('&amp;lt;');
});

test('each kind of change has its words, in both directions', () => {
  const [s, b] = [sourceName('s'), binaryName('b')];
  const said = (kind: 'lost' | 'freed') =>
    [
      { kind: 'source', source: s } as const,
      { kind: 'stage', source: s, stage: 2 } as const,
      { kind: 'need', source: s, stage: 0, binary: b } as const,
      { kind: 'yield', source: s, stage: 1, binary: b } as const,
      { kind: 'runtime', source: s, binary: b, needs: 'c' } as const,
      { kind: 'unsatisfied', source: s, stage: 1, group: 'x (>= 2)' } as const,
    ].map((change) => causeWords({ change, before: '1', after: '2' }, kind));
  expect(said('lost')).toEqual([
    'src:s 1 -> 2: is new in the archive',
    'src:s 1 -> 2: no longer declares stage 2',
    'src:s 1 -> 2: the full build now needs b',
    'src:s 1 -> 2: stage 1 no longer yields b',
    'src:s 1 -> 2: b now depends on c',
    'src:s 1 -> 2: stage 1 needs x (>= 2), which nothing provides any more',
  ]);
  expect(new Set([...said('lost'), ...said('freed')]).size).toBe(12);
  const lost = { members: ['a', 'b', 'c', 'd'].map(sourceName), behind: [sourceName('e')] };
  const event = { kind: 'lost' as const, cycle: true, causes: [], ...lost };
  expect(eventLines(event)).toEqual([
    'the cycle of a, b, c and 1 more is no longer broken automatically (and 1 behind it)',
    'because another alternative is chosen',
  ]);
});
