/**
 * Where reports lie: one directory for each day, whole or not at all, a link to the latest, and the history beside
 * them. What a killed call left behind is put right by the next one.
 */
import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { makeDirectories } from '../../directories.ts';
import { EnvironmentError, exitCode } from '../../errors.ts';
import { misfits } from '../../metadata/yaml/schema.ts';
import { byteOrder } from '../../order.ts';
import type { HistoryEntry } from '../../reports/site/report-day.ts';
import { type Held, hold } from '../../runner/files/file-lock.ts';
import { publishLink } from '../../runner/files/publish.ts';
import { isGraphRecord } from '../../solver/graph/record.ts';
import { wholeFile, wholeText } from '../../whole-file.ts';
import type { DayRecord } from './day-change.ts';
import { appendToHistory, readReportHistory } from './history-file.ts';

const dayName = /^\d{4}-\d{2}-\d{2}$/;
const partName = /^\.(\d{4}-\d{2}-\d{2})\.(new|old)$/;

/** In each day's directory: what the next day is compared with, and the day's line of the history. */
const recordFile = 'record.json.gz';
const entryFile = 'entry.json';

const daysOfDirectory = (directory: string): readonly string[] =>
  existsSync(directory)
    ? readdirSync(directory)
        .filter((name) => dayName.test(name))
        .sort(byteOrder)
    : [];

function isRecord(value: unknown): value is DayRecord {
  const record = value as DayRecord | null;
  return typeof record === 'object' && record !== null && Array.isArray(record.sccs) && isGraphRecord(record.record);
}

/** What that day left behind; undefined where it is damaged. */
function recordIn(directory: string): DayRecord | undefined {
  try {
    const value: unknown = JSON.parse(gunzipSync(wholeFile(join(directory, recordFile))).toString());
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The directory of all days, and the history in it. */
export interface Reports {
  readonly directory: string;
  readonly history: string;
}

/** One call at a time. @throws EnvironmentError (75) when another is at work */
export async function holdReports({ directory }: Reports): Promise<Held> {
  makeDirectories(directory);
  const held = await hold(join(directory, '.lock'), 0);
  if (held !== undefined) return held;
  const help = 'wait for it, or write to another --output';
  throw new EnvironmentError(`${directory} is being written by another bootplan report`, exitCode.tryAgain, help);
}

/** Puts right what a killed call left: a day that was being replaced is back, a day that is not whole is gone. */
export function recover({ directory, history }: Reports): void {
  for (const name of readdirSync(directory)) {
    const [, date, what] = partName.exec(name) ?? [];
    if (date === undefined) continue;
    const [from, to] = [join(directory, name), join(directory, date)];
    if (what === 'old' && !existsSync(to)) renameSync(from, to);
    else rmSync(from, { recursive: true, force: true });
  }
  const { entries } = readReportHistory(history);
  const known = new Set(entries.map((e) => JSON.stringify(e)));
  const missing = daysOfDirectory(directory).flatMap((date): HistoryEntry[] => {
    const file = join(directory, date, entryFile);
    if (!existsSync(file)) return [];
    try {
      const entry: unknown = JSON.parse(wholeText(file));
      if (misfits(entry, 'report-history').length > 0) return [];
      return known.has(JSON.stringify(entry)) ? [] : [entry as HistoryEntry];
    } catch {
      return [];
    }
  });
  appendToHistory(history, missing);
}

/** The newest day before a date of the same suite and architecture that can be compared with. */
export function dayBefore(
  { directory }: Reports,
  date: string,
  suite: string,
  architecture: string,
): DayRecord | undefined {
  for (const day of daysOfDirectory(directory).toReversed()) {
    if (day >= date) continue;
    const record = recordIn(join(directory, day));
    if (record?.suite === suite && record.architecture === architecture) return record;
  }
  return undefined;
}

/** All that a day leaves behind. */
export interface DayFiles {
  readonly date: string;
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  readonly record: DayRecord;
  readonly entry: HistoryEntry;
}

/**
 * Writes a day beside its place and renames it; then the history gets its line, and `latest` leads to the newest day.
 */
export function publishDay(reports: Reports, { date, files, record, entry }: DayFiles): void {
  const { directory, history } = reports;
  const [fresh, old, place] = [join(directory, `.${date}.new`), join(directory, `.${date}.old`), join(directory, date)];
  for (const left of [fresh, old]) rmSync(left, { recursive: true, force: true });
  const made = new Set<string>();
  const write = (path: string, content: string | Uint8Array) => {
    const file = join(fresh, path);
    if (!made.has(dirname(file))) makeDirectories(dirname(file));
    made.add(dirname(file));
    writeFileSync(file, content);
  };
  mkdirSync(fresh);
  for (const [path, content] of files) write(path, content);
  write(recordFile, gzipSync(JSON.stringify(record)));
  write(entryFile, JSON.stringify(entry));
  if (existsSync(place)) renameSync(place, old);
  renameSync(fresh, place);
  rmSync(old, { recursive: true, force: true });
  appendToHistory(history, [entry]);
  const newest = daysOfDirectory(directory).at(-1)!;
  const latest = join(directory, 'latest');
  const there = lstatSync(latest, { throwIfNoEntry: false });
  if (there !== undefined && !there.isSymbolicLink())
    throw new EnvironmentError(
      `${latest} is no link`,
      exitCode.configuration,
      'move it away: bootplan report makes it a link to the newest day',
    );
  publishLink(newest, latest);
}

/** Days older than so many keep one report for each week; the history keeps every day. */
const kept = 90;

const dayNumber = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;

/** @returns the days that went */
export function thin({ directory }: Reports, today: string): readonly string[] {
  const old = daysOfDirectory(directory).filter((date) => dayNumber(today) - dayNumber(date) > kept);
  // Weeks begin on Mondays: 1970-01-01 was a Thursday.
  const weeks = Map.groupBy(old, (date) => Math.floor((dayNumber(date) + 3) / 7));
  const gone = [...weeks.values()].flatMap((days) => days.slice(1));
  for (const date of gone) rmSync(join(directory, date), { recursive: true, force: true });
  return gone;
}
