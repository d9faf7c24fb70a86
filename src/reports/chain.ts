/** A chain of needs in words, one step per line, or as one sentence. */
import { visible } from '../diagnostics.ts';
import type { ChainStep } from '../model.ts';

const verb: Readonly<Record<ChainStep['how'], string>> = {
  'build-depends': 'build-depends on',
  depends: 'depends on',
  'built-by': 'is built by',
};

/** One aligned line per step; the last line of a cycle says that it is back at the start. */
export function chainLines(chain: readonly ChainStep[]): readonly string[] {
  const rows = chain.map((s) => [visible(s.from), verb[s.how], visible(s.to)] as const);
  const widest = (column: 0 | 1) => Math.max(0, ...rows.map((r) => r[column].length));
  const [from, how] = [widest(0), widest(1)];
  const closed = chain.length > 0 && chain[0]!.from === chain.at(-1)!.to;
  return rows.map((r, i) => {
    const back = closed && i === rows.length - 1 ? '   <- back at the start' : '';
    return `${r[0].padEnd(from)}  ${r[1].padEnd(how)}  ${r[2]}${back}`;
  });
}

/** The sources of a chain in the order they need each other: `a needs b, b needs c, and c needs a`. */
export function chainSentence(chain: readonly ChainStep[]): string {
  const sources = [...new Set(chain.flatMap((s) => [s.from, s.to]).filter((n) => n.startsWith('src:')))];
  const names = sources.map((n) => visible(n.slice(4)));
  const closed = chain.length > 0 && chain[0]!.from === chain.at(-1)!.to;
  if (names.length === 1) return closed ? `${names[0]} needs itself` : names[0]!;
  const ends = closed ? [...names, names[0]!] : names;
  const needs = ends.slice(1).map((name, i) => `${ends[i]} needs ${name}`);
  return needs.length === 1 ? needs[0]! : `${needs.slice(0, -1).join(', ')}, and ${needs.at(-1)}`;
}
