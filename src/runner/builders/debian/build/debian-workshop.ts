/** What all builds of Debian sources share: sources, packages of the archive, the base, and what decides an outcome. */

import { join } from 'node:path';
import { entriesOf } from '../../../../by-name.ts';
import { type SeedDigest, seedDigest } from '../../../../digests.ts';
import { Bug, EnvironmentError, exitCode } from '../../../../errors.ts';
import type { Preparing, SourcesChecked } from '../../../../events/before-builds.ts';
import { besideIndex } from '../../../../metadata/universe/archive-root.ts';
import type { ByName, Plan, PlannedBuild, Project, Source, Variant } from '../../../../model.ts';
import { byteOrder } from '../../../../order.ts';
import { installedNames } from '../../../../stages/installation-set.ts';
import { AptRoot } from '../../../fetch/apt-root.ts';
import { cacheDirectory } from '../../../fetch/cache-directory.ts';
import { SourceStore } from '../../../fetch/fetch.ts';
import { aptFileName } from '../../../files/deb-file.ts';
import { sha256 } from '../../../files/digest.ts';
import { takeScratch } from '../../../files/scratch.ts';
import { ownWork, stateDirectory } from '../../../journal/state-directory.ts';
import { defaultLimits, type Limits } from '../../../sandbox/sandbox.ts';
import { requireSandbox } from '../../../sandbox/sandbox-check.ts';
import { DebPool } from '../archive/deb-pool.ts';
import type { IndexStanza } from '../archive/index-stanzas.ts';
import { signedSources } from '../archive/signed-sources.ts';
import { baseChroot, baseDigest } from '../base/base-chroot.ts';
import { type Files, recordPath, Stock } from '../base/stock.ts';
import { idRange } from '../chroot/id-range.ts';
import { isOwnRecipe, ownEnvironment } from '../recipe/own-recipe.ts';
import { buildDsc, buildOptions } from '../recipe/recipe.ts';
import { refuseWhatSbuildCannot, sbuildVersion } from '../recipe/sbuild-limits.ts';

/** Raised when the same inputs shall give another result. */
const layoutVersion = 1;

/** Of a source that the indices have and the mirrors have not. */
const noLongerThere =
  'take indices of today, or fetch its files from elsewhere into a copy of the archive: its indices, and the files below pool/';

type Tell = (event: Preparing | SourcesChecked) => void;

/** What is built, and out of which archive. */
export interface DebianBuilderOptions {
  /** State directory. */
  readonly state: string;
  readonly plan: Plan;
  /** Packages files of the archive that the plan was made from. */
  readonly indices: readonly string[];
  readonly limits?: Limits;
  /** What does the builds; our own chroot when it is left out. */
  readonly backend?: 'sbuild' | undefined;
  /** For who asks what would be built: nothing is written down. */
  readonly onlyLooks?: boolean;
}

/** One workshop for one run; what is asked for twice is made once. */
export class DebianWorkshop {
  readonly project: Project;
  readonly sources: SourceStore;
  readonly pool: DebPool;
  readonly limits: Limits;
  private readonly options: DebianBuilderOptions;
  private readonly stock: Stock;
  private readonly cache = cacheDirectory();
  /** Binary -> the file of its newest version. */
  private readonly files: ReadonlyMap<string, string>;
  private apt: Promise<AptRoot> | undefined;
  private covered: Promise<void> | undefined;
  private base: Promise<string> | undefined;
  private signal: AbortSignal | undefined;

  constructor(project: Project, options: DebianBuilderOptions) {
    this.project = project;
    this.options = options;
    this.limits = options.limits ?? defaultLimits;
    this.sources = new SourceStore(this.cache, project.directory, noLongerThere);
    this.pool = new DebPool(join(this.cache, 'debian'));
    const { architecture } = project.universe;
    const record = recordPath(stateDirectory(options.state).downloads, architecture);
    this.stock = new Stock(options.indices, architecture, record, options.onlyLooks);
    this.files = new Map(
      project.universe.binaries
        .toReversed()
        .map(({ name, version, architecture }) => [name, aptFileName(name, version, architecture)]),
    );
  }

  heed(signal: AbortSignal): void {
    this.signal = signal;
  }

  sourceOf({ source: name, stage }: PlannedBuild): { readonly source: Source; readonly variant: Variant } {
    const source = this.project.universe.sources.find((s) => s.name === name);
    const variant = source?.variants.find((v) => v.stage === stage);
    if (source === undefined || variant === undefined) throw new Bug(`no stage ${stage} of ${name}`);
    return { source, variant };
  }

  dscOf(build: PlannedBuild): string {
    const { source, variant } = this.sourceOf(build);
    return buildDsc(source, variant);
  }

  /** The files of all that the seed has in the installation set of a build, byte order. */
  private seedFiles(build: PlannedBuild): Files {
    const { plan } = this.options;
    const index = plan.builds.findIndex(({ id }) => id === build.id);
    // A round that was added to the plan comes after all that it has.
    const earlier = index < 0 ? plan.builds : plan.builds.slice(0, index);
    const built = new Set(earlier.flatMap(({ produces }) => produces));
    const names = installedNames(build, plan).filter((name) => !built.has(name));
    return names.flatMap((name) => this.files.get(name) ?? []).sort(byteOrder);
  }

  /** All builds at once: so the record is whole, whatever is asked for first. */
  cover(): Promise<void> {
    this.covered ??= this.stock.cover(this.options.plan.builds.map((build) => this.seedFiles(build)));
    return this.covered;
  }

  /** What the seed gives a build, by the plan. */
  async seedFor(build: PlannedBuild): Promise<readonly IndexStanza[]> {
    await this.cover();
    const files = this.seedFiles(build);
    await this.stock.cover([files]);
    return this.stock.of(files);
  }

  /** What apt would install for these names and all that is Essential. */
  systemOf(names: readonly string[]): Promise<readonly IndexStanza[]> {
    return this.stock.system(names);
  }

  fetchSeed(stanzas: readonly IndexStanza[]): Promise<void> {
    const files = stanzas.map(({ file }) => file);
    return this.pool.fetch(files, () => this.openApt(), this.nearby(stanzas));
  }

  async baseFiles(): Promise<readonly IndexStanza[]> {
    await this.cover();
    return this.stock.base;
  }

  openApt(): Promise<AptRoot> {
    this.apt ??= AptRoot.open(this.cache, this.project.buildArchitecture, this.signal);
    return this.apt;
  }

  /** Where these lie when the indices belong to a copy of the archive on this machine. */
  private nearby(stanzas: readonly IndexStanza[]): (deb: IndexStanza['file']) => readonly string[] {
    const names = new Map(stanzas.map(({ file, text }) => [file, /^Filename:[ \t]*(\S+)$/m.exec(text)?.[1]]));
    return (deb) => {
      const name = names.get(deb);
      return name === undefined ? [] : this.options.indices.flatMap((index) => besideIndex(index, name) ?? []);
    };
  }

  /** The host directory of the base, made when it is not there. */
  baseDirectory(tell: Tell = () => {}): Promise<string> {
    this.base ??= this.makeBase(tell);
    return this.base;
  }

  private async makeBase(tell: Tell): Promise<string> {
    const stanzas = await this.baseFiles();
    const state = stateDirectory(this.options.state);
    const scratch = await takeScratch(ownWork(state, 'base'), state.root);
    try {
      const making = (changed: boolean): void => tell({ type: 'preparing', what: 'base', ...(changed && { changed }) });
      const request = { cache: join(this.cache, 'debian'), pool: this.pool, stanzas, scratch: scratch.path, making };
      return await baseChroot({ ...request, ...(this.signal && { signal: this.signal }) });
    } finally {
      await scratch.release();
    }
  }

  /** Fetches every source and every package that any of these builds will need; throws with all problems. */
  async prepare(builds: readonly PlannedBuild[], tell: Tell = () => {}): Promise<void> {
    await requireSandbox();
    idRange();
    if (this.options.backend === 'sbuild') {
      await sbuildVersion();
      refuseWhatSbuildCannot(this.project, builds);
    }
    await this.cover();
    const names = [...new Set(builds.map(({ source }) => source))];
    const items = names.flatMap((name) => this.project.recipes.get(name)?.fetch ?? []);
    const stanzas = [...(await this.baseFiles())];
    for (const build of builds) stanzas.push(...(await this.seedFor(build)));
    tell({ type: 'preparing', what: 'sources' });
    await this.sources.fetch(items, () => this.openApt());
    tell(await signedSources(items, (item) => this.sources.pathOf(item)));
    await this.fetchSeed([...new Set(stanzas)]);
    await this.baseDirectory(tell);
  }

  /** Everything that decides the outcome besides the inputs, as one text, digested. */
  async fingerprint(build: PlannedBuild): Promise<string> {
    const recipe = this.project.recipes.get(build.source);
    if (recipe === undefined) {
      const help = 'a plan of Debian sources needs the Sources index that it was made from';
      throw new EnvironmentError(`${build.source} has no source files`, exitCode.badInput, help);
    }
    const steps = recipe.variants.get(build.stage)?.steps ?? [];
    const parts = {
      layout: layoutVersion,
      builder: 'debian',
      ...(this.options.backend === 'sbuild' && { backend: `sbuild ${await sbuildVersion()}` }),
      architecture: this.project.universe.architecture,
      dsc: this.dscOf(build),
      options: buildOptions(build.profiles),
      fetch: recipe.fetch.map((item) => `${item.name} ${item.sha256}`),
      steps: steps.map(({ name, run, env }) => ({ name, run, env: inOrder(env) })),
      ...(isOwnRecipe(recipe) && {
        binaries: recipe.variants.get(build.stage)!.binaries,
        environment: inOrder(ownEnvironment(this.project, recipe, 0)),
      }),
      base: baseDigest((await this.baseFiles()).map(({ file }) => file)),
      seed: (await this.seedFor(build)).map(({ file }) => file.sha256),
    };
    return sha256(JSON.stringify(parts));
  }

  /** Of all that the archive gives to any build. */
  async seedDigest(): Promise<SeedDigest> {
    const files = (await this.baseFiles()).map(({ file }) => file.sha256);
    return seedDigest(sha256(files.join('\n')));
  }
}

/** The order in which variables are written down decides nothing. */
const inOrder = (variables: ByName<string>): ByName<string> =>
  Object.fromEntries(entriesOf(variables).sort(([a], [b]) => byteOrder(a, b)));
