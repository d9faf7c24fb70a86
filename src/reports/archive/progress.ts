/** Progress as text: where things stand, the graph, what moved it. */
import type { Day, ProgressEvent, Shares } from '../../stages/progress.ts';
import { blockGraph } from '../writing/block-graph.ts';
import { eventLines } from '../writing/change.ts';
import { counted, number } from '../writing/count.ts';

/** A day with its percentages. */
export type ProgressDay = Pick<Day, 'date' | 'number' | 'events' | 'entry'> & { readonly shares: Shares };

/** The lines of the graph, from the highest to the lowest. */
export const seriesNames: readonly (readonly [keyof Shares, string])[] = [
  ['plannable', 'can be bootstrapped'],
  ['built', 'built at all'],
  ['full', 'built in full'],
  ['clean', 'built clean'],
];

/** Days between two measured days are `undefined`, so that gaps show. */
function withGaps(days: readonly ProgressDay[]): readonly (ProgressDay | undefined)[] {
  return days.flatMap((day, i) => {
    const missing = i === 0 ? 0 : day.number - days[i - 1]!.number - 1;
    return [...new Array<undefined>(missing).fill(undefined), day];
  });
}

const signed = (n: number) => `${n < 0 ? '-' : '+'}${Math.abs(n).toFixed(1)}`;

/** The graph of what can be bootstrapped, its scale drawn to what moved: five rows, labelled at top and bottom. */
function graphLines(days: readonly ProgressDay[], width: number, ascii: boolean): readonly string[] {
  const values = withGaps(days).map((d) => d?.shares.plannable);
  const known = days.map((d) => d.shares.plannable);
  const high = Math.max(1, Math.ceil(Math.max(...known)));
  const range = [Math.min(high - 1, Math.floor(Math.min(...known))), high] as const;
  const rows = blockGraph(values, { width: width - 8, height: 5, range, ascii });
  const label = (row: number) => (row === 0 ? `${range[1]} %` : row === rows.length - 1 ? `${range[0]} %` : '');
  const bar = ascii ? '|' : '│';
  return rows.map((r, i) => `${label(i).padStart(6)} ${bar}${r}`.trimEnd());
}

/**
 * @param days ascending; at least one
 * @param all show every event, not only the ten newest
 */
export function progressText(
  days: readonly ProgressDay[],
  options: { readonly width: number; readonly ascii: boolean; readonly all: boolean },
): string {
  const today = days.at(-1)!;
  const before = days.at(-2);
  const { sources, plannable, built, largestScc } = today.entry;
  const counts: Readonly<Record<keyof Shares, number>> = {
    plannable,
    built: built.staged + built.interim + built.final,
    full: built.interim + built.final,
    clean: built.final,
  };
  const widest = Math.max(...seriesNames.map(([, name]) => name.length));
  const table = seriesNames.map(([key, name]) => {
    const change =
      before === undefined ? '' : `  ${signed(today.shares[key] - before.shares[key])} since ${before.date}`;
    const share = `${today.shares[key].toFixed(1).padStart(5)} %`;
    return `  ${name.padEnd(widest)}  ${share}  ${number(counts[key])} of ${counted(sources)}${change}`;
  });
  const moved = days.flatMap((d) => d.events.map((event) => ({ date: d.date, event })));
  const shown = options.all ? moved : moved.slice(-10);
  const hidden = moved.length - shown.length;
  const sign = (e: ProgressEvent) => (e.kind === 'lost' ? '-' : '+');
  return `${[
    `${today.date}, ${today.entry.architecture}; the largest cycle holds ${counted(largestScc)}`,
    '',
    ...table,
    '',
    `can be bootstrapped, ${days[0]!.date} to ${today.date}`,
    ...graphLines(days, options.width, options.ascii),
    ...(shown.length > 0 ? ['', 'what moved it'] : []),
    ...(hidden > 0 ? [`  ... and ${number(hidden)} earlier; --all shows them`] : []),
    ...shown.flatMap(({ date, event }) => {
      const [what, ...why] = eventLines(event);
      return [`  ${date} ${sign(event)} ${what}`, ...why.map((line) => `               ${line}`)];
    }),
  ].join('\n')}\n`;
}
