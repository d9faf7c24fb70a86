/** What a .deb installs, file by file, read from the tar stream that dpkg-deb makes of it. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError, exitCode } from '../errors.ts';
import { sha256 } from './digest.ts';
import { runProcess } from './process.ts';

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

/**
 * Members of a tar archive in the GNU format, which is what dpkg-deb writes: path -> a line that two equal members have
 * in common (type, mode, link target, sha256).
 */
export function tarMembers(tar: Uint8Array): ReadonlyMap<string, string> {
  const members = new Map<string, string>();
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
      const name = (longName ?? text(header.subarray(0, 100))).replace(/^\.\//, '/');
      members.set(name, [type, mode, target, size > 0 ? sha256(content) : ''].join(' '));
      longName = undefined;
      longTarget = undefined;
    }
  }
  return members;
}

/** @param scratch a directory for one temporary file */
export async function contentsOf(deb: string, scratch: string): Promise<ReadonlyMap<string, string>> {
  const tar = join(scratch, 'contents.tar');
  const ended = await runProcess('dpkg-deb', ['--fsys-tarfile', deb], { stdoutFile: tar });
  if (ended.exitCode !== 0)
    throw new EnvironmentError(`${deb} is no .deb: ${ended.stderr}`, exitCode.disk, 'bootplan cache verify');
  const members = tarMembers(readFileSync(tar));
  rmSync(tar);
  return members;
}
