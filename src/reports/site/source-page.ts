/**
 * Everything about one source: where it is and why, which line would change that, whom it holds up, what happened to
 * it.
 */
import { chainLines, chainSentence } from '../writing/chain.ts';
import { counted, number } from '../writing/count.ts';
import { html, joined, lines, type Markup, nothing, short, when } from './html.ts';
import { sourcePath } from './links.ts';
import { neededLines, purposeName } from './needed-page.ts';
import { Links, type Page } from './page.ts';
import type { Line, Needed, ReportDay, SourceDay } from './report-day.ts';
import { table } from './table.ts';
import { movedWords } from './words.ts';

/** Names of neighbours that a page lists before it counts the rest. */
const mostNeighbours = 400;

const selfTypes = [
  '',
  'a build dependency names its own binary',
  'its own binary is installed whatever alternative is taken',
  'the alternatives chosen install its own binary',
];

function verdictOf(s: SourceDay, day: ReportDay): string {
  const size = day.cycles.sccs.find((c) => c.id === s.scc)?.size ?? 0;
  const name = `src:${short(s.name)} ${short(s.version)}`;
  if (s.place === 'cycle') {
    const where = size === 1 ? 'needs itself' : `is in a component of ${counted(size)} that need each other`;
    return `${name} ${where}${s.stuck ? ', and nothing declared lets it be built' : ', which declared stages break'}.`;
  }
  if (s.place === 'missing') return `${name} is in no cycle, but nothing provides something that it needs.`;
  if (s.place === 'behind') return `${name} is in no cycle, but waits for a source that is stuck.`;
  return `${name} is in no cycle; nothing stands in its way.`;
}

function linesTable(title: string, lines: readonly Line[], links: Links): Markup {
  return table(
    title,
    [
      { title: 'Source' },
      { title: 'Line today' },
      { title: 'Could be' },
      { title: 'Looks like' },
      { title: 'Short cycles through it', numeric: true },
    ],
    lines.map((l) => [
      links.source(l.source),
      html`<code>${short(l.group || l.binary)}</code>`,
      l.stages.length > 0
        ? html`already left out in stage ${l.stages.join(', ')}`
        : l.conditional === ''
          ? html`no line says it: only a seed can have it`
          : html`<code>${short(l.conditional)}</code>`,
      purposeName(l.purpose),
      l.cycles,
    ]),
  );
}

function why(s: SourceDay): Markup {
  if (s.missing.length > 0)
    return html`<ul>${joined(s.missing.map((m) => html`<li><code>${short(m.group)}</code>: ${m.why}</li>`))}</ul>`;
  if (s.chain.length === 0) return html`<p>Nothing to tell.</p>`;
  const end = s.place === 'behind' ? `${short(s.name)} has to wait` : 'none of them can be built first';
  return html`<pre>${lines(chainLines(s.chain, 60))}</pre>
<p>Because ${short(chainSentence(s.chain))}, ${end}. Every step stands in the metadata.</p>`;
}

function whatToDo(s: SourceDay, needed: Needed | undefined, before: string, links: Links): Markup {
  const parts: Markup[] = [];
  if (s.newLines.length > 0)
    parts.push(
      html`<h3>New since ${before}</h3>
<p>${s.newLines.length === 1 ? 'This line closes' : 'These lines close'} a cycle that was not there before. Where the package builds without, a condition takes that back.</p>`,
      linesTable('New lines', s.newLines, links),
    );
  if (needed !== undefined) parts.push(neededLines(needed, links));
  const edited = new Set(needed?.kind === 'edit' ? needed.lines.map((l) => l.group) : []);
  const own = s.ownLines.filter((l) => !edited.has(l.group));
  if (own.length > 0)
    parts.push(
      html`<h3>${edited.size > 0 ? 'Other lines' : 'Lines'} of this source with most short cycles through them</h3>
<p>Without one of them, so many cycles are gone at once. Leaving out is possible only where the package builds without: please check that, honour the profile in debian/rules, and mark binary packages that are then missing in the same way.</p>`,
      linesTable('Lines of this source', own, links),
    );
  const others = s.cycleLines.filter((l) => l.source !== s.name);
  if (others.length > 0)
    parts.push(html`<h3>Who else could break this cycle</h3>`, linesTable('Lines of the cycle', s.cycleLines, links));
  if (s.scc !== '')
    parts.push(
      html`<p>Try it before you upload: <code>bootplan whatif --with debian/control</code>. A bug report to be mended and sent by you: <code>bootplan explain ${short(s.name)} --bug</code>. Thank you for looking at it.</p>`,
    );
  return parts.length === 0 ? html`<p>Nothing. Thank you.</p>` : joined(parts, '\n');
}

function history(s: SourceDay, day: ReportDay, links: Links): Markup {
  const moved = day.history.flatMap((h) =>
    h.suite === day.suite && h.architecture === day.architecture
      ? movedWords(h)
          .filter((m) => m.source === s.name)
          .map((m) => ({ date: h.date, ...m }))
      : [],
  );
  if (moved.length === 0) return html`<p>Nothing of it has moved a cycle since this history began.</p>`;
  return links.moved(moved.toReversed().slice(0, 20));
}

function neighbours(title: string, names: readonly string[], links: Links): Markup {
  return html`<h3>${title} (${number(names.length)})</h3><p>${names.length === 0 ? 'None.' : links.sources(names, mostNeighbours)}</p>`;
}

/** The page of one source. */
export function sourcePage(day: ReportDay, s: SourceDay, needed: Needed | undefined): Page {
  const path = sourcePath(s.name);
  const links = new Links(path, day);
  const { blocks } = s;
  const waiting =
    blocks === null
      ? nothing
      : html`<p>${blocks.min === blocks.max ? `${counted(blocks.min, 'source waits', 'sources wait')} for it` : `${number(blocks.min)} to ${number(blocks.max)} sources wait for it, depending on which alternatives are taken`}.</p>`;
  return {
    path,
    title: `src:${short(s.name)}`,
    verdict: verdictOf(s, day),
    body: html`
<dl class="facts">
<div><dt>Maintainer</dt><dd>${links.maintainer(s.maintainer)}</dd></div>
${when(
  s.uploaders.length > 0,
  () =>
    html`<div><dt>Uploaders</dt><dd>${joined(
      s.uploaders.slice(0, 20).map((u) => links.maintainer(u)),
      ', ',
    )}</dd></div>`,
)}
${when(s.scc !== '', () => html`<div><dt>Component</dt><dd>${links.component(s.scc)}</dd></div>`)}
<div><dt>Declared stages</dt><dd>${s.stages.length === 0 ? 'none' : s.stages.join(', ')}</dd></div>
${when(s.selfCycle !== null, () => html`<div><dt>Needs itself</dt><dd>yes${s.selfCycle! > 0 ? `, type ${s.selfCycle}: ${selfTypes[s.selfCycle!]}` : ''}</dd></div>`)}
<div><dt>A target</dt><dd>${s.target ? 'yes' : 'no, but targets need it'}</dd></div>
</dl>
<section aria-labelledby="why"><h2 id="why">Why</h2>
${why(s)}</section>
<section aria-labelledby="todo"><h2 id="todo">What would help</h2>
${whatToDo(s, needed, day.change?.date ?? '', links)}</section>
<section aria-labelledby="who"><h2 id="who">Whom it holds up, and what holds it up</h2>
${waiting}
${neighbours('Sources that build-depend on it', s.neededBy, links)}
${neighbours('Sources that it build-depends on', s.needs, links)}</section>
<section aria-labelledby="plan"><h2 id="plan">In the plan</h2>
${
  s.places.length === 0
    ? html`<p>It is not in the plan.</p>`
    : table(
        'Builds',
        [{ title: 'Build' }, { title: 'Place', numeric: true }, { title: 'Wave', numeric: true }, { title: 'Goes to' }],
        s.places.map((p) => [short(p.build), p.at, p.wave, p.archive]),
      )
}</section>
<section aria-labelledby="history"><h2 id="history">Its history</h2>
${history(s, day, links)}</section>`,
  };
}
