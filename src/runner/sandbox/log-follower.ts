/** Reads what is added to a file, again and again, without keeping it: to notice the steps of a running build. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const everyMilliseconds = 100;
/** Bytes that are read in one turn: a build that writes faster must not keep bootplan from its timers and signals. */
const mostInATurn = 2 ** 22;
/** The characters of a line that are kept until its end is there. */
const longestLine = 4096;

const newline = 0x0a;

/** The last line of a piece, without an end; as much of it as is kept. */
const unfinishedIn = (piece: Buffer): Buffer => {
  const rest = piece.subarray(piece.lastIndexOf(newline) + 1);
  return Buffer.from(rest.subarray(Math.max(0, rest.length - longestLine)));
};

/**
 * Calls `onLine` for each complete line added from now on that has a text in it, until the returned function is called,
 * which reads the rest and throws what `onLine` has thrown: in a timer of its own that would be nobody's. The text is
 * looked for in bytes, so that a log of nothing else costs next to nothing.
 */
export function followLines(file: string, onLine: (line: string) => void, having = ''): () => void {
  const descriptor = openSync(file, 'a+');
  const buffer = Buffer.alloc(1 << 18);
  const wanted = Buffer.from(having);
  let position = 0;
  let rest: Buffer = Buffer.alloc(0);

  const tell = (piece: Buffer): void => {
    const end = piece.lastIndexOf(newline) + 1;
    for (let from = 0; from < end; ) {
      const found = piece.indexOf(wanted, from);
      if (found < 0 || found >= end) return;
      const start = found === 0 ? 0 : piece.lastIndexOf(newline, found - 1) + 1;
      const stop = piece.indexOf(newline, found);
      onLine(piece.toString('latin1', Math.max(start, from), stop));
      from = stop + 1;
    }
  };
  /** @returns whether there may be more */
  const read = (): boolean => {
    const n = readSync(descriptor, buffer, 0, buffer.length, position);
    if (n === 0) return false;
    position += n;
    const piece = Buffer.concat([rest, buffer.subarray(0, n)]);
    tell(piece);
    rest = unfinishedIn(piece);
    return true;
  };
  let thrown: { readonly error: unknown } | undefined;
  const timer = setInterval(() => {
    try {
      for (const stop = position + mostInATurn; position < stop && read(); );
    } catch (error) {
      thrown = { error };
      clearInterval(timer);
    }
  }, everyMilliseconds);
  return () => {
    clearInterval(timer);
    try {
      if (thrown !== undefined) throw thrown.error;
      while (read());
    } finally {
      closeSync(descriptor);
    }
  };
}

/** The end of a text file. */
export function tailOf(file: string, bytes = 16384): string {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const buffer = Buffer.alloc(Math.min(bytes, size));
    const n = readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8', 0, n);
  } finally {
    closeSync(descriptor);
  }
}
