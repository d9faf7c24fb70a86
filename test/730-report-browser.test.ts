/**
 * The report site in a real browser: Debian's Chromium, from the disk, with and without scripts, in the light and in
 * the dark.
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeDay } from '../src/application/report/make-day.ts';
import { siteAssets } from '../src/application/report/site-assets.ts';
import { namedBuild } from '../src/build-id.ts';
import { actionDigest } from '../src/digests.ts';
import type { InstalledBinary } from '../src/events.ts';
import type { Universe } from '../src/model.ts';
import { binaryName } from '../src/names.ts';
import { sourcePath } from '../src/reports/site/links.ts';
import type { ReportDay, RunDay } from '../src/reports/site/report-day.ts';
import { siteOf } from '../src/reports/site/site.ts';
import { needs, scratch } from './rig/program.ts';
import { universe } from './rig/universe.ts';

const here = scratch();
const chromiumPath = '/usr/bin/chromium';
const hasChromium = needs('chromium') && existsSync(chromiumPath);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What others may have written into metadata. */
const hostile = [
  '<script>document.title="owned"</script>',
  '"><img src=x onerror=document.title="owned">',
  "javascript:document.title='owned'",
  '\u202eevil\u202c\u0000\u001b[31m',
  '</title><svg onload=document.title="owned">',
  `${'very long '.repeat(30_000)}`,
  '../../../etc/passwd',
  '__proto__',
];

/** A hostile text for a name, always the same one. */
const evilFor = (name: string): string =>
  hostile[[...name].reduce((sum, c) => sum + c.charCodeAt(0), 0) % hostile.length]!;

/** With a blank between, names stay in their order; build-essential is a name that the program knows. */
const evilName = (name: string): string => (name === 'build-essential' ? name : `${name} ${evilFor(name)}`);

/** Every name of the value in hostile words, wherever it stands: sources, binaries, relations. */
function renamed<T>(value: T): T {
  if (Array.isArray(value)) return value.map(renamed) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, v]) => [key, key === 'name' ? evilName(v as string) : renamed(v)]),
  ) as T;
}

/** Names, versions, sections and people in hostile words, from the end, where only the page has to bear them. */
function withHostileNames(u: Universe): Universe {
  const { sources, binaries, ...rest } = renamed(u);
  return {
    ...rest,
    seed: u.seed.map(evilName).map(binaryName),
    sources: sources.map((s, i) => {
      const evil = hostile[i % hostile.length]!;
      const version = i % 2 === 0 ? evil : s.version;
      return { ...s, maintainer: `${evil} <${evil}>`, uploaders: [evil], version, section: evil };
    }),
    binaries: binaries.map((b, i) => ({ ...b, section: hostile[i % hostile.length]! })),
  };
}

/** A run in which everything that a build or a console can say is hostile. */
function hostileRun(day: ReportDay): RunDay {
  const run = runOf(day);
  const evil = hostile.join(' ');
  const at = run.events[0]!.at;
  return {
    ...run,
    events: [
      ...run.events.map((e) => (e.type === 'build-failed' ? { ...e, step: evil, message: evil, report: evil } : e)),
      ...day.plan.builds.map((b, i) => ({
        ...{
          seq: 20 + i,
          at,
          type: 'build-finished' as const,
          build: b.id,
          action: actionDigest(''),
          archive: 'interim' as const,
          tainted: true,
        },
        ...{ how: 'run' as const, seconds: 5, cpuSeconds: 4, outputs: {}, sandboxed: true },
        installed: [
          { name: binaryName(evil), version: evil, build: namedBuild(evil), archive: 'stage1' as const, sha256: evil },
        ],
      })),
      {
        seq: 90,
        at,
        type: 'comparison',
        build: evil,
        against: evil,
        identical: false,
        differing: hostile,
        abi: [],
      } as never,
      { seq: 91, at, type: 'build-blocked', build: namedBuild(evil), by: hostile.map(namedBuild) },
      { seq: 92, at, type: 'image-made', path: `/x/${evil}`, sha256: evil, bytes: 1 },
      { seq: 93, at, type: 'boot-checked', verdict: 'fail', cause: evil, seconds: 1 },
    ],
  };
}

/** Enough rows for a field to search in, two cycles, one of which a stage breaks. */
const lines = [
  'cc: libc',
  'cc stage1: seedcc',
  'libc: cc',
  'graph: pango',
  'pango: glib',
  'glib: gtkdoc',
  'gtkdoc: graph',
  ...Array.from({ length: 20 }, (_, i) => `app${i}: cc${i % 3 === 0 ? ', graph' : ''}`),
  'seed: seedcc',
];

async function dayOf(said: (u: Universe) => Universe = (u) => u): Promise<ReportDay> {
  const u = said(universe(lines.join('\n')));
  const base = { suite: 'test', command: 'bootplan report', version: '0', inputs: [], targets: 'all', universe: u };
  const first = await makeDay({ ...base, date: '2026-11-27', history: [] });
  const moved = universe([...lines.slice(0, 3), 'graph 2: pango, cc', ...lines.slice(4)].join('\n'));
  const second = await makeDay({
    ...base,
    universe: said(moved),
    date: '2026-11-28',
    before: first.record,
    history: [first.entry],
  });
  return second.day;
}

async function written(name: string, day: ReportDay): Promise<string> {
  const directory = join(here, name);
  for (const [path, content] of [...(await siteOf(day)), ...siteAssets()]) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  return directory;
}

function runOf(day: ReportDay): RunDay {
  const at = (s: number) => new Date(Date.UTC(2026, 10, 28, 1, 0, s)).toISOString();
  const done = { how: 'run', seconds: 5, cpuSeconds: 4, outputs: {}, sandboxed: true } as const;
  const seed: InstalledBinary = {
    name: binaryName('seedcc'),
    version: '1',
    build: 'seed',
    archive: 'seed',
    sha256: '',
  };
  const reduced: InstalledBinary = {
    name: binaryName('cc'),
    version: '1',
    build: namedBuild('cc<stage1>'),
    archive: 'stage1',
    sha256: '',
  };
  const events: RunDay['events'] = [
    {
      seq: 0,
      at: at(0),
      type: 'run-started',
      plan: '',
      overrides: '',
      builds: [namedBuild('cc<stage1>'), namedBuild('libc'), namedBuild('cc')],
      resumed: false,
    },
    { seq: 1, at: at(1), type: 'build-started', build: namedBuild('cc<stage1>'), action: actionDigest(''), attempt: 1 },
    {
      seq: 2,
      at: at(6),
      type: 'build-finished',
      build: namedBuild('cc<stage1>'),
      action: actionDigest(''),
      archive: 'stage1',
      installed: [seed],
      tainted: false,
      ...done,
    },
    { seq: 3, at: at(7), type: 'build-started', build: namedBuild('libc'), action: actionDigest(''), attempt: 1 },
    {
      seq: 4,
      at: at(12),
      type: 'build-finished',
      build: namedBuild('libc'),
      action: actionDigest(''),
      archive: 'interim',
      installed: [seed, reduced],
      tainted: true,
      ...done,
    },
    { seq: 5, at: at(13), type: 'build-started', build: namedBuild('cc'), action: actionDigest(''), attempt: 1 },
    {
      seq: 6,
      at: at(20),
      type: 'build-failed',
      build: namedBuild('cc'),
      step: '<b>build</b>',
      exitCode: 2,
      message: 'no <such> file',
      retriable: false,
    },
    { seq: 7, at: at(21), type: 'run-finished', status: 'incomplete' },
  ];
  return { plan: day.plan, events, stuck: [] };
}

/** One page of each kind. */
const kinds = [
  'index.html',
  'cycles.html',
  'component/cc+1.html',
  'component/glib+3.html',
  'needed.html',
  'stuck.html',
  'sources.html',
  'source/graph.html',
  'source/app1.html',
  'maintainers.html',
  'plan.html',
  'plan-1.html',
  'changes.html',
  'history.html',
  'run.html',
  'ledger.html',
  'graph.html',
  'about.html',
  'formats.html',
];

describe.skipIf(!hasChromium)('in Chromium', () => {
  let browser: Browser;
  let site = '';
  let evil = '';
  const problems: string[] = [];
  beforeAll(async () => {
    const day = await dayOf();
    site = await written('site', { ...day, run: runOf(day) });
    const bad = await dayOf(withHostileNames);
    evil = await written('evil', { ...bad, run: hostileRun(bad) });
    browser = await chromium.launch({
      executablePath: chromiumPath,
      args: ['--no-sandbox', '--enable-unsafe-swiftshader'],
    });
  });
  afterAll(() => browser?.close());

  interface Look {
    readonly width?: number;
    readonly scripts?: boolean;
  }

  async function open(directory: string, path: string, { width = 1200, scripts = true }: Look = {}): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width, height: 800 },
      colorScheme: 'light',
      javaScriptEnabled: scripts,
    });
    const page = await context.newPage();
    // What the graphics of a machine without a graphics card says of itself is not about the page.
    page.on('console', (m) => {
      if (!m.text().includes('GL Driver Message')) problems.push(`${path}: ${m.text()}`);
    });
    page.on('pageerror', (e) => problems.push(`${path}: ${e.message}`));
    page.on('request', (r) => {
      if (!r.url().startsWith(`file://${directory}`)) problems.push(`${path} asks for ${r.url()}`);
    });
    await page.goto(`file://${directory}/${path}`);
    return page;
  }

  const close = (page: Page) => page.context().close();

  test.each(kinds)(
    '%s: no rule of accessibility is broken, in the light and in the dark, and nothing is wide',
    async (path) => {
      for (const look of [{}, { dark: true, width: 360 }]) {
        const page = await open(site, path, look);
        // The strict policy of the pages keeps others' scripts out: axe goes in by the back door of the debugger.
        await page.evaluate(axe);
        const found = await page.evaluate(
          "axe.run({ preload: false }).then((r) => r.violations.map((v) => v.id + ': ' + v.nodes[0]?.html.slice(0, 150)))",
        );
        const wide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        expect([path, found, wide <= 0]).toEqual([path, [], true]);
        await close(page);
      }
      expect(problems.splice(0)).toEqual([]);
    },
    60_000,
  );

  test('without scripts every page says the same', async () => {
    // Column heads become buttons and fields to search in come: they are no content.
    const text = (page: Page) =>
      page.evaluate<string>(
        "[...document.querySelectorAll('main h1, main h2, main p, main li, main td, main pre, main dd, main caption')].map((e) => e.textContent).join('\\n')",
      );
    for (const path of kinds) {
      const [plain, scripted] = [await open(site, path, { scripts: false }), await open(site, path)];
      const noscript = (t: string) =>
        t.replace('The picture needs scripts; the list below has the same sources.', '').replace(/\n+/g, '\n');
      expect([path, noscript(await text(plain))]).toEqual([path, noscript(await text(scripted))]);
      await close(plain);
      await close(scripted);
    }
  });

  test('every link leads to a page, and every page has a strict policy', async () => {
    for (const path of kinds) {
      const page = await open(site, path);
      const links = await page.evaluate<readonly string[]>(
        "[...document.querySelectorAll('main a[href], header a[href]')].map((a) => new URL(a.getAttribute('href'), document.baseURI).href)",
      );
      const missing = links.filter((l) => l.endsWith('.html') && !existsSync(decodeURIComponent(new URL(l).pathname)));
      expect([path, missing]).toEqual([path, []]);
      expect(await page.getAttribute('meta[http-equiv="Content-Security-Policy"]', 'content')).toMatch(
        /^default-src 'none'; style-src 'self'; script-src 'self'/,
      );
      await close(page);
    }
  });

  test('rows are found and sorted by keyboard, and the back button leads back to them', async () => {
    const page = await open(site, 'sources.html');
    await page.keyboard.press('/');
    await page.keyboard.type('app1');
    const shown = () =>
      page.evaluate<string[]>(
        "[...document.querySelectorAll('tbody tr')].filter((r) => !r.hidden).map((r) => r.querySelector('td').textContent)",
      );
    expect((await shown()).sort()).toEqual([
      'app1',
      'app10',
      'app11',
      'app12',
      'app13',
      'app14',
      'app15',
      'app16',
      'app17',
      'app18',
      'app19',
    ]);
    await page.keyboard.press('Tab');
    while (!(await page.evaluate<boolean>("document.activeElement?.textContent === 'Source'")))
      await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    expect((await shown())[0]).toBe('app19');
    expect(await page.getAttribute('th', 'aria-sort')).toBe('descending');
    await page.click('tbody tr:not([hidden]) a');
    expect(await page.textContent('h1')).toBe('src:app19');
    await page.goBack();
    expect(await page.inputValue('.search input')).toBe('app1');
    expect((await shown())[0]).toBe('app19');
    await close(page);
    expect(problems.splice(0)).toEqual([]);
  });

  test('the graph shows a source with its neighbours, and leads to its page', async () => {
    const page = await open(site, 'graph.html');
    await page.fill('#graph-search', 'pango');
    expect(await page.textContent('#find output')).toBe('2 neighbours: the page of pango');
    await page.click('#find output a');
    expect(await page.textContent('h1')).toBe('src:pango');
    await close(page);
  });

  test('names with markup, scripts and controls are shown and never run', async () => {
    const pages = [...(await siteFilesOf(evil))];
    expect(pages.length).toBeGreaterThan(20);
    for (const path of pages) {
      const page = await open(evil, path);
      const title = await page.title();
      const made = await page.evaluate(
        `document.querySelectorAll('main img, main script, [onload], [onerror], a[href^="javascript:"]').length`,
      );
      expect([path, title.includes('owned') && !title.includes('<') && !title.includes('='), made]).toEqual([
        path,
        false,
        0,
      ]);
      expect([path, readFileSync(join(evil, path)).length < 500_000]).toEqual([path, true]);
      await close(page);
    }
    expect(problems.splice(0)).toEqual([]);
    const source = await open(evil, sourcePath(evilName('app0')));
    const shown = await source.textContent('main');
    expect(hostile.filter((h) => h.includes('<') && shown!.includes(h)).length).toBeGreaterThan(0);
    expect(['\u0000', '\u001b', '\u202e'].filter((c) => shown!.includes(c))).toEqual([]);
    await close(source);
  });
});

async function siteFilesOf(directory: string): Promise<readonly string[]> {
  const { globSync } = await import('node:fs');
  return globSync('**/*.html', { cwd: directory })
    .sort()
    .filter((path) => !/^source\/app(1|[2-9])/.test(path));
}
