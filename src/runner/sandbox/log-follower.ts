/** Reads what is added to a file, again and again, without keeping it: to notice the steps of a running build. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const everyMilliseconds = 100;

/**
 * Calls `onLine` for each complete line added from now on, until the returned function is called, which reads the rest
 * and throws what `onLine` has thrown: in a timer of its own that would be nobody's.
 */
export function followLines(file: string, onLine: (line: string) => void): () => void {
  const descriptor = openSync(file, 'a+');
  const buffer = Buffer.alloc(1 << 16);
  let position = 0;
  let rest = '';
  const read = (): void => {
    for (;;) {
      const n = readSync(descriptor, buffer, 0, buffer.length, position);
      if (n === 0) return;
      position += n;
      const lines = (rest + buffer.toString('latin1', 0, n)).split('\n');
      rest = lines.pop()!.slice(-4096);
      for (const line of lines) onLine(line);
    }
  };
  let thrown: { readonly error: unknown } | undefined;
  const timer = setInterval(() => {
    try {
      read();
    } catch (error) {
      thrown = { error };
      clearInterval(timer);
    }
  }, everyMilliseconds);
  return () => {
    clearInterval(timer);
    try {
      if (thrown !== undefined) throw thrown.error;
      read();
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
