/** The daily report over many days: what moved is told with the upload that did it, and nothing else is. */
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DayRecord } from '../src/application/report/day-change.ts';
import { dayBefore, publishDay, type Reports, recover, thin } from '../src/application/report/day-directory.ts';
import { appendToHistory, daysIn, readReportHistory } from '../src/application/report/history-file.ts';
import { machineFiles } from '../src/application/report/machine-files.ts';
import { type MadeDay, makeDay } from '../src/application/report/make-day.ts';
import { reportDate } from '../src/command-line/report-date.ts';
import { misfits } from '../src/metadata/yaml/schema.ts';
import type { DayChange, HistoryEntry } from '../src/reports/site/report-day.ts';
import { siteOf } from '../src/reports/site/site.ts';
import { judgementOf, movedWords } from '../src/reports/site/words.ts';
import { bootplan, files, scratch } from './rig/program.ts';
import { fits } from './rig/schema.ts';
import { universe } from './rig/universe.ts';

const here = scratch();
const dateOf = (day: number): string => new Date(Date.UTC(2026, 9, 1 + day)).toISOString().slice(0, 10);

/** Ten sources in three cycles, each of which a stage breaks; `versions` and `lines` are what a day changes. */
const calm: Readonly<Record<string, string>> = {
  cc: 'cc: libc',
  'cc-stage': 'cc stage1: seedcc',
  libc: 'libc: cc',
  doc: 'doc: lib, tex',
  'doc-stage': 'doc stage1: tex',
  lib: 'lib: doc',
  tex: 'tex: cc',
  gui: 'gui: font, lib',
  'gui-stage': 'gui stage1: lib',
  font: 'font: gui',
  app: 'app: gui, doc',
  tool: 'tool: cc',
  tests: 'tests: tool',
};

const archive = (lines: Readonly<Record<string, string>>) =>
  universe(`${Object.values(lines).join('\n')}\nseed: seedcc`);

/** What each of these days changes, and the source that is to be named; a day without one moves nothing. */
const planted: readonly {
  readonly day: number;
  readonly change: Readonly<Record<string, string>>;
  readonly source: string;
  readonly bad: boolean;
}[] = [
  { day: 4, change: { 'doc-stage': 'doc stage1: tex, lib', doc: 'doc 2: lib, tex' }, source: 'doc', bad: true },
  { day: 9, change: { 'doc-stage': 'doc stage1: tex', doc: 'doc 3: lib, tex' }, source: 'doc', bad: false },
  { day: 13, change: { font: 'font 2: gui, app' }, source: 'font', bad: true },
  { day: 17, change: { font: 'font 3: gui' }, source: 'font', bad: false },
  { day: 21, change: { 'gui-stage': '', gui: 'gui 2: font, lib' }, source: 'gui', bad: true },
  { day: 26, change: { 'gui-stage': 'gui stage1: lib', gui: 'gui 3: font, lib' }, source: 'gui', bad: false },
];
/** Days on which something changes that moves no cycle. */
const quiet: readonly (readonly [number, Readonly<Record<string, string>>])[] = [
  [2, { tests: 'tests 2: tool, cc' }],
  [11, { tool: 'tool 2: cc' }],
  [23, { app: 'app 2: gui, doc, tool' }],
];

async function daily(days: number, until: (day: number) => number = (d) => d): Promise<readonly MadeDay[]> {
  const made: MadeDay[] = [];
  let lines = calm;
  let history: readonly HistoryEntry[] = [];
  for (let day = 0; day < days; day++) {
    for (const p of planted) if (p.day === until(day)) lines = { ...lines, ...p.change };
    for (const [at, change] of quiet) if (at === until(day)) lines = { ...lines, ...change };
    const one = await makeDay(request(day, lines, made.at(-1)?.record, history));
    history = one.day.history;
    made.push(one);
  }
  return made;
}

const request = (
  day: number,
  lines: Readonly<Record<string, string>>,
  before: DayRecord | undefined,
  history: readonly HistoryEntry[],
) => ({
  universe: archive(lines),
  date: dateOf(day),
  suite: 'test',
  command: 'bootplan report',
  version: '0',
  inputs: [],
  targets: 'all',
  before,
  history,
});

describe('thirty days with planted changes', async () => {
  const days = await daily(30);

  test.each(planted)('day $day: $source, worse: $bad, and nobody else is named', ({ day, source, bad }) => {
    const { change } = days[day]!.day;
    const moved = movedWords(change!);
    expect(moved.map((m) => [m.source, m.bad])).toContainEqual([source, bad]);
    expect([...new Set(moved.filter((m) => m.bad === bad).map((m) => m.source))]).toEqual([source]);
    expect(change!.worse).toBe(bad);
    expect(change!.uploads.map((u) => u.source)).toEqual([source]);
  });

  test('the page of whom it is due to names the new line; what leaves a cycle is not asked for again', async () => {
    const font = days[13]!.day.sources.find((s) => s.name === 'font')!;
    expect(font.newLines.map((l) => [l.group, l.conditional])).toEqual([['app', 'app <!pkg.font.stage1>']]);
    expect((await siteOf(days[13]!.day)).get('source/font.html')!.replace(/<[^>]*>/g, '')).toContain(
      'New since 2026-10-13',
    );
    expect(days[14]!.day.sources.flatMap((s) => s.newLines)).toEqual([]);
    expect(
      days.map(({ day }) => [day.numbers.supplies, day.numbers.edits]).filter(([s, e]) => s! + e! > 0).length,
    ).toBe(days.filter(({ day }) => day.stuck.length > 0).length);
  });

  test('a browser without pictures shows the words of one apart', async () => {
    const pages = await siteOf(days[13]!.day);
    const words = [...pages]
      .filter(([path]) => path.endsWith('.html'))
      .flatMap(([, page]) => page.match(/<text[\s>].*?<\/text>./gs) ?? []);
    expect(words.length).toBeGreaterThan(20);
    expect(words.filter((word) => !/\s$/.test(word))).toEqual([]);
  });

  test('every other day is told to be as the day before', () => {
    const busy = new Set(planted.map((p) => p.day));
    const loud = days.flatMap(({ day }, i) =>
      i > 0 && !busy.has(i) && (judgementOf(day) !== 'unchanged' || day.change!.worse) ? [i] : [],
    );
    expect(loud).toEqual([]);
    for (const [at] of quiet) expect(days[at]!.day.change!.uploads).toHaveLength(1);
  });

  test('the history has a day each, and its page names each planted source with its versions', async () => {
    const { day } = days.at(-1)!;
    expect(day.history.map((h) => h.date)).toEqual(Array.from({ length: 30 }, (_, i) => dateOf(i)));
    const page = (await siteOf(day)).get('history.html')!;
    const words = page.replace(/<[^>]*>/g, '');
    for (const name of ['doc', 'font', 'gui']) expect(words).toContain(`src:${name} 1 -&gt; 2`);
    expect(page.match(/class="marks"/g)!.length).toBeGreaterThanOrEqual(6);
  });

  test('only the maintainer of what is new and bad gets mail; the list gets one every day', () => {
    const mails = (i: number) => [...machineFiles(days[i]!.day).keys()].filter((f) => f.startsWith('mail/'));
    expect(mails(4)).toEqual(['mail/list.txt', 'mail/nobody-at-example.org.txt']);
    expect(mails(5)).toEqual(['mail/list.txt']);
    expect(mails(9)).toEqual(['mail/list.txt']);
    const mail = machineFiles(days[4]!.day).get('mail/nobody-at-example.org.txt')!;
    expect(mail).toMatch(/^To: Nobody <nobody@example.org>\nSubject: \[bootstrap test\/amd64\] doc/);
    for (const line of mail.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  test('the same day made twice is the same to the byte', async () => {
    const again = (await daily(5)).at(-1)!;
    expect(await siteOf(again.day)).toEqual(await siteOf(days[4]!.day));
    expect(machineFiles(again.day)).toEqual(machineFiles(days[4]!.day));
  });

  test('an entry is what the schema says', () => {
    for (const { entry } of days) fits(JSON.stringify(entry), 'report-history');
  });

  test('what lies beside the pages for programs is what the schemas say, and they lie there too', () => {
    const parts = {
      'report.json': 'report',
      'tracker.json': 'tracker',
      'stuck.json': 'stuck',
      'needed.json': 'neededList',
      'changes.json': 'changes',
      'history.json': 'history',
    };
    const needed = new Set<number>();
    for (const { day } of [days[0]!, ...planted.map((p) => days[p.day]!)]) {
      const made = machineFiles(day);
      for (const [file, part] of Object.entries(parts)) {
        const value = JSON.parse(made.get(file)!) as unknown;
        const wrong = misfits(value, `report-files#/$defs/${part}`);
        expect([file, wrong.map((w) => `${w.instancePath} ${w.message}`)]).toEqual([file, []]);
      }
      needed.add(day.needed.length);
      fits(made.get('cycles.json')!, 'cycles');
      fits(made.get('plan.json')!, 'plan-file');
      expect(JSON.parse(made.get('report-files.schema.json')!)).toMatchObject({ $defs: { report: {}, tracker: {} } });
    }
    // Days with something to supply or to edit were among them.
    expect(Math.max(...needed)).toBeGreaterThan(0);
    expect(misfits({ format: 1 }, 'report-files#/$defs/tracker')).not.toEqual([]);
  });

  test('days lie whole or not at all; a call twice a day, one that was killed, a clock that goes back', () => {
    const reports: Reports = { directory: join(here, 'days'), history: join(here, 'days/history.ndjson') };
    mkdirSync(reports.directory);
    const write = (i: number) =>
      publishDay(reports, {
        date: dateOf(i),
        files: new Map([['index.html', `day ${i}`]]),
        record: days[i]!.record,
        entry: days[i]!.entry,
      });
    const before = (i: number) => dayBefore(reports, dateOf(i), 'test', 'amd64')?.date;
    for (const i of [0, 1, 2]) write(i);
    write(2);
    expect(readlinkSync(join(reports.directory, 'latest'))).toBe(dateOf(2));
    expect(before(2)).toBe(dateOf(1));
    expect(daysIn(readReportHistory(reports.history).entries)).toHaveLength(3);

    // Killed while the day was written, and while one was being replaced; and after that, before its line was.
    mkdirSync(join(reports.directory, `.${dateOf(3)}.new`));
    writeFileSync(join(reports.directory, `.${dateOf(3)}.new`, 'index.html'), 'half');
    renameSync(join(reports.directory, dateOf(2)), join(reports.directory, `.${dateOf(2)}.old`));
    const lines = readFileSync(reports.history, 'utf8').split('\n');
    writeFileSync(reports.history, `${lines.slice(0, 2).join('\n')}\n`);
    recover(reports);
    expect(readdirSync(reports.directory).sort()).toEqual(
      [dateOf(0), dateOf(1), dateOf(2), 'history.ndjson', 'latest'].sort(),
    );
    expect(daysIn(readReportHistory(reports.history).entries).map((e) => e.date)).toEqual([
      dateOf(0),
      dateOf(1),
      dateOf(2),
    ]);

    // A clock that goes back writes the day that it says, compares with the one before that, and leaves the link.
    write(5);
    write(3);
    expect(readlinkSync(join(reports.directory, 'latest'))).toBe(dateOf(5));
    expect(before(4)).toBe(dateOf(3));

    // A record that was damaged is not compared with.
    writeFileSync(join(reports.directory, dateOf(3), 'record.json.gz'), 'x');
    expect(before(4)).toBe(dateOf(2));
    expect(dayBefore(reports, dateOf(4), 'another', 'amd64')).toBeUndefined();
  });

  test('old days keep one a week, and the history keeps all', () => {
    const reports: Reports = { directory: join(here, 'old'), history: join(here, 'old/history.ndjson') };
    mkdirSync(reports.directory);
    for (let i = 0; i < 30; i++)
      publishDay(reports, {
        date: dateOf(i),
        files: new Map([['index.html', '']]),
        record: days[i]!.record,
        entry: days[i]!.entry,
      });
    expect(thin(reports, dateOf(90))).toEqual([]);
    // 2026-10-01 is a Thursday: the weeks begin on the 5th, the 12th, the 19th, the 26th.
    thin(reports, dateOf(200));
    expect(readdirSync(reports.directory).filter((f) => f.startsWith('2026'))).toEqual([
      '2026-10-01',
      '2026-10-05',
      '2026-10-12',
      '2026-10-19',
      '2026-10-26',
    ]);
    expect(readReportHistory(reports.history).entries).toHaveLength(30);
  });

  test('a history with a torn and with an altered line loses these two and no other', () => {
    const file = join(here, 'torn.ndjson');
    appendToHistory(
      file,
      days.slice(0, 4).map((d) => d.entry),
    );
    const lines = readFileSync(file, 'utf8').split('\n');
    lines[1] = lines[1]!.replace('"largest":', '"largest":1');
    writeFileSync(file, `${lines.slice(0, 4).join('\n').slice(0, -20)}`);
    expect(readReportHistory(file)).toMatchObject({
      damaged: [2, 4],
      entries: [{ date: dateOf(0) }, { date: dateOf(2) }],
    });
    appendToHistory(file, [days[4]!.entry]);
    expect(readReportHistory(file).entries.map((e) => e.date)).toEqual([dateOf(0), dateOf(2), dateOf(4)]);
  });
});

test('of hundreds lost on one day it is told who, in one line', async () => {
  const many = Array.from({ length: 300 }, (_, i) => `s${i}: s0`).slice(1);
  const good = universe(['s0: seedcc', ...many, 'seed: seedcc'].join('\n'));
  const bad = universe(['s0 2: s1', ...many, 'seed: seedcc'].join('\n'));
  const base = { suite: '', command: '', version: '0', inputs: [], targets: 'all' };
  const first = await makeDay({ ...base, universe: good, date: '2026-01-01', history: [] });
  const second = await makeDay({
    ...base,
    universe: bad,
    date: '2026-01-02',
    before: first.record,
    history: [first.entry],
  });
  expect(second.day.change).toMatchObject({ worse: true, events: [{ kind: 'lost', causes: [] }] });
  expect(second.day.change!.events[0]!.members).toHaveLength(300);
  expect(movedWords(second.day.change!)[0]!.text).toBe('s0, s1, s10 and 297 more can no longer be built');
});

test('the day is that of SOURCE_DATE_EPOCH, unless another is asked for', () => {
  expect(reportDate(undefined, { SOURCE_DATE_EPOCH: '86400' })).toBe('1970-01-02');
  expect(reportDate('2026-02-28', { SOURCE_DATE_EPOCH: '86400' })).toBe('2026-02-28');
  expect(() => reportDate('2026-02-29', {})).toThrow('not a date');
  expect(() => reportDate(undefined, { SOURCE_DATE_EPOCH: 'today' })).toThrow('no number of seconds');
});

const packages = (version: string) =>
  `Package: a\nVersion: 1\nArchitecture: amd64\n\nPackage: b\nVersion: ${version}\nArchitecture: amd64\n`;
const sources = (needs: string, version: string) =>
  `Package: a\nVersion: 1\nArchitecture: any\nBuild-Depends: b\nPackage-List: a deb misc optional arch=any\n\nPackage: b\nVersion: ${version}\nArchitecture: any\n${needs}Package-List: b deb misc optional arch=any\n`;

test('the command: exit 0 for what is not new, 1 for what is new and bad; nothing is left when the input is bad', () => {
  const directory = join(here, 'command');
  files(directory, {
    P1: packages('1'),
    P2: packages('2'),
    S1: sources('', '1'),
    S2: sources('Build-Depends: a\n', '2'),
    broken: 'Package\n',
  });
  const ask = (date: string, index: string, ...more: string[]) =>
    bootplan(
      [
        'report',
        '--packages',
        index === 'S2' ? 'P2' : 'P1',
        '--sources',
        index,
        '--seed',
        'none',
        '--date',
        date,
        '--output',
        'r',
        ...more,
      ],
      {
        cwd: directory,
      },
    );
  expect(ask('2026-01-01', 'broken').code).toBe(65);
  expect(existsSync(join(directory, 'r'))).toBe(false);
  expect(ask('2026-01-01', 'S1')).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringContaining('2 of 2 sources'),
  });
  const worse = ask('2026-01-02', 'S2', '--json');
  expect(worse.code).toBe(1);
  expect(JSON.parse(worse.stdout)).toMatchObject({ verdict: 'worse', alarm: true, since: '2026-01-01' });
  expect(ask('2026-01-03', 'S2').code).toBe(0);
  expect(ask('2026-01-04', 'S1', '--json').stdout).toContain('"verdict": "better"');
  expect(readFileSync(join(directory, 'r/latest/report.txt'), 'utf8')).toContain(
    'better: the cycle of a, b can be built',
  );
});

test('older days are imported in the order of their dates, once, and the next day is compared with them', () => {
  const directory = join(here, 'imports');
  // As they lie in snapshots of an archive, and flat; the names are in no order of their dates.
  files(directory, {
    'snapshots/20260301T000000Z/dists/x/main/binary-amd64/Packages': packages('1'),
    'snapshots/20260301T000000Z/dists/x/main/source/Sources': sources('', '1'),
    'snapshots/2026-01-01/Packages': packages('1'),
    'snapshots/2026-01-01/Sources': sources('', '1'),
    'snapshots/day-2026-02-01/Packages': packages('2'),
    'snapshots/day-2026-02-01/Sources': sources('Build-Depends: a\n', '2'),
    'snapshots/no-day/Packages': 'not read\n',
    'late/2026-01-15/Packages': packages('2'),
    'late/2026-01-15/Sources': sources('Build-Depends: a\n', '2'),
    'empty/2026-05-05/README': 'no indices\n',
    'broken/2026-04-01/Packages': 'Package\n',
    'broken/2026-04-01/Sources': 'Package\n',
  });
  const ask = (...words: string[]) =>
    bootplan(['history', 'import', ...words, '--history', 'r/history.ndjson', '--seed', 'none', '--json'], {
      cwd: directory,
    });
  const told = () => daysIn(readReportHistory(join(directory, 'r/history.ndjson')).entries);
  expect(ask('empty').code).toBe(66);
  expect(ask('broken').code).toBe(65);
  expect(existsSync(join(directory, 'r/history.ndjson'))).toBe(false);

  const first = ask('snapshots');
  expect([first.code, first.stderr]).toEqual([0, '']);
  expect(JSON.parse(first.stdout)).toMatchObject({ imported: ['2026-01-01', '2026-02-01', '2026-03-01'], known: [] });
  expect(told().map(({ date, numbers, events }) => [date, numbers.bootstrappable, events.map((e) => e.kind)])).toEqual([
    ['2026-01-01', 2, []],
    ['2026-02-01', 0, ['lost']],
    ['2026-03-01', 2, ['freed']],
  ]);

  const bytes = readFileSync(join(directory, 'r/history.ndjson'), 'utf8');
  expect(JSON.parse(ask('snapshots').stdout)).toMatchObject({
    imported: [],
    known: expect.arrayContaining(['2026-02-01']),
  });
  expect(readFileSync(join(directory, 'r/history.ndjson'), 'utf8')).toBe(bytes);
  expect(JSON.parse(ask('late', 'snapshots').stdout)).toMatchObject({ imported: ['2026-01-15'] });
  expect(told().map(({ date }) => date)).toEqual(['2026-01-01', '2026-01-15', '2026-02-01', '2026-03-01']);

  const day = bootplan(
    [
      'report',
      ...['--packages', 'snapshots/day-2026-02-01/Packages', '--sources', 'snapshots/day-2026-02-01/Sources'],
      ...['--seed', 'none', '--date', '2026-03-02', '--output', 'r'],
    ],
    { cwd: directory },
  );
  expect([day.code, day.stderr]).toEqual([0, '']);
  expect(told().at(-1)).toMatchObject({ date: '2026-03-02', numbers: { bootstrappable: 0 } });
  expect(readFileSync(join(directory, 'r/latest/history.html'), 'utf8')).toContain('2026-01-15');
});

test('an upload whose packages for all architectures are not built yet is told as of its source, not of those who need them', () => {
  const directory = join(here, 'for-all');
  const source = (name: string, version: string, binaries: string, needs: string) =>
    `Package: ${name}\nBinary: ${binaries.replace(/:\w+/g, '')}\nPackage-List:\n${binaries
      .split(', ')
      .map((b) => ` ${b.split(':')[0]} deb devel optional arch=${b.split(':')[1]}\n`)
      .join('')}Version: ${version}\nArchitecture: any all\nBuild-Depends: ${needs}\n\n`;
  const binary = (name: string, of: string, architecture: string, needs: string) =>
    `Package: ${name}\nSource: ${of}\nVersion: 1\nArchitecture: ${architecture}\n${needs === '' ? '' : `Depends: ${needs}\n`}\n`;
  const archiveWith = (app: string, tool: string): string =>
    source('app', app, 'app:any', 'helper, pal') +
    source('helper', '1', 'helper:all', 'app') +
    source('pal', '1', 'pal:any', 'helper, app') +
    source('tool', tool, 'tool:any, tool-data:all', 'pal');
  files(directory, {
    Packages:
      binary('app', 'app', 'amd64', '') +
      binary('helper', 'helper', 'all', 'tool-data') +
      binary('pal', 'pal', 'amd64', '') +
      binary('tool', 'tool', 'amd64', '') +
      binary('tool-data', 'tool', 'all', ''),
    before: archiveWith('1', '1'),
    after: archiveWith('2', '2'),
  });
  const ask = (date: string, index: string) =>
    bootplan(
      [
        'report',
        ...['--packages', 'Packages', '--sources', index, '--seed', 'none', '--targets', 'app', 'tool'],
        ...['--date', date, '--output', 'r', '--json'],
      ],
      { cwd: directory },
    );
  expect(ask('2026-01-01', 'before').code).toBe(0);
  expect(ask('2026-01-02', 'after').code).toBe(1);
  const change = JSON.parse(readFileSync(join(directory, 'r/latest/changes.json'), 'utf8')) as DayChange;
  expect(change.uploads).toEqual([
    { source: 'app', before: '1', after: '2' },
    { source: 'tool', before: '1', after: '2' },
  ]);
  const said = movedWords(change).map(({ text }) => text);
  expect(said).toContainEqual(
    expect.stringContaining('src:tool 1 -> 2: tool-data, which was taken as given, has to be built'),
  );
  expect(said.filter((text) => text.includes('src:app'))).toEqual([]);
});
