/** A universe of Debian sources as a project: what the runner builds, and what it fetches for that. */

import { InputError } from '../../../../errors.ts';
import { readText } from '../../../../metadata/control/compressed.ts';
import { sourceFilesIn } from '../../../../metadata/universe/source-files.ts';
import type { Diagnostic, FetchItem, Project, Recipe, Universe } from '../../../../model.ts';
import { archiveSource } from '../../../../names.ts';
import { withInstallation } from './own-recipe.ts';
import { debianRecipe } from './recipe.ts';

/** What a project of Debian sources is made from. */
export interface DebianInputs {
  /** Sources files, as the universe was made from. */
  readonly sources: readonly string[];
  /** Build what is the same on all architectures too. */
  readonly indep: boolean;
  /** Names the project for people, and is where files beside its recipes are. */
  readonly directory: string;
  /** By source: those that are built by a recipe of their own, and have no .dsc. */
  readonly recipes: ReadonlyMap<string, Recipe>;
}

/**
 * @param planned names of the sources that a plan builds
 * @throws InputError (65) with every source whose files no index names
 */
export async function debianProject(
  universe: Universe,
  planned: ReadonlySet<string>,
  { sources: indices, indep, directory, recipes: own }: DebianInputs,
): Promise<Project> {
  const sources = universe.sources.filter(({ name }) => planned.has(name));
  const indexed = sources.filter(({ name }) => !own.has(archiveSource(name)));
  const wanted = new Set(indexed.map(({ name, version }) => `${archiveSource(name)} ${version}`));
  const files = new Map<string, readonly FetchItem[]>();
  const problems: Diagnostic[] = [];
  for (const index of indices) {
    const text = await readText(index);
    if (!text.ok) throw new InputError(text.diagnostics);
    const read = sourceFilesIn(text.value, wanted);
    problems.push(...read.problems);
    for (const [key, items] of read.files) if (!files.has(key)) files.set(key, items);
  }
  for (const key of wanted)
    if (!files.has(key) && problems.length === 0) {
      const help = 'give the Sources index that has it with --sources';
      problems.push({ code: 'BP159', severity: 'error', message: `no index names the files of ${key}`, help });
    }
  if (problems.length > 0) throw new InputError(problems);
  const recipes = sources.map((source) => {
    const recipe = own.get(archiveSource(source.name));
    if (recipe !== undefined) return [source.name, withInstallation(recipe)] as const;
    const items = files.get(`${archiveSource(source.name)} ${source.version}`)!;
    return [source.name, debianRecipe(source, items, { indep })] as const;
  });
  return {
    directory,
    buildArchitecture: universe.architecture,
    universe,
    recipes: new Map(recipes),
    seeds: [],
    image: undefined,
    imageVariants: [],
  };
}
