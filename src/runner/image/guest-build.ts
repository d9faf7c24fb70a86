/**
 * The package that the guest builds itself: its recipe, its fetched sources and what must come of it lie in the image.
 * The guest says the digest of all that it made; whether that is the content of the final archive, the host decides.
 */

import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf } from '../../by-name.ts';
import type { FileDigest } from '../../digests.ts';
import { exitCode, InputError } from '../../errors.ts';
import type { Diagnostic, FetchItem, Project, Recipe } from '../../model.ts';
import { shellQuoted } from '../../text/shell-quote.ts';
import type { IndexedDeb } from '../archive/archive-index.ts';
import { sha256, sha256File } from '../files/digest.ts';
import { treeEntries } from '../files/file-tree.ts';
import { readRecord } from '../files/json-record.ts';
import { publishText } from '../files/publish.ts';
import { removeTree } from '../files/remove-tree.ts';
import { stepEnvironment } from '../recipe/paths.ts';
import { writeSteps } from '../recipe/steps.ts';
import { makeRoot } from './rootfs.ts';
import type { LaidFile } from './sbom.ts';
import { directoryInTree } from './tree-path.ts';

/** What the guest has to say for a boot to pass. */
export interface GuestBuild {
  readonly source: string;
  readonly version: string;
  readonly files: number;
  /** Of the list of all files with their digests. */
  readonly sha256: FileDigest;
}

/** Lays the fetched files of a recipe out in a directory, under their names. */
export type PlaceSources = (items: readonly FetchItem[], directory: string) => Promise<void>;

/** The line of the console that proves it. */
export const guestBuildLine = ({ source, version, files, sha256 }: GuestBuild): string =>
  `BOOTPLAN: built ${source} ${version} from its recipe: ${files} files, sha256 ${sha256}`;

/** Where it lies in the image. */
const place = 'usr/src/bootplan';

const inside = `/${place}`;

/** Needs a shell and the small tools that recipes need anyway. Steps see what they see in the sandbox. */
const script = ({
  source,
  version,
}: Recipe): string => `# Builds ${source} by its recipe, as it was built for the final archive, and says what came of it.
name=${shellQuoted(`${source} ${version}`)}
mkdir -p /work
mount -t tmpfs -o size=75% work /work && mkdir /work/src /work/build /work/outputs && ln -s ${inside}/fetch /work/fetch &&
  ln -s / /work/sysroot || { echo "BOOTPLAN: failed: no room to build $name"; exit 1; }
for step in ${inside}/steps/*; do
  env -i sh -c '. "$1" && exec sh "$2"' sh ${inside}/environment "$step" >>/work/log 2>&1 && continue
  tail -n 40 /work/log
  echo "BOOTPLAN: failed: step \${step##*/??-} of $name, built in the guest"
  exit 1
done
cd /work/outputs || exit 1
export LC_ALL=C
{
  find . -type f | sort | while read -r file; do sha256sum "$file"; done
  find . -type f -perm -100 | sort | while read -r file; do echo "executable  $file"; done
  find . -type l | sort | while read -r file; do echo "link to $(readlink "$file")  $file"; done
} >/work/made
if ! cmp -s /work/made ${inside}/expected; then
  diff ${inside}/expected /work/made | grep '^[<>]'
  echo "BOOTPLAN: failed: $name, built in the guest, is not what the final archive holds"
  exit 1
fi
digest=$(sha256sum </work/made)
echo "BOOTPLAN: built $name from its recipe: $(find . ! -type d | wc -l) files, sha256 \${digest%% *}"
cd / && umount /work
`;

/** The list that the guest makes of what it built, made of the packages of the final archive. */
async function expectedList(
  debs: readonly IndexedDeb[],
  scratch: string,
): Promise<{ readonly text: string; readonly files: number }> {
  const tree = join(scratch, 'guest-build');
  await makeRoot(tree, debs, new Map());
  const entries = await treeEntries(tree);
  const lines: Record<'contents' | 'modes' | 'links', string[]> = { contents: [], modes: [], links: [] };
  for (const entry of entries) {
    if (entry.kind === 'link') lines.links.push(`link to ${entry.target}  ./${entry.path}\n`);
    if (entry.kind !== 'file') continue;
    lines.contents.push(`${await sha256File(join(tree, entry.path))}  ./${entry.path}\n`);
    if (entry.executable) lines.modes.push(`executable  ./${entry.path}\n`);
  }
  await removeTree(tree);
  const text = [...lines.contents, ...lines.modes, ...lines.links].join('');
  return { text, files: lines.contents.length + lines.links.length };
}

/** What of the build dependencies no package of the image fulfils. */
function lacking(project: Project, source: string, packages: readonly IndexedDeb[]): readonly string[] {
  const names = new Set(packages.flatMap((deb) => [deb.name, ...deb.provides.map((p) => p.name)]));
  const { sources } = project.onItself ?? project.universe;
  const groups = sources.find((s) => s.name === source)?.variants[0]?.buildDepends ?? [];
  return groups
    .filter((group) => !group.some(({ name }) => names.has(name)))
    .map((g) => g.map((r) => r.name).join(' | '));
}

const refused = (message: string, help: string): InputError => {
  const problem: Diagnostic = { code: 'BP515', severity: 'error', message, help };
  return new InputError([problem], exitCode.badInput);
};

/** Where it is noted. */
export const guestBuildNote = (image: string): string => `${image}.guest-build.json`;

/** Notes beside an image what its guest has to build. */
export function rememberGuestBuild(image: string, proof: GuestBuild | undefined): void {
  if (proof === undefined) rmSync(guestBuildNote(image), { force: true });
  else publishText(guestBuildNote(image), `${JSON.stringify(proof)}\n`);
}

/** What is noted there; nothing for an image from elsewhere. */
export function rememberedGuestBuild(image: string): GuestBuild | undefined {
  const file = guestBuildNote(image);
  return existsSync(file)
    ? readRecord<GuestBuild>(file, 'records#/$defs/guestBuild', 'delete the .hash file of the image, and make it again')
    : undefined;
}

/** Everything of one guest build, without the files themselves. */
export interface GuestBuildParts {
  readonly proof: GuestBuild;
  /** A text that names every input by its digest. */
  readonly inputs: string;
  /** The sources that lie in the image. */
  readonly sources: readonly LaidFile[];
  /** Writes the files into the tree of the root file system. */
  readonly write: (tree: string) => Promise<void>;
}

/**
 * @param archive the final archive @param packages those of it that are in the image
 * @throws InputError when the plan has no such source, or the image lacks what it is built with
 */
export async function guestBuildParts(
  project: Project,
  source: string,
  archive: readonly IndexedDeb[],
  packages: readonly IndexedDeb[],
  scratch: string,
  placeSources: PlaceSources,
): Promise<GuestBuildParts> {
  const { recipes } = project.onItself ?? project;
  const recipe = recipes.get(source);
  const variant = recipe?.variants.get(0);
  if (recipe === undefined || variant === undefined)
    throw refused(`the guest is to build ${source}, which has no recipe`, 'see `guest-build` in image.yaml');
  const missing = lacking(project, source, packages);
  if (missing.length > 0)
    throw refused(
      `the guest is to build ${source}, which needs ${missing.join(', ')}, and the image has not`,
      'add them to `packages` of image.yaml, or name another source under `guest-build`',
    );
  const yielded = new Set<string>(variant.binaries.map(({ name }) => name));
  const { text, files } = await expectedList(
    archive.filter((deb) => yielded.has(deb.name)),
    scratch,
  );
  // The guest builds for itself, whatever its packages were built on.
  const machines = { build: project.universe.architecture, host: project.universe.architecture };
  const environment = entriesOf(stepEnvironment({ name: source, version: recipe.version }, 1, recipe.env, machines))
    .map(([name, value]) => `export ${name}=${shellQuoted(value)}\n`)
    .join('');
  const build = script(recipe);
  const steps = variant.steps.map(({ name, run, env }) => ({ name, run, env }));
  const locked = recipe.fetch.map(({ origin: _, excerpt: __, ...item }) => item);
  return {
    proof: { source: recipe.source, version: recipe.version, files, sha256: sha256(text) },
    sources: recipe.fetch.map((item) => ({
      name: `${place}/fetch/${item.name}`,
      sha256: item.sha256,
      of: `${source} ${recipe.version}`,
    })),
    inputs: JSON.stringify([build, environment, steps, locked, text]),
    async write(tree) {
      const directory = directoryInTree(tree, place);
      const at = (name: string): string => join(directory, name);
      directoryInTree(tree, 'work');
      writeSteps(at('steps'), variant.steps, (path) => path);
      await placeSources(recipe.fetch, at('fetch'));
      for (const [name, content] of entriesOf({ build, environment, expected: text })) writeFileSync(at(name), content);
    },
  };
}
