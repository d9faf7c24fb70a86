/**
 * The history of a bootstrap on disk: a file of JSON lines that is only ever appended to, and beside it the dependency
 * graph of the last entry, which the next one is compared with.
 */
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectories } from '../directories.ts';
import { InputError } from '../errors.ts';
import { misfits } from '../metadata/yaml/schema.ts';
import type { Diagnostic } from '../model.ts';
import { type GraphRecord, isGraphRecord } from '../solver/graph/record.ts';
import { appendText, wholeFile, wholeText } from '../whole-file.ts';
import type { ProgressEntry } from './progress.ts';

/** What the files hold. */
export interface History {
  readonly entries: readonly ProgressEntry[];
  /** The graph as of the last entry; absent before the first, or when its file is gone or damaged. */
  readonly record: GraphRecord | undefined;
}

/** Where the graph of the last entry lies: `progress.ndjson` -> `progress.graph.json`. */
export const recordPath = (history: string): string => `${history.replace(/\.ndjson$/, '')}.graph.json`;

/**
 * A missing file is an empty history. A last line without an end was cut off while being written and does not count.
 */
export function readHistory(path: string): History {
  const record = recordPath(path);
  const text = existsSync(path) ? wholeText(path) : '';
  const problems: Diagnostic[] = [];
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
  const entries = lines.flatMap((line, i): ProgressEntry[] => {
    const entry = parsed(line);
    if (misfits(entry, 'progress#/$defs/entry').length === 0) return [entry as ProgressEntry];
    const origin = { file: path, line: i + 1 };
    const message = 'this line is not an entry of a progress history';
    problems.push({
      code: 'BP460',
      severity: 'error',
      message,
      origin,
      help: 'remove the line, or give another --history',
    });
    return [];
  });
  if (problems.length > 0) throw new InputError(problems);
  const last = existsSync(record) ? parsed(wholeText(record)) : undefined;
  return { entries, record: entries.length > 0 && isGraphRecord(last) ? last : undefined };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Appends one line in one write, so that two calls at once cannot mix theirs; a last line that was cut off goes first.
 * The graph is replaced by rename, after the line: cut short in between, the next entry is compared with an older day.
 */
export function appendHistory(path: string, entry: ProgressEntry, record: GraphRecord): void {
  makeDirectories(dirname(path));
  const content = existsSync(path) ? wholeFile(path) : Buffer.alloc(0);
  const whole = content.lastIndexOf(0x0a) + 1;
  appendText(path, `${JSON.stringify(entry)}\n`, whole);
  const fresh = `${recordPath(path)}.new`;
  // A name that was waiting there, perhaps a link, is not written through.
  rmSync(fresh, { force: true });
  writeFileSync(fresh, JSON.stringify(record), { flag: 'wx' });
  renameSync(fresh, recordPath(path));
}
