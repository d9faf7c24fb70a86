/** Today on one screen: better or worse, since when, because of whom, what next. */

import { chart } from '../pictures/chart.ts';
import { counted, number } from '../writing/count.ts';
import { ownHistory } from './history-page.ts';
import { html, joined, type Markup, nothing, when } from './html.ts';
import { neededTable } from './needed-page.ts';
import { figure, Links, type Page } from './page.ts';
import type { ReportDay } from './report-day.ts';
import { type Cell, table } from './table.ts';
import {
  differences,
  type Judgement,
  judgementOf,
  measures,
  movedWords,
  movers,
  percent,
  signed,
  since,
  standing,
} from './words.ts';

const headlines: Readonly<Record<Judgement, (before: string) => string>> = {
  first: () => 'The first report',
  worse: (before) => `▼ Worse than on ${before}`,
  better: (before) => `▲ Better than on ${before}`,
  mixed: (before) => `◆ Better and worse than on ${before}`,
  unchanged: (before) => `● As on ${before}`,
};

/** Things told on the first screen before it says where the rest is. */
const most = 10;

function whatMoved(day: ReportDay, links: Links): Markup {
  const { change } = day;
  if (change === null)
    return html`<p>There is no earlier day to compare with. The next report says what moved since this one, and whose upload did it.</p>`;
  const moved = movedWords(change);
  const uploads = change.uploads.length;
  const rest = moved.length - most;
  const quiet = html`<p>${uploads === 0 ? 'No source changed.' : `${counted(uploads, 'source')} changed, and none of them moved a cycle.`}</p>`;
  return html`${moved.length === 0 ? quiet : links.moved(moved.slice(0, most))}${when(rest > 0, () => html`<p>... and ${number(rest)} more: ${links.page('changes.html', 'all changes')}.</p>`)}`;
}

function numbers(day: ReportDay, links: Links): Markup {
  const moved = day.change === null ? [] : differences(day.change.numbers, day.numbers);
  const rows = measures.map((measure) => {
    const value = day.numbers[measure.key];
    const share = ['bootstrappable', 'inCycles', 'largest'].includes(measure.key)
      ? percent(value, day.numbers.sources)
      : '';
    const name = measure.key === 'shortCycles' ? `cycles of at most ${counted(day.numbers.shortUpTo)}` : measure.name;
    const cells: readonly Cell[] = [links.page(measure.page, name), value, share];
    if (day.change === null) return cells;
    const change = moved.find((d) => d.measure.key === measure.key);
    const sign =
      change === undefined
        ? html`the same`
        : html`<span class="${change.better ? 'good' : 'bad'}">${change.better ? '▲ better' : '▼ worse'} ${signed(change.after - change.before)}</span>`;
    return [...cells, sign, since(day.history, day, measure.key) ?? ''];
  });
  const columns = [{ title: 'What' }, { title: 'Now', numeric: true }, { title: 'Of all', numeric: true }];
  return table(
    'Where it stands',
    day.change === null ? columns : [...columns, { title: `Since ${day.change.date}` }, { title: 'So since' }],
    rows,
  );
}

function next(day: ReportDay, links: Links): Markup {
  const steps: Markup[] = [];
  const bad = day.change === null ? [] : movers(day.change, true);
  if (bad.length > 0)
    steps.push(
      html`<li>Look at ${links.sources(bad, mostNamed)}: ${bad.length === 1 ? 'its page says' : 'their pages say'} what is new, and how the line could be written.</li>`,
    );
  const edit = day.needed[0];
  if (edit !== undefined) {
    const way =
      edit.kind === 'edit'
        ? html`: <code>${edit.lines[0]!.conditional}</code> in debian/control, with ${counted(edit.cycles, 'short cycle')} through it`
        : nothing;
    steps.push(
      html`<li>The ${edit.kind} that helps most is of ${links.source(edit.source)}${way}. All ${number(day.needed.length)} are on ${links.page('needed.html', 'what is still needed')}.</li>`,
    );
  }
  const line = day.cycles.sccs.flatMap((s) => s.shortCycles.through).sort((a, b) => b.cycles - a.cycles)[0];
  if (line !== undefined)
    steps.push(
      html`<li>Most short cycles go through one line: ${links.source(line.source)} needs ${line.dependency}, in ${counted(line.cycles, 'cycle')}.</li>`,
    );
  if (day.stuck.length > 0 && edit === undefined)
    steps.push(html`<li>${links.page('stuck.html', 'Who is stuck')} says why, group by group.</li>`);
  if (steps.length === 0)
    steps.push(html`<li>Nothing: every target can be bootstrapped. Thank you to everybody who declared a stage.</li>`);
  return html`<ol>${joined(steps)}</ol>`;
}

/** Names told in one sentence. */
const mostNamed = 3;

/** Better or worse, and by whom, in one sentence; '' where nothing moved. */
function because(day: ReportDay, links: Links): Markup {
  if (day.change === null) return nothing;
  const [bad, good] = [movers(day.change, true), movers(day.change, false)];
  const parts = [
    ...(bad.length > 0 ? [html`worse because of ${links.sources(bad, mostNamed)}`] : []),
    ...(good.length > 0 ? [html`better because of ${links.sources(good, mostNamed)}`] : []),
  ];
  return parts.length === 0 ? nothing : html`It is ${joined(parts, ', ')}. `;
}

/** The first page: the day's verdict, and the way to the others. */
export async function indexPage(day: ReportDay): Promise<Page> {
  const links = new Links('index.html', day);
  const judgement = judgementOf(day);
  const own = ownHistory(day);
  const points = (key: 'bootstrappable' | 'withProposal') =>
    own.map((h) => ({
      date: h.date,
      value: h.numbers.sources === 0 ? 100 : (100 * h.numbers[key]) / h.numbers.sources,
    }));
  const svg = await chart(
    [
      { name: 'can be bootstrapped', points: points('bootstrappable') },
      { name: 'with what is still needed', points: points('withProposal') },
    ],
    { unit: '% of the sources', fromZero: true, marked: own.filter((h) => h.events.length > 0).map((h) => h.date) },
  );
  return {
    path: 'index.html',
    title: headlines[judgement](day.change?.date ?? ''),
    verdict: html`${because(day, links)}${standing(day)}`,
    also: [
      ['the whole report as JSON', 'report.json'],
      ['what is new as Atom feed', 'feed.xml'],
      ['numbers as OpenMetrics', 'metrics.prom'],
      ['badge', 'badge.svg'],
    ],
    body: html`
<section aria-labelledby="why"><h2 id="why">${day.change === null ? 'What moved' : `What moved since ${day.change.date}`}</h2>
${whatMoved(day, links)}</section>
<section aria-labelledby="next"><h2 id="next">What to do next</h2>
${next(day, links)}</section>
<section aria-labelledby="numbers"><h2 id="numbers">Where it stands</h2>
${numbers(day, links)}</section>
<section aria-labelledby="needed"><h2 id="needed">What would help most</h2>
${day.needed.length === 0 ? html`<p>Nothing is missing: what is declared suffices.</p>` : neededTable(day.needed.slice(0, most), links)}
${when(day.needed.length > most, () => html`<p>The first ${most} of ${number(day.needed.length)}: ${links.page('needed.html', 'all of them')}.</p>`)}</section>
<section aria-labelledby="progress"><h2 id="progress">The way here</h2>
${own.length < 2 ? html`<p>A graph begins with the second day.</p>` : figure(svg, html`Solid blue: the percentage of sources that can be bootstrapped with what is declared. Dashed orange: with everything granted that is still needed. Dotted uprights: days on which something was lost or freed. ${links.page('history.html', 'All graphs, with their numbers')}.`)}</section>`,
  };
}
