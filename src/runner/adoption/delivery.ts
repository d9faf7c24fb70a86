/**
 * What somebody else built, brought into a directory of ours: a .changes, and of the files that it names the packages
 * and the .buildinfo. All of it is outside data: no name is followed, no link, nothing longer than it is said to be.
 */

import { closeSync, constants, createWriteStream, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { FileDigest } from '../../digests.ts';
import { sourceOf } from '../../metadata/control/packages.ts';
import { binaryName } from '../../names.ts';
import type { OutputDeb } from '../builder.ts';
import { packageContent } from '../builders/debian/archive/package-content.ts';
import { debFileName } from '../files/deb-file.ts';
import { sha256File } from '../files/digest.ts';
import { runProcess } from '../process.ts';
import {
  type BuildinfoFile,
  type ChangesFile,
  fieldsOf,
  type Read,
  readBuildinfo,
  readChanges,
} from './changes-file.ts';

/** A package, with what it says of itself. */
export interface DeliveredDeb extends OutputDeb {
  readonly architecture: string;
  readonly source: string;
  readonly sourceVersion: string;
}

/** A .changes with its files, each copied and held against its digest. */
export interface Delivery {
  /** Path of the .changes as it was given. */
  readonly from: string;
  readonly changes: ChangesFile;
  readonly buildinfo: BuildinfoFile;
  readonly buildinfoSha256: string;
  readonly debs: readonly DeliveredDeb[];
  /** Host paths of the .changes and the .buildinfo, as they were checked. */
  readonly beside: readonly string[];
}

/** Bytes that are read of a .changes or a .buildinfo: more than the largest sources have. */
const longestText = 2 ** 22;

/** Copies a regular file of at most so many bytes; false when it is something else, or longer, or not there. */
async function copyOf(from: string, to: string, most: number): Promise<boolean> {
  let descriptor: number;
  try {
    descriptor = openSync(from, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return false;
  }
  const out = createWriteStream(to, { flags: 'wx' });
  try {
    const { size } = fstatSync(descriptor);
    if (!fstatSync(descriptor).isFile() || size > most) return false;
    const piece = Buffer.alloc(2 ** 20);
    let copied = 0;
    for (;;) {
      const count = readSync(descriptor, piece, 0, piece.length, copied);
      copied += count;
      if (copied > most) return false;
      if (count === 0) return true;
      await new Promise<void>((go, fail) => {
        out.write(Buffer.from(piece.subarray(0, count)), (error) => (error ? fail(error) : go()));
      });
    }
  } finally {
    closeSync(descriptor);
    out.end();
    await finished(out);
  }
}

/** What the package says of itself, by dpkg-deb; undefined when it is none. */
async function controlOf(path: string): Promise<ReadonlyMap<string, string> | undefined> {
  const ended = await runProcess('dpkg-deb', ['--field', path], { repeatable: true, timeoutMilliseconds: 60_000 });
  if (ended.exitCode !== 0) return undefined;
  const fields = fieldsOf(Buffer.from(`${ended.stdout}\n`), path);
  return fields.ok ? fields.value : undefined;
}

async function delivered(path: string, sha256: FileDigest, scratch: string): Promise<Read<DeliveredDeb>> {
  const file = basename(path);
  const control = await controlOf(path);
  if (control === undefined) return { ok: false, problems: [`${file} is no package that dpkg-deb can read`] };
  const [name = '', version = '', architecture = ''] = ['package', 'version', 'architecture'].map((f) =>
    control.get(f),
  );
  if (debFileName(name, version, architecture) !== file) {
    const own = debFileName(name, version, architecture);
    return { ok: false, problems: [`${file} holds a package whose name would be ${own}`] };
  }
  const origin = sourceOf(control.get('source'), name, version);
  try {
    const contentSha256 = await packageContent(path, scratch);
    return {
      ok: true,
      value: { name: binaryName(name), version, architecture, file, path, sha256, contentSha256, ...origin },
    };
  } catch (error) {
    return { ok: false, problems: [`${file} cannot be unpacked: ${(error as Error).message.split('\n')[0]}`] };
  }
}

/**
 * @param from a .changes; the files that it names lie beside it
 * @param into an empty directory of ours
 * @returns what is wrong with any part of it, in words
 */
export async function takeDelivery(from: string, into: string): Promise<Read<Delivery>> {
  const [file, directory] = [basename(from), dirname(from)];
  if (!/^[A-Za-z0-9][A-Za-z0-9.+~_-]*\.changes$/.test(file) || !(await copyOf(from, join(into, file), longestText)))
    return { ok: false, problems: [`it is no .changes of at most ${longestText} bytes`] };
  const changes = readChanges(readFileSync(join(into, file)), from);
  if (!changes.ok) return changes;
  const problems: string[] = [];
  const debs: DeliveredDeb[] = [];
  const infos: { readonly path: string; readonly sha256: FileDigest; readonly value: BuildinfoFile }[] = [];
  for (const { name, bytes, sha256 } of changes.value.files) {
    const isInfo = name.endsWith('.buildinfo');
    if (!isInfo && !name.endsWith('.deb')) continue;
    const path = join(into, name);
    if (!(await copyOf(join(directory, name), path, Math.min(bytes, isInfo ? longestText : bytes)))) {
      problems.push(`${name} is not there as a file of ${bytes} bytes`);
      continue;
    }
    if ((await sha256File(path)) !== sha256) {
      problems.push(`${name} is not what its sha256 says`);
      continue;
    }
    if (isInfo) {
      const read = readBuildinfo(readFileSync(path), name);
      if (read.ok) infos.push({ path, sha256, value: read.value });
      else problems.push(...read.problems.map((problem) => `${name}: ${problem}`));
    } else {
      const read = await delivered(path, sha256, into);
      if (read.ok) debs.push(read.value);
      else problems.push(...read.problems);
    }
  }
  const named = changes.value.files.filter(({ name }) => name.endsWith('.buildinfo')).length;
  if (named !== 1) problems.push(`it names ${named} .buildinfo files, and one says what was installed`);
  const [info] = infos;
  if (problems.length > 0 || info === undefined) return { ok: false, problems };
  const { value: buildinfo, path, sha256: buildinfoSha256 } = info;
  const beside = [path, join(into, file)];
  return { ok: true, value: { from, changes: changes.value, buildinfo, buildinfoSha256, debs, beside } };
}
