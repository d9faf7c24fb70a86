/**
 * The build of a Debian source that travels: the source, its steps, and the stanzas of all that the archive gives it.
 * There it becomes a plan of one build, whose base the machine makes from the same packages.
 */
import type { Binary, ByName, FetchItem, Plan, PlannedBuild, Project, Source } from '../../../../model.ts';
import type { BuildRequest, Portable } from '../../../builder.ts';
import { stepsIn } from '../../../recipe/steps.ts';
import { inputPath, travellingItem, travellingSources } from '../../travelling-files.ts';
import { type IndexStanza, stanzaOf } from '../archive/index-stanzas.ts';
import type { DebianWorkshop } from './debian-workshop.ts';

/** JSON; `jobs.schema.json` has its form. */
export interface DebianKnowledge {
  readonly kind: 'debian';
  readonly architecture: string;
  /** With the one variant that is built. */
  readonly source: Source;
  readonly fetch: readonly Pick<FetchItem, 'kind' | 'name' | 'source' | 'version' | 'sha256'>[];
  readonly steps: readonly { readonly name: string; readonly run: string; readonly env: ByName<string> }[];
  /** Stanzas of the packages that the base is made of. */
  readonly base: readonly string[];
  /** Stanzas of what else of the archive is installed. */
  readonly seed: readonly string[];
}

/** @param request with a work directory, where archives of local files are made */
export async function portableDebian(workshop: DebianWorkshop, request: BuildRequest): Promise<Portable> {
  const { build, workDirectory } = request;
  const { project } = workshop;
  const { source, variant } = workshop.sourceOf(build);
  const recipe = project.recipes.get(build.source)!;
  const { steps } = recipe.variants.get(build.stage)!;
  const [base, seed] = [await workshop.baseFiles(), await workshop.seedFor(build)];
  const sources = await travellingSources(recipe.fetch, (item) => workshop.sources.pathOf(item), {
    metadata: project.directory,
    workDirectory,
  });
  const files = new Map(sources);
  for (const { file } of [...base, ...seed]) files.set(inputPath.pool(file.sha256), workshop.pool.pathOf(file));
  const knowledge: DebianKnowledge = {
    kind: 'debian',
    architecture: project.universe.architecture,
    source: { ...source, variants: [variant] },
    fetch: recipe.fetch.map(travellingItem),
    steps: steps.map(({ name, run, env }) => ({ name, run, env })),
    base: base.map(({ text }) => text),
    seed: seed.map(({ text }) => text),
  };
  return { knowledge, files, stepOf: stepsIn(steps) };
}

/** The stanzas among them. The fingerprint tells when somebody wrote another one. */
const stanzasIn = (texts: readonly string[]): readonly IndexStanza[] => texts.flatMap((text) => stanzaOf(text) ?? []);

/** A build, and the plan and project that it is taken out of. */
export interface OneBuild {
  readonly project: Project;
  readonly plan: Plan;
  /** As the plan has it: it names what is installed from the archive. */
  readonly build: PlannedBuild;
  readonly seed: readonly IndexStanza[];
}

/**
 * The project and the plan of one build, as the machine sees them that does it. @param directory where its local files
 * were unpacked
 */
export function oneBuildOf(knowledge: DebianKnowledge, asked: PlannedBuild, directory: string): OneBuild {
  const { architecture, source, steps } = knowledge;
  const seed = stanzasIn(knowledge.seed);
  const installs = seed.map(({ file }) => file.name);
  const build: PlannedBuild = { ...asked, installs, also: [], without: [], needs: [], taintedBy: [] };
  const binaries = seed.map(
    ({ file: { name, version, architecture: of } }): Binary => ({
      name,
      version,
      architecture: of,
      source: undefined,
      multiArch: undefined,
      essential: false,
      priority: '',
      section: '',
      depends: [],
      conflicts: [],
      breaks: [],
      provides: [],
      available: true,
      origin: source.origin,
    }),
  );
  const { name, version } = source;
  const variant = { steps: steps.map((step) => ({ ...step, origin: source.origin })), binaries: [] };
  return {
    build,
    seed,
    plan: {
      format: 1,
      architecture,
      status: 'none',
      costs: [],
      builds: [build],
      runtime: {},
      wishes: [],
      stuck: [],
      unused: [],
      seed: installs,
      sccs: [],
    },
    project: {
      directory,
      buildArchitecture: architecture,
      universe: {
        architecture,
        profiles: [],
        sources: [source],
        binaries,
        targets: [0],
        seed: [],
        alternatives: 'first',
      },
      recipes: new Map([
        [
          name,
          {
            source: name,
            version,
            fetch: knowledge.fetch,
            variants: new Map([[build.stage, variant]]),
            env: {},
            duplicates: [],
            coreSeconds: 1,
          },
        ],
      ]),
      seeds: [],
      image: undefined,
      imageVariants: [],
    },
  };
}
