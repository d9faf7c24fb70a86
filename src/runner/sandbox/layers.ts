/** Binary packages as layers of an input root: each .deb unpacked once, by content, and never written to again. */
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { visible } from '../../diagnostics.ts';
import { EnvironmentError, exitCode } from '../../errors.ts';
import type { InputDeb } from '../builder.ts';
import { treeEntries } from '../files/file-tree.ts';
import { removeTree } from '../files/remove-tree.ts';
import { inTurns } from '../files/turns.ts';
import { globMatcher } from '../formats/globs.ts';
import { runProcess } from '../process.ts';
import { sourceDateEpoch } from '../recipe/paths.ts';

/** A directory in the layer store, with what it holds. */
export interface Layer {
  /** Name in the store. */
  readonly name: string;
  /** What a person calls it. */
  readonly title: string;
  /** Path -> its kind, and a link's target; empty directories among them. */
  readonly manifest: Manifest;
}

/** Path -> what lies there. */
export type Manifest = ReadonlyMap<string, string>;

/** Mount points, and nothing else: the lowest layer of every input root. */
export const skeleton = 'skeleton';

/** What lies in a directory, without following links. */
export async function manifestOf(directory: string): Promise<Manifest> {
  const manifest = new Map<string, string>();
  await inTurns(await treeEntries(directory), (entry) => {
    manifest.set(entry.path, entry.kind === 'link' ? `link ${entry.target}` : entry.kind);
  });
  return manifest;
}

/** The layers of one directory, each unpacked once. */
export class LayerStore {
  readonly directory: string;
  private readonly known = new Map<string, Promise<Layer>>();

  constructor(directory: string) {
    this.directory = directory;
    for (const name of ['dev', 'proc', 'tmp', 'work', '.']) {
      const path = join(directory, skeleton, name);
      mkdirSync(path, { recursive: true });
      utimesSync(path, sourceDateEpoch, sourceDateEpoch);
    }
  }

  /** The layer of one .deb; unpacked at the first call, by rename, so that half a layer is never seen. */
  deb(input: InputDeb): Promise<Layer> {
    return this.once(input.sha256, async () => {
      const directory = join(this.directory, input.sha256);
      if (!existsSync(directory)) await unpack(input.path, directory);
      return { name: input.sha256, title: `${input.name} ${input.version}`, manifest: await manifestOf(directory) };
    });
  }

  /** A directory elsewhere taken in by a link. */
  link(name: string, title: string, target: string, manifest: () => Promise<Manifest>): Promise<Layer> {
    return this.once(name, async () => {
      const link = join(this.directory, name);
      rmSync(link, { force: true });
      symlinkSync(target, link);
      return { name, title, manifest: await manifest() };
    });
  }

  private once(name: string, make: () => Promise<Layer>): Promise<Layer> {
    const known = this.known.get(name) ?? make();
    this.known.set(name, known);
    return known;
  }
}

async function unpack(deb: string, directory: string): Promise<void> {
  const partial = `${directory}.partial-${process.pid}`;
  await removeTree(partial);
  const unpacked = await runProcess('dpkg-deb', ['--extract', deb, partial], {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
    repeatable: true,
  });
  if (unpacked.exitCode !== 0)
    throw new EnvironmentError(`cannot unpack ${deb}: ${unpacked.stderr}`, exitCode.disk, 'bootplan cache verify');
  renameSync(partial, directory);
}

/** Every directory with something in it: the manifest lists what is in it instead. */
function directoriesIn(manifest: Manifest): ReadonlySet<string> {
  const found = new Set<string>();
  for (const path of manifest.keys())
    for (let d = dirname(path); d !== '.' && !found.has(d); d = dirname(d)) found.add(d);
  return found;
}

const words = (kind: string): string =>
  kind.startsWith('link ') ? `a ${kind.replace('link', 'link to')}` : `a ${kind}`;

/** What is a link or a file in one layer and a directory in another: stacked, one hides all of the other. */
function hidden(layers: readonly Layer[], allowed: (path: string) => boolean): readonly string[] {
  const directories = layers.map((layer) => directoriesIn(layer.manifest));
  return layers.flatMap((layer) =>
    [...layer.manifest].flatMap(([path, kind]) => {
      if (kind === 'directory') return [];
      const other = layers[directories.findIndex((names) => names.has(path))];
      if (other === undefined || allowed(path)) return [];
      return [`${visible(path)} is ${words(kind)} in ${layer.title} and a directory in ${other.title}`];
    }),
  );
}

const remedy =
  'leave one of the two out of the build dependencies, or name what both may have in `duplicates` of the recipe';

/**
 * Two layers with one path, in words. The same directory or the same link may be in both; so may what the recipe's
 * `duplicates` name. O(paths of all layers, for each layer).
 */
export function conflicts(layers: readonly Layer[], duplicates: readonly string[]): readonly string[] {
  const globs = duplicates.map(globMatcher);
  const allowed = (path: string): boolean => globs.some((matches) => matches(path));
  const bySize = [...layers].sort((a, b) => b.manifest.size - a.manifest.size);
  const found: string[] = [];
  bySize.forEach((layer, i) => {
    for (const [path, kind] of layer.manifest) {
      const other = bySize.slice(0, i).find((o) => o.manifest.has(path));
      if (other === undefined || allowed(path)) continue;
      const same = other.manifest.get(path) === kind && kind !== 'file';
      if (!same) found.push(`${visible(path)} is in ${other.title} and in ${layer.title}`);
    }
  });
  const problems = [...found, ...hidden(layers, allowed)];
  return problems.length === 0 ? [] : [...problems, remedy];
}
