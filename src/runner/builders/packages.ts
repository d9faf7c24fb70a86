/** Cuts what an install step left in $D into .debs, the same bytes from the same content, wherever it was built. */

import { chmodSync, existsSync, lstatSync, lutimesSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { entriesOf, valueAt } from '../../by-name.ts';
import { visible } from '../../diagnostics.ts';
import { contentDigest } from '../../digests.ts';
import type { BinarySplit, ByName } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import { markedControl } from '../../stages/version-suffix.ts';
import type { OutputDeb } from '../builder.ts';
import { debFileName } from '../files/deb-file.ts';
import { sha256File } from '../files/digest.ts';
import { escapes, namesIn, type TreeEntry, treeDigest, treeEntries } from '../files/file-tree.ts';
import { inTurns, sortedInTurns } from '../files/turns.ts';
import { globMatcher } from '../formats/globs.ts';
import { runProcess } from '../process.ts';
import { type HostPlaces, placesGiven, workRoot } from '../recipe/paths.ts';
import { blamesMachine } from '../recipe/steps.ts';

const shown = 10;

/** The first of many paths, as text. */
export function list(paths: readonly string[]): string {
  const names = paths.slice(0, shown).map((p) => visible(p));
  return names.join(', ') + (paths.length > shown ? `, and ${paths.length - shown} more` : '');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are the point
const unspeakable = /[\u0000-\u001f\u007f\ufffd]/u;

/** What no package may hold, in words, and how it is known. */
const wrongs: readonly (readonly [string, (entry: TreeEntry) => boolean])[] = [
  ['names with control characters', (e) => e.kind !== 'unreachable' && unspeakable.test(e.path)],
  ['names that are not UTF-8, or paths that are too long', (e) => e.kind === 'unreachable'],
  ['targets of links that are not UTF-8', (e) => e.kind === 'link' && e.target.includes('\ufffd')],
  ['neither file, directory nor link', (e) => e.kind === 'other'],
  ['set-user-id or set-group-id files', (e) => e.kind === 'file' && e.special],
  ['links that lead out of the outputs', (e) => e.kind === 'link' && escapes(e, workRoot)],
  ['package control files', (e) => e.path === 'DEBIAN' || e.path.startsWith('DEBIAN/')],
];

/** What is there of it; empty when all is well. */
async function forbidden(entries: readonly TreeEntry[]): Promise<readonly string[]> {
  const found = new Map<string, string[]>(wrongs.map(([what]) => [what, []]));
  await inTurns(entries, (entry) => {
    for (const [what, isWrong] of wrongs) if (isWrong(entry)) found.get(what)!.push(entry.path);
  });
  return [...found].flatMap(([what, paths]) => (paths.length > 0 ? [`${what}: ${list(paths)}`] : []));
}

/** Everything below /work that was not there when the build began, by its name inside; byte order. */
export async function strays(places: HostPlaces): Promise<readonly string[]> {
  // Without a sandbox the build may have removed it; within, it may have locked a user out of it.
  if (!existsSync(places.work)) return [];
  chmodSync(places.work, 0o755);
  const found: string[] = [];
  await inTurns(namesIn(places.work), (name) => {
    const path = posix.join(workRoot, name);
    if (!placesGiven.includes(path)) found.push(path);
  });
  return sortedInTurns(found, byteOrder);
}

/** The files of each package, or why they cannot be told apart. */
export type Split =
  | { readonly ok: true; readonly contents: ReadonlyMap<BinarySplit, readonly TreeEntry[]> }
  | { readonly ok: false; readonly message: string };

/** Which package every path goes to; every problem at once. */
export async function splitOutputs(outputs: string, binaries: readonly BinarySplit[]): Promise<Split> {
  // The build may have put a link in the place of its own output directory: it is never followed.
  if (!lstatSync(outputs, { throwIfNoEntry: false })?.isDirectory())
    return { ok: false, message: '$D is no directory any more' };
  chmodSync(outputs, 0o755);
  const entries = await treeEntries(outputs, true);
  const problems = [...(await forbidden(entries))];
  const matchers = binaries.map((b) => b.files.map((glob) => ({ glob, matches: globMatcher(glob), used: false })));
  const contents = new Map(binaries.map((b) => [b, [] as TreeEntry[]]));
  const unclaimed: string[] = [];
  const quarrels = new Map<string, string[]>();
  await inTurns(entries, (entry) => {
    const claims = binaries.filter((_, i) => {
      const hits = matchers[i]!.filter((m) => m.matches(entry.path));
      for (const hit of hits) hit.used = true;
      return hits.length > 0;
    });
    if (claims.length === 0) unclaimed.push(entry.path);
    if (claims.length > 1) {
      const names = claims.map((c) => c.name).join(' and ');
      const paths = quarrels.get(names) ?? [];
      paths.push(entry.path);
      quarrels.set(names, paths);
    }
    contents.get(claims[0]!)?.push(entry);
  });
  for (const [names, paths] of quarrels)
    problems.push(`${list(paths)} ${paths.length === 1 ? 'is' : 'are'} claimed by ${names}`);
  if (unclaimed.length > 0) problems.push(`in $D, but in the files of no package: ${list(unclaimed)}`);
  binaries.forEach((b, i) => {
    const idle = matchers[i]!.filter((m) => !m.used).map((m) => m.glob);
    if (idle.length > 0) problems.push(`files of ${b.name} that are not in $D: ${list(idle)}`);
  });
  return problems.length > 0 ? { ok: false, message: problems.join('\n') } : { ok: true, contents };
}

/** A Description's further lines are folded as Debian does; other fields are one line. */
const controlText = (fields: ByName<string>): string =>
  entriesOf(fields)
    .map(
      ([name, value]) =>
        `${name}: ${value
          .trim()
          .split('\n')
          .map((l) => l.trimEnd() || '.')
          .join('\n ')}\n`,
    )
    .join('');

/** Why a package could not be packed; another try helps when not the package is to blame. */
interface NotPacked {
  readonly ok: false;
  readonly message: string;
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly retriable: boolean;
}

/**
 * Moves a package's paths out of the outputs and packs them. Times are one instant, modes 755 or 644, owners root,
 * compression in one thread, since xz's bytes depend on how many there are.
 */
export async function packDeb(
  outputs: string,
  directory: string,
  split: BinarySplit,
  entries: readonly TreeEntry[],
  stamp: { readonly suffix: string; readonly epoch: number },
): Promise<{ readonly ok: true; readonly deb: OutputDeb } | NotPacked> {
  const tree = join(directory, split.name);
  const contentSha256 = contentDigest(await treeDigest(outputs, entries));
  const directories = new Set(['.']);
  await inTurns(entries, (entry) => {
    const target = join(tree, entry.path);
    for (let d = entry.kind === 'directory' ? entry.path : dirname(entry.path); !directories.has(d); d = dirname(d))
      directories.add(d);
    mkdirSync(entry.kind === 'directory' ? target : dirname(target), { recursive: true });
    if (entry.kind !== 'directory') renameSync(join(outputs, entry.path), target);
    if (entry.kind === 'file') chmodSync(target, entry.executable ? 0o755 : 0o644);
    lutimesSync(target, stamp.epoch, stamp.epoch);
  });
  const control = markedControl(split.control, stamp.suffix);
  const version = valueAt(control, 'Version')!;
  mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
  writeFileSync(join(tree, 'DEBIAN/control'), controlText(control));
  chmodSync(join(tree, 'DEBIAN'), 0o755);
  await inTurns(directories, (d) => {
    chmodSync(join(tree, d), 0o755);
    lutimesSync(join(tree, d), stamp.epoch, stamp.epoch);
  });
  const file = debFileName(valueAt(control, 'Package')!, version, valueAt(control, 'Architecture')!);
  const path = join(directory, file);
  const packed = await runProcess(
    'dpkg-deb',
    ['--root-owner-group', '--threads-max=1', '-Zxz', '-z1', '--build', tree, path],
    { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', SOURCE_DATE_EPOCH: String(stamp.epoch) } },
  );
  const { exitCode, signal, stderr } = packed;
  if (exitCode !== 0) {
    const message = signal === undefined ? `dpkg-deb: ${stderr}` : `dpkg-deb was ended by ${signal}`;
    return { ok: false, message, exitCode, signal, retriable: signal !== undefined || blamesMachine(stderr) };
  }
  return { ok: true, deb: { name: split.name, version, file, path, sha256: await sha256File(path), contentSha256 } };
}
