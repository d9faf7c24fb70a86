/**
 * The journal: one JSON object a line, only ever appended to, on the disk before anything relies on it. Everything
 * known about a run is a fold of it. A last line torn by a power cut is as if it had not been written.
 */
import { closeSync, existsSync, fdatasyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { EnvironmentError, exitCode } from '../../errors.ts';
import type { RunEvent, RunEventBody } from '../../events.ts';

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

function parse(path: string): JournalText {
  if (!existsSync(path)) return { events: [], bytes: 0 };
  const content = readFileSync(path);
  const bytes = content.lastIndexOf(0x0a) + 1;
  const lines = content.toString('utf8', 0, bytes).split('\n').slice(0, -1);
  const events = lines.map((line, i): RunEvent => {
    try {
      const event = JSON.parse(line) as RunEvent;
      if (event.seq === i) return event;
    } catch {
      // Said below, like a number out of order.
    }
    throw new EnvironmentError(
      `${path}:${i + 1}: not the event number ${i} of a journal`,
      exitCode.disk,
      'the file was changed or damaged; move it away to start anew (finished builds stay in the cache)',
    );
  });
  return { events, bytes };
}

/** What is written, in order. A missing journal is an empty one. */
export const readJournal = (path: string): readonly RunEvent[] => parse(path).events;

/** Opens it for more; cuts off a torn last line. The caller holds the lock of the state directory. */
export function openJournal(path: string): Journal {
  const { events, bytes } = parse(path);
  const descriptor = openSync(path, 'a', 0o644);
  ftruncateSync(descriptor, bytes);
  let seq = events.length;
  let length = bytes;
  return {
    append(body) {
      const event: RunEvent = { seq, at: new Date().toISOString(), ...body };
      const line = Buffer.from(`${JSON.stringify(event)}\n`);
      try {
        for (let done = 0; done < line.length; ) done += writeSync(descriptor, line, done);
        fdatasyncSync(descriptor);
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
