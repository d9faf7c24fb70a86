/** The cycles for a job summary or a report page: the verdict, the ten largest, the ten most useful cuts. */

import type { BreakSet } from '../../solver/break/solution/break-set.ts';
import type { BaselineAnswer } from '../../solver/cycles/baseline.ts';
import type { CyclesAnswer } from '../../solver/cycles/cycles-answer.ts';
import { chainLines, chainSentence } from '../writing/chain.ts';
import { counted, number } from '../writing/count.ts';
import { code } from '../writing/markdown.ts';
import { breakVerdict, changeLines, verdictLines } from './cycles-text.ts';

const most = 10;

const list = <T>(items: readonly T[], line: (item: T) => string): readonly string[] => {
  const left = items.length - most;
  return [...items.slice(0, most).map((i) => `- ${line(i)}`), ...(left > 0 ? [`- and ${number(left)} more`] : [])];
};

function fenced(lines: readonly string[]): readonly string[] {
  const ticks = lines.flatMap((l) => Array.from(l.matchAll(/`+/g), (m) => m[0].length));
  const longest = ticks.reduce((most, n) => Math.max(most, n), 2);
  const fence = '`'.repeat(longest + 1);
  return [fence, ...lines, fence];
}

/** The page; names of packages are escaped in it. */
export function cyclesMarkdown(answer: CyclesAnswer, change?: BaselineAnswer, breaking?: BreakSet): string {
  const cuts = answer.sccs.flatMap((s) => s.shortCycles.through).sort((a, b) => b.cycles - a.cycles);
  const lines = ['# Dependency cycles', '', ...verdictLines(answer)];
  if (change) {
    lines.push('', '## Since the baseline', '');
    for (const line of fenced(changeLines(change))) lines.push(line);
  }
  if (breaking) lines.push('', '## What to reduce', '', breakVerdict(breaking), '', ...list(breaking.sources, code));
  if (answer.sccs.length > 0) {
    lines.push('', '## Who is in them', '');
    lines.push(...list(answer.sccs, (s) => `${code(s.id)}: ${counted(s.size)}`));
    for (const scc of answer.sccs.slice(0, 3)) {
      const [first] = scc.shortest;
      if (!first || first.length > 30) continue;
      const why = `Why ${code(scc.id)}: ${code(chainSentence(first))}`;
      lines.push('', why, '', ...fenced(chainLines(first)));
    }
  }
  if (cuts.length > 0) {
    lines.push('', '## Where most short cycles go through', '');
    lines.push(
      ...list(cuts, (c) => `${code(`src:${c.source}`)} needs ${code(c.dependency)}: ${number(c.cycles)} cycles`),
    );
  }
  if (answer.selfCycles.length > 0) {
    lines.push('', '## Sources that need a binary of their own', '');
    lines.push(
      ...list(answer.selfCycles, (c) => `${code(`src:${c.source}`)}${c.type === undefined ? '' : `, type ${c.type}`}`),
    );
  }
  if (answer.unsatisfied.length > 0) {
    lines.push('', '## Build dependencies that nothing satisfies', '');
    lines.push(...list(answer.unsatisfied, (u) => `${code(`src:${u.source}`)}: ${code(u.group)}, ${u.why}`));
  }
  return `${lines.join('\n')}\n`;
}
