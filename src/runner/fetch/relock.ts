/**
 * Brings the locks of a metadata directory up to date: versions and sha256 of Debian sources from this machine's
 * mirrors, sha256 of the files beside the metadata.
 */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { visible } from '../../diagnostics.ts';
import { InputError } from '../../errors.ts';
import { leadsOut } from '../../metadata/project/beside.ts';
import { fileShape, metadataFiles } from '../../metadata/project/directory-files.ts';
import { compareVersions } from '../../metadata/relations/version.ts';
import { parseYaml } from '../../metadata/yaml/yaml.ts';
import { wholeText } from '../../whole-file.ts';
import { publishText } from '../files/publish.ts';
import type { AptRoot } from './apt-root.ts';
import { localDigest, notFetchable } from './local.ts';
import { type LocalDigest, type LockChange, relockText, type SourceVersion } from './relock-text.ts';

/** One lock that has changed, and its file. */
export interface Relocked extends LockChange {
  readonly file: string;
}

/** What has changed, and what could not. */
export interface Relocking {
  readonly changes: readonly Relocked[];
  /** Locks of what is to be had nowhere: nothing was done about them. */
  readonly missing: readonly { readonly file: string; readonly what: string }[];
}

/** The stanzas that `apt-cache showsrc` prints, newest version first. */
export function parseShowsrc(text: string, source: string): readonly SourceVersion[] {
  const found = text.split(/\n\n+/).flatMap((stanza): SourceVersion[] => {
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1];
    const sums = /^Checksums-Sha256:\n((?: .*\n?)+)/m.exec(stanza)?.[1];
    const version = field('Version');
    if (field('Package') !== source || version === undefined || sums === undefined) return [];
    const files = sums
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/));
    return [{ version, files: new Map(files.map(([sum, , name]) => [name!, sum!])) }];
  });
  return found.sort((a, b) => compareVersions(b.version, a.version));
}

/** All of them are read, and fit their schemas, before anything is changed. */
function readAll(directory: string): readonly { readonly path: string; readonly text: string }[] {
  const files = metadataFiles(directory).map((path) => ({ path, text: wholeText(path) }));
  const problems = files.flatMap(({ path, text }) => {
    const { yaml, problems: syntax } = parseYaml(relative('.', path) || path, text);
    return syntax.length > 0 ? syntax : fileShape(yaml).problems;
  });
  if (problems.length > 0) throw new InputError(problems);
  return files;
}

/** The digest of a file or a directory that a build can be given. */
async function lockOf(directory: string, local: string): Promise<LocalDigest> {
  const path = join(directory, local);
  if (!existsSync(path)) return { problem: 'is not beside the metadata' };
  if (leadsOut(directory, local)) return { problem: 'is a link that leads out of the metadata' };
  const [odd] = await notFetchable(path);
  if (odd !== undefined)
    return { problem: `has what is neither file, directory nor link, or no text: ${visible(odd)}` };
  return { sha256: await localDigest(path) };
}

/** @param write false only tells what would change */
export async function relock(directory: string, apt: () => Promise<AptRoot>, write: boolean): Promise<Relocking> {
  const changes: Relocked[] = [];
  const missing: { file: string; what: string }[] = [];
  const offered = async (source: string): Promise<readonly SourceVersion[]> => {
    const root = await apt();
    await root.update();
    const shown = await root.run('apt-cache', ['showsrc', '--only-source', '--', source]);
    return parseShowsrc(shown.stdout, source);
  };
  const digestOf = (local: string): Promise<LocalDigest> => lockOf(directory, local);
  for (const { path, text } of readAll(directory)) {
    const made = await relockText(text, offered, digestOf);
    if (write && made.text !== text) publishText(path, made.text);
    changes.push(...made.changes.map((change) => ({ file: path, ...change })));
    missing.push(...made.missing.map((what) => ({ file: path, what })));
  }
  return { changes, missing };
}
