/**
 * A recipe that travels: what another machine has to know and to have for the very same build. There it becomes a
 * project of one source again; that nothing was lost on the way shows in the fingerprint, which comes out the same.
 */

import { Bug } from '../../errors.ts';
import type { BinarySplit, ByName, FetchItem, Project, Recipe, SeedBinary, Universe } from '../../model.ts';
import type { SourceName } from '../../names.ts';
import type { BuildRequest, Portable } from '../builder.ts';
import type { Seed } from '../fetch/seed-record.ts';
import { machinesOf } from '../recipe/paths.ts';
import { stepsIn } from '../recipe/steps.ts';
import type { Workshop } from '../sandbox/build-environment.ts';
import { inputPath, travellingItem, travellingSources } from './travelling-files.ts';

/** JSON; `records.schema.json` has its form. */
export interface RecipeKnowledge {
  readonly kind: 'recipe';
  readonly architecture: string;
  readonly buildArchitecture: string;
  readonly source: SourceName;
  readonly version: string;
  readonly stage: number;
  readonly fetch: readonly Pick<FetchItem, 'kind' | 'name' | 'source' | 'version' | 'sha256'>[];
  readonly steps: readonly {
    readonly name: string;
    readonly run: string;
    readonly env: ByName<string>;
  }[];
  readonly binaries: readonly BinarySplit[];
  readonly env: ByName<string>;
  readonly duplicates: readonly string[];
  /** Seed binaries that it asks for by name. */
  readonly asked: readonly string[];
  readonly seedBinaries: readonly SeedBinary[];
  readonly seeds: readonly Seed[];
}

/** @param request with a work directory, where archives of local directories are made */
export async function portableRecipe(workshop: Workshop, request: BuildRequest): Promise<Portable> {
  const { build } = request;
  const { project } = workshop;
  const recipe = workshop.recipeOf(build);
  const variant = recipe.variants.get(build.stage);
  if (variant === undefined) throw new Bug(`no stage ${build.stage} of ${build.source}`);
  const machines = machinesOf(project, recipe);
  const materials = await workshop.materials(request);
  const files = new Map<string, string>();
  for (const [file, path] of materials.debs) files.set(inputPath.seed(file), path);
  const paths = new Map(materials.sources.map(({ item, path }) => [item, path]));
  const places = { metadata: project.directory, workDirectory: request.workDirectory };
  for (const [path, file] of await travellingSources([...paths.keys()], (item) => paths.get(item)!, places))
    files.set(path, file);
  const knowledge: RecipeKnowledge = {
    kind: 'recipe',
    architecture: machines.host,
    buildArchitecture: machines.build,
    source: recipe.source,
    version: recipe.version,
    stage: build.stage,
    fetch: recipe.fetch.map(travellingItem),
    steps: variant.steps.map(({ name, run, env }) => ({ name, run, env })),
    binaries: variant.binaries,
    env: recipe.env,
    duplicates: recipe.duplicates,
    asked: materials.asked,
    seedBinaries: materials.binaries,
    seeds: materials.seeds,
  };
  return { knowledge, files, stepOf: stepsIn(variant.steps) };
}

const nowhere = { file: '', line: 0 };

/**
 * The project of one source, as the machine sees it that does the build.
 *
 * @param directory where its local files were unpacked
 */
export function projectOf(knowledge: RecipeKnowledge, directory: string): Project {
  const { source: name, version, stage, architecture } = knowledge;
  const variant = {
    steps: knowledge.steps.map((step) => ({ ...step, origin: nowhere })),
    binaries: knowledge.binaries,
  };
  const recipe: Recipe = {
    source: name,
    version,
    fetch: knowledge.fetch.map(({ kind, name: file, sha256 }) => ({ kind, name: file, sha256 })),
    variants: new Map([[stage, variant]]),
    env: knowledge.env,
    duplicates: knowledge.duplicates,
    coreSeconds: 1,
  };
  const asked = knowledge.asked.map((seed) => [{ name: seed }]);
  const universe: Universe = {
    architecture,
    profiles: [],
    sources: [
      {
        name,
        version,
        maintainer: '',
        uploaders: [],
        architectures: [],
        section: '',
        variants: [{ stage, profiles: [], notation: 'full', buildDepends: asked, buildConflicts: [], produces: [] }],
        origin: nowhere,
      },
    ],
    binaries: [],
    targets: [0],
    seed: [],
    alternatives: 'first',
  };
  return {
    directory,
    buildArchitecture: knowledge.buildArchitecture,
    universe,
    recipes: new Map([[name, recipe]]),
    seeds: knowledge.seedBinaries,
    image: undefined,
    imageVariants: [],
  };
}
