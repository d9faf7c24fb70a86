/** A content on its way to a file: hashed while it is written, so that nobody has to read it once more to verify it. */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { Digest } from './store.ts';

/** Bytes that are written at once: sockets give 64 KiB at most, and a call for each would cost more than the bytes. */
const batch = 1 << 20;

/**
 * Writes what comes to `file`, and tells what it was. Stops one byte behind `most`: what is longer than announced is
 * not the content, however long it goes on.
 *
 * @throws what the source or the file system throws; the file is incomplete then
 */
export async function writeContent(file: string, source: AsyncIterable<Buffer>, most: number): Promise<Digest> {
  const hash = createHash('sha256');
  const handle = await open(file, 'w');
  let bytes = 0;
  try {
    let waiting: Buffer[] = [];
    let size = 0;
    // One write is under way while the next batch is received and hashed.
    let written: Promise<void> = Promise.resolve();
    const write = async () => {
      await written;
      written = writeWhole(handle, waiting, size);
      // A failure is told where it is awaited, which may be later.
      written.catch(() => undefined);
      waiting = [];
      size = 0;
    };
    for await (const part of source) {
      const taken = part.subarray(0, most + 1 - bytes);
      hash.update(taken);
      waiting.push(taken);
      size += taken.length;
      bytes += taken.length;
      if (size >= batch || bytes > most) await write();
      if (bytes > most) break;
    }
    await write();
    await written;
  } finally {
    await handle.close();
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** A system call may write less than it was given. */
async function writeWhole(handle: FileHandle, parts: readonly Buffer[], size: number): Promise<void> {
  if (size === 0) return;
  const { bytesWritten } = await handle.writev(parts as Buffer[]);
  if (bytesWritten === size) return;
  await handle.appendFile(Buffer.concat(parts).subarray(bytesWritten));
}
