/**
 * Where the builds of trials happen: a Debian source with all of its build dependencies, or fewer, each build alone in
 * a chroot with what apt would install of the archive for it. What came of one is kept by content for all runs of this
 * user.
 */

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { trialId } from '../../build-id.ts';
import { makeDirectories } from '../../directories.ts';
import { EnvironmentError, exitCode, Interrupted } from '../../errors.ts';
import type { Plan, PlannedBuild, Project, Source, Universe, Variant } from '../../model.ts';
import { stanzasNamed } from '../builders/debian/archive/index-stanzas.ts';
import { baseDigest } from '../builders/debian/base/base-chroot.ts';
import { type BuildSite, buildInChroot } from '../builders/debian/build/build.ts';
import { DebianWorkshop } from '../builders/debian/build/debian-workshop.ts';
import { debianProject } from '../builders/debian/recipe/debian-project.ts';
import { buildDsc, buildOptions, debianRecipe } from '../builders/debian/recipe/recipe.ts';
import { stepsProgramWith } from '../builders/debian/recipe/steps-program.ts';
import { cacheDirectory } from '../fetch/cache-directory.ts';
import { sha256 } from '../files/digest.ts';
import { readRecord } from '../files/json-record.ts';
import { publishText } from '../files/publish.ts';
import { takeScratch } from '../files/scratch.ts';
import { ownWork, stateDirectory } from '../journal/state-directory.ts';
import { accessesIn, afterBuild, beforeBuild, beforeInstallation, openedFile } from './access-trace.ts';
import { endOf } from './failure-cause.ts';
import { reducedVariant } from './reduced-variant.ts';
import { TrialArchive } from './trial-archive.ts';
import { type FailedBuild, keptOf, type TrialBuild, type TrialOrder, type TrialResult } from './trial-build.ts';

/** Raised when the same build shall be kept as something else. */
const layout = 2;

/** Where trials happen, and out of which archive. */
export interface TrialSiteOptions {
  /** State directory: logs, and what is at work. */
  readonly state: string;
  /** Packages and Sources files. */
  readonly packages: readonly string[];
  readonly sources: readonly string[];
  readonly indep: boolean;
  readonly cores: number;
  readonly timeoutSeconds: number;
  /** Until all of it has to be done; may be endless, and below 0. */
  readonly secondsLeft: () => number;
  readonly signal: AbortSignal;
}

/** This machine ended a build, which says nothing of its source and nothing of others. */
export class EndedByMachine extends EnvironmentError {}

/** One site; a build that was tried once is not tried again. */
export class TrialSite {
  readonly universe: Universe;
  readonly archive: TrialArchive;
  private readonly options: TrialSiteOptions;
  private readonly kept = join(cacheDirectory(), 'debian', 'trials');
  private readonly shops = new Map<string, Promise<DebianWorkshop>>();

  constructor(universe: Universe, options: TrialSiteOptions) {
    this.universe = universe;
    this.options = options;
    this.archive = new TrialArchive(options.packages, universe.architecture);
  }

  private shopOf(source: Source): Promise<DebianWorkshop> {
    const known = this.shops.get(source.name) ?? this.open(source);
    this.shops.set(source.name, known);
    return known;
  }

  private async open(source: Source): Promise<DebianWorkshop> {
    const { packages, sources, indep, state, signal } = this.options;
    const project = await debianProject(this.universe, new Set([source.name]), {
      sources,
      indep,
      directory: process.cwd(),
      recipes: new Map(),
    });
    const workshop = new DebianWorkshop(project, { state, plan: nothingPlanned(this.universe), indices: packages });
    workshop.heed(signal);
    return workshop;
  }

  /** Removes what lies on the disk for it. */
  close(): void {
    this.archive.close();
  }

  /** One build, or what is kept of it. */
  async build(order: TrialOrder): Promise<TrialResult> {
    const { source, profiles, dropped, switches } = order;
    const variant = reducedVariant(source, this.universe.architecture, dropped, profiles);
    const would = await this.archive.wouldInstall(source, variant);
    if ('why' in would) {
      const result = {
        format: 1,
        ok: false,
        step: 'apt',
        message: 'apt cannot install what is left',
        cpuSeconds: 0,
      } as const;
      return { ...result, tail: endOf(would.why), packages: [], accesses: [], isKept: false, log: '' };
    }
    const found = stanzasNamed(await this.archive.index(), new Set(would.files));
    const seed = would.files.flatMap((file) => found.get(file) ?? []);
    const workshop = await this.shopOf(source);
    const planned = this.planned(order, variant);
    const fetch = workshop.project.recipes.get(source.name)!.fetch;
    const environment = Object.fromEntries(switches.map((word) => word.split(/=(.*)/s)));
    const { indep } = this.options;
    const recipe = debianRecipe({ ...source, variants: [variant] }, fetch, { indep, environment });
    const project: Project = { ...workshop.project, recipes: new Map([[source.name, recipe]]) };
    const base = await workshop.baseFiles();
    const key = sha256(
      JSON.stringify({
        layout,
        architecture: this.universe.architecture,
        dsc: buildDsc(source, variant),
        options: buildOptions(profiles),
        profiles,
        traced: order.traced,
        ...(switches.length > 0 && { switches }),
        fetch: fetch.map(({ name, sha256: digest }) => `${name} ${digest}`),
        steps: recipe.variants.get(variant.stage)!.steps.map(({ name, run }) => `${name}\n${run}`),
        base: baseDigest(base.map(({ file }) => file)),
        seed: seed.map(({ file }) => file.sha256),
      }),
    );
    const record = join(this.kept, `${key}.json`);
    if (existsSync(record)) {
      const read = readRecord<TrialBuild>(record, 'records#/$defs/trialBuild', 'delete it: the build is tried again');
      return { ...read, isKept: true, log: '' };
    }
    if (this.secondsForBuild() <= 0) return tooLate;
    await workshop.sources.fetch(fetch, () => workshop.openApt());
    await workshop.fetchSeed([...new Set([...base, ...seed])]);
    const site: BuildSite = {
      project,
      sources: workshop.sources,
      pool: workshop.pool,
      limits: workshop.limits,
      sourceOf: () => ({ source, variant }),
      dscOf: () => buildDsc(source, variant),
      seedFor: async () => seed,
      baseFiles: () => workshop.baseFiles(),
      baseDirectory: () => workshop.baseDirectory(),
    };
    const built = await this.run(site, planned, order);
    if (built.failed?.retriable)
      throw new EndedByMachine(
        `this machine, not ${source.name}, ended a build: ${built.kept.message}`,
        exitCode.tryAgain,
        `try it again; its log is ${built.log}`,
      );
    // Whoever allows more time asks again.
    if (built.failed?.timedOut) return { ...built.kept, isKept: false, isLate: true, log: built.log };
    makeDirectories(this.kept);
    publishText(record, `${JSON.stringify(built.kept)}\n`);
    return { ...built.kept, isKept: false, log: built.log };
  }

  private secondsForBuild(): number {
    const { timeoutSeconds, secondsLeft } = this.options;
    return Math.min(timeoutSeconds, Math.floor(secondsLeft()));
  }

  private planned({ source, profiles, dropped, switches }: TrialOrder, { stage }: Variant): PlannedBuild {
    const none = { produces: [], installs: [], needs: [], taintedBy: [], wave: 0, archive: 'trial', round: 1 } as const;
    const { name, version } = source;
    const reduced = [...dropped, ...switches].join('\n');
    const id = trialId(name, reduced === '' ? '' : `-${sha256(reduced).slice(0, 8)}`);
    return { ...none, id, source: name, version, stage, profiles, why: stage === 0 ? 'full' : 'stage' };
  }

  private async run(
    site: BuildSite,
    build: PlannedBuild,
    { traced }: TrialOrder,
  ): Promise<{ readonly kept: TrialBuild; readonly failed: FailedBuild | undefined; readonly log: string }> {
    const { cores, signal } = this.options;
    const state = stateDirectory(this.options.state);
    makeDirectories(state.logs);
    const log = join(state.logs, `${build.id}.log`);
    const scratch = await takeScratch(ownWork(state, 'trial'), state.root);
    const workDirectory = join(scratch.path, 'work');
    mkdirSync(workDirectory);
    try {
      const program = traced ? stepsProgramWith({ beforeInstallation, beforeBuild, afterBuild }) : undefined;
      const request = {
        build,
        suffix: '+bp1',
        inputs: [],
        seed: [],
        workDirectory,
        logFile: log,
        cores,
        timeoutSeconds: Math.max(1, this.secondsForBuild()),
      };
      const outcome = await buildInChroot(site, { ...request, onStep: () => {}, signal }, program);
      if (signal.aborted) throw new Interrupted('the trial was ended');
      const opened = join(workDirectory, 'record', openedFile);
      const accesses = outcome.ok && existsSync(opened) ? accessesIn(readFileSync(opened, 'utf8')) : [];
      return {
        kept: await keptOf(outcome, log, workDirectory, accesses),
        failed: outcome.ok ? undefined : outcome,
        log,
      };
    } finally {
      await scratch.release();
    }
  }
}

/** No time was left to begin it. */
const tooLate: TrialResult = {
  format: 1,
  ok: false,
  step: '',
  message: '',
  tail: [],
  cpuSeconds: 0,
  packages: [],
  accesses: [],
  isKept: false,
  isLate: true,
  log: '',
};

/** A trial is of no plan: what is installed is apt's choice. */
const nothingPlanned = ({ architecture }: Universe): Plan => ({
  format: 1,
  architecture,
  status: 'optimal',
  costs: [],
  builds: [],
  runtime: {},
  wishes: [],
  stuck: [],
  unused: [],
  seed: [],
  sccs: [],
});
