/** Replays older indices, so that the history begins in the past: a line for each, and no pages. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError, exitCode } from '../../errors.ts';
import type { InputRequest } from '../../metadata/universe/read.ts';
import { byteOrder } from '../../order.ts';
import type { HistoryEntry } from '../../reports/site/report-day.ts';
import { treeEntries } from '../../runner/files/file-tree.ts';
import { isNoFile } from '../../whole-file.ts';
import { phase } from '../output/phase.ts';
import type { DayRecord } from './day-change.ts';
import { appendToHistory, daysIn, readReportHistory } from './history-file.ts';
import { makeNumbers } from './make-day.ts';
import { readArchive } from './read-archive.ts';

interface Snapshot {
  readonly date: string;
  readonly directory: string;
  readonly packages: readonly string[];
  readonly sources: readonly string[];
}

const index = (kind: string) => new RegExp(`(^|[-_])${kind}(\\.(gz|xz|zst|lz4|bz2))?$`);

/** `20261120T000000Z` and `2026-11-20` anywhere in a name. */
function dateIn(name: string): string | undefined {
  const found = /(\d{4})-?(\d{2})-?(\d{2})/.exec(name);
  const date = found === null ? '' : `${found[1]}-${found[2]}-${found[3]}`;
  const time = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date) ? date : undefined;
}

/** Nobody named them: a pipe among them would be waited for without end. @throws EnvironmentError (66) */
function refusePipes(files: readonly string[]): void {
  for (const file of files) {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined || found.isFile() || found.isDirectory()) continue;
    const help = 'put the index itself there, or remove it';
    throw new EnvironmentError(`${file} ${isNoFile(found)}`, exitCode.missingInput, help);
  }
}

/** The directories below those given whose names have a date in them, or those themselves, each with its indices. */
async function snapshotsIn(directories: readonly string[]): Promise<readonly Snapshot[]> {
  const candidates = directories.flatMap((d) => {
    if (!existsSync(d))
      throw new EnvironmentError(`${d}: no such directory`, exitCode.missingInput, 'give directories of indices');
    const inside = readdirSync(d, { withFileTypes: true }).filter(
      (e) => e.isDirectory() && dateIn(e.name) !== undefined,
    );
    return inside.length > 0 ? inside.map((e) => join(d, e.name)) : [d];
  });
  const found: Snapshot[] = [];
  for (const directory of candidates) {
    const date = dateIn(directory.split('/').filter(Boolean).at(-1) ?? '');
    if (date === undefined) continue;
    // A link may lead to another day, or round in a circle.
    const files = (await treeEntries(directory)).map(({ path }) => path);
    const of = (kind: string) =>
      files.filter((f) => index(kind).test(f.split('/').at(-1)!)).map((f) => join(directory, f));
    const [packages, sources] = [of('Packages'), of('Sources')];
    refusePipes([...packages, ...sources]);
    if (packages.length > 0 && sources.length > 0) found.push({ date, directory, packages, sources });
  }
  if (found.length === 0)
    throw new EnvironmentError(
      'no directory holds the indices of a day',
      exitCode.missingInput,
      'a directory for each day, its date in its name (2026-11-20 or 20261120T000000Z), with Packages and Sources in it',
    );
  return found.sort((a, b) => byteOrder(a.date, b.date) || byteOrder(a.directory, b.directory));
}

/** What came of it. */
export interface Imported {
  readonly history: string;
  /** Days written, and days that the history had already, which are left as they are. */
  readonly imported: readonly string[];
  readonly known: readonly string[];
}

/** @param request all but the indices */
export async function importHistory(
  directories: readonly string[],
  request: Omit<InputRequest, 'packages' | 'sources'>,
  { history, suite }: { readonly history: string; readonly suite: string },
): Promise<Imported> {
  const snapshots = await snapshotsIn(directories);
  const imported: HistoryEntry[] = [];
  const known: string[] = [];
  let before: DayRecord | undefined;
  const there = daysIn(readReportHistory(history).entries);
  for (const { date, packages, sources } of snapshots) {
    phase(`reading ${date}`);
    const { universe, promised, archive } = await readArchive({ ...request, packages, sources });
    const { record, entry } = await makeNumbers({ universe, promised, archive, date, suite, before });
    before = record;
    if (there.some((e) => e.date === date && e.suite === suite && e.architecture === entry.architecture))
      known.push(date);
    else imported.push(entry);
  }
  appendToHistory(history, imported);
  return { history, imported: imported.map((e) => e.date), known };
}
