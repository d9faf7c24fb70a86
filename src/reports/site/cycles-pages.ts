/**
 * The components: a table of them, and of each a page with a picture, its shortest cycles, and where cycles go through.
 */

import type { SccAnswer } from '../../solver/cycles/cycles-answer.ts';
import { graphPicture, type PictureEdge, type PictureNode } from '../pictures/graph-picture.ts';
import { chainLines, chainSentence } from '../writing/chain.ts';
import { counted, number } from '../writing/count.ts';
import { html, joined, lines, type Markup, short, when } from './html.ts';
import { componentPath, sourcePath } from './links.ts';
import { figure, Links, type Page } from './page.ts';
import type { ReportDay } from './report-day.ts';
import { table } from './table.ts';

/** A picture of more sources than these is of the shortest cycles and the busiest lines alone. */
const readable = 40;
/** Lines of a table of build dependencies; the JSON has all. */
const mostLines = 1000;

const shortCount = ({ shortCycles }: SccAnswer): number => shortCycles.counts.reduce((a, b) => a + b, 0);

const brokenBy = ({ unbroken, size }: SccAnswer): string =>
  unbroken.length === 0
    ? 'yes, by declared stages'
    : unbroken.length === size
      ? 'no'
      : `in part: ${number(size - unbroken.length)} of ${number(size)}`;

/** The table of components. */
export function cyclesPage(day: ReportDay): Page {
  const links = new Links('cycles.html', day);
  const { sccs, counts, selfCycles } = day.cycles;
  const through = sccs.flatMap((s) => s.shortCycles.through).sort((a, b) => b.cycles - a.cycles);
  const others = day.archive?.sccs.filter((s) => !sccs.some((own) => own.id === s.id)) ?? [];
  return {
    path: 'cycles.html',
    title: 'Cycles',
    verdict:
      counts.sccs === 0
        ? `No cycle: ${counted(counts.sources, 'source')} can be built one after the other.`
        : `${number(counts.inSccs)} of ${counted(counts.sources)} need each other, in ${counted(counts.sccs, 'component')}; the largest holds ${number(counts.largest)}.`,
    also: [
      ['cycles as JSON', 'cycles.json'],
      ['as GraphML', 'cycles.graphml'],
      ['as DOT', 'cycles.dot'],
      ['maintainers as dd-list', 'cycles.dd-list'],
    ],
    body: html`
<p>Sources of one component need each other, directly or by way of others: none of them can be built first, unless one of them is reduced or supplied.</p>
<section aria-labelledby="components"><h2 id="components">Components</h2>
${table(
  'Components',
  [
    { title: 'Component' },
    { title: 'Sources', numeric: true },
    { title: 'Short cycles', numeric: true },
    { title: 'Broken automatically' },
    { title: 'One of its shortest cycles' },
  ],
  sccs.map((s) => [
    links.component(s.id),
    s.size,
    shortCount(s),
    brokenBy(s),
    s.shortest[0] ? short(chainSentence(s.shortest[0])) : '',
  ]),
)}</section>
<section aria-labelledby="through"><h2 id="through">Where most short cycles go through</h2>
<p>Without one of these build dependencies, so many cycles of at most ${counted(day.numbers.shortUpTo)} are gone at once${through.length > 200 ? `. The first 200 of ${number(through.length)}; each component's page has more` : ''}.</p>
${table(
  'Build dependencies',
  [{ title: 'Source' }, { title: 'Build dependency' }, { title: 'Short cycles', numeric: true }],
  through.slice(0, 200).map((t) => [links.source(t.source), short(t.dependency), t.cycles]),
)}</section>
<section aria-labelledby="self"><h2 id="self">Sources that need a binary of their own</h2>
${table(
  'Self-cycles',
  [{ title: 'Source' }, { title: 'Type', numeric: true }, { title: 'Way' }],
  selfCycles.map((c) => [links.source(c.source), c.type ?? 0, short(c.chain.map((step) => step.to).join(' → '))]),
)}</section>
${when(
  day.archive !== null,
  () => html`<section aria-labelledby="archive"><h2 id="archive">In the whole archive, whatever the targets are</h2>
<p>${number(day.archive!.counts.inSccs)} of ${counted(day.archive!.counts.sources)} are in ${counted(day.archive!.counts.sccs, 'component')}.${others.length === 0 ? '' : ` These are not among what the targets need:`}</p>
${when(others.length > 0, () =>
  table(
    'Other components',
    [{ title: 'Component' }, { title: 'Sources', numeric: true }, { title: 'Members' }],
    others.map((s) => [
      short(s.id),
      s.size,
      `${s.sources.slice(0, 12).map(short).join(', ')}${s.sources.length > 12 ? ` and ${number(s.sources.length - 12)} more` : ''}`,
    ]),
  ),
)}</section>`,
)}`,
  };
}

/** Cycles drawn of a large component. */
const mostCycles = 8;

/**
 * The fewest steps from one source to another, each to what it build-depends on itself; [] when there is no such way.
 */
function wayBetween({ sources, graph }: ReportDay, from: string, to: string): readonly string[] {
  const place = new Map<string, number>(sources.map((s, i) => [s.name, i]));
  const [start, end] = [place.get(from), place.get(to)];
  if (start === undefined || end === undefined) return [];
  const before = new Map<number, number>([[start, -1]]);
  for (const at of before.keys()) {
    if (at === end) break;
    for (const next of graph[at]!) if (!before.has(next)) before.set(next, at);
  }
  const way: string[] = [];
  for (let at = before.has(end) ? end : -1; at >= 0; at = before.get(at)!) way.unshift(sources[at]!.name);
  return way;
}

/** What is drawn: all of a small component; of a large one its shortest cycles and where most cycles go through. */
function pictured(
  day: ReportDay,
  scc: SccAnswer,
  from: Links,
): { nodes: PictureNode[]; edges: PictureEdge[]; whole: boolean } {
  const whole = scc.size <= readable;
  const edges = new Map<string, PictureEdge>();
  const add = (a: string, b: string, label: string, strong: boolean) => {
    const key = `${a}\n${b}`;
    if (!edges.has(key)) edges.set(key, { from: a, to: b, label, strong });
  };
  for (const cycle of whole ? scc.shortest : []) {
    let [start, asked] = ['', ''];
    for (const step of cycle) {
      if (step.how === 'build-depends') [start, asked] = [step.from.slice(4), step.to];
      else if (step.how === 'built-by') add(start, step.to.slice(4), asked, cycle === scc.shortest[0]);
    }
  }
  if (whole) {
    const place = new Map<string, number>(day.sources.map((s, i) => [s.name, i]));
    const members = new Set(scc.sources);
    for (const name of scc.sources)
      for (const t of day.graph[place.get(name) ?? -1] ?? []) {
        const other = day.sources[t]!.name;
        if (members.has(other)) add(name, other, '', false);
      }
  } else {
    const makers = new Map(
      day.view.edges
        .filter((e) => e.kind === 'built-by')
        .map((e) => [day.view.nodes[e.from]!.label, day.view.nodes[e.to]!.label]),
    );
    for (const t of scc.shortCycles.through.slice(0, mostCycles)) {
      const maker = makers.get(t.dependency);
      if (maker === undefined) continue;
      const way = wayBetween(day, maker, t.source);
      if (way.length === 0) continue;
      add(t.source, maker, t.dependency, true);
      for (const [k, name] of way.slice(1).entries()) add(way[k]!, name, '', false);
    }
  }
  const names = [...new Set([...edges.values()].flatMap((e) => [e.from, e.to]))];
  const nodes = names.map((name) => ({
    id: name,
    label: name,
    link: from.to(sourcePath(name)),
    kind: 'source' as const,
  }));
  return { nodes, edges: [...edges.values()], whole };
}

/** One component. */
export async function componentPage(day: ReportDay, scc: SccAnswer): Promise<Page> {
  const path = componentPath(scc.id);
  const links = new Links(path, day);
  const { nodes, edges, whole } = pictured(day, scc, links);
  const svg = nodes.length === 0 ? '' : await graphPicture(nodes, edges);
  const needed = new Map<string, ReportDay['needed'][number]>(day.needed.map((n) => [n.source, n]));
  const granted = scc.sources.filter((s) => needed.has(s));
  const { upTo, counts, through } = scc.shortCycles;
  const tally = counts.map((n, i) => `${number(n)} of ${counted(i + 1, 'source')}`).join(', ');
  return {
    path,
    title: `Component ${short(scc.id)}`,
    verdict:
      scc.size === 1
        ? `src:${short(scc.sources[0]!)} needs itself.`
        : `${counted(scc.size)} need each other. Broken automatically: ${brokenBy(scc)}.`,
    body: html`
<section aria-labelledby="picture"><h2 id="picture">Picture</h2>
${
  svg === ''
    ? html`<p>There is nothing to draw.</p>`
    : figure(
        svg,
        whole
          ? 'Every member, an arrow from a source to what it build-depends on. Red: one of its shortest cycles.'
          : `In red the lines that most cycles go through, each with one cycle that it closes: ${number(nodes.length)} of ${number(scc.size)} members. An arrow leads from a source to what it build-depends on.`,
      )
}</section>
<section aria-labelledby="why"><h2 id="why">Why: its shortest cycles</h2>
${joined(scc.shortest.slice(0, 5).map((c): Markup => html`<p>${short(chainSentence(c))}:</p><pre>${lines(chainLines(c, 30))}</pre>`))}
<p>${counts.length === 0 ? 'There are too many ways between its sources to count cycles.' : `Cycles of at most ${counted(upTo, 'source')}: ${tally}.`}</p></section>
<section aria-labelledby="through"><h2 id="through">Cycles through each build dependency</h2>
${when(through.length > mostLines, () => html`<p>The first ${number(mostLines)} of ${number(through.length)}; cycles.json has all.</p>`)}
${table(
  'Build dependencies',
  [{ title: 'Source' }, { title: 'Build dependency' }, { title: 'Short cycles', numeric: true }],
  through.slice(0, mostLines).map((t) => [links.source(t.source), short(t.dependency), t.cycles]),
)}</section>
<section aria-labelledby="granted"><h2 id="granted">What would break all of it</h2>
<p>${granted.length === 0 ? 'What is declared suffices, or nothing here is among the fewest.' : links.sources(granted)}</p></section>
<section aria-labelledby="members"><h2 id="members">Members</h2>
<p>${links.sources(scc.sources)}</p></section>`,
  };
}
