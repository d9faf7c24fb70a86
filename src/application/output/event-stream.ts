/**
 * `--events FILE`: what happens in a run for other programs, a line an event, in a file, a FIFO, or on stdout (`-`).
 */
import { closeSync, constants, fstatSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const { O_APPEND, O_CREAT, O_NOCTTY, O_NONBLOCK, O_WRONLY } = constants;
const stdout = 1;

/** Milliseconds between two looks whether a reader has come, or has read on. */
const retry = 50;

/** How a reader who stays away is treated. */
export interface EventStreamOptions {
  /** Told once, when no more is written, and why. */
  readonly lost: (why: string) => void;
  /** Milliseconds for which the end of a run waits for a reader that does not read on. */
  readonly patience?: number;
}

/**
 * Standard output once more, by a descriptor that never waits: the one that is handed down may be a pipe whose reader
 * does not read, and a write to it would stop the whole program. A socket cannot be opened again, and stays as it is.
 */
function unblockedStdout(): number {
  try {
    return openSync('/proc/self/fd/1', O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY);
  } catch {
    return stdout;
  }
}

/**
 * Never keeps a run waiting: what a reader has not taken yet waits in memory. One that goes away, or a disk that is
 * full, ends the stream and not the run; whatever is there is whole lines.
 */
export class EventStream {
  private readonly path: string;
  private readonly options: EventStreamOptions;
  private descriptor: number | undefined;
  private waiting: Buffer[] = [];
  /** How many of those are written, and bytes of the one after them. */
  private taken = 0;
  private begun = 0;
  private timer: NodeJS.Timeout | undefined;
  private ended = false;
  private failed = false;

  /** @throws what the system says of a path that cannot be written to */
  constructor(path: string, options: EventStreamOptions) {
    this.path = path;
    this.options = options;
    this.open();
  }

  /** Is anything missing in it that the one who reads cannot know of? */
  get incomplete(): boolean {
    return this.failed;
  }

  write(line: string): void {
    if (this.ended) return;
    this.waiting.push(Buffer.from(`${line}\n`));
    this.flush();
  }

  /** Waits for what is left to be taken, as long as the reader takes any. */
  async close(): Promise<void> {
    const { patience = 5000 } = this.options;
    for (let left = patience; this.waiting.length > 0 && left > 0; left -= retry) {
      const before = this.taken;
      await pause(retry);
      this.flush();
      if (this.taken > before) left = patience;
    }
    if (this.waiting.length > 0) this.end('nobody has read all of it');
    clearTimeout(this.timer);
    this.ended = true;
    if (this.descriptor !== undefined && this.descriptor !== stdout) closeSync(this.descriptor);
    this.descriptor = undefined;
  }

  private open(): void {
    if (this.path === '-') this.descriptor = unblockedStdout();
    else
      try {
        this.descriptor = openSync(this.path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY, 0o644);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        // A FIFO that nobody reads yet.
        if (code !== 'ENXIO' || !statSync(this.path).isFIFO()) throw error;
      }
  }

  private flush(): void {
    clearTimeout(this.timer);
    try {
      if (this.descriptor === undefined) this.open();
      for (; this.descriptor !== undefined && this.taken < this.waiting.length; this.taken++) {
        const line = this.waiting[this.taken]!;
        while (this.begun < line.length) this.begun += writeSync(this.descriptor, line, this.begun);
        this.begun = 0;
      }
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      this.failed = code !== 'EPIPE' && code !== 'EAGAIN';
      if (code !== 'EAGAIN') this.end(code === 'EPIPE' ? 'nobody reads it any more' : message);
    }
    if (this.taken < this.waiting.length) this.timer = setTimeout(() => this.flush(), retry).unref();
    else [this.waiting, this.taken] = [[], 0];
  }

  private end(why: string): void {
    this.ended = true;
    this.waiting = [];
    const file = this.descriptor === undefined ? undefined : fstatSync(this.descriptor);
    if (file?.isFile() && this.begun > 0) ftruncateSync(this.descriptor!, file.size - this.begun);
    const name = this.path === '-' ? 'stdout' : this.path;
    this.options.lost(`no more events go to ${name}: ${why}; the journal has all of them`);
  }
}
