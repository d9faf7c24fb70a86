/** A proposal in Markdown: the frontier, the lines and the supplies as tables. */
import { visible } from '../../diagnostics.ts';
import type { Proposal } from '../../solver/propose/proposal.ts';
import { number } from '../writing/count.ts';
import {
  costOf,
  criterionWords,
  giftReason,
  proposalVerdict,
  proved,
  purposeWords,
  rowName,
  supplyReason,
  triedWords,
} from './proposal-text.ts';

/** In a table cell a bar ends the cell, and everything else that means something is escaped. */
const cell = (text: string): string => visible(text).replace(/[\\`*_{}[\]()#+!|<>~@&-]/g, '\\$&');

const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] => [
  `| ${head.join(' | ')} |`,
  `|${head.map(() => '---').join('|')}|`,
  ...rows.map((r) => `| ${r.join(' | ')} |`),
];

/** The page. */
export function proposalMarkdown(p: Proposal): string {
  const edits = p.edits.flatMap((e) =>
    e.lines.map((l, i) => [
      i === 0 ? cell(e.source) : '',
      cell(l.group),
      cell(`<!${l.profile}>`),
      purposeWords(l),
      number(l.cycles),
      i === 0 ? number(e.together) : '',
    ]),
  );
  const supplies = p.supplies.map((s) => [cell(s.source), cell(supplyReason(s)), number(s.together)]);
  const rows = p.frontier.map((r) => [
    cell(rowName(r)),
    proved(costOf(r.costs, 'supplies')),
    number(r.edits),
    proved(costOf(r.costs, 'lines')),
  ]);
  const costs = p.costs.map((c) => [criterionWords[c.criterion], proved(c)]);
  return `${[
    `# What lets ${cell(p.architecture)} be bootstrapped`,
    '',
    cell(proposalVerdict(p)),
    '',
    '## How bold to be',
    '',
    ...table(['what may be dropped', 'supplies', 'edited sources', 'lines'], rows),
    '',
    '## What it costs',
    '',
    ...table(['level', 'cost'], costs),
    ...(p.tried === undefined
      ? []
      : ['', '## What trials have shown', '', ...triedWords(p).map((words) => `- ${cell(words)}`)]),
    '',
    '## Lines to change in debian/control',
    '',
    ...table(['source', 'build dependency', 'condition', 'kind', 'short cycles', 'stuck without'], edits),
    '',
    '## To be cross-built, or in the seed',
    '',
    ...table(['source', 'why', 'stuck without'], supplies),
    ...(p.given === undefined
      ? []
      : [
          '',
          '## From outside for good, since nothing lets them be built',
          '',
          ...table(
            ['source', 'why'],
            p.given.map((g) => [cell(g.source), cell(giftReason(g))]),
          ),
        ]),
  ].join('\n')}\n`;
}
