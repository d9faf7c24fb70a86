/**
 * Brings the locks of a metadata directory up to date: versions and sha256 of Debian sources from this machine's
 * mirrors, sha256 of the files beside the metadata. Only those texts are replaced; the rest of each file stays as it is.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareVersions } from '../../metadata/version.ts';
import { byteOrder } from '../../order.ts';
import { publishText } from '../publish.ts';
import type { AptRoot } from './apt-root.ts';
import { localDigest } from './fetch.ts';

/** One text that was replaced. */
export interface Relocked {
  readonly file: string;
  readonly what: string;
  readonly from: string;
  readonly to: string;
}

export interface SourceVersion {
  readonly version: string;
  /** File name -> sha256. */
  readonly files: ReadonlyMap<string, string>;
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

const debianItem = /- debian: (\S+)\n(\s+)version: (\S+)\n\s+files:\n((?:\s+\S+: ["']?[0-9a-f]{64}["']?\n)+)/g;
const fileLine = /^(\s+)(\S+): ["']?([0-9a-f]{64})["']?$/;
const localItem = /(- local: (\S+)\n\s+sha256: )(["']?[0-9a-f]{64}["']?)/g;

/** A digest that YAML would read as a number is quoted. */
const scalar = (digest: string): string => (/^\d+(e\d+)?$/.test(digest) ? `"${digest}"` : digest);

/** The same file of another version: what follows the version in its name tells which. */
const ending = (name: string): string =>
  /\.(dsc|diff\.gz|(?:orig(?:-[a-z0-9-]+)?|debian)\.tar\.\w+(?:\.asc)?|tar\.\w+)$/.exec(name)?.[0] ?? name;

/** Rewrites the text of one source file; the versions on offer are asked for by name. */
export async function relockText(
  text: string,
  offered: (source: string) => Promise<readonly SourceVersion[]>,
  digestOf: (local: string) => Promise<string | undefined>,
): Promise<{ readonly text: string; readonly changes: readonly Omit<Relocked, 'file'>[] }> {
  const changes: Omit<Relocked, 'file'>[] = [];
  let made = text;
  for (const [whole, source, , version, lines] of text.matchAll(debianItem)) {
    const versions = await offered(source!);
    const same = versions.find((v) => v.version === version);
    const chosen = same ?? versions[0];
    if (chosen === undefined) continue;
    const replaced = lines!
      .trimEnd()
      .split('\n')
      .map((line) => {
        const [, indent, name, digest] = fileLine.exec(line)!;
        const now = same?.files.has(name!) ? name! : [...chosen.files.keys()].find((f) => ending(f) === ending(name!));
        const sum = now === undefined ? undefined : chosen.files.get(now);
        if (now === undefined || sum === undefined || (now === name && sum === digest)) return line;
        changes.push({ what: `${source}: ${name}`, from: digest!, to: `${now} ${sum}` });
        return `${indent}${now}: ${scalar(sum)}`;
      });
    let item = whole!.replace(lines!, `${replaced.join('\n')}\n`);
    if (chosen.version !== version) {
      changes.push({ what: `${source}: version`, from: version!, to: chosen.version });
      item = item.replace(`version: ${version}\n`, `version: ${chosen.version}\n`);
      made = made.replace(new RegExp(`^Version: ["']?${escaped(version!)}["']?$`, 'm'), `Version: ${chosen.version}`);
    }
    made = made.replace(whole!, item);
  }
  for (const [whole, head, local, digest] of made.matchAll(localItem)) {
    const now = await digestOf(local!);
    const was = digest!.replace(/["']/g, '');
    if (now === undefined || now === was) continue;
    changes.push({ what: local!, from: was, to: now });
    made = made.replace(whole!, `${head}${scalar(now)}`);
  }
  return { text: made, changes };
}

const escaped = (text: string): string => text.replace(/[.+*?^$()[\]{}|\\]/g, '\\$&');

/** @param write false only tells what would change */
export async function relock(
  directory: string,
  apt: () => Promise<AptRoot>,
  write: boolean,
): Promise<readonly Relocked[]> {
  const changes: Relocked[] = [];
  const offered = async (source: string): Promise<readonly SourceVersion[]> => {
    const root = await apt();
    await root.update();
    const shown = await root.run('apt-cache', ['showsrc', '--only-source', source]);
    return parseShowsrc(shown.stdout, source);
  };
  const digestOf = async (local: string): Promise<string | undefined> =>
    existsSync(join(directory, local)) ? await localDigest(join(directory, local)) : undefined;
  for (const name of readdirSync(directory)
    .filter((n) => /\.ya?ml$/.test(n))
    .sort(byteOrder)) {
    const path = join(directory, name);
    const text = readFileSync(path, 'utf8');
    const made = await relockText(text, offered, digestOf);
    if (write && made.text !== text) publishText(path, made.text);
    changes.push(...made.changes.map((change) => ({ file: path, ...change })));
  }
  return changes;
}
