/**
 * The history of reports on disk: a file of JSON lines that is only ever appended to. Each line carries a checksum of
 * itself, so that a line that was torn or altered is known for one and told, and costs no other.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectories } from '../../directories.ts';
import { misfits } from '../../metadata/yaml/schema.ts';
import { byteOrder } from '../../order.ts';
import type { HistoryEntry } from '../../reports/site/report-day.ts';
import { appendText, wholeFile, wholeText } from '../../whole-file.ts';

/** The history as it was read. */
export interface ReadHistory {
  /** In the order of the file. */
  readonly entries: readonly HistoryEntry[];
  /** Lines that are no entries, counted from 1: torn, altered, or of another program. */
  readonly damaged: readonly number[];
}

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** `{"sum":"0123456789abcdef",` and the rest of the entry, of which that is the checksum. */
const lineOf = (entry: HistoryEntry): string => {
  const text = JSON.stringify(entry);
  return `{"sum":"${sumOf(text)}",${text.slice(1)}\n`;
};

const prefix = /^\{"sum":"([0-9a-f]{16})",/;

function entryIn(line: string): HistoryEntry | undefined {
  const found = prefix.exec(line);
  if (found === null) return undefined;
  const text = `{${line.slice(found[0].length)}`;
  if (sumOf(text) !== found[1]) return undefined;
  try {
    const entry: unknown = JSON.parse(text);
    return misfits(entry, 'report-history').length === 0 ? (entry as HistoryEntry) : undefined;
  } catch {
    return undefined;
  }
}

/** A missing file is an empty history. */
export function readReportHistory(path: string): ReadHistory {
  const lines = existsSync(path) ? wholeText(path).split('\n') : [];
  const entries: HistoryEntry[] = [];
  const damaged: number[] = [];
  lines.forEach((line, i) => {
    if (line === '') return;
    const entry = entryIn(line);
    if (entry === undefined) damaged.push(i + 1);
    else entries.push(entry);
  });
  return { entries, damaged };
}

/** Appends in one write; where the last line was torn, it is ended first, and stays what it is: damaged. */
export function appendToHistory(path: string, entries: readonly HistoryEntry[]): void {
  if (entries.length === 0) return;
  makeDirectories(dirname(path));
  const content = existsSync(path) ? wholeFile(path) : Buffer.alloc(0);
  const torn = content.length > 0 && content.at(-1) !== 0x0a;
  appendText(path, `${torn ? '\n' : ''}${entries.map(lineOf).join('')}`);
}

/** One entry for each day, suite and architecture, the last one written; by date, then suite, then architecture. */
export function daysIn(entries: readonly HistoryEntry[]): readonly HistoryEntry[] {
  const last = new Map(entries.map((e) => [`${e.date}\n${e.suite}\n${e.architecture}`, e]));
  return [...last.values()].sort(
    (a, b) => byteOrder(a.date, b.date) || byteOrder(a.suite, b.suite) || byteOrder(a.architecture, b.architecture),
  );
}
