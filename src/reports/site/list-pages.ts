/** Lists: all sources, all maintainers with a page each, and who is stuck for which reason. */

import type { StuckGroup } from '../../stages/stuck.ts';
import { stuckReason } from '../plan/stuck.ts';
import { chainLines } from '../writing/chain.ts';
import { counted, number } from '../writing/count.ts';
import { html, joined, lines, type Markup, short, when } from './html.ts';
import { maintainerPath } from './links.ts';
import { kindName } from './needed-page.ts';
import { Links, type Page } from './page.ts';
import type { ReportDay, SourceDay } from './report-day.ts';
import { table } from './table.ts';
import { percent } from './words.ts';

const places: Readonly<Record<SourceDay['place'], string>> = {
  cycle: '⟳ in a cycle',
  missing: '∅ something is missing',
  behind: '… waits',
  free: '✓ free',
};
/** Where a source stands, in a few words. */
export const stateOf = (s: SourceDay): string =>
  `${places[s.place]}${s.stuck ? ', stuck' : s.place === 'free' ? '' : ', broken by stages'}`;

/** Sources on one page: more make a page that is too large to be read. */
const perPage = 2000;

function sourceRows(sources: readonly SourceDay[], day: ReportDay, links: Links) {
  const needed = new Map(day.needed.map((n) => [n.source, n]));
  return sources.map((s) => [
    links.source(s.name),
    short(s.version),
    stateOf(s),
    needed.has(s.name) ? kindName(needed.get(s.name)!.kind) : '',
    s.neededBy.length,
  ]);
}

const sourceColumns = [
  { title: 'Source' },
  { title: 'Version' },
  { title: 'Where it is' },
  { title: 'Still needed' },
  { title: 'Build-depended on by', numeric: true },
];

/** One page, or several of at most `perPage` sources in byte order. */
export function sourcesPages(day: ReportDay): readonly Page[] {
  const count = Math.max(1, Math.ceil(day.sources.length / perPage));
  const pathOf = (i: number) => (i === 0 ? 'sources.html' : `sources-${i + 1}.html`);
  const { sources, bootstrappable } = day.numbers;
  const beside = day.sources.length - sources;
  return Array.from({ length: count }, (_, i) => {
    const links = new Links(pathOf(i), day);
    const part = day.sources.slice(i * perPage, (i + 1) * perPage);
    const others = Array.from({ length: count }, (_, k) =>
      k === i ? html`<b>${k + 1}</b>` : links.page(pathOf(k), String(k + 1)),
    );
    return {
      path: pathOf(i),
      title: 'Sources',
      verdict: `${counted(sources, 'source is', 'sources are')} needed by the targets, and ${number(sources - bootstrappable)} of them stuck${beside > 0 ? `; ${number(beside)} more ${beside === 1 ? 'is' : 'are'} asked for by a stage alone` : ''}.`,
      also: i === 0 ? [['one entry a source, for trackers', 'tracker.json']] : [],
      body: html`${when(count > 1, () => html`<p>Pages: ${joined(others, ' ')}</p>`)}
${table('Sources', sourceColumns, sourceRows(part, day, links))}`,
    } satisfies Page;
  });
}

/** Maintainers by the page they have; of several spellings the first in byte order. */
export function byMaintainer(
  day: ReportDay,
): ReadonlyMap<
  string,
  { readonly name: string; readonly sources: readonly SourceDay[]; readonly uploads: readonly SourceDay[] }
> {
  const pages = new Map<string, { name: string; sources: SourceDay[]; uploads: SourceDay[] }>();
  const of = (name: string) => {
    const path = maintainerPath(name);
    const page = pages.get(path) ?? { name, sources: [], uploads: [] };
    pages.set(path, page);
    return page;
  };
  for (const s of day.sources) if (s.maintainer !== '') of(s.maintainer).sources.push(s);
  for (const s of day.sources) for (const u of s.uploaders) if (u !== s.maintainer) of(u).uploads.push(s);
  return pages;
}

const stuckOf = (sources: readonly SourceDay[]): number => sources.filter((s) => s.stuck).length;

/** All maintainers. */
export function maintainersPage(day: ReportDay): Page {
  const links = new Links('maintainers.html', day);
  const needed = new Map(day.needed.map((n) => [n.source, n]));
  const rows = [...byMaintainer(day).values()].map(({ name, sources, uploads }) => {
    const inCycle = sources.filter((s) => s.place === 'cycle').length;
    const edits = sources.filter((s) => needed.get(s.name)?.kind === 'edit').length;
    return {
      sort: edits * 1e6 + inCycle,
      row: [links.maintainer(name), sources.length, inCycle, stuckOf(sources), edits, uploads.length],
    };
  });
  rows.sort((a, b) => b.sort - a.sort);
  return {
    path: 'maintainers.html',
    title: 'Maintainers',
    verdict: `${counted(rows.length, 'person or team looks', 'people and teams look')} after what the targets need. Thank you to all of them.`,
    body: table(
      'Maintainers',
      [
        { title: 'Maintainer or team' },
        { title: 'Sources', numeric: true },
        { title: 'In cycles', numeric: true },
        { title: 'Stuck', numeric: true },
        { title: 'Edits that would help', numeric: true },
        { title: 'Uploads for others', numeric: true },
      ],
      rows.map(({ row }) => row),
    ),
  };
}

/** A page for each maintainer. */
export function maintainerPages(day: ReportDay): readonly Page[] {
  const needed = new Map(day.needed.map((n) => [n.source, n]));
  return [...byMaintainer(day)].map(([path, { name, sources, uploads }]) => {
    const links = new Links(path, day);
    const edits = sources.filter((s) => needed.get(s.name)?.kind === 'edit');
    const lines = sources
      .flatMap((s) => s.ownLines)
      .filter((l) => l.purpose !== 'other' && l.stages.length === 0 && l.conditional !== '')
      .sort((a, b) => b.cycles - a.cycles)
      .slice(0, 20);
    return {
      path,
      title: short(name),
      verdict: `${counted(sources.length)}; ${number(sources.filter((s) => s.place === 'cycle').length)} of them ${sources.length === 1 ? 'is' : 'are'} in a cycle, ${number(stuckOf(sources))} stuck.`,
      body: html`
<section aria-labelledby="first"><h2 id="first">What to do first</h2>
${edits.length > 0 ? html`<p>Edits of these are among what is still needed: ${links.sources(edits.map((s) => s.name))}. Their pages have the lines.</p>` : html`<p>None of the edits that are still needed is here.</p>`}
${when(
  lines.length > 0,
  () => html`<p>These lines look as if a package could be built without them (documentation, tests, bindings), and cycles go through them:</p>
${table(
  'Lines',
  [{ title: 'Source' }, { title: 'Line today' }, { title: 'Could be' }, { title: 'Short cycles', numeric: true }],
  lines.map((l) => [
    links.source(l.source),
    html`<code>${short(l.group)}</code>`,
    html`<code>${short(l.conditional)}</code>`,
    l.cycles,
  ]),
)}`,
)}</section>
<section aria-labelledby="sources"><h2 id="sources">Sources</h2>
${table('Sources', sourceColumns, sourceRows(sources, day, links))}</section>
${when(uploads.length > 0, () => html`<section aria-labelledby="uploads"><h2 id="uploads">Uploaded for other maintainers</h2>${table('Sources uploaded for others', sourceColumns, sourceRows(uploads, day, links))}</section>`)}`,
    };
  });
}

/** Names of one group that are on the page; the JSON has all. */
const mostNames = 4000;

function group(g: StuckGroup, i: number, links: Links): Markup {
  const shortest = g.sources
    .filter((s) => s.chain.length > 0)
    .reduce<(typeof g.sources)[number] | undefined>(
      (best, s) => (best === undefined || s.chain.length < best.chain.length ? s : best),
      undefined,
    );
  const reason = stuckReason(g, short);
  return html`<section aria-labelledby="g${i}"><h2 id="g${i}">${reason.charAt(0).toUpperCase()}${reason.slice(1)} (${counted(g.sources.length)})</h2>
${shortest === undefined ? html`<p>${short(g.sources[0]!.detail ?? '')}</p>` : html`<p>The shortest reason, of ${links.source(shortest.source)}:</p><pre>${lines(chainLines(shortest.chain, 30))}</pre>`}
<p>${links.sources(
    g.sources.map((s) => s.source),
    mostNames,
  )}</p></section>`;
}

/** Who is stuck, by the reasons. */
export function stuckPage(day: ReportDay): Page {
  const links = new Links('stuck.html', day);
  const all = day.stuck.reduce((n, g) => n + g.sources.length, 0);
  const { sources } = day.numbers;
  return {
    path: 'stuck.html',
    title: 'Stuck in bootstrap mode',
    verdict:
      all === 0
        ? `None of ${counted(sources)} is stuck.`
        : `${number(all)} of ${counted(sources)} are stuck with what is declared (${percent(all, sources)}), for ${counted(day.stuck.length, 'reason')}.`,
    also: [
      ['stuck as JSON', 'stuck.json'],
      ['maintainers as dd-list', 'stuck.dd-list'],
    ],
    body: html`<p>A source is stuck when no plan reaches it with the stages that are declared. Those that share a reason stand together; what would free them is on ${links.page('needed.html', 'what is still needed')}.</p>
${joined(day.stuck.slice(0, 200).map((g, i) => group(g, i, links)))}
${when(day.stuck.length > 200, () => html`<p>... and ${number(day.stuck.length - 200)} more reasons, in stuck.json.</p>`)}`,
  };
}
