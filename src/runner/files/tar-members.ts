/**
 * The members of a tar archive on the disk. However large the archive, no more of it is in memory than is asked for.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { Turns } from './turns.ts';

const block = 512;
/** Bytes that are read at once. */
const piece = 2 ** 18;
/** Bytes of a name that is too long for its header: no file system has longer ones. */
const longestName = 2 ** 16;

const text = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString();
};

/** Octal, or GNU's base 256 for what octal cannot hold. */
function tarNumber(bytes: Uint8Array): number {
  if ((bytes[0]! & 0x80) === 0) return Number.parseInt(text(bytes).trim() || '0', 8);
  return bytes.subarray(1).reduce((value, byte) => value * 256 + byte, 0);
}

/** A member of a tar archive. */
export interface TarMember {
  readonly path: string;
  /** What two equal members have in common: type, mode, link target, sha256. */
  readonly line: string;
  /** When it was asked for. */
  readonly content: Buffer | undefined;
}

/**
 * Members of a tar archive in the GNU format, which is what dpkg-deb writes, in its order. Read in turns.
 *
 * @param isWanted is the content of a member wanted, by its first bytes (at most 4) and its size?
 * @throws Interrupted at the signal that this is done under (heeding.ts)
 */
export async function* tarMembers(
  archive: string,
  isWanted: (first: Buffer, bytes: number) => boolean,
): AsyncGenerator<TarMember> {
  const descriptor = openSync(archive, 'r');
  const turns = new Turns();
  /** Fewer bytes than were asked for at the end of the archive. */
  const bytesAt = (at: number, length: number): Buffer => {
    const bytes = Buffer.allocUnsafe(length);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, length, at));
  };
  const digestOf = async (from: number, to: number): Promise<string> => {
    const hash = createHash('sha256');
    for (let at = from; at < to; ) {
      const bytes = bytesAt(at, Math.min(piece, to - at));
      if (bytes.length === 0) break;
      hash.update(bytes);
      at += bytes.length;
      if (turns.isOver) await turns.next();
    }
    return hash.digest('hex');
  };
  try {
    let longName: string | undefined;
    let longTarget: string | undefined;
    for (let at = 0; ; ) {
      const header = bytesAt(at, block);
      if (header.length < block || header[0] === 0) return;
      const size = tarNumber(header.subarray(124, 136));
      const from = at + block;
      at = from + Math.ceil(size / block) * block;
      // No archive of dpkg-deb: where its next member would be is not to be known.
      if (!Number.isSafeInteger(at)) return;
      const type = String.fromCharCode(header[156]!);
      if (type === 'L') longName = text(bytesAt(from, Math.min(size, longestName)));
      else if (type === 'K') longTarget = text(bytesAt(from, Math.min(size, longestName)));
      else {
        const target = longTarget ?? text(header.subarray(157, 257));
        const mode = text(header.subarray(100, 108)).trim();
        const path = (longName ?? text(header.subarray(0, 100))).replace(/^\.\//, '/');
        const content = isWanted(bytesAt(from, Math.min(size, 4)), size) ? bytesAt(from, size) : undefined;
        const digest = size > 0 ? await digestOf(from, from + size) : '';
        yield { path, line: [type, mode, target, digest].join(' '), content };
        longName = undefined;
        longTarget = undefined;
        if (turns.isOver) await turns.next();
      }
    }
  } finally {
    closeSync(descriptor);
  }
}
