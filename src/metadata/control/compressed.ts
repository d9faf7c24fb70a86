/**
 * Files as they lie on a disk: plain, gzip, xz, zstd or lz4, told by their first bytes, not by their names. Node has
 * gzip and zstd; xz and lz4 go through the programs of that name.
 */
import { closeSync, createReadStream, fstatSync, openSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip, type ZstdOptions, zstdDecompress } from 'node:zlib';
import { EnvironmentError } from '../../errors.ts';
import type { Result } from '../../model.ts';
import type { ControlText } from './control-text.ts';
import { inFile, inMemory, type LongText, wholeText } from './long-text.ts';
import { outputOf } from './programs.ts';

interface Format {
  readonly name: string;
  readonly magic: readonly number[];
  /** @param path of the file that the bytes are in, where they can be read from it again */
  readonly unpack: (packed: LongText, path: string | undefined) => Promise<LongText>;
}

const byNode =
  (unpack: (bytes: Buffer) => Promise<Buffer>): Format['unpack'] =>
  async (packed) =>
    inMemory({ file: packed.file, bytes: await unpack(packed.read(0, packed.size)) });

const by =
  (program: string, debianPackage: string): Format['unpack'] =>
  async (packed, path) => ({
    ...(await outputOf(program, ['-dc'], debianPackage, path ?? packed.read(0, packed.size))),
    file: packed.file,
  });

const formats: readonly Format[] = [
  { name: 'gzip', magic: [0x1f, 0x8b], unpack: byNode(promisify(gunzip) as (b: Buffer) => Promise<Buffer>) },
  { name: 'xz', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], unpack: by('xz', 'xz-utils') },
  {
    name: 'zstd',
    magic: [0x28, 0xb5, 0x2f, 0xfd],
    unpack: byNode(unzstd),
  },
  { name: 'lz4', magic: [0x04, 0x22, 0x4d, 0x18], unpack: by('lz4', 'lz4') },
];

const longestMagic = Math.max(...formats.map((f) => f.magic.length));

const cutShort = /unexpected end|premature|unfinished stream|truncated|incomplete|Z_BUF_ERROR/i;

/** What Node unpacks of zstd is the first frame; a file may hold several, as `cat` and parallel packers leave them. */
async function unzstd(bytes: Buffer): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const skipped = skippable(rest);
    if (skipped === 0) {
      const { piece, used } = await zstdFrame(rest);
      pieces.push(piece);
      rest = rest.subarray(used);
    } else rest = rest.subarray(skipped);
  }
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}

/** Length of a frame that holds no data (RFC 8878, 3.1.2), or 0 when it is not one. */
function skippable(bytes: Buffer): number {
  const isOne = bytes.length >= 8 && bytes.readUInt32LE(0) >>> 4 === 0x184d2a5;
  return isOne ? 8 + bytes.readUInt32LE(4) : 0;
}

function zstdFrame(bytes: Buffer): Promise<{ piece: Buffer; used: number }> {
  return new Promise((resolve, reject) => {
    // With `info` the callback gets the engine too, which knows how much it took; the types do not say so.
    const done = (error: Error | null, result: unknown): void => {
      if (error) reject(error);
      else {
        const { buffer, engine } = result as { buffer: Buffer; engine: { bytesWritten: number } };
        resolve({ piece: buffer, used: engine.bytesWritten });
      }
    };
    zstdDecompress(bytes, { info: true } as ZstdOptions, done as (error: Error | null, result: Buffer) => void);
  });
}

/** Standard input, as a user names it. */
export const standardInput = '-';

/** Bytes of a file, or of a stream, whose end nobody knows. No index of an archive has half as many. */
export const largestInput = 2 ** 30;

async function streamed(stream: Readable): Promise<Buffer | 'too large'> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    bytes += piece.length;
    // Who leaves the loop ends the stream.
    if (bytes > largestInput) return 'too large';
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

interface Raw {
  readonly text: LongText;
  /** Where the same bytes can be read again. */
  readonly path: string | undefined;
}

async function rawText(file: string): Promise<Raw | 'too large'> {
  // A stream, since /dev/stdin cannot be opened again where it is a socket.
  const isFile = file !== standardInput && (await stat(file)).isFile();
  if (!isFile) {
    const bytes = await streamed(file === standardInput ? process.stdin : createReadStream(file));
    return bytes === 'too large' ? bytes : { text: inMemory({ file, bytes }), path: undefined };
  }
  const descriptor = openSync(file, 'r');
  const { size } = fstatSync(descriptor);
  if (size <= largestInput) return { text: inFile(file, descriptor, size), path: file };
  closeSync(descriptor);
  return 'too large';
}

/** One file, unpacked and whole in memory: `openText` says what is wrong with it. */
export async function readText(file: string, mayBeEmpty = false): Promise<Result<ControlText>> {
  const opened = await openText(file, mayBeEmpty);
  return opened.ok ? { ...opened, value: wholeText(opened.value) } : opened;
}

/**
 * Opens and unpacks one file; an empty one is wrong unless it says something by that. A missing or unreadable one
 * throws the error of the file system, which means 66.
 */
export async function openText(file: string, mayBeEmpty = false): Promise<Result<LongText>> {
  const wrong = (message: string, help: string): Result<LongText> => ({
    ok: false,
    diagnostics: [{ code: 'BP130', severity: 'error', message, origin: { file, line: 1 }, help }],
  });
  const raw = await rawText(file);
  if (raw === 'too large')
    return wrong('the file is larger than 1 GiB', 'give one index, not a whole archive; a packed one is read as it is');
  const { text, path } = raw;
  const head = text.read(0, Math.min(text.size, longestMagic));
  const refused =
    text.size === 0 && !mayBeEmpty
      ? wrong('the file is empty', 'fetch or write it again; nothing can be read from it')
      : head.subarray(0, 3).toString('latin1') === 'BZh'
        ? wrong('bzip2 is not read', 'unpack it with bunzip2, or give the .xz of the same index')
        : undefined;
  const format = formats.find((f) => f.magic.every((byte, i) => head[i] === byte));
  if (refused === undefined && format === undefined) return { ok: true, value: text, diagnostics: [] };
  try {
    return refused ?? { ok: true, value: await format!.unpack(text, path), diagnostics: [] };
  } catch (error) {
    if (error instanceof EnvironmentError) throw error;
    const words = error instanceof Error ? error.message : String(error);
    const help = 'fetch the file again and compare its checksum with the Release file';
    return cutShort.test(words)
      ? wrong(`the ${format!.name} data is cut short (${text.size} bytes are here): ${words}`, help)
      : wrong(`the ${format!.name} data is damaged: ${words}`, help);
  } finally {
    text.close();
  }
}
