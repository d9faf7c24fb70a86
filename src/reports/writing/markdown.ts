/** Markdown text: the one place that knows how to show any text in it without it being interpreted. */
import { visible } from '../../diagnostics.ts';

/**
 * Any text as a code span (CommonMark 6.1): the fence is longer than every run of backticks inside, so nothing in it
 * means anything, neither markup nor a mention nor a link. Not for table cells, where a bar ends the cell.
 */
export function code(text: string): string {
  const shown = visible(text.toWellFormed());
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map((m) => m[0].length));
  const fence = '`'.repeat(longest + 1);
  // One space is stripped from both ends when both have one, so it protects a backtick (or a space) at an end.
  const padded = shown === '' || /^[` ]|[` ]$/.test(shown) ? ` ${shown} ` : shown;
  return `${fence}${padded}${fence}`;
}
