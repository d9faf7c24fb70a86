/** A proposal as a table: how bold to be, what to supply, which lines to change, ranked by what each is worth. */

import { visible } from '../../diagnostics.ts';
import type { ChainStep } from '../../model.ts';
import type { SourceName } from '../../names.ts';
import type { EditClass } from '../../solver/explain/edit-class.ts';
import type { EditCriterion } from '../../solver/propose/edit-search.ts';
import type {
  EditCost,
  FrontierRow,
  Proposal,
  ProposedEdit,
  ProposedGift,
  ProposedSupply,
  TriedLine,
} from '../../solver/propose/proposal.ts';
import { counted, number } from '../writing/count.ts';
import { firstNames, paragraph } from '../writing/paragraph.ts';

/** What each class means, in a few words. */
export const classWords: Readonly<Record<EditClass, string>> = {
  unused: 'never opened by a full build',
  tried: 'tried: it builds without',
  documentation: 'documentation',
  tests: 'tests',
  listed: 'listed as droppable',
  bindings: 'bindings of another language',
  biarch: 'another ABI of the same machine',
  features: 'an optional feature',
};

/** Languages of bindings that are not written as in the reason of a guess, with a capital. */
const titles: ReadonlyMap<string, string> = new Map([
  ['ocaml', 'OCaml'],
  ['mono', 'CLI'],
  ['wasm', 'WebAssembly'],
  ['introspection', 'GObject introspection'],
  ['php', 'PHP'],
  ['node', 'Node.js'],
]);

/** A language as people write it. */
const languageTitle = (name: string): string => titles.get(name) ?? `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;

/** What one line is for: of bindings it says of which language. */
export function purposeWords({ kind, because }: { readonly kind: EditClass; readonly because: string }): string {
  const [, language] = /^the language (\w+)$/.exec(because) ?? [];
  return kind === 'bindings' && language !== undefined ? `${languageTitle(language)} bindings` : classWords[kind];
}

/** What each level counts, in a few words. */
export const criterionWords: Readonly<Record<EditCriterion, string>> = {
  supplies: 'supplies',
  features: 'sources that drop a feature',
  bindings: 'sources that drop bindings or an ABI',
  plain: 'sources that drop documentation or tests',
  lines: 'lines',
};

/** The cost on one level. */
export const costOf = (costs: readonly EditCost[], criterion: EditCriterion): EditCost =>
  costs.find((c) => c.criterion === criterion)!;

/** A number, and its bound where the two differ. */
export const proved = ({ value, lowerBound }: EditCost): string =>
  value === lowerBound ? number(value) : `${number(value)} (at least ${number(lowerBound)})`;

/** How bold a row of the frontier is, in words. */
export function rowName({ classes }: FrontierRow): string {
  const last = classes.at(-1);
  if (last === undefined) return 'nothing but what is declared';
  const words = {
    documentation: 'documentation',
    tests: '+ tests',
    biarch: '+ bindings and ABIs',
    features: '+ features, guessed',
  };
  return last in words ? words[last as keyof typeof words] : classes.map((c) => classWords[c]).join(', ');
}

function frontier(rows: readonly FrontierRow[]): readonly string[] {
  const cells = [
    ['what may be dropped', 'supplies', 'edited sources', 'lines'],
    ...rows.map((r) => [
      rowName(r),
      proved(costOf(r.costs, 'supplies')),
      number(r.edits),
      proved(costOf(r.costs, 'lines')),
    ]),
  ];
  const widths = [0, 1, 2, 3].map((i) => Math.max(...cells.map((row) => row[i]!.length)));
  return cells.map(
    (row) => `  ${row.map((c, i) => (i === 0 ? c.padEnd(widths[i]!) : c.padStart(widths[i]!))).join('  ')}`,
  );
}

/** The sources of a cycle, the first one at the end again; '' when there is none. */
export function cycleWords(chain: readonly ChainStep[]): string {
  const sources = [...new Set(chain.flatMap((s) => [s.from, s.to]).filter((n) => n.startsWith('src:')))];
  const names = sources.map((s) => visible(s.slice(4)));
  if (names.length === 0) return '';
  return `${names.slice(0, 6).join(' -> ')}${names.length > 6 ? ' ...' : ''} -> ${names[0]}`;
}

/** Why a source has to come from outside, in one sentence. */
export function supplyReason({ chain, itself }: ProposedSupply): string {
  if (itself) return 'it needs itself';
  const cycle = cycleWords(chain);
  return cycle === '' ? 'no edit frees it' : `no plausible line breaks ${cycle}`;
}

/** Why nothing lets a source be built. */
export const giftReason = ({ group, why }: ProposedGift): string =>
  group === '' ? visible(why) : `it asks for ${visible(group)}: ${visible(why)}`;

/** One edit in a sentence. */
export function editWords(e: ProposedEdit): string {
  const lines = e.lines.map((l) => `${visible(l.group)} <!${visible(l.profile)}>`);
  const kinds = [...new Set(e.lines.map(purposeWords))].join(', ');
  const worth = [
    ...(e.cycles > 0 ? [`${counted(e.cycles, 'short cycle')} gone`] : []),
    `without it ${counted(e.together, 'source')} ${e.together === 1 ? 'stays' : 'stay'} stuck`,
  ];
  return `${lines.join(', ')} (${kinds}); ${worth.join(', ')}`;
}

const listed = <T>(items: readonly T[], all: boolean, row: (item: T, i: number) => readonly string[]): string[] => {
  const shown = all ? items : items.slice(0, 10);
  const left = items.length - shown.length;
  return [...shown.flatMap(row), ...(left > 0 ? [`     ... and ${number(left)} more; --all shows them`] : [])];
};

/** The verdict in one paragraph. */
export function proposalVerdict(p: Proposal): string {
  const edits = p.edits.length;
  const lines = p.edits.reduce((sum, e) => sum + e.lines.length, 0);
  const gifts = p.given === undefined ? '' : `, ${number(p.given.length)} more from there for good,`;
  const state = p.status === 'optimal' ? 'proved on every level' : 'a limit ended the search: not all is proved';
  return `Of ${counted(p.sources)}, ${number(p.without)} can be built with what is declared. ${counted(
    p.supplies.length,
    'source',
  )} from outside${gifts} and ${counted(lines, 'line')} in ${counted(edits)} ${freed(p.plan.stuck.length, state)}.`;
}

/** What is missing altogether no line and no supply brings: then cycles are all that they end. */
const freed = (stuck: number, state: string): string =>
  stuck === 0
    ? `let all of them be built (${state})`
    : `end all cycles that lines and supplies can end (${state}); ${counted(stuck)} ${stuck === 1 ? 'stays' : 'stay'} stuck all the same, for want of what neither brings`;

/** Where a build failed, or what debian/rules had to set. */
function besides({ step, switches = [] }: TriedLine): string {
  if (step !== '') return ` (${visible(step)})`;
  return switches.length === 0 ? '' : ` (with ${switches.map(visible).join(' ')})`;
}

/** What trials have shown, as one sentence each for what held and what did not; nothing without evidence. */
export function triedWords({ tried }: Proposal): readonly string[] {
  if (tried === undefined) return [];
  const of = (...verdicts: readonly TriedLine['verdict'][]) => tried.filter((t) => verdicts.includes(t.verdict));
  const names = (lines: readonly TriedLine[]): string =>
    lines.map((t) => `${visible(t.source)}: ${visible(t.dependency)}${besides(t)}`).join(', ');
  const row = (words: string, lines: readonly TriedLine[]) =>
    lines.length === 0 ? [] : [`${words} (${number(lines.length)}): ${names(lines)}.`];
  return [
    ...row('Trials built without', of('works')),
    ...row('Never opened by a full build', of('unused')),
    ...row('Not proposed, since a trial failed without', of('fails')),
    ...row('Not proposed, since others would miss something without', of('changes')),
  ];
}

/** The proposal; long lists are cut where `all` does not ask for them. */
export function proposalText(p: Proposal, all: boolean): string {
  const width = Math.max(0, ...[...p.edits, ...p.supplies, ...(p.given ?? [])].map((e) => visible(e.source).length));
  const row = (i: number, source: SourceName): string =>
    `${`${i + 1}.`.padStart(4)} ${visible(source).padEnd(width)}  `;
  const stuck = p.plan.stuck;
  const sections: readonly (readonly string[])[] = [
    paragraph(proposalVerdict(p)),
    ['How bold to be:', ...frontier(p.frontier)],
    triedWords(p).flatMap((words) => paragraph(words)),
    p.edits.length === 0
      ? []
      : [
          `Lines to change in debian/control (${counted(p.edits.length)}):`,
          ...listed(p.edits, all, (e, i) => {
            const first = row(i, e.source);
            return paragraph(editWords(e), { first, rest: ' '.repeat(first.length) });
          }),
        ],
    p.supplies.length === 0
      ? []
      : [
          `To be cross-built, or in the seed (${counted(p.supplies.length)}):`,
          ...listed(p.supplies, all, (s, i) => {
            const first = row(i, s.source);
            return paragraph(supplyReason(s), { first, rest: ' '.repeat(first.length) });
          }),
        ],
    p.given === undefined
      ? []
      : [
          `From outside for good, since nothing lets them be built (${counted(p.given.length)}):`,
          ...listed(p.given, all, (g, i) => {
            const first = row(i, g.source);
            return paragraph(giftReason(g), { first, rest: ' '.repeat(first.length) });
          }),
        ],
    p.declared.length === 0
      ? []
      : paragraph(
          `Declared already, under build profiles that an annotation has to name as a stage: ${firstNames(
            p.declared.map((d) => visible(d.source)),
            all,
          )}.`,
        ),
    stuck.length === 0
      ? paragraph(
          `The plan with all of this: ${counted(p.plan.full, 'full build')}, ${p.plan.costs
            .filter((c) => c.criterion !== 'wishes')
            .map((c) => counted(c.value, c.criterion === 'rebuilds' ? 'rebuild' : 'stage build'))
            .join(', ')}; nothing is stuck.`,
        )
      : paragraph(
          `Stuck all the same: ${firstNames(stuck.map(visible), all)}. Why, on the same input with the annotations: bootplan stuck`,
        ),
  ];
  return `${sections
    .filter((s) => s.length > 0)
    .map((s) => s.join('\n'))
    .join('\n\n')}\n`;
}
