/** What patches were written for a plan's wishes, and what is left to supply. */
import { visible } from '../../diagnostics.ts';
import { counted, number } from '../writing/count.ts';
import { paragraph } from '../writing/paragraph.ts';

const names = (list: readonly string[]): string => list.map(visible).join(', ');

/** Both, as text. */
export function planPatchesText(directory: string, patched: readonly string[], supplied: readonly string[]): string {
  const lines = [
    ...paragraph(
      patched.length === 0
        ? `No line of debian/control is wished for: ${directory} is empty.`
        : `${number(patched.length)} ${patched.length === 1 ? 'patch' : 'patches'} in ${directory}: ${names(patched)}.`,
    ),
    ...(supplied.length === 0
      ? []
      : paragraph(`No line helps ${counted(supplied.length)}, to be cross-built or in the seed: ${names(supplied)}.`)),
  ];
  return `${lines.join('\n')}\n`;
}
