/** Everything a build needs around it: its sources, its seed, its input root, its directories, its sandbox. */

import { chownSync, existsSync, mkdirSync, utimesSync } from 'node:fs';
import { join, posix } from 'node:path';
import { entriesOf } from '../../by-name.ts';
import { Bug, EnvironmentError, exitCode } from '../../errors.ts';
import { gnuNames } from '../../metadata/relations/gnu-names.ts';
import type { ByName, PlannedBuild, Project, Recipe, RecipeStep, SeedBinary } from '../../model.ts';
import type { BuildRequest } from '../builder.ts';
import { AptRoot } from '../fetch/apt-root.ts';
import { cacheDirectory } from '../fetch/cache-directory.ts';
import { SourceStore } from '../fetch/fetch.ts';
import { SeedStore } from '../fetch/seed.ts';
import type { Seed } from '../fetch/seed-record.ts';
import { removeTree } from '../files/remove-tree.ts';
import { stateDirectory } from '../journal/state-directory.ts';
import {
  type HostPlaces,
  hostPlaces,
  machinesOf,
  onHost,
  placesGiven,
  sourceDateEpoch,
  stepEnvironment,
  stepsInside,
  virtualPaths,
  writable,
} from '../recipe/paths.ts';
import { writeSteps } from '../recipe/steps.ts';
import { type BuildMaterials, materialsOf } from './build-materials.ts';
import { type Assembly, assemble, overlayWorks } from './input-root.ts';
import { conflicts, type Layer, LayerStore, manifestOf, skeleton } from './layers.ts';
import { defaultLimits, type Limits, type SandboxRequest } from './sandbox.ts';
import { requireSandbox, sandboxCheck } from './sandbox-check.ts';
import { buildUser, mayDropTo } from './user.ts';

/** Where builds work, and what they may use. */
export interface WorkshopOptions {
  /** State directory. */
  readonly state: string;
  /** Where layers are unpacked; without it where the runs of the state directory work. */
  readonly work?: string;
  readonly limits?: Limits;
  /** Build on this machine itself when no sandbox starts. Recorded in every result. */
  readonly allowUnsandboxed?: boolean;
  /** For who asks what would be built: digests are found, and nothing is fetched or written down for them. */
  readonly onlyLooks?: boolean;
  /** Ways to put input roots together; without it the best that works here. */
  readonly assembly?: readonly Assembly[];
}

/** What of a build request decides about its surroundings. */
export type Place = Pick<BuildRequest, 'build' | 'inputs' | 'seed' | 'workDirectory' | 'cores'>;

/** A build that can start, but for its command. */
export interface Furnished {
  readonly places: HostPlaces;
  readonly environment: ByName<string>;
  /** Without a command. */
  readonly sandbox: Omit<SandboxRequest, 'command' | 'directory'>;
  /** Where the step scripts are for the one who runs them. */
  readonly steps: string;
  /** The path of the sandbox as the build sees it: the same, unless there is no sandbox. */
  readonly seenAs: (virtual: string) => string;
  /** Why the build must not start, and at last what to do; empty when all is well. */
  readonly problems: readonly string[];
}

/** What all builds of recipes share. */
export class Workshop {
  readonly project: Project;
  private readonly limits: Limits;
  private readonly sources: SourceStore;
  private readonly seeds: SeedStore;
  private readonly layerDirectory: string;
  private readonly cache = cacheDirectory();
  private apt: Promise<AptRoot> | undefined;
  private layers: LayerStore | undefined;
  private ways: Promise<readonly Assembly[]> | undefined;
  private readonly assembly: readonly Assembly[] | undefined;
  private readonly allowUnsandboxed: boolean;
  private sandboxChecked: Promise<boolean> | undefined;
  private signal: AbortSignal | undefined;

  constructor(project: Project, options: WorkshopOptions) {
    const state = stateDirectory(options.state);
    this.project = project;
    this.limits = options.limits ?? defaultLimits;
    this.assembly = options.assembly;
    this.allowUnsandboxed = options.allowUnsandboxed ?? false;
    this.sources = new SourceStore(this.cache, project.directory);
    this.seeds = new SeedStore(this.cache, state.seed, options.onlyLooks);
    this.layerDirectory = join(options.work ?? state.work, 'layers');
  }

  /** From now on what is fetched is given up at this signal. */
  heed(signal: AbortSignal): void {
    this.signal = signal;
  }

  recipeOf(build: PlannedBuild): Recipe {
    const recipe = this.project.recipes.get(build.source);
    if (recipe === undefined) {
      const help = `add a recipe to ${build.source}'s file, or only plan`;
      throw new EnvironmentError(`${build.source} has no recipe`, exitCode.badInput, help);
    }
    return recipe;
  }

  stepsOf(build: PlannedBuild): readonly RecipeStep[] {
    const variant = this.recipeOf(build).variants.get(build.stage);
    if (variant === undefined) throw new Bug(`the recipe of ${build.source} has no stage ${build.stage}`);
    return variant.steps;
  }

  /** The seed binaries that a build asks for by name. */
  private seedsOf(build: PlannedBuild): readonly SeedBinary[] {
    const source = this.project.universe.sources.find((s) => s.name === build.source);
    const groups = source?.variants.find((v) => v.stage === build.stage)?.buildDepends ?? [];
    const names = new Set(groups.flatMap((group) => group.map((relation) => relation.name)));
    return this.project.seeds.filter((s) => names.has(s.name));
  }

  private openApt(): Promise<AptRoot> {
    this.apt ??= AptRoot.open(this.cache, this.project.buildArchitecture, this.signal);
    return this.apt;
  }

  private seedNamed(seeds: readonly SeedBinary[]): Promise<{ seed: Seed; directory: string }> {
    return this.seeds.get(seeds, () => this.openApt());
  }

  async seedDigest(build: PlannedBuild): Promise<Seed['digest'] | undefined> {
    return this.seedsOf(build).length === 0 ? undefined : (await this.seedNamed(this.seedsOf(build))).seed.digest;
  }

  /** Debian names its cross compilers after what they compile for; where none is, the seed itself is named. */
  async crossCompiler(build: PlannedBuild): Promise<string | undefined> {
    const seeds = this.recipeOf(build).onItself === true ? [] : this.seedsOf(build);
    if (seeds.length === 0) return undefined;
    const { seed } = await this.seedNamed(seeds);
    const name = `gcc-${gnuNames(this.project.universe.architecture)?.type}`;
    const deb = seed.debs.map(({ file }) => file.split('_')).find(([first]) => first === name);
    return deb === undefined ? seed.names.join(', ') : `${name} ${decodeURIComponent(deb[1]!)}`;
  }

  /** Sources and seed as another machine needs them. */
  materials({ build, seed: names }: Pick<Place, 'build' | 'seed'>): Promise<BuildMaterials> {
    return materialsOf({
      asked: this.seedsOf(build),
      installed: this.project.seeds.filter((s) => names.includes(s.name)),
      seedOf: async (binaries) => (await this.seedNamed(binaries)).seed,
      debsOf: (seed) => this.seeds.debsOf(seed, () => this.openApt()),
      sources: this.recipeOf(build).fetch.map((item) => ({ item, path: this.sources.pathOf(item) })),
    });
  }

  /** The digest of seed binaries that are installed together. */
  async seedDigestOf(names: readonly string[]): Promise<Seed['digest']> {
    return (await this.seedNamed(this.project.seeds.filter((s) => names.includes(s.name)))).seed.digest;
  }

  /** Asked once. Throws when there is none and none is not allowed. */
  get sandboxed(): Promise<boolean> {
    this.sandboxChecked ??= this.allowUnsandboxed
      ? sandboxCheck().then((check) => check.ok)
      : requireSandbox().then(() => true);
    return this.sandboxChecked;
  }

  /** Are builds without a sandbox allowed, and is there none? What only looks is not told that one is missing. */
  async isBare(): Promise<boolean> {
    return this.allowUnsandboxed && !(await this.sandboxed);
  }

  /** Fetches sources and seed of all builds; throws with all problems. */
  async prepare(builds: readonly PlannedBuild[]): Promise<void> {
    await this.sandboxed;
    const oneOfEach = new Map(builds.map((build) => [build.source, build]));
    const items = [...oneOfEach.values()].flatMap((build) => this.recipeOf(build).fetch);
    await this.sources.fetch(items, () => this.openApt());
    for (const build of builds) await this.seedDigest(build);
  }

  private async layersOf(place: Place): Promise<readonly Layer[]> {
    this.layers = existsSync(join(this.layerDirectory, skeleton)) ? this.layers : undefined;
    this.layers ??= new LayerStore(this.layerDirectory);
    const layers: Layer[] = [];
    for (const input of place.inputs) layers.push(await this.layers.deb(input));
    const seeds = this.project.seeds.filter((s) => place.seed.includes(s.name));
    if (seeds.length > 0) {
      const { seed, directory } = await this.seedNamed(seeds);
      layers.push(await this.layers.link(seed.digest, seed.names.join(', '), directory, () => manifestOf(directory)));
    }
    return layers;
  }

  private waysHere(): Promise<readonly Assembly[]> {
    this.ways ??= overlayWorks(this.layerDirectory).then((works) =>
      works ? ['overlay', 'hardlink', 'copy'] : ['hardlink', 'copy'],
    );
    return this.ways;
  }

  /** Makes the directories of a build, all of one date, and its input root. Runs nothing of the build. */
  async furnish(place: Place): Promise<Furnished> {
    const recipe = this.recipeOf(place.build);
    const places = hostPlaces(place.workDirectory);
    await removeTree(places.work);
    const own = writable.map((name) => onHost(places, virtualPaths[name])!);
    // Mount points among them.
    const below = placesGiven.map((inside) => join(places.work, posix.basename(inside)));
    for (const directory of [...below, places.fetch, places.packages]) mkdirSync(directory, { recursive: true });
    if (mayDropTo(buildUser)) for (const d of [places.work, ...own]) chownSync(d, buildUser, buildUser);
    await this.sources.place(recipe.fetch, places.fetch);
    const sandboxed = await this.sandboxed;
    const seenAs = (path: string): string => (sandboxed ? path : (onHost(places, path) ?? path));
    writeSteps(places.steps, this.stepsOf(place.build), seenAs);
    // The first one that has a path is seen: packages in byte order, then the seed.
    const layers = await this.layersOf(place);
    const stacked = { layersIn: this.layerDirectory, layers: [...layers.map((l) => l.name), skeleton] };
    const ways = this.assembly ?? (await this.waysHere());
    const root = await assemble(stacked, join(place.workDirectory, 'root'), ways);
    const named = { name: recipe.source, version: recipe.version };
    const inside = stepEnvironment(named, place.cores, recipe.env, machinesOf(this.project, recipe));
    const environment = Object.fromEntries(entriesOf(inside).map(([name, value]) => [name, seenAs(value)]));
    for (const d of [...below, places.fetch, places.work]) utimesSync(d, sourceDateEpoch, sourceDateEpoch);
    return {
      places,
      environment,
      problems: conflicts(layers, recipe.duplicates),
      sandbox: {
        ...root,
        rootAgain: virtualPaths.SYSROOT,
        binds: [
          { host: places.work, inside: virtualPaths.WORKDIR, writable: true },
          { host: places.fetch, inside: virtualPaths.F, writable: false },
          { host: places.steps, inside: stepsInside, writable: false },
        ],
        environment,
        architecture: this.project.buildArchitecture,
        limits: this.limits,
        usageFile: join(place.workDirectory, 'usage'),
        bare: !sandboxed,
      },
      steps: seenAs(stepsInside),
      seenAs,
    };
  }
}
