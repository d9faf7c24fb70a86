/**
 * What a shared library promises to those linked with it: its SONAME and the symbols it exports (System V ABI, chapter
 * 5, "Dynamic Section" and "Symbol Table"). 64-bit little-endian files with section headers; symbol versions are not
 * told apart.
 */
import { byteOrder } from '../../order.ts';
import { elfSection } from './elf.ts';

/** A library by its SONAME and its symbols. */
export interface SharedLibrary {
  readonly soname: string;
  /** Names that others may link with, byte order. */
  readonly exports: readonly string[];
}

const entry = { dynamic: 16, symbol: 24 } as const;
const tag = { end: 0, soname: 14 } as const;
/** Bindings: global, weak, unique (GNU). Visibilities: default, protected. */
const [bindings, visibilities] = [new Set([1, 2, 10]), new Set([0, 3])];

function text(strings: Buffer, at: number): string {
  const end = strings.indexOf(0, at);
  return strings.toString('latin1', at, end < 0 ? strings.length : end);
}

/** @returns undefined for what is no shared library with a SONAME */
export function sharedLibrary(bytes: Buffer): SharedLibrary | undefined {
  const [dynamic, symbols, strings] = ['.dynamic', '.dynsym', '.dynstr'].map((name) => elfSection(bytes, name));
  if (dynamic === undefined || symbols === undefined || strings === undefined) return;
  let soname = '';
  for (let at = 0; at + entry.dynamic <= dynamic.length; at += entry.dynamic) {
    const kind = dynamic.readBigUInt64LE(at);
    if (kind === BigInt(tag.end)) break;
    if (kind === BigInt(tag.soname)) soname = text(strings, Number(dynamic.readBigUInt64LE(at + 8)));
  }
  if (soname === '') return;
  const names = new Set<string>();
  for (let at = 0; at + entry.symbol <= symbols.length; at += entry.symbol) {
    const defined = symbols.readUInt16LE(at + 6) !== 0;
    const [info, other] = [symbols[at + 4]!, symbols[at + 5]!];
    if (defined && bindings.has(info >> 4) && visibilities.has(other & 3))
      names.add(text(strings, symbols.readUInt32LE(at)));
  }
  return { soname, exports: [...names].sort(byteOrder) };
}
