/** Text in lines of a bounded width, and lists of names of which only the first are shown. */
import { namesAndMore } from './count.ts';

/** What stands before the lines. */
export interface Margins {
  /** Before the first line. */
  readonly first?: string;
  /** Before the others. */
  readonly rest?: string;
  /** Longest line; a word that is longer stands alone. */
  readonly width?: number;
}

/** Broken at blanks only, so that names and commands stay whole. */
export function paragraph(text: string, { first = '', rest = first, width = 100 }: Margins = {}): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = rest;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}

/** The first ten names, and how many more there are. */
export function firstNames(names: readonly string[], all = false): string {
  if (all || names.length <= 10) return names.join(', ');
  return `${namesAndMore(names, 10)}; --all shows them`;
}
