/**
 * ELF files: which machine they are for, which loader they want, what a kernel module says of itself. Only what is
 * needed, read from the format's own description (System V ABI, chapter 4).
 */

import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf } from '../../by-name.ts';
import type { ByName } from '../../model.ts';

/** Debian architecture -> ELF machine, word size, byte order. */
const machines: ByName<readonly [machine: number, bits: 32 | 64, order: 'little' | 'big']> = {
  amd64: [62, 64, 'little'],
  i386: [3, 32, 'little'],
  arm64: [183, 64, 'little'],
  armhf: [40, 32, 'little'],
  riscv64: [243, 64, 'little'],
  ppc64el: [21, 64, 'little'],
  s390x: [22, 64, 'big'],
  loong64: [258, 64, 'little'],
};

/** What a file's first bytes say. */
export interface ElfHeader {
  /** Debian's name of the architecture, or `machine 123, 64 bits` when it has none here. */
  readonly architecture: string;
  readonly bits: 32 | 64;
  readonly order: 'little' | 'big';
}

const headerLength = 64;
const sectionLength = 64;

/** The header, or undefined when the bytes are no ELF file. */
export function elfHeader(bytes: Uint8Array): ElfHeader | undefined {
  if (bytes.length < 20 || bytes[0] !== 0x7f || bytes[1] !== 0x45 || bytes[2] !== 0x4c || bytes[3] !== 0x46) return;
  const bits = bytes[4] === 1 ? 32 : 64;
  const order = bytes[5] === 2 ? 'big' : 'little';
  const machine = order === 'little' ? bytes[18]! | (bytes[19]! << 8) : (bytes[18]! << 8) | bytes[19]!;
  const known = entriesOf(machines).find(([, m]) => m[0] === machine && m[1] === bits && m[2] === order);
  return { architecture: known?.[0] ?? `machine ${machine}, ${bits} bits`, bits, order };
}

/** The content of a section, for 64-bit little-endian files; undefined when there is none of that name. */
export function elfSection(bytes: Buffer, wanted: string): Buffer | undefined {
  const header = elfHeader(bytes);
  if (header === undefined || header.bits !== 64 || header.order !== 'little' || bytes.length < headerLength) return;
  const table = Number(bytes.readBigUInt64LE(40));
  const [size, count, namesAt] = [bytes.readUInt16LE(58), bytes.readUInt16LE(60), bytes.readUInt16LE(62)];
  if (size < sectionLength || namesAt >= count || table + count * size > bytes.length) return;
  const place = (index: number): [name: number, from: number, to: number] => {
    const at = table + index * size;
    const from = Number(bytes.readBigUInt64LE(at + 24));
    return [bytes.readUInt32LE(at), from, from + Number(bytes.readBigUInt64LE(at + 32))];
  };
  const names = place(namesAt)[1];
  for (let index = 0; index < count; index++) {
    const [name, from, to] = place(index);
    const start = names + name;
    if (bytes.toString('latin1', start, bytes.indexOf(0, start)) === wanted) return bytes.subarray(from, to);
  }
  return;
}

/** Every `key=value` of a kernel module's own description, in the order of the file. */
export function moduleInfo(bytes: Buffer): readonly (readonly [key: string, value: string])[] {
  const section = elfSection(bytes, '.modinfo');
  if (section === undefined) return [];
  return section
    .toString('latin1')
    .split('\0')
    .filter((entry) => entry.includes('='))
    .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)] as const);
}

/** A file that is not for the machine it is meant for. */
export interface WrongArchitecture {
  /** Path inside the image; a member of a library as `usr/lib/libc.a(printf.o)`. */
  readonly file: string;
  readonly found: string;
  readonly expected: string;
}

const arMagic = '!<arch>\n';
const arHeader = 60;

/** First bytes of every member of an `ar` library, with its name as written there. */
function* arMembers(bytes: Buffer): Generator<readonly [name: string, start: Buffer]> {
  for (let at = arMagic.length; at + arHeader <= bytes.length; ) {
    const size = Number.parseInt(bytes.toString('latin1', at + 48, at + 58), 10);
    if (Number.isNaN(size)) return;
    const name = bytes
      .toString('latin1', at, at + 16)
      .trim()
      .replace(/\/$/, '');
    yield [name, bytes.subarray(at + arHeader, at + arHeader + Math.min(size, headerLength))];
    at += arHeader + size + (size & 1);
  }
}

function startOf(path: string): Buffer {
  const file = openSync(path, 'r');
  const bytes = Buffer.alloc(headerLength);
  const n = readSync(file, bytes, 0, headerLength, 0);
  closeSync(file);
  return bytes.subarray(0, n);
}

/** Names and first bytes of all that could be ELF under one name: the file, or the members of the library it is. */
function* candidates(name: string, start: Buffer, whole: () => Buffer): Generator<readonly [string, Buffer]> {
  if (start.toString('latin1', 0, arMagic.length) !== arMagic) yield [name, start];
  else for (const [member, bytes] of arMembers(whole())) yield [`${name}(${member})`, bytes];
}

/**
 * Looks at files under a directory, libraries member by member. Names and extensions are not trusted.
 * @param files regular files, by their paths below the directory, in byte order
 * @returns what is not for `expected`, in byte order, and how many ELF files there were
 */
export function wrongArchitectures(
  directory: string,
  files: readonly string[],
  expected: string,
): { readonly wrong: readonly WrongArchitecture[]; readonly elfFiles: number } {
  const wrong: WrongArchitecture[] = [];
  let elfFiles = 0;
  for (const name of files) {
    const path = join(directory, name);
    for (const [file, bytes] of candidates(name, startOf(path), () => readFileSync(path))) {
      const header = elfHeader(bytes);
      if (header === undefined) continue;
      elfFiles++;
      if (header.architecture !== expected) wrong.push({ file, found: header.architecture, expected });
    }
  }
  return { wrong, elfFiles };
}
