/** The console of a guest, as far as anybody can read it: a guest may write without end. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { leftOut } from '../bounded-text.ts';

const most = 4 * 2 ** 20;
/** Bytes that are read of what has no size: a device may have no end, and no guest says as much. */
const mostRead = 2 ** 30;

/** Reads a pipe, a socket or a terminal to its end, into two buffers that stay as large as they are. */
function readToEnd(descriptor: number, limit: number): string {
  const half = Math.floor(limit / 2);
  const head = Buffer.alloc(half);
  const ring = Buffer.alloc(half);
  let read = 0;
  while (read < mostRead) {
    const [into, at] = read < half ? [head, read] : [ring, read % half];
    const n = readSync(descriptor, into, at, half - at, null);
    if (n === 0) break;
    read += n;
  }
  if (read <= half) return head.toString('utf8', 0, read);
  const after = read - half;
  if (after <= half) return Buffer.concat([head, ring.subarray(0, after)]).toString('utf8');
  const end = read % half;
  const tail = Buffer.concat([ring.subarray(end), ring.subarray(0, end)]);
  return `${head.toString('utf8')}\n${leftOut(after - half)}\n${tail.toString('utf8')}`;
}

/**
 * The text of a file; of one that is longer than `limit` bytes its two halves of that, with a line between them that
 * says what is left out. Bytes that are no UTF-8 are replaced. A pipe is read to its end, a device for a gigabyte.
 */
export function consoleText(file: string, limit = most): string {
  const descriptor = openSync(file, 'r');
  try {
    const stats = fstatSync(descriptor);
    const { size } = stats;
    if (!stats.isFile()) return readToEnd(descriptor, limit);
    const piece = (from: number, length: number): string => {
      const buffer = Buffer.alloc(length);
      return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, length, from));
    };
    if (size <= limit) return piece(0, size);
    const half = Math.floor(limit / 2);
    return `${piece(0, half)}\n${leftOut(size - 2 * half)}\n${piece(size - half, half)}`;
  } finally {
    closeSync(descriptor);
  }
}
