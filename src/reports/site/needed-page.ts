/** What is still needed before everything can be bootstrapped: lines to edit and sources to supply, ranked by worth. */
import type { Purpose } from '../../solver/explain/plausibility.ts';
import type { ProposedEdit } from '../../solver/propose/proposal.ts';
import { costOf, purposeWords, supplyReason } from '../proposals/proposal-text.ts';
import { chainLines } from '../writing/chain.ts';
import { counted, number } from '../writing/count.ts';
import { html, joined, lines, type Markup, short, when } from './html.ts';
import { bugPath } from './links.ts';
import { Links, type Page } from './page.ts';
import type { Needed, ReportDay } from './report-day.ts';
import { table } from './table.ts';

const purposes: Readonly<Record<Purpose, string>> = {
  documentation: 'documentation',
  tests: 'tests',
  bindings: 'bindings of another language',
  biarch: 'another ABI of the same machine',
  other: 'unknown',
};
/** What a dependency is for, in a word. */
export const purposeName = (purpose: Purpose): string => purposes[purpose];

/** Edit or supply, with the sign that the pages use. */
export const kindName = (kind: Needed['kind']): string => (kind === 'edit' ? '✎ edit' : '⬓ supply');

const kinds = ({ lines }: ProposedEdit): string => [...new Set(lines.map(purposeWords))].join(', ');

/** How it is done, in a cell: the first lines as they would be written, or why nothing that can be written does it. */
function how(n: Needed): Markup {
  if (n.kind === 'supply') return html`${short(supplyReason(n))}`;
  const shown = n.lines.slice(0, 3).map((l) => html`<code>${short(l.conditional)}</code>`);
  const more = n.lines.length - shown.length;
  return html`${joined(shown, ', ')}${more > 0 ? ` and ${counted(more, 'more line')}` : ''}`;
}

/** Edits and supplies, worth most first. */
export function neededTable(needed: readonly Needed[], links: Links): Markup {
  return table(
    'Edits and supplies still needed',
    [
      { title: 'Source' },
      { title: 'What' },
      { title: 'How, or why' },
      { title: 'Leaves out' },
      { title: 'Short cycles gone', numeric: true },
      { title: 'Stuck without it (sources)', numeric: true },
    ],
    needed.map((n) => [
      links.source(n.source),
      kindName(n.kind),
      how(n),
      n.kind === 'edit' ? kinds(n) : '',
      n.kind === 'edit' ? n.cycles : '',
      n.together,
    ]),
  );
}

/** The change, for the source's own page. */
export function neededLines(n: Needed, links: Links): Markup {
  if (n.kind === 'supply')
    return html`<p>It is one of those that have to come from outside: cross-built, or taken from another system; ${short(supplyReason(n))}.</p>${when(n.chain.length > 0, () => html`<p>Neither an edit nor another supply breaks this cycle:</p><pre>${lines(chainLines(n.chain, 30))}</pre>`)}`;
  const unregistered = [...new Set(n.lines.filter((l) => !l.registered).map((l) => l.profile))];
  const stages = n.stages.map((s) => `stage ${s.stage} with ${s.profiles.join(' ')}`).join(', ');
  return html`<p>It is one of the edits that are still needed. In debian/control:</p>
<pre class="patch">${joined(n.lines.map((l) => html`<del>-  ${short(l.group)},</del><ins>+  ${short(l.conditional)},</ins>`))}</pre>
<p>What it leaves out is there for ${kinds(n)}, as far as names tell.${stages === '' ? '' : ` The plan uses it as ${short(stages)}.`} ${links.page(bugPath(n.source), 'A bug report with this change')}, to be checked and sent by you.</p>
${when(unregistered.length > 0, () => html`<p><code>${unregistered.map(short).join(' ')}</code> ${unregistered.length === 1 ? 'is a profile' : 'are profiles'} of the package alone, which needs nobody else to agree.</p>`)}`;
}

/** What is proved about the fewest. */
function proof({ costs, status }: NonNullable<ReportDay['proposal']>): string {
  if (status === 'optimal') return 'That fewer do not suffice is proved.';
  const supplies = costOf(costs, 'supplies');
  return supplies.value === supplies.lowerBound
    ? 'That no fewer supplies suffice is proved, that no fewer edits do is not.'
    : `At least ${counted(supplies.lowerBound, 'supply', 'supplies')} are needed; that fewer than ${number(supplies.value)} do not suffice is not proved.`;
}

/** The page with all of them. */
export function neededPage(day: ReportDay): Page {
  const links = new Links('needed.html', day);
  const { supplies, edits, withProposal, sources, bootstrappable } = day.numbers;
  const { proposal } = day;
  const promised = proposal?.declared ?? [];
  return {
    path: 'needed.html',
    title: 'Still needed',
    verdict:
      proposal === null
        ? 'Nothing: what is declared suffices.'
        : `${counted(edits, 'edit')} and ${counted(supplies, 'supply', 'supplies')} lead from ${number(bootstrappable)} to ${number(withProposal)} of ${counted(sources)}. ${proof(proposal)}`,
    also:
      proposal === null
        ? []
        : [
            ['needed as JSON', 'needed.json'],
            ['all of it as annotations, with which the plan needs nothing else', 'annotations.yaml'],
            ['maintainers as dd-list', 'needed.dd-list'],
          ],
    body: when(
      proposal !== null,
      () => html`<p>An <b>edit</b> is a condition on lines of debian/control that a maintainer could write, since what it leaves out looks like documentation, tests, bindings or another ABI. A <b>supply</b> comes from outside: cross-built, or taken from another system; nothing in the archive has to change. First there are as few supplies as possible, then as few edits. How many sources are stuck when all is done but this says what each is worth.</p>
${when(promised.length > 0, () => html`<p>Besides, ${counted(promised.length, 'source declares', 'sources declare')} it already, under build profiles that an annotation has to name as a stage: ${links.sources(promised.map((p) => p.source))}.</p>`)}
${neededTable(day.needed, links)}`,
    ),
  };
}
