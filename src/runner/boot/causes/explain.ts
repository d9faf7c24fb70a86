/**
 * The one row of many that explains a console: the row of the lowest rank that fits, and of several the line that came
 * first.
 */
import type { Cause } from './cause.ts';
import { rankOf } from './rank.ts';

/** A row that fits, and where. */
export interface Found {
  readonly row: Cause;
  readonly match: RegExpExecArray;
  /** Of the first line that the row speaks of, counted from 1. */
  readonly line: number;
}

const multiline = new Map<RegExp, RegExp>();

/** `^` and `$` are ends of lines. */
function inLines(pattern: RegExp): RegExp {
  const known = multiline.get(pattern) ?? new RegExp(pattern.source, `${pattern.flags}m`);
  multiline.set(pattern, known);
  return known;
}

const isOn = (pattern: RegExp, text: string): boolean => inLines(pattern).test(text);

/** Did the guest get past what a row speaks of? Rows share their patterns, so each is looked for once. */
export function pastOn(text: string): (row: Cause) => boolean {
  const known = new Map<RegExp, boolean>();
  return ({ past }) => {
    if (past === undefined) return false;
    const is = known.get(past) ?? isOn(past, text);
    known.set(past, is);
    return is;
  };
}

function lineOf(text: string, at: number): number {
  let line = 1;
  for (let i = text.indexOf('\n'); i >= 0 && i < at; i = text.indexOf('\n', i + 1)) line++;
  return line;
}

/** Where a row fits the text, if it does. */
export function fit(row: Cause, text: string): Found | undefined {
  if (row.with !== undefined && !isOn(row.with, text)) return undefined;
  if (row.unless !== undefined && isOn(row.unless, text)) return undefined;
  const match = inLines(row.shows).exec(text);
  return match === null ? undefined : { row, match, line: lineOf(text, match.index) };
}

/**
 * Compares two of the same rank: the earlier line first; on one line the row that asks for more, then a fixed order.
 */
function earlier(a: Found, b: Found): number {
  if (a.line !== b.line) return a.line - b.line;
  const asksMore = Number(b.row.with !== undefined) - Number(a.row.with !== undefined);
  return asksMore !== 0 ? asksMore : a.row.shows.source < b.row.shows.source ? -1 : 1;
}

/**
 * The row that explains the text, whatever the order of the rows. Rows of a rank are tried only when no lower rank
 * fits.
 */
export function explain(rows: readonly Cause[], text: string): Found | undefined {
  const ranks = Map.groupBy(rows, rankOf);
  for (const rank of [...ranks.keys()].sort((a, b) => a - b)) {
    const found = ranks.get(rank)!.flatMap((row) => fit(row, text) ?? []);
    if (found.length > 0) return found.sort(earlier)[0];
  }
  return undefined;
}
