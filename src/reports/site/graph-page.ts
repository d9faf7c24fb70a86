/** The whole graph: searchable where scripts run, positions computed beforehand; without scripts the same as a list. */
import { counted, number } from '../writing/count.ts';
import { html } from './html.ts';
import { sourcePath } from './links.ts';
import { Links, type Page } from './page.ts';
import type { ReportDay } from './report-day.ts';
import { table } from './table.ts';

/** Edges drawn; of more, those of the sources that are needed most. */
const mostEdges = 60_000;

/** Data for the script, as a script: pages read from disk may load nothing else. Names are JSON strings in it. */
export function graphData(day: ReportDay): string {
  const nodes = day.sources.map((s, i) => [
    s.name,
    ...day.positions[i]!,
    s.neededBy.length,
    s.stuck ? 1 : 0,
    sourcePath(s.name),
  ]);
  const edges: number[] = [];
  day.graph.forEach((row, from) => {
    for (const to of row) if (edges.length < 2 * mostEdges) edges.push(from, to);
  });
  const json = JSON.stringify({ nodes, edges }).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `window.bootplanGraph = ${json};\n`;
}

/** The page of the graph. */
export function graphPage(day: ReportDay): Page {
  const links = new Links('graph.html', day);
  const edges = day.graph.reduce((n, row) => n + row.length, 0);
  const rows = day.sources.map((s) => [links.source(s.name), s.needs.length, s.neededBy.length]);
  rows.sort((a, b) => (b[2] as number) - (a[2] as number));
  return {
    path: 'graph.html',
    title: 'Graph',
    verdict: `${counted(day.sources.length)} and ${number(edges)} build dependencies between them.`,
    also: [['the components as GraphML', 'cycles.graphml']],
    scripts: ['graphology.js', 'sigma.js', 'graph-data.js', 'graph.js'],
    body: html`
<p>A line leads from a source to what it build-depends on; large: build-depended on by many. The name of a source leads to its page, which lists its neighbours.</p>
<noscript><p>The picture needs scripts; the list below has the same sources.</p></noscript>
<div id="find" hidden></div>
<div id="stage" hidden></div>
${table('Sources', [{ title: 'Source' }, { title: 'Needs', numeric: true }, { title: 'Needed by', numeric: true }], rows.slice(0, 3000))}`,
  };
}
