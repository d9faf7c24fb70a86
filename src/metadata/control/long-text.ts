/**
 * A text that is read piece by piece, so that an index of 50 MB is never in memory whole: from the file itself, from
 * the nameless one that a program unpacked it into, or from memory where it came through a stream.
 */
import { closeSync, readSync } from 'node:fs';
import type { ControlText } from './control-text.ts';

/** A text of known size, open until it is closed. */
export interface LongText {
  /** The name the user knows it by. */
  readonly file: string;
  /** In bytes. */
  readonly size: number;
  /**
   * The bytes in [start, end), fewer where the file has become shorter.
   *
   * @param into holds them, if they are not in memory already, until it is used again
   */
  read(start: number, end: number, into?: Buffer): Buffer;
  /** Nothing can be read afterwards. */
  close(): void;
}

/** The same of a text that is in memory already. */
export const inMemory = ({ file, bytes }: ControlText): LongText => ({
  file,
  size: bytes.length,
  read: (start, end) => bytes.subarray(start, end),
  close: () => {},
});

/** @param descriptor of a file; it is closed with the text */
export const inFile = (file: string, descriptor: number, size: number): LongText => ({
  file,
  size,
  read: (start, end, into = Buffer.allocUnsafeSlow(end - start)) => {
    let length = 0;
    for (let more = -1; more !== 0 && length < end - start; length += more)
      more = readSync(descriptor, into, length, end - start - length, start + length);
    return into.subarray(0, length);
  },
  close: () => closeSync(descriptor),
});

/** All of it in memory; closes it. */
export function wholeText(text: LongText): ControlText {
  try {
    return { file: text.file, bytes: text.read(0, text.size) };
  } finally {
    text.close();
  }
}

/** Bytes that are read at once: they stay in a processor's cache while they are parsed. */
const pieceLength = 1 << 20;

/** Where the last whole paragraph of a piece ends: behind an empty line; 0 when there is none. */
function lastEnd(bytes: Buffer): number {
  const at = bytes.lastIndexOf('\n\n');
  return at < 0 ? 0 : at + 2;
}

/**
 * The text in pieces of whole paragraphs, each with its place in the text. A piece holds until the next one is asked
 * for. A paragraph that is longer than a piece makes one that is long enough.
 */
export function* paragraphs(text: LongText): Generator<{ readonly bytes: Buffer; readonly at: number }> {
  let length = Math.min(pieceLength, text.size);
  let buffer = Buffer.allocUnsafeSlow(length);
  for (let at = 0; at < text.size; ) {
    const until = Math.min(at + length, text.size);
    const bytes = text.read(at, until, buffer);
    const isLast = until === text.size || bytes.length < until - at;
    const end = isLast ? bytes.length : lastEnd(bytes);
    if (end > 0) {
      yield { bytes: bytes.subarray(0, end), at };
      at += end;
    } else {
      length *= 2;
      buffer = Buffer.allocUnsafeSlow(length);
    }
    if (isLast) return;
  }
}
