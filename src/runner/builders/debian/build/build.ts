/** One build of a Debian source: its archives laid out, its steps run in a chroot, what came of it taken in. */

import { appendFileSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { visible } from '../../../../diagnostics.ts';
import type { InstalledBinary } from '../../../../events.ts';
import { archiveSource, binaryName } from '../../../../names.ts';
import type { BuildOutcome, BuildRequest, OutputDeb } from '../../../builder.ts';
import { debFileName } from '../../../files/deb-file.ts';
import { sha256File } from '../../../files/digest.ts';
import { virtualPaths } from '../../../recipe/paths.ts';
import { stepMarker } from '../../../recipe/step-marker.ts';
import { lastCommand, stepsIn, writeSteps } from '../../../recipe/steps.ts';
import { tailOf } from '../../../sandbox/log-follower.ts';
import { thisMachine } from '../../../sandbox/this-machine.ts';
import { followedBuild } from '../../followed-build.ts';
import { type Failure, stepFailure } from '../../step-failure.ts';
import { writeOwnArchive, writeSeedArchive } from '../archive/flat-archive.ts';
import type { IndexStanza } from '../archive/index-stanzas.ts';
import { packageContent } from '../archive/package-content.ts';
import { installedIn, type Present, recordedSet, strangers } from '../archive/recorded-set.ts';
import { buildPath, type ChrootRequest, runInChroot } from '../chroot/chroot.ts';
import { idRange } from '../chroot/id-range.ts';
import { isOwnRecipe, ownEnvironment, ownProgram, packOwn } from '../recipe/own-recipe.ts';
import { buildOptions, inside, kindIn, sourceDirectory } from '../recipe/recipe.ts';
import { stepsProgram } from '../recipe/steps-program.ts';
import type { DebianWorkshop } from './debian-workshop.ts';
import { summaryOf } from './summary.ts';

/** Where the parts of one build lie on this machine. */
const placesOf = (workDirectory: string) => {
  const at = (name: string): string => join(workDirectory, name);
  return {
    archives: at('archives'),
    sources: at('source'),
    steps: at('steps'),
    record: at('record'),
    outputs: at('out'),
    content: at('content'),
  };
};

type Places = ReturnType<typeof placesOf>;

/** Everything around a build, made: nothing of it has run. */
export interface Surroundings {
  readonly places: Places;
  readonly chroot: Omit<ChrootRequest, 'command' | 'timeoutSeconds' | 'log'>;
  /** All that the archive gave, the base included. */
  readonly seed: readonly IndexStanza[];
}

/** What a build needs of a workshop: the builds of a plan have it from the plan, a trial from apt. */
export type BuildSite = Pick<
  DebianWorkshop,
  'project' | 'sources' | 'pool' | 'limits' | 'sourceOf' | 'dscOf' | 'seedFor' | 'baseFiles' | 'baseDirectory'
>;

/** Lays out all that a build sees, in its work directory. */
export async function surround(
  workshop: BuildSite,
  request: Pick<BuildRequest, 'build' | 'inputs' | 'workDirectory' | 'cores' | 'suffix'>,
): Promise<Surroundings> {
  const { build, inputs, workDirectory, cores, suffix } = request;
  const places = placesOf(workDirectory);
  for (const directory of Object.values(places)) mkdirSync(directory, { recursive: true });
  const { source } = workshop.sourceOf(build);
  const recipe = workshop.project.recipes.get(build.source)!;
  const seed = await workshop.seedFor(build);
  writeSeedArchive(join(places.archives, 'seed'), seed);
  await writeOwnArchive(join(places.archives, 'ours'), inputs);
  writeFileSync(join(places.archives, 'build.dsc'), workshop.dscOf(build));
  const exact = [...inputs, ...seed.map(({ file }) => file)].map(({ name, version }) => `${name}=${version}\n`);
  writeFileSync(join(places.archives, 'install'), exact.join(''));
  await workshop.sources.place(recipe.fetch, places.sources);
  const own = isOwnRecipe(recipe);
  writeSteps(places.steps, recipe.variants.get(build.stage)!.steps, own ? (path) => path : () => buildPath);
  if (process.getuid?.() === 0) {
    const { users, groups } = idRange();
    for (const directory of [places.record, places.outputs]) chownSync(directory, users, groups);
  }
  const bind = (host: string, at: string, writable = false) => ({ host, inside: at, writable });
  return {
    places,
    seed: [...(await workshop.baseFiles()), ...seed],
    chroot: {
      base: await workshop.baseDirectory(),
      binds: [
        bind(places.archives, inside.archives),
        bind(workshop.pool.directory, `${inside.archives}/seed/pool`),
        bind(places.sources, own ? virtualPaths.F : inside.sources),
        bind(places.steps, inside.steps),
        bind(places.record, inside.record, true),
        bind(places.outputs, inside.outputs, true),
      ],
      environment: {
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games',
        HOME: '/nonexistent',
        LC_ALL: 'C.UTF-8',
        TMPDIR: '/tmp',
        S: sourceDirectory(source),
        SUFFIX: suffix,
        DEB_BUILD_PROFILES: build.profiles.join(' '),
        DEB_BUILD_OPTIONS: [`parallel=${cores}`, ...buildOptions(build.profiles)].join(' '),
        ...(own && ownEnvironment(workshop.project, recipe, cores)),
      },
      limits: workshop.limits,
      usageFile: join(workDirectory, 'usage'),
    },
  };
}

/**
 * @param program runs the steps, in the place of the usual one; what it writes into the record stays in the work
 * directory
 */
export async function buildInChroot(
  workshop: BuildSite,
  request: BuildRequest,
  program?: readonly string[],
): Promise<BuildOutcome> {
  const { build, logFile, timeoutSeconds, suffix } = request;
  const { places, chroot, seed } = await surround(workshop, request);
  const recipe = workshop.project.recipes.get(build.source)!;
  const { steps } = recipe.variants.get(build.stage)!;
  const own = isOwnRecipe(recipe);
  const command = program ?? (own ? ownProgram : stepsProgram);
  const started = performance.now();
  const { ended, step, full } = await followedBuild(request, { marker: stepMarker, begins: stepsIn(steps) }, (signal) =>
    runInChroot({ ...chroot, command, log: logFile, timeoutSeconds, signal }),
  );
  const { cpuSeconds, maxRssKiB } = ended;
  const summarise = (failedIn: string): void => {
    const { architecture } = workshop.project.universe;
    const type = { '-A': 'all', '-B': 'any', '-b': 'binary' }[kindIn(steps)];
    const facts = {
      source: archiveSource(build.source),
      version: build.version,
      builtVersion: `${build.version}${suffix}`,
      architecture,
    };
    const { profiles, archive } = build;
    const seconds = (performance.now() - started) / 1000;
    appendFileSync(logFile, summaryOf({ ...facts, profiles, archive, type, seconds, failedIn }));
  };
  const failed = (failure: Failure): BuildOutcome => {
    const logTail = tailOf(logFile);
    summarise(failure.step);
    const surroundings = { workdir: request.workDirectory, env: chroot.environment };
    const record = join(places.record, 'status');
    const installed = existsSync(record) && {
      installed: whatWasThere(installedIn(readFileSync(record, 'utf8')), request, seed),
    };
    return { ok: false, ...failure, command: lastCommand(logTail), ...surroundings, logTail, ...installed };
  };
  if (ended.exitCode !== 0) return failed(stepFailure(ended, { step, tail: tailOf(logFile), full, timeoutSeconds }));
  const refused = (at: string, message: string): BuildOutcome =>
    failed({ step: at, message, exitCode: 0, signal: undefined, retriable: false, cpuSeconds, maxRssKiB });

  const unpacked = own ? await packOwn(places.outputs, recipe, build.stage, suffix) : '';
  if (unpacked !== '') return refused('collect', unpacked);
  const present = installedIn(readFileSync(join(places.record, 'status'), 'utf8'));
  const taken = await takeIn(request, places, present, seed);
  if ('message' in taken) return refused(taken.step, taken.message);
  summarise('');
  return { ok: true, ...taken, cpuSeconds, maxRssKiB, sandboxed: true, machine: thisMachine() };
}

/** Of what dpkg says is there, all that is from a build of the plan or from the archive. */
export const whatWasThere = (
  present: readonly Present[],
  { inputs }: Pick<BuildRequest, 'inputs'>,
  seed: readonly IndexStanza[],
): readonly InstalledBinary[] =>
  recordedSet(
    present,
    inputs,
    seed.map(({ file }) => file),
  ).installed;

/** What came of a build, when what was installed for it is the plan's set; else what is wrong, and in which step. */
export async function takeIn(
  { inputs, build, suffix }: Pick<BuildRequest, 'inputs' | 'build' | 'suffix'>,
  places: Pick<Places, 'outputs' | 'content'>,
  present: readonly Present[],
  seed: readonly IndexStanza[],
): Promise<
  | Pick<Extract<BuildOutcome, { ok: true }>, 'debs' | 'installed' | 'beside'>
  | { readonly step: string; readonly message: string }
> {
  const wrongly = (message: string) => ({ step: 'install-deps', message });
  const recorded = recordedSet(
    present,
    inputs,
    seed.map(({ file }) => file),
  );
  if (recorded.unknown.length > 0)
    return wrongly(`installed, and from neither a build of the plan nor the seed: ${recorded.unknown.join(', ')}`);
  const built = new Map(inputs.map((input) => [input.name, input.build]));
  const wrong = strangers(recorded.installed, built);
  const lacking = inputs.filter(({ sha256 }) => !recorded.installed.some((binary) => binary.sha256 === sha256));
  if (lacking.length > 0)
    return wrongly(`the plan has these installed, and apt has not: ${lacking.map(({ name }) => name).join(', ')}`);
  if (wrong.length > 0) return wrongly(`a copy from outside was installed: ${wrong.join('; ')}`);
  const debs = await outputsIn(places, build.version, suffix);
  if ('problem' in debs) return { step: 'collect', message: debs.problem };
  const beside = readdirSync(places.outputs).filter((file) =>
    /^[A-Za-z0-9][A-Za-z0-9.+~_-]*\.(changes|buildinfo)$/.test(file),
  );
  return {
    debs: debs.debs,
    installed: recorded.installed,
    beside: beside.sort().map((file) => join(places.outputs, file)),
  };
}

/** The packages that lie there: each with a name that says what the plan says. */
async function outputsIn(
  places: Pick<Places, 'outputs' | 'content'>,
  version: string,
  suffix: string,
): Promise<{ readonly debs: readonly OutputDeb[] } | { readonly problem: string }> {
  const debs: OutputDeb[] = [];
  for (const file of readdirSync(places.outputs).sort()) {
    if (!file.endsWith('.deb')) continue;
    const [, name, architecture] = /^([a-z0-9][a-z0-9+.-]+)_[^_]*_([a-z0-9-]+)\.deb$/.exec(file) ?? [];
    const own = `${version}${suffix}`;
    if (name === undefined || architecture === undefined)
      return { problem: `${visible(file)} is no name of a package` };
    const path = join(places.outputs, file);
    // A source may give one of its packages a version of its own.
    const expected = debFileName(name, own, architecture);
    const contentSha256 = await packageContent(path, places.content);
    debs.push({
      name: binaryName(name),
      version: file === expected ? own : versionIn(file),
      file,
      path,
      sha256: await sha256File(path),
      contentSha256,
    });
  }
  return { debs };
}

const versionIn = (file: string): string => file.split('_')[1]!;
