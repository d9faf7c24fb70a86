/** Flat apt repositories of one build, made for its sandbox alone: `deb [trusted=yes] file:/archives/NAME ./`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError, exitCode } from '../../../../errors.ts';
import type { InputDeb } from '../../../builder.ts';
import { sha256 } from '../../../files/digest.ts';
import { linkOrCopy } from '../../../files/publish.ts';
import { runProcess } from '../../../process.ts';
import type { IndexStanza } from './index-stanzas.ts';

/** The Origin by which apt prefers what was built here. */
export const ourOrigin = 'bootplan';

/** `Packages`, and the `Release` without whose digest apt would not read it. */
function writeIndices(directory: string, name: string, origin: string, packages: string): void {
  const bytes = Buffer.from(packages);
  const words = [`Origin: ${origin}`, `Label: ${name}`, `Suite: ${name}`, `Codename: ${name}`];
  const release = [
    ...words,
    'Date: Thu, 01 Jan 1970 00:00:00 UTC',
    'SHA256:',
    ` ${sha256(bytes)} ${bytes.length} Packages`,
  ];
  writeFileSync(join(directory, 'Packages'), bytes);
  writeFileSync(join(directory, 'Release'), `${release.join('\n')}\n`);
}

/** A stanza with its file below `pool/`, under its sha256. */
const pooled = ({ text, file }: IndexStanza): string =>
  `${text.trim().replace(/^Filename:.*$/m, `Filename: pool/${file.sha256}.deb`)}\n\n`;

/** An archive whose files are seen in `pool`, where the pool of the seed is mounted. */
export function writeSeedArchive(directory: string, stanzas: readonly IndexStanza[]): void {
  mkdirSync(join(directory, 'pool'), { recursive: true });
  writeIndices(directory, 'seed', 'seed', stanzas.map(pooled).join(''));
}

/** An archive of packages that were built here. */
export async function writeOwnArchive(
  directory: string,
  debs: readonly Pick<InputDeb, 'path' | 'sha256'>[],
): Promise<void> {
  mkdirSync(join(directory, 'pool'), { recursive: true });
  for (const { path, sha256 } of debs) linkOrCopy(path, join(directory, 'pool', `${sha256}.deb`));
  const ended = await runProcess('apt-ftparchive', ['packages', 'pool'], {
    cwd: directory,
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8' },
    repeatable: true,
  });
  if (ended.exitCode !== 0)
    throw new EnvironmentError(
      `apt-ftparchive failed: ${ended.stderr}`,
      exitCode.disk,
      'bootplan doctor shows what is missing',
    );
  writeIndices(directory, 'ours', ourOrigin, ended.stdout === '' ? '' : `${ended.stdout}\n`);
}

/** An archive of both: the seed's files are seen in `pool`, ours under their own names in `own`. */
export function writeMixedArchive(directory: string, seed: readonly IndexStanza[], own: readonly IndexStanza[]): void {
  for (const name of ['pool', 'own']) mkdirSync(join(directory, name), { recursive: true });
  const ours = own.map(({ text }) => `${text.trim().replace(/^Filename: pool\//m, 'Filename: own/')}\n\n`);
  writeIndices(directory, 'seed', 'seed', [...seed.map(pooled), ...ours].join(''));
}
