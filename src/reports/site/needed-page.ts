/** What is still needed before everything can be bootstrapped: supplies and edits, ranked by what they free. */
import { counted, number } from '../count.ts';
import type { Needed, ReportDay } from '../report-day.ts';
import { html, joined, type Markup, short, when } from './html.ts';
import { Links, type Page } from './page.ts';
import { type Cell, table } from './table.ts';

const purposes: Readonly<Record<Needed['purpose'], string>> = {
  documentation: 'documentation',
  tests: 'tests',
  bindings: 'bindings of another language',
  biarch: 'another ABI of the same machine',
  other: 'unknown',
};
export const purposeName = (purpose: Needed['purpose']): string => purposes[purpose];

export const kindName = (kind: Needed['kind']): string =>
  kind === 'edit' ? '✎ edit by its maintainer' : '⬓ supply from outside';

const dropped = ({ drops }: Needed): string => {
  const names = [...new Set(drops.map((d) => short(d.binary || d.group)))];
  return `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
};

/** Between what it frees alone and what is stuck again without it lies what it is worth. */
function worth({ alone, together }: Needed): Cell {
  const high = together === null ? alone : Math.max(alone, together);
  return {
    show: html`${alone === high ? number(alone) : `${number(alone)} to ${number(high)}`}`,
    sort: high * 1e6 + alone,
  };
}

export function neededTable(day: ReportDay, links: Links, most = day.needed.length): Markup {
  return table(
    'Supplies and edits still needed',
    [
      { title: 'Source' },
      { title: 'What' },
      { title: 'Does without' },
      { title: 'That is' },
      { title: 'Frees (sources)', numeric: true },
    ],
    day.needed
      .slice(0, most)
      .map((n) => [links.source(n.source), kindName(n.kind), dropped(n), purposeName(n.purpose), worth(n)]),
  );
}

/** How it is written down, for the source's own page. */
export function neededLines(n: Needed): Markup {
  const lines = n.drops.filter((d) => d.conditional !== '');
  const unsaid = n.drops.filter((d) => d.conditional === '');
  return html`${when(
    lines.length > 0,
    () => html`<p>As a condition in debian/control:</p>
<pre class="patch">${joined(lines.map((d) => html`<del>-  ${short(d.group)},</del><ins>+  ${short(d.conditional)},</ins>`))}</pre>
<p>or, complete, as a field of its own:</p>
<pre>${short(n.field)}</pre>
${when(!n.registered, () => html`<p><code>${n.profile}</code> is no registered profile; debian-devel has to agree to it.</p>`)}`,
  )}${when(
    unsaid.length > 0,
    () =>
      html`<p>Every build needs ${unsaid.map((d) => short(d.binary || d.group)).join(', ')}: no line drops that, only a seed can have it.</p>`,
  )}`;
}

export function neededPage(day: ReportDay): Page {
  const links = new Links('needed.html', day);
  const { supplies, edits, withProposal, sources, bootstrappable } = day.numbers;
  const wishes = day.costs.find((c) => c.criterion === 'wishes');
  const proof =
    wishes === undefined || wishes.value === wishes.lowerBound
      ? 'That these are the fewest is proved.'
      : `At least ${number(wishes.lowerBound)} are needed; that fewer than ${number(wishes.value)} do not suffice is not proved.`;
  return {
    path: 'needed.html',
    title: 'Still needed',
    verdict:
      supplies + edits === 0
        ? 'Nothing: what is declared suffices.'
        : `${counted(supplies, 'supply', 'supplies')} and ${counted(edits, 'edit')} lead from ${number(bootstrappable)} to ${number(withProposal)} of ${counted(sources)}. ${proof}`,
    also: [
      ['needed as JSON', 'needed.json'],
      ['maintainers as dd-list', 'needed.dd-list'],
    ],
    body: html`<p>A <b>supply</b> comes from outside: cross-built, or taken from another system; nothing in the archive has to change. An <b>edit</b> is a reduced build that a maintainer could declare, since what it leaves out looks like documentation, tests or bindings. What each frees is an interval: alone, and when all the others are granted.</p>
${neededTable(day, links)}`,
  };
}
