/** What differs from the day before, and what all the words mean. */
import { counted, number } from '../writing/count.ts';
import { html, joined, type Markup, short, when } from './html.ts';
import { Links, type Page } from './page.ts';
import type { ReportDay } from './report-day.ts';
import { table } from './table.ts';
import { differences, measures, movedWords, signed } from './words.ts';

const mostUploads = 2000;

const names = (title: string, list: readonly string[], links: Links): Markup =>
  when(list.length > 0, () => html`<h3>${title} (${number(list.length)})</h3><p>${links.sources(list)}</p>`);

/** What differs from the day before. */
export function changesPage(day: ReportDay): Page {
  const links = new Links('changes.html', day);
  const { change } = day;
  if (change === null)
    return {
      path: 'changes.html',
      title: 'Changes',
      verdict: 'There is no earlier day to compare with.',
      body: html`<p>From tomorrow on, this page tells both days apart.</p>`,
    };
  const moved = movedWords(change);
  const { cycles, uploads } = change;
  const numbers = differences(change.numbers, day.numbers);
  return {
    path: 'changes.html',
    title: `Changes since ${change.date}`,
    verdict: `${counted(uploads.length, 'source')} changed; ${moved.length === 0 ? 'nothing moved a cycle' : `${counted(moved.filter((m) => m.bad).length, 'thing is', 'things are')} worse, ${counted(moved.filter((m) => !m.bad).length, 'thing is', 'things are')} better`}.`,
    also: [['changes as JSON', 'changes.json']],
    body: html`
<section aria-labelledby="moved"><h2 id="moved">What moved, and whose upload did it</h2>
${moved.length === 0 ? html`<p>Nothing.</p>` : links.moved(moved.slice(0, 500))}
${when(moved.length > 500, () => html`<p>... and ${number(moved.length - 500)} more, in changes.json.</p>`)}</section>
<section aria-labelledby="numbers"><h2 id="numbers">Numbers</h2>
${table(
  'Numbers',
  [{ title: 'What' }, { title: change.date, numeric: true }, { title: day.date, numeric: true }, { title: 'Change' }],
  measures.map((m) => {
    const d = numbers.find((n) => n.measure.key === m.key);
    return [
      m.name,
      change.numbers[m.key],
      day.numbers[m.key],
      d === undefined ? 'the same' : `${d.better ? '▲ better' : '▼ worse'} ${signed(d.after - d.before)}`,
    ];
  }),
)}</section>
<section aria-labelledby="cycles"><h2 id="cycles">Who is in cycles</h2>
${names('New in a cycle', cycles.newMembers, links)}${names('In no cycle any more', cycles.goneMembers, links)}${names('Need themselves now', cycles.newSelfCycles, links)}${names('Need themselves no more', cycles.goneSelfCycles, links)}
${when(cycles.merged.length > 0, () => html`<h3>Components grown together</h3><ul>${joined(cycles.merged.map((m) => html`<li>${links.component(m.id)} from ${m.from.map(short).join(', ')}</li>`))}</ul>`)}
${when(cycles.newMembers.length + cycles.goneMembers.length + cycles.newSelfCycles.length + cycles.goneSelfCycles.length === 0, () => html`<p>The same as the day before.</p>`)}</section>
<section aria-labelledby="uploads"><h2 id="uploads">Sources that changed</h2>
${table(
  'Sources that changed',
  [{ title: 'Source' }, { title: 'Before' }, { title: 'Now' }],
  uploads
    .slice(0, mostUploads)
    .map((u) => [links.source(u.source), short(u.before) || '(was not there)', short(u.after) || '(is gone)']),
)}
${when(uploads.length > mostUploads, () => html`<p>... and ${number(uploads.length - mostUploads)} more, in changes.json.</p>`)}</section>`,
  };
}

const glossary: readonly (readonly [string, string])[] = [
  ['source, binary', 'A source package; a binary package, which a source builds.'],
  [
    'stage',
    'A reduced build of a source, which does without some build dependencies: declared as Build-Depends-BootstrapN, or by conditions over profiles such as <!stage1>.',
  ],
  [
    'target',
    'What must exist, built clean, at the end. 100 % are the targets and every source that building them needs.',
  ],
  ['can be bootstrapped', 'A plan reaches the source with what is declared, starting from the seed alone.'],
  ['seed', 'What exists before the first build.'],
  [
    'component',
    'Strongly connected component of the source graph: sources that need each other, directly or by way of others. Its name is its lowest member and how many more there are.',
  ],
  ['cycle', 'Sources each of which needs the next, and the last the first. None of them can be built first.'],
  [
    'short cycles',
    'Elementary cycles of few sources, counted exactly; the length up to which they are counted is said beside the number, and numbers of different lengths are not compared.',
  ],
  ['broken automatically', 'The declared stages suffice: every member of the component gets a full build in the end.'],
  ['stuck', 'No plan reaches the source with what is declared.'],
  ['supply', 'What has to come from outside before the first build: cross-built, or taken from another system.'],
  [
    'edit',
    'A condition on lines of debian/control that a maintainer could write, since what it leaves out looks like documentation, tests, bindings or another ABI. That is a guess from names; whoever maintains it knows.',
  ],
  ['stuck without it', 'How many sources cannot be built when all is done that is still needed, but this.'],
  [
    'wait for it',
    'How many sources cannot be built before this one: at least, whatever alternatives are taken, and at most.',
  ],
  [
    'self-cycle, type 1, 2, 3',
    'As botch has them: a build dependency names a binary of the source itself; its own binary is installed whatever alternative is taken; only the chosen alternatives install it.',
  ],
  ['wave', 'Builds that can run side by side, after those of the waves before.'],
  [
    'critical path',
    'The longest chain of builds that wait for each other: no number of machines makes the whole shorter.',
  ],
  [
    'clean, tainted',
    'A full build is tainted while something reduced was installed when it was built; it is built again until it is clean.',
  ],
  ['ledger', 'Which build had what installed, as the journal of the run recorded it.'],
  [
    'worse, better',
    'Worse: a source was lost, is new in a cycle, or a new dependency closes a cycle; or a number moved the wrong way. Each is told with the upload that did it.',
  ],
  [
    'proved',
    'No smaller answer exists, by proof of the solver and a replay of every build. Where that is not so, the bound is told.',
  ],
];

/** What all the words mean. */
export function aboutPage(day: ReportDay): Page {
  return {
    path: 'about.html',
    title: 'About this report',
    verdict: 'What the words mean, what the numbers are about, and how to make the same report again.',
    also: [['formats of all files', 'formats.html']],
    body: html`
<section aria-labelledby="words"><h2 id="words">Words</h2>
<dl>${joined(glossary.map(([word, meaning]) => html`<dt><b>${word}</b></dt><dd>${meaning}</dd>`))}</dl></section>
<section aria-labelledby="made"><h2 id="made">What it was made from</h2>
<p>Targets: ${short(day.targets)}. The same input gives the same bytes, on every machine and on every day.</p>
${table(
  'Input',
  [{ title: 'File' }, { title: 'sha256' }],
  day.inputs.map((i) => [short(i.file), html`<code>${i.sha256 || 'a directory'}</code>`]),
)}
<p>To make it again:</p><pre>${short(day.command).slice(0, 4000)}</pre></section>
<section aria-labelledby="limits"><h2 id="limits">What it does not know</h2>
<p>Whether a package really builds without something: names tell what a dependency is probably for, no more. What a stage yields, where nobody wrote it down: all binaries are assumed. Alternatives and providers are taken as build daemons take them.</p></section>`,
  };
}

const formats: readonly (readonly [string, string])[] = [
  ['report.json', 'Everything but the pages: numbers, components, stuck groups, what is still needed, changes'],
  ['tracker.json', 'One entry a source, only what a maintainer can act on; the shape does not change under consumers'],
  ['report-files.schema.json', 'The JSON Schema of report, tracker, stuck, needed, changes and history'],
  ['cycles.json', 'As bootplan cycles --json'],
  ['cycles.graphml, cycles.dot', "The components with botch's node and edge kinds; for graphviz"],
  ['stuck.json, needed.json, changes.json, history.json', 'What the page of that name tells'],
  [
    'annotations.yaml',
    'Everything that is still needed as an annotation file: with it bootplan plan needs nothing else',
  ],
  ['bugs/', 'A bug report for each edit that is still needed, to be checked and sent'],
  ['plan.json, plan.order', 'The plan as bootplan plan writes it, and as a list'],
  ['dose.yaml', 'Which build dependencies can never be installed, as dose-builddebcheck writes it'],
  ['*.dd-list', 'People and their sources, as dd-list writes it'],
  ['junit.xml', 'One test case a source: stuck is a failure'],
  ['metrics.prom', "OpenMetrics text, for node_exporter's textfile collector"],
  ['feed.xml', 'Atom: what was new on each day'],
  ['badge.svg', 'The percentage'],
  ['run.trace.json, run.junit.xml', 'A run for Perfetto and for continuous integration, where there was one'],
  ['mail/', 'A digest for a list, and one for each maintainer for whom something is new. Nothing is sent'],
];

/** Which files there are for programs. */
export const formatsPage = (): Page => ({
  path: 'formats.html',
  title: 'Formats',
  verdict: 'The files beside the pages, for programs.',
  body: table(
    'Files',
    [{ title: 'File' }, { title: 'What is in it' }],
    formats.map(([file, what]) => [file, what]),
  ),
});
