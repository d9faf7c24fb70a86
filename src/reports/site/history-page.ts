/** How it went: every number over all days, with the uploads that moved them; suites and architectures side by side. */

import { chart } from '../pictures/chart.ts';
import { counted, number } from '../writing/count.ts';
import { html, joined, type Markup, when } from './html.ts';
import { figure, Links, type Page, titleOf } from './page.ts';
import type { DayNumbers, HistoryEntry, ReportDay } from './report-day.ts';
import { table } from './table.ts';
import { measures, movedWords, percent } from './words.ts';

/** Days of the same suite and architecture, ascending. */
export const ownHistory = ({ history, suite, architecture }: ReportDay): readonly HistoryEntry[] =>
  history.filter((h) => h.suite === suite && h.architecture === architecture);

/** Days whose changes are told in full; the file has all. */
const mostTold = 120;

/** Others of the same history: the newest day of each suite and architecture. */
function sideBySide(day: ReportDay): Markup {
  const newest = new Map(day.history.map((h) => [`${h.suite} ${h.architecture}`, h]));
  if (newest.size < 2) return html``;
  const rows = [...newest.values()].map((h) => [
    [h.suite, h.architecture].filter((w) => w !== '').join(' '),
    h.date,
    h.numbers.sources,
    {
      show: html`${percent(h.numbers.bootstrappable, h.numbers.sources)}`,
      sort: h.numbers.bootstrappable / Math.max(1, h.numbers.sources),
    },
    h.numbers.supplies + h.numbers.edits,
    h.numbers.largest,
  ]);
  const columns = [
    { title: 'Archive' },
    { title: 'Day' },
    { title: 'Sources', numeric: true },
    { title: 'Can be bootstrapped', numeric: true },
    { title: 'Still needed', numeric: true },
    { title: 'Largest component', numeric: true },
  ];
  return html`<section aria-labelledby="side"><h2 id="side">Side by side</h2>${table('Suites and architectures', columns, rows)}</section>`;
}

async function graphs(days: readonly HistoryEntry[]): Promise<readonly Markup[]> {
  const marked = days.filter((h) => h.events.length + h.added.length + h.removed.length > 0).map((h) => h.date);
  const parts: Markup[] = [];
  const built: readonly (keyof DayNumbers)[] = ['staged', 'interim', 'final'];
  const all = days.some((d) => built.some((k) => d.numbers[k] > 0))
    ? [...measures, ...built.map((key) => ({ key, name: `built, best archive ${key}` }))]
    : measures;
  for (const { key, name } of all) {
    const points = days.map((h) => ({ date: h.date, value: h.numbers[key] }));
    const [first, last] = [points[0]!, points.at(-1)!];
    const svg = await chart([{ name, points }], { unit: '', marked, fromZero: points.every((p) => p.value === 0) });
    parts.push(
      html`<section><h3>${name}</h3>${figure(svg, `${number(first.value)} on ${first.date}, ${number(last.value)} on ${last.date}.`)}</section>`,
    );
  }
  return parts;
}

/** What the numbers were, day by day. */
export async function historyPage(day: ReportDay): Promise<Page> {
  const links = new Links('history.html', day);
  const days = ownHistory(day);
  const moved = days.flatMap((h) => movedWords(h).map((m) => ({ date: h.date, ...m })));
  const told = moved.slice(-mostTold).toReversed();
  const rows = days.toReversed().map((h) => [h.date, h.numbers.sources, ...measures.map((m) => h.numbers[m.key])]);
  return {
    path: 'history.html',
    title: 'History',
    verdict: `${counted(days.length, 'day')} of ${titleOf(day) || 'this archive'}, ${days[0]!.date} to ${days.at(-1)!.date}; ${counted(moved.length, 'change')} moved a cycle.`,
    also: [['the history as JSON', 'history.json']],
    body: html`
<section aria-labelledby="moved"><h2 id="moved">What moved the lines, and who did it</h2>
${told.length === 0 ? html`<p>Nothing yet.</p>` : links.moved(told)}
${when(moved.length > told.length, () => html`<p>... and ${number(moved.length - told.length)} earlier ones, in the history file.</p>`)}</section>
<section aria-labelledby="graphs"><h2 id="graphs">The numbers over time</h2>
${
  days.length < 2
    ? html`<p>A graph begins with the second day.</p>`
    : html`<p>A day without a report is a gap. Dotted uprights: days on which an upload moved a cycle.</p>
<div class="charts">${joined(await graphs(days))}</div>`
}</section>
${sideBySide(day)}
<section aria-labelledby="days"><h2 id="days">Every day</h2>
${table('Days', [{ title: 'Day' }, { title: 'Sources', numeric: true }, ...measures.map((m) => ({ title: m.name, numeric: true }))], rows.slice(0, 800))}</section>`,
  };
}
