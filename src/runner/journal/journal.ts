/**
 * The journal: one JSON object a line, only ever appended to, on the disk before anything relies on it. Everything
 * known about a run is a fold of it. A last line torn by a power cut is as if it had not been written. Each line ends
 * with the CRC-32 of what stands before it, so that a flipped bit is found and not believed. A sum is no signature: an
 * event counts only when it has the form of one, with names that bootplan gives.
 */
import { closeSync, constants, existsSync, fdatasyncSync, ftruncateSync, openSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { EnvironmentError, exitCode } from '../../errors.ts';
import type { RunEvent, RunEventBody } from '../../events.ts';
import { bytesOfRecord, damaged, jsonIn, recordOf } from '../files/json-record.ts';
import { naming, writeAll } from '../files/publish.ts';

/** A journal that is open for more. */
export interface Journal {
  /** Writes an event down, durably, and returns it numbered and dated. */
  append(body: RunEventBody): RunEvent;
  close(): void;
}

interface JournalText {
  readonly events: readonly RunEvent[];
  /** Bytes of whole lines; what follows is torn. */
  readonly bytes: number;
}

const sealed = /^(\{.*),"crc32":"([0-9a-f]{8})"\}$/;

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');

/** An event as it is written: its JSON with `crc32` as the last member. */
function seal(event: RunEvent): string {
  const open = JSON.stringify(event).slice(0, -1);
  return `${open},"crc32":"${checksum(open)}"}\n`;
}

/** The event of a line, or undefined when it is not as it was written. A line without a sum is an older bootplan's. */
function unseal(line: string): RunEvent | undefined {
  const [, open, sum] = sealed.exec(line) ?? [];
  if (open !== undefined && checksum(open) !== sum) return undefined;
  return recordOf<RunEvent>(jsonIn(open === undefined ? line : `${open}}`), 'event');
}

const remedy = 'move it away to start anew (finished builds stay in the cache)';

function parse(path: string): JournalText {
  if (!existsSync(path)) return { events: [], bytes: 0 };
  const content = bytesOfRecord(path);
  if (content === undefined) throw damaged(path, remedy, 'it is no regular file');
  const bytes = content.lastIndexOf(0x0a) + 1;
  const lines = content.toString('utf8', 0, bytes).split('\n').slice(0, -1);
  const events = lines.map((line, i): RunEvent => {
    const event = unseal(line);
    if (event?.seq === i) return event;
    throw new EnvironmentError(
      `${path}:${i + 1}: not the event number ${i} of a journal`,
      exitCode.disk,
      `the file was changed or damaged; ${remedy}`,
    );
  });
  return { events, bytes };
}

/** What is written, in order. A missing journal is an empty one. */
export const readJournal = (path: string): readonly RunEvent[] => parse(path).events;

/** Opens it for more; cuts off a torn last line. The caller holds the lock of the state directory. */
export function openJournal(path: string): Journal {
  const { events, bytes } = parse(path);
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
  const descriptor = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o644);
  ftruncateSync(descriptor, bytes);
  let seq = events.length;
  let length = bytes;
  return {
    append(body) {
      const event: RunEvent = { seq, at: new Date().toISOString(), ...body };
      const line = Buffer.from(seal(event));
      try {
        writeAll(descriptor, line, path);
        naming(path, () => fdatasyncSync(descriptor));
      } catch (error) {
        ftruncateSync(descriptor, length);
        throw error;
      }
      length += line.length;
      seq++;
      return event;
    },
    close: () => closeSync(descriptor),
  };
}
