/** A chain of needs in words, one step per line, or as one sentence. */
import { visible } from '../../diagnostics.ts';
import type { ChainStep } from '../../model.ts';
import { number } from './count.ts';

const verb: Readonly<Record<ChainStep['how'], string>> = {
  'build-depends': 'build-depends on',
  depends: 'depends on',
  'built-by': 'is built by',
};

/**
 * One aligned line per step; the last line of a cycle says that it is back at the start. Of more than `most` steps the
 * middle is left out, and counted: nobody reads a ring of thousands, and JSON answers hold every step.
 */
export function chainLines(chain: readonly ChainStep[], most = 100): readonly string[] {
  const [head, tail] = chain.length <= most ? [chain, []] : [chain.slice(0, most / 2), chain.slice(-2)];
  const rows = [...head, ...tail].map((s) => [visible(s.from), verb[s.how], visible(s.to)] as const);
  const widest = (column: 0 | 1) => Math.max(0, ...rows.map((r) => r[column].length));
  const [from, how] = [widest(0), widest(1)];
  const closed = chain.length > 0 && chain[0]!.from === chain.at(-1)!.to;
  const lines = rows.map((r, i) => {
    const back = closed && i === rows.length - 1 ? '   <- back at the start' : '';
    return `${r[0].padEnd(from)}  ${r[1].padEnd(how)}  ${r[2]}${back}`;
  });
  const left = chain.length - rows.length;
  return left === 0 ? lines : lines.toSpliced(head.length, 0, `... ${number(left)} more steps`);
}

/** A sentence of more parts leaves some out before the last. */
const mostNeeds = 50;

/** The sources of a chain in the order they need each other: `a needs b, b needs c, and c needs a`. */
export function chainSentence(chain: readonly ChainStep[]): string {
  const sources = [...new Set(chain.flatMap((s) => [s.from, s.to]).filter((n) => n.startsWith('src:')))];
  const names = sources.map((n) => visible(n.slice(4)));
  const closed = chain.length > 0 && chain[0]!.from === chain.at(-1)!.to;
  if (names.length === 1) return closed ? `${names[0]} needs itself` : names[0]!;
  const ends = closed ? [...names, names[0]!] : names;
  const needs = ends.slice(1).map((name, i) => `${ends[i]} needs ${name}`);
  if (needs.length > mostNeeds)
    needs.splice(mostNeeds - 1, needs.length - mostNeeds, `and so on over ${number(needs.length - mostNeeds)} more`);
  return needs.length === 1 ? needs[0]! : `${needs.slice(0, -1).join(', ')}, and ${needs.at(-1)}`;
}
