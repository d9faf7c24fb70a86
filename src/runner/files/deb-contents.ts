/** What a .deb installs, file by file, read from the tar stream that dpkg-deb makes of it. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError, exitCode } from '../../errors.ts';
import { type SharedLibrary, sharedLibrary } from '../formats/elf-dynamic.ts';
import { runProcess } from '../process.ts';
import { sha256 } from './digest.ts';

const block = 512;

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
  readonly content: Buffer;
}

/** Members of a tar archive in the GNU format, which is what dpkg-deb writes, in its order. */
export function* tarMembers(tar: Buffer): Generator<TarMember> {
  let longName: string | undefined;
  let longTarget: string | undefined;
  for (let at = 0; at + block <= tar.length && tar[at] !== 0; ) {
    const header = tar.subarray(at, at + block);
    const size = tarNumber(header.subarray(124, 136));
    const content = tar.subarray(at + block, at + block + size);
    at += block + Math.ceil(size / block) * block;
    const type = String.fromCharCode(header[156]!);
    if (type === 'L') longName = text(content);
    else if (type === 'K') longTarget = text(content);
    else {
      const target = longTarget ?? text(header.subarray(157, 257));
      const mode = text(header.subarray(100, 108)).trim();
      const path = (longName ?? text(header.subarray(0, 100))).replace(/^\.\//, '/');
      yield { path, line: [type, mode, target, size > 0 ? sha256(content) : ''].join(' '), content };
      longName = undefined;
      longTarget = undefined;
    }
  }
}

export interface DebContents {
  /** Path -> what two equal files have in common. */
  readonly files: ReadonlyMap<string, string>;
  readonly libraries: readonly SharedLibrary[];
}

/** @param scratch a directory for one temporary file */
export async function contentsOf(deb: string, scratch: string): Promise<DebContents> {
  const tar = join(scratch, 'contents.tar');
  const ended = await runProcess('dpkg-deb', ['--fsys-tarfile', deb], { stdoutFile: tar, repeatable: true });
  if (ended.exitCode !== 0)
    throw new EnvironmentError(`${deb} is no .deb: ${ended.stderr}`, exitCode.disk, 'bootplan cache verify');
  const files = new Map<string, string>();
  const libraries: SharedLibrary[] = [];
  for (const { path, line, content } of tarMembers(readFileSync(tar))) {
    files.set(path, line);
    const library = sharedLibrary(content);
    if (library !== undefined) libraries.push(library);
  }
  rmSync(tar);
  return { files, libraries };
}
