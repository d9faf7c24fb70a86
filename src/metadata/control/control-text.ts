/** The bytes of one input file, and the place of anything in them. */
import { isUtf8 } from 'node:buffer';
import type { Diagnostic } from '../../model.ts';

/** Uncompressed bytes under the name the user knows them by. */
export interface ControlText {
  readonly file: string;
  readonly bytes: Buffer;
}

/** Where something is, and the line it is in, if that is short enough to be shown. */
export type Place = Required<Pick<Diagnostic, 'origin'>> & Pick<Diagnostic, 'excerpt'>;

/** Longer lines are cut in messages, so that a message never weighs megabytes. */
const longestExcerpt = 1000;

/** Place and line of the byte at `at`, in a known line; `length` in characters. */
export function lineOf(text: ControlText, at: number, line: number, length: number): Place {
  const { bytes, file } = text;
  const start = at === 0 ? 0 : bytes.lastIndexOf(10, at - 1) + 1;
  const newline = bytes.indexOf(10, at);
  const end = newline < 0 ? bytes.length : newline;
  const column = bytes.toString('utf8', start, at).length + 1;
  const excerpt = bytes.toString('utf8', start, Math.min(end, start + longestExcerpt));
  if (column > excerpt.length + 1) return { origin: { file, line, column, length } };
  return {
    origin: { file, line, column, length: Math.max(1, Math.min(length, excerpt.length - column + 1)) },
    excerpt,
  };
}

/** Why bytes are not read as text: binary data, not UTF-8, or a mark before it; undefined when they are. */
export function textProblem(text: ControlText): Diagnostic | undefined {
  const { bytes } = text;
  if (bytes.subarray(0, 3).equals(mark)) {
    const help = 'save the file without it: control data is UTF-8 and has no such mark';
    const message = 'a byte order mark before the first field';
    return { code: 'BP144', severity: 'error', message, origin: { file: text.file, line: 1, column: 1 }, help };
  }
  const zero = bytes.indexOf(0);
  if (zero >= 0 && !isUtf8(bytes.subarray(0, zero))) return binary(text, firstInvalid(bytes.subarray(0, zero)));
  if (zero >= 0) return binary(text, zero);
  if (isUtf8(bytes)) return undefined;
  const at = firstInvalid(bytes);
  const message = `byte 0x${bytes[at]!.toString(16)} is not UTF-8`;
  return {
    code: 'BP144',
    severity: 'error',
    message,
    ...place(text, at),
    help: 'convert the file to UTF-8, or fetch it again',
  };
}

function binary(text: ControlText, at: number): Diagnostic {
  const message = `binary data, not an index: byte 0x${text.bytes[at]!.toString(16).padStart(2, '0')} at offset ${at}`;
  const help = 'give a Packages or Sources index, plain or compressed with gz, xz, zst or lz4';
  return { code: 'BP144', severity: 'error', message, ...place(text, at), help };
}

function place(text: ControlText, at: number): Place {
  let line = 1;
  for (let i = text.bytes.indexOf(10); i >= 0 && i < at; i = text.bytes.indexOf(10, i + 1)) line++;
  return lineOf(text, at, line, 1);
}

/** Offset of the first byte that is not UTF-8. Linear. */
function firstInvalid(bytes: Buffer): number {
  let start = 0;
  for (const piece of bytes.toString('utf8').split('\ufffd').slice(0, -1)) {
    const at = start + Buffer.byteLength(piece);
    // A replacement character that is really there is no fault.
    if (!bytes.subarray(at, at + 3).equals(replacement)) return at;
    start = at + 3;
  }
  return Math.max(0, bytes.length - 1);
}

const mark = Buffer.from('\ufeff');
const replacement = Buffer.from('\ufffd');
