/** The console of a guest, as far as anybody can read it: a guest may write without end. */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';

const most = 8 * 2 ** 20;

/**
 * The text of a file; of one that is longer than `limit` bytes its two halves of that, with a line between them that
 * says what is left out. Bytes that are no UTF-8 are replaced. A pipe is read to its end.
 */
export function consoleText(file: string, limit = most): string {
  const descriptor = openSync(file, 'r');
  try {
    const stats = fstatSync(descriptor);
    const { size } = stats;
    if (stats.isFIFO() || stats.isSocket()) return readFileSync(descriptor, 'utf8');
    const piece = (from: number, length: number): string => {
      const buffer = Buffer.alloc(length);
      return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, length, from));
    };
    if (size <= limit) return piece(0, size);
    const half = Math.floor(limit / 2);
    return `${piece(0, half)}\n... ${size - 2 * half} bytes are left out here ...\n${piece(size - half, half)}`;
  } finally {
    closeSync(descriptor);
  }
}
