/**
 * Archives: real apt repositories, one per stage, flat (`deb [trusted=yes] file:/.../archives/final ./`). An archive is
 * made anew beside the old one and takes its place in one step, because its name is a symbolic link to a generation.
 * Same packages, same bytes: nothing in it is read off the clock.
 */

import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { entriesOf } from '../../by-name.ts';
import { EnvironmentError, exitCode } from '../../errors.ts';
import type { ByName } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import { sha256 } from '../files/digest.ts';
import { entryIn } from '../files/owned.ts';
import { flush, linkOrCopy, publishLink } from '../files/publish.ts';
import { endWords, runProcess } from '../process.ts';

/** One package that goes into an archive. */
export interface ArchivedDeb {
  readonly file: string;
  /** Host path of its content, known to be unharmed. */
  readonly path: string;
}

/**
 * File name -> content of what signs a Release file; `before` is the directory of the archive to be replaced, if there
 * is one.
 */
export type Signer = (release: string, before: string | undefined) => Promise<ByName<string>>;

/** More than the index of a whole distribution. */
const longestIndex = 2 ** 29;

/** `Packages` of a pool, by apt-ftparchive, in byte order of file name: the directory's own order is no order. */
async function packagesIndex(directory: string): Promise<string> {
  const ended = await runProcess('apt-ftparchive', ['packages', 'pool'], {
    cwd: directory,
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8' },
    repeatable: true,
    mostOutput: longestIndex,
  });
  if (ended.signal !== undefined)
    throw new EnvironmentError(
      `apt-ftparchive was ended by ${ended.signal}, twice`,
      exitCode.tryAgain,
      'is the memory full? Nothing that was built is lost: the same command goes on from here',
    );
  if (ended.exitCode !== 0)
    throw new EnvironmentError(
      `apt-ftparchive failed: ${ended.stderr.trim() || endWords(ended)}`,
      exitCode.disk,
      'when the disk is full make room; the same command goes on from here',
    );
  const stanzas = ended.stdout.split('\n\n').filter((stanza) => stanza.trim() !== '');
  const fileName = (stanza: string): string => /^Filename: (.*)$/m.exec(stanza)?.[1] ?? '';
  stanzas.sort((a, b) => byteOrder(fileName(a), fileName(b)));
  return stanzas.map((stanza) => `${stanza.trim()}\n\n`).join('');
}

/** `Release`, dated at the beginning of time: apt wants a date, and ours must not come off a clock. */
function releaseFile(name: string, architecture: string, indices: ByName<Uint8Array>): string {
  const sums = entriesOf(indices).map(([file, bytes]) => ` ${sha256(bytes)} ${bytes.length} ${file}`);
  return [
    'Origin: bootplan',
    `Label: bootplan ${name}`,
    `Suite: ${name}`,
    `Codename: ${name}`,
    'Date: Thu, 01 Jan 1970 00:00:00 UTC',
    `Architectures: ${architecture}`,
    'SHA256:',
    ...sums,
    '',
  ].join('\n');
}

/**
 * Which of its two generations an archive is now, if there is any. A link that leads elsewhere is replaced, and not
 * followed.
 */
function generationOf(link: string, name: string): string | undefined {
  const to = lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(link) : undefined;
  return to === `.${name}-a` || to === `.${name}-b` ? to : undefined;
}

/**
 * Makes `archives/<name>` hold exactly these packages. A reader sees the archive of before or the new one.
 *
 * @param sign without it the archive has no signature
 * @returns the sha256 of `Packages`, which stands for the content of the whole archive
 */
export async function publishArchive(
  archives: string,
  name: string,
  architecture: string,
  debs: readonly ArchivedDeb[],
  sign?: Signer,
): Promise<string> {
  const link = entryIn(archives, name);
  const before = generationOf(link, name);
  const generation = before === `.${name}-a` ? `.${name}-b` : `.${name}-a`;
  const beside = join(archives, generation);
  rmSync(beside, { recursive: true, force: true });
  mkdirSync(join(beside, 'pool'), { recursive: true });
  for (const deb of debs) {
    const path = entryIn(join(beside, 'pool'), deb.file);
    if (linkOrCopy(deb.path, path)) flush(path);
  }
  const packages = Buffer.from(await packagesIndex(beside));
  const indices = { Packages: packages, 'Packages.gz': gzipSync(packages, { level: 9 }) };
  const release = releaseFile(name, architecture, indices);
  const signed = sign ? await sign(release, before && join(archives, before)) : {};
  for (const [file, content] of entriesOf({ ...indices, Release: release, ...signed })) {
    writeFileSync(join(beside, file), content);
    flush(join(beside, file));
  }
  flush(join(beside, 'pool'));
  flush(beside);
  publishLink(generation, link);
  if (before !== undefined) rmSync(join(archives, before), { recursive: true, force: true });
  return sha256(packages);
}

/** Takes away archives that the plan does not have, and what a killed run left. */
export function sweepArchives(archives: string, names: readonly string[]): void {
  if (!existsSync(archives)) return;
  const current = new Set<string>(names);
  for (const entry of readdirSync(archives, { withFileTypes: true }))
    if (entry.isSymbolicLink() && names.includes(entry.name)) current.add(readlinkSync(join(archives, entry.name)));
  for (const entry of readdirSync(archives))
    if (!current.has(entry)) rmSync(join(archives, entry), { recursive: true, force: true });
}

/** The archives that are there, and how many packages each has. */
export function archivedPackages(
  archives: string,
  names: readonly string[],
): { name: string; packages: number; path: string }[] {
  return names.flatMap((name) => {
    const path = join(archives, name);
    const pool = join(path, 'pool');
    return existsSync(path) ? [{ name, packages: existsSync(pool) ? readdirSync(pool).length : 0, path }] : [];
  });
}
