/** Content digests: sha256, in lower-case hex, everywhere. */

import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileDigest } from '../../digests.ts';

/** The digest of bytes, or of text as UTF-8. */
export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

const pieceBytes = 1 << 18;

/**
 * The digest of a file, which is read in pieces, all into one buffer: a stream takes a new one for each, and the
 * collector more time for those than the digest takes.
 */
export async function sha256File(path: string): Promise<FileDigest> {
  const hash = createHash('sha256');
  const file = await open(path);
  try {
    const piece = Buffer.allocUnsafe(pieceBytes);
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, pieceBytes);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(piece.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

const piece = Buffer.allocUnsafe(pieceBytes);

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
