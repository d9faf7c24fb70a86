/**
 * Files as they lie on a disk: plain, gzip, xz, zstd or lz4, told by their first bytes, not by their names. Node has
 * gzip and zstd; xz and lz4 go through the programs of that name.
 */
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import { EnvironmentError } from '../errors.ts';
import type { Result } from '../model.ts';
import type { ControlText } from './control-text.ts';
import { outputOf } from './programs.ts';

interface Format {
  readonly name: string;
  readonly magic: readonly number[];
  readonly unpack: (bytes: Buffer) => Promise<Buffer>;
}

const formats: readonly Format[] = [
  { name: 'gzip', magic: [0x1f, 0x8b], unpack: promisify(gunzip) as (b: Buffer) => Promise<Buffer> },
  { name: 'xz', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], unpack: (b) => outputOf('xz', ['-dc'], 'xz-utils', b) },
  {
    name: 'zstd',
    magic: [0x28, 0xb5, 0x2f, 0xfd],
    unpack: promisify(zstdDecompress) as (b: Buffer) => Promise<Buffer>,
  },
  { name: 'lz4', magic: [0x04, 0x22, 0x4d, 0x18], unpack: (b) => outputOf('lz4', ['-dc'], 'lz4', b) },
];

const cutShort = /unexpected end|premature|unfinished stream|truncated|incomplete|Z_BUF_ERROR/i;

/** Reads and unpacks one file. A missing or unreadable one throws the error of the file system, which means 66. */
export async function readText(file: string): Promise<Result<ControlText>> {
  const raw = await readFile(file);
  const wrong = (message: string, help: string): Result<ControlText> => ({
    ok: false,
    diagnostics: [{ code: 'BP130', severity: 'error', message, origin: { file, line: 1 }, help }],
  });
  if (raw.length === 0)
    return wrong('the file is empty', 'fetch it again; an index without a stanza is never what was meant');
  if (raw.subarray(0, 3).toString('latin1') === 'BZh')
    return wrong('bzip2 is not read', 'unpack it with bunzip2, or give the .xz of the same index');
  const format = formats.find((f) => f.magic.every((byte, i) => raw[i] === byte));
  if (!format) return { ok: true, value: { file, bytes: raw }, diagnostics: [] };
  try {
    return { ok: true, value: { file, bytes: await format.unpack(raw) }, diagnostics: [] };
  } catch (error) {
    if (error instanceof EnvironmentError) throw error;
    const words = error instanceof Error ? error.message : String(error);
    const help = 'fetch the file again and compare its checksum with the Release file';
    return cutShort.test(words)
      ? wrong(`the ${format.name} data is cut short (${raw.length} bytes are here): ${words}`, help)
      : wrong(`the ${format.name} data is damaged: ${words}`, help);
  }
}
