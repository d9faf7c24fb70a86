/** Builds a source by the steps of its recipe, in a sandbox whose / is its installation set and nothing else. */
import { writeFileSync } from 'node:fs';
import { Bug } from '../../errors.ts';
import type { BinarySplit, ByName, PlannedBuild, Project } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import type { Builder, BuildOutcome, BuildRequest, OutputDeb } from '../builder.ts';
import { sha256 } from '../files/digest.ts';
import { machinesOf, onHost, sourceDateEpoch, stepEnvironment, virtualPaths } from '../recipe/paths.ts';
import { stepMarker } from '../recipe/step-marker.ts';
import { lastCommand, stepsCommand, stepsIn } from '../recipe/steps.ts';
import { type Furnished, Workshop, type WorkshopOptions } from '../sandbox/build-environment.ts';
import { tailOf } from '../sandbox/log-follower.ts';
import { defaultLimits, runInSandbox, type Used } from '../sandbox/sandbox.ts';
import { thisMachine } from '../sandbox/this-machine.ts';
import { followedBuild } from './followed-build.ts';
import { list, packDeb, splitOutputs, strays } from './packages.ts';
import { portableRecipe } from './portable-recipe.ts';
import { type Failure, stepFailure } from './step-failure.ts';

/** Changes when the sandbox or the packing changes in a way that changes what comes out. */
const layoutVersion = 2;

/** What its builds leave to others, besides what a workshop is told. */
export interface RecipeBuilderOptions extends WorkshopOptions {
  /** Bytes that a build must leave free where it works. */
  readonly reserveBytes?: number;
  /** Bytes that its log must leave free where that is kept. */
  readonly logReserveBytes?: number;
}

/** A builder of the recipes of a project. */
export function recipeBuilder(project: Project, options: RecipeBuilderOptions): Builder {
  const workshop = new Workshop(project, options);
  return {
    seedDigest: (names) => workshop.seedDigestOf(names),
    fingerprint: (build) => fingerprint(workshop, build),
    crossCompiler: (build) => workshop.crossCompiler(build),
    isOnItself: (build) => workshop.recipeOf(build).onItself === true,
    heed: (signal) => workshop.heed(signal),
    prepare: (builds) => workshop.prepare(builds),
    portable: (request) => portableRecipe(workshop, request),
    build: (request) => buildRecipe(workshop, request, options),
  };
}

/** The order in which variables are written down decides nothing. */
const inOrder = (variables: ByName<string>): ByName<string> =>
  Object.fromEntries(Object.entries(variables).sort(([a], [b]) => byteOrder(a, b)));

/** Everything that decides the outcome besides the inputs, as one text, digested. */
async function fingerprint(workshop: Workshop, build: PlannedBuild): Promise<string> {
  const recipe = workshop.recipeOf(build);
  const machines = machinesOf(workshop.project, recipe);
  const parts = {
    layout: layoutVersion,
    architecture: machines.host,
    environment: stepEnvironment({ name: recipe.source, version: recipe.version }, 0, inOrder(recipe.env), machines),
    fetch: recipe.fetch.map((item) => `${item.name} ${item.sha256}`),
    steps: workshop.stepsOf(build).map(({ name, run, env }) => ({ name, run, env: inOrder(env) })),
    binaries: binariesOf(workshop, build),
    duplicates: recipe.duplicates,
    seed: (await workshop.seedDigest(build)) ?? '',
    ...((await workshop.isBare()) && { sandbox: 'none' }),
  };
  return sha256(JSON.stringify(parts));
}

function binariesOf(workshop: Workshop, build: PlannedBuild): readonly BinarySplit[] {
  const variant = workshop.recipeOf(build).variants.get(build.stage);
  if (variant === undefined) throw new Bug(`no stage ${build.stage} of ${build.source}`);
  return [...variant.binaries].sort((a, b) => byteOrder(a.name, b.name));
}

function failed(request: BuildRequest, furnished: Furnished, failure: Failure): BuildOutcome {
  const logTail = tailOf(request.logFile);
  return {
    ok: false,
    ...failure,
    command: lastCommand(logTail),
    workdir: request.workDirectory,
    env: furnished.environment,
    logTail,
  };
}

const nothingUsed: Used = { cpuSeconds: 0, maxRssKiB: 0 };
const noExit = { exitCode: 0, signal: undefined, retriable: false };

async function buildRecipe(
  workshop: Workshop,
  request: BuildRequest,
  options: RecipeBuilderOptions,
): Promise<BuildOutcome> {
  const furnished = await workshop.furnish(request);
  const nothingInstalled = request.inputs.length === 0 && request.seed.length === 0;
  const missing = nothingInstalled && (await workshop.sandboxed) ? ['its installation set is empty'] : [];
  const problems = [...missing, ...furnished.problems];
  if (problems.length > 0) {
    // An empty log: nothing was run.
    writeFileSync(request.logFile, '', { flag: 'a' });
    return failed(request, furnished, { ...noExit, ...nothingUsed, step: 'stage', message: problems.join('\n') });
  }
  const { logBytes } = options.limits ?? defaultLimits;
  const { ended, step, full } = await followedBuild(
    request,
    { marker: stepMarker, begins: stepsIn(workshop.stepsOf(request.build)) },
    (signal) =>
      runInSandbox({
        ...furnished.sandbox,
        command: stepsCommand(furnished.steps),
        directory: furnished.seenAs(virtualPaths.B),
        log: request.logFile,
        timeoutSeconds: request.timeoutSeconds,
        signal,
      }),
    options,
    (await workshop.sandboxed) ? undefined : logBytes,
  );
  const { cpuSeconds, maxRssKiB } = ended;
  if (ended.exitCode !== 0) {
    const { timeoutSeconds } = request;
    return failed(
      request,
      furnished,
      stepFailure(ended, { step, tail: tailOf(request.logFile), full, timeoutSeconds }),
    );
  }
  return await collect(workshop, request, furnished, { cpuSeconds, maxRssKiB });
}

/** Cuts the outputs into packages. */
async function collect(
  workshop: Workshop,
  request: BuildRequest,
  furnished: Furnished,
  used: Used,
): Promise<BuildOutcome> {
  const outputs = onHost(furnished.places, virtualPaths.D)!;
  const beside = await strays(furnished.places);
  if (beside.length > 0) {
    const message = `written outside $S, $B and $D: ${list(beside)}; what belongs to a package goes into $D, all else into $B`;
    return failed(request, furnished, { ...noExit, ...used, step: 'collect', message });
  }
  const split = await splitOutputs(outputs, binariesOf(workshop, request.build));
  if (!split.ok) return failed(request, furnished, { ...noExit, ...used, step: 'collect', message: split.message });
  const epoch = Number(furnished.environment.SOURCE_DATE_EPOCH ?? sourceDateEpoch);
  const debs: OutputDeb[] = [];
  for (const [binary, entries] of split.contents) {
    const stamp = { suffix: request.suffix, epoch };
    const packed = await packDeb(outputs, furnished.places.packages, binary, entries, stamp);
    if (!packed.ok) return failed(request, furnished, { ...noExit, ...used, step: 'collect', ...packed });
    debs.push(packed.deb);
  }
  return { ok: true, debs, ...used, sandboxed: await workshop.sandboxed, machine: thisMachine() };
}
