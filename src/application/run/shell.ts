/** `shell`: a shell in the sandbox of a build, at the step that failed. */
import { partsOf } from '../../build-id.ts';
import { EnvironmentError, exitCode, InputError } from '../../errors.ts';
import { isNative, nativeArchitecture } from '../../metadata/relations/architecture.ts';
import { Stager } from '../../runner/build/build-inputs.ts';
import { survey } from '../../runner/build/find-finished.ts';
import { standingNatives } from '../../runner/build/native-tools.ts';
import { openShell, type ShellEnded } from '../../runner/builders/recipe-shell.ts';
import { Cache } from '../../runner/cache/cache.ts';
import { knownPlan } from '../../runner/journal/known-plan.ts';
import { stateDirectory } from '../../runner/journal/state-directory.ts';
import { anotherPlan, isAnother } from '../../runner/run/begin-run.ts';
import { lookAt } from '../../runner/run/inspect-state.ts';
import { selectBuilds } from '../../runner/run/selection.ts';
import { runsHere } from '../../runner/sandbox/runs-here.ts';
import { hadMachines } from '../state/standing-run.ts';
import type { Prepared } from './prepared.ts';

/** The label of a build; this machine's own architecture may be named, too. */
function labelOf(named: string) {
  const { label } = partsOf(named);
  return isNative(label) ? undefined : label;
}

/** What has to be prepared for a shell in that build: architectures, and which of them had machines of their own. */
export function architectureOfShell(
  state: string,
  named: string,
): { readonly architectures: readonly string[]; readonly withMachines: ReadonlySet<string> } {
  const { label } = partsOf(named);
  const other = labelOf(named);
  const hasMachines = other !== undefined && hadMachines(stateDirectory(state), other);
  return {
    architectures: label === undefined ? [] : [label],
    withMachines: new Set(hasMachines ? [other] : []),
  };
}

/** Where the shell opens, and what it does there. */
export interface ShellOptions {
  /** To stop before; by default the one that failed, else the first. */
  readonly step: string | undefined;
  /** Instead of a shell. */
  readonly command: string | undefined;
  readonly say: (line: string) => void;
}

/**
 * @param all this machine's own architecture first
 * @throws InputError when the plan has no such build; EnvironmentError when it waits for others, or is built elsewhere
 */
export async function shellIn(all: readonly Prepared[], named: string, options: ShellOptions): Promise<ShellEnded> {
  const { project, plan: base, builder, directory, grewFrom } = all.find((one) => one.label === labelOf(named))!;
  const { build: name } = partsOf(named);
  const plan = knownPlan(directory, base);
  const { state } = lookAt(directory);
  const selected = selectBuilds(plan, { phases: [], names: [name] });
  const another = isAnother(state.plan, base, grewFrom)
    ? anotherPlan(directory, 'bootplan run --replan', state.metadata)
    : undefined;
  if (!selected.ok) throw another ?? new InputError(selected.diagnostics, exitCode.usage);
  const index =
    selected.value.find((i) => state.builds.get(plan.builds[i]!.id)?.status !== 'done') ?? selected.value[0]!;
  const { id } = plan.builds[index]!;
  const cache = new Cache(directory.cache);
  const natives = await standingNatives(all[0]!.directory, cache);
  const stager = new Stager(plan, builder, (digest) => cache.blobPath(digest), natives);
  const { results } = await survey(plan, stager, cache);
  const staged = await stager.stage(index, results);
  if ('missing' in staged)
    throw (
      another ??
      new EnvironmentError(
        `${id} waits for ${staged.missing.join(', ')}`,
        exitCode.missingInput,
        'bootplan run builds them first',
      )
    );
  if (!(await runsHere(project.buildArchitecture)))
    throw new EnvironmentError(
      `${named} is built on ${project.buildArchitecture}, and this machine is ${nativeArchitecture}`,
      exitCode.usage,
      `bootplan log ${named} shows what it said; a shell can be opened on one of those machines`,
    );
  const steps = project.recipes.get(staged.build.source)?.variants.get(staged.build.stage)?.steps ?? [];
  const failed = state.builds.get(id)?.failure?.step;
  const step = options.step ?? (steps.some((s) => s.name === failed) ? failed : steps[0]?.name);
  return openShell({
    project,
    builder,
    directory,
    staged,
    step: step ?? '',
    ...(options.command !== undefined && { command: options.command }),
    say: options.say,
  });
}
