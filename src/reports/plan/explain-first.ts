/** What to change first for an explained source: the section of its text, and the bug report that asks for it. */
import { visible } from '../../diagnostics.ts';
import type { FirstLine } from '../../solver/propose/first-lines.ts';
import { askedNames, judgedByName } from '../proposals/asked-names.ts';
import { bugLetter } from '../proposals/bug-letter.ts';
import { purposeWords } from '../proposals/proposal-text.ts';
import { rulesHint } from '../proposals/rules-advice.ts';
import { counted, number } from '../writing/count.ts';
import { paragraph } from '../writing/paragraph.ts';
import type { Explained } from './explained.ts';

const firstEffect = (l: FirstLine): string =>
  [
    `${number(l.cycles)} short ${l.cycles === 1 ? 'cycle' : 'cycles'} gone`,
    ...(l.leaving > 0 ? [`${counted(l.leaving)} ${l.leaving === 1 ? 'leaves' : 'leave'} the knot`] : []),
  ].join(', ');

/** Whether there is no line to change first. */
export const saysNothingPlausible = ({ scc, stuck, first: { lines, upTo } }: Explained): boolean =>
  scc !== null && stuck && lines.length === 0 && upTo > 0;

/** What to do first: the plausible lines, or that there is none. */
export function firstSection(e: Explained): readonly string[] {
  if (e.scc === null || !e.stuck) return [];
  const { lines, upTo, cycles, gone } = e.first;
  const source = `src:${visible(e.source)}`;
  if (saysNothingPlausible(e)) return nothingPlausible(source);
  if (lines.length === 0) return [];
  // What is declared already asks nothing of debian/rules.
  const asks = lines
    .filter((l) => l.declaredBy.length === 0)
    .slice(0, 1)
    .map((l) => visible(rulesHint(l.profile)));
  return [
    `What to change first, in debian/control (on ${counted(cycles, 'cycle')} of up to ${upTo} sources through ${source}):`,
    ...lines.flatMap((l, i) => {
      const declared = l.declaredBy.length > 0 ? `; declared already by ${l.declaredBy.map(visible).join(', ')}` : '';
      return [
        `  ${i + 1}. src:${visible(l.source)}  ${visible(l.conditional)}`,
        `     ${purposeWords(l)}; ${firstEffect(l)}${declared}`,
      ];
    }),
    ...paragraph([`Together they end ${number(gone)} of ${number(cycles)}.`, ...asks].join(' ')),
    ...(lines.some((l) => l.declaredBy.length > 0)
      ? paragraph('What a profile declares already counts once an annotation makes it a stage: stage1: [PROFILE].')
      : []),
  ];
}

/** Said where no line can be proposed. */
export const nothingPlausible = (source: string): readonly string[] =>
  paragraph(
    `Nothing plausible is left to drop on the short cycles through ${source}: cross-build it, or take its binaries into the seed. With an annotation \`supply: cross\` the plan takes them from outside.`,
  );

/** To the maintainer of the source whose line is the best one, with all plausible lines of that source. */
export function firstBug(e: Explained, best: FirstLine): string {
  const lines = e.first.lines.filter((l) => l.source === best.source && l.declaredBy.length === 0);
  const kinds = lines.map(purposeWords);
  const cycles = `${counted(best.cycles, 'build dependency cycle')} of up to ${e.first.upTo} sources through src:${visible(e.source)} ${best.cycles === 1 ? 'is' : 'are'} gone`;
  const leaving =
    best.leaving > 0
      ? `, and ${counted(best.leaving)} ${best.leaving === 1 ? 'leaves' : 'leave'} the knot of ${number(e.scc?.size ?? 0)}`
      : '';
  return bugLetter({
    source: best.source,
    version: best.source === e.source ? e.version : '',
    lines,
    why: `${judgedByName(lines, kinds)}. Without ${askedNames([best])}, ${cycles}${leaving}.`,
    isGuess: true,
  });
}
