/** Content digests: sha256, in lower-case hex, everywhere. */

import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { FileDigest } from '../../digests.ts';

/** The digest of bytes, or of text as UTF-8. */
export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** The digest of a file, which is read in pieces. */
export async function sha256File(path: string): Promise<FileDigest> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

const piece = Buffer.allocUnsafe(1 << 18);

/** The same at once, for many small files; a large one takes no more memory than a small one. */
export function sha256OfFile(path: string): FileDigest {
  const hash = createHash('sha256');
  const descriptor = openSync(path, 'r');
  try {
    for (let n = readSync(descriptor, piece); n > 0; n = readSync(descriptor, piece)) hash.update(piece.subarray(0, n));
  } finally {
    closeSync(descriptor);
  }
  return hash.digest('hex');
}
