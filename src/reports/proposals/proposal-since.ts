/**
 * What has been done since an earlier proposal: which lines and supplies are no longer asked for, and which are new.
 */
import { visible } from '../../diagnostics.ts';
import type { Proposal } from '../../solver/propose/proposal.ts';
import { counted, number } from '../writing/count.ts';
import { paragraph } from '../writing/paragraph.ts';
import { classWords } from './proposal-text.ts';

const linesOf = (p: Proposal): readonly string[] =>
  p.edits.flatMap((e) => e.lines.map((l) => `${e.source}: ${l.group}`));
const suppliesOf = (p: Proposal): readonly string[] => p.supplies.map((s) => s.source);

const without = (a: readonly string[], b: readonly string[]): readonly string[] => {
  const there = new Set(b);
  return a.filter((x) => !there.has(x));
};

const part = (words: string, names: readonly string[]): readonly string[] =>
  names.length === 0
    ? []
    : paragraph(`${words} (${number(names.length)}): ${names.map(visible).join('; ')}`, { rest: '  ' });

const asked = ({ architecture, classes }: Proposal): string =>
  `${visible(architecture)}, ${classes.length === 0 ? 'nothing' : classes.map((c) => classWords[c]).join(', ')} dropped`;

/** What has changed, in a few lines. */
export function sinceText(before: Proposal, now: Proposal): string {
  const [lines, supplies] = [linesOf(now), suppliesOf(now)];
  const [oldLines, oldSupplies] = [linesOf(before), suppliesOf(before)];
  const other = before.architecture !== now.architecture || before.classes.join() !== now.classes.join();
  return `${[
    ...(other
      ? paragraph(`The earlier answer is to another question: ${asked(before)}; this one is of ${asked(now)}.`)
      : []),
    ...paragraph(
      `Since then: ${counted(oldLines.length, 'line')} -> ${number(lines.length)}, ${counted(
        oldSupplies.length,
        'supply',
        'supplies',
      )} -> ${number(supplies.length)}; ${number(before.without)} -> ${number(now.without)} sources can be built with what is declared.`,
    ),
    ...part('No longer asked for', without(oldLines, lines)),
    ...part('New', without(lines, oldLines)),
    ...part('No longer supplied', without(oldSupplies, supplies)),
    ...part('Newly supplied', without(supplies, oldSupplies)),
  ].join('\n')}\n`;
}
