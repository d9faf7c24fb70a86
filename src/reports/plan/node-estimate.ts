/** How long a plan takes on so many machines, as a table. */

/** One row of the table. */
export interface NodeRow {
  readonly nodes: number;
  /** Seconds. */
  readonly seconds: number;
  readonly bound: number;
  /** From 0 to 1. */
  readonly used: number;
}

const hours = (seconds: number): string => `${(seconds / 3600).toFixed(1)} h`;

/**
 * What no number of machines shortens is the longest chain of builds: where a row meets its bound, more do not help.
 */
export function nodeTable(rows: readonly NodeRow[]): string {
  const cells = rows.map(({ nodes, seconds, bound, used }) => [
    String(nodes),
    hours(seconds),
    hours(bound),
    `${Math.round(100 * used)} %`,
  ]);
  const head = ['machines', 'expected', 'not below', 'busy'];
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string => row.map((cell, i) => cell.padStart(widths[i]!)).join('   ');
  return ['', line(head), ...cells.map(line), ''].join('\n');
}
