/**
 * A file on its way to a server, through few buffers that are used again and again: new ones cost more than the
 * copying.
 */
import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';

const piece = 1 << 18;
/** Pieces that are read or on their way at the same time. */
const pieces = 3;

/**
 * Writes a file to a stream and returns when all of it has been taken; the stream stays open.
 *
 * @throws what reading throws, and what the stream failed with
 */
export async function sendFile(file: string, to: Writable): Promise<void> {
  const handle = await open(file);
  // When a request is given up, the callback of a write under way is never called: `close` tells.
  const gone = new Promise<never>((_, fail) => {
    to.once('close', () => fail(new Error('the connection was closed before the end')));
  });
  gone.catch(() => undefined);
  try {
    const buffers = Array.from({ length: pieces }, () => Buffer.allocUnsafeSlow(piece));
    const taken: Promise<void>[] = buffers.map(() => Promise.resolve());
    for (let i = 0; ; i = (i + 1) % pieces) {
      await Promise.race([taken[i], gone]);
      const { bytesRead } = await handle.read(buffers[i]!, 0, piece);
      if (bytesRead === 0) break;
      taken[i] = new Promise((go, fail) => {
        to.write(buffers[i]!.subarray(0, bytesRead), (error) => (error ? fail(error) : go()));
      });
      // A failure is told where the buffer is used again, or at the end.
      taken[i]!.catch(() => undefined);
    }
    await Promise.race([Promise.all(taken), gone]);
  } finally {
    await handle.close();
  }
}
