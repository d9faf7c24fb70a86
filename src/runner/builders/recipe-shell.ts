/** The sandbox of one build, opened by hand: its steps up to one, then a shell where that one would have run. */

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildId, buildFileName } from '../../build-id.ts';
import { EnvironmentError, exitCode } from '../../errors.ts';
import type { Project, RecipeStep } from '../../model.ts';
import { versionSuffix } from '../../stages/version-suffix.ts';
import type { Staged } from '../build/build-inputs.ts';
import type { Builder } from '../builder.ts';
import { takeScratch } from '../files/scratch.ts';
import { ownWork, type StateDirectory } from '../journal/state-directory.ts';
import { endedBySignal } from '../process.ts';
import { directoryOfStep } from '../recipe/paths.ts';
import { runOneStep, stepFile } from '../recipe/steps.ts';
import { type Furnished, Workshop } from '../sandbox/build-environment.ts';
import { tailOf } from '../sandbox/log-follower.ts';
import { runInSandbox } from '../sandbox/sandbox.ts';

/** Which build is opened, and up to which step. */
export interface ShellRequest {
  readonly project: Project;
  readonly builder: Builder;
  readonly directory: StateDirectory;
  readonly staged: Staged;
  /** The step to stop before. */
  readonly step: string;
  /** Run instead of a shell at the terminal. */
  readonly command?: string;
  readonly say: (line: string) => void;
}

/** How the shell ended. */
export interface ShellEnded {
  readonly build: BuildId;
  readonly step: string;
  /** -1 when a signal ended it. */
  readonly exitCode: number;
  /** What the command said; nothing of the steps before it. */
  readonly log: string;
}

/** @returns where the step stands among the build's */
function indexOfStep(steps: readonly RecipeStep[], name: string, build: BuildId): number {
  const index = steps.findIndex((step) => step.name === name);
  if (index >= 0) return index;
  const help = `its steps are: ${steps.map((step) => step.name).join(', ')}`;
  throw new EnvironmentError(`${build} has no step ${name}`, exitCode.usage, help);
}

async function runStepsBefore(
  furnished: Furnished,
  steps: readonly RecipeStep[],
  log: string,
  say: ShellRequest['say'],
): Promise<void> {
  for (const [i, step] of steps.entries()) {
    say(`step ${step.name}`);
    const command = runOneStep(furnished.steps, step, i);
    const ended = await runInSandbox({
      ...furnished.sandbox,
      command,
      directory: furnished.seenAs(directoryOfStep(step.name)),
      log,
    });
    if (ended.exitCode !== 0)
      throw new EnvironmentError(
        `step ${step.name} fails before it: ${tailOf(log, 500)}`,
        exitCode.bad,
        `give --step ${step.name}`,
      );
  }
}

/** A text can be only so long: of more than this, the end. */
const mostSaid = 1 << 28;

function saidIn(file: string, say: ShellRequest['say']): string {
  const { size } = statSync(file);
  if (size > mostSaid) say(`it said ${size} bytes; these are the last ${mostSaid}`);
  return tailOf(file, mostSaid);
}

/** Nothing of what is done there counts: the directories go when the shell ends. */
export async function openShell(request: ShellRequest): Promise<ShellEnded> {
  const { project, directory, staged, say } = request;
  const { build } = staged;
  const scratch = await takeScratch(ownWork(directory, 'shell'), directory.root);
  const work = scratch.path;
  const workshop = new Workshop(project, { state: directory.root, work });
  const workDirectory = join(work, buildFileName(build.id));
  const log = join(work, 'log');
  const said = join(work, 'said');
  try {
    if (request.builder.shell !== undefined) {
      const { inputs, seed } = staged;
      const { step, command } = request;
      const suffix = versionSuffix(build.archive);
      const order = { build, inputs, seed, workDirectory, suffix, cores: 2, step, command, said, say };
      const code = await request.builder.shell(order);
      return { build: build.id, step, exitCode: code, log: command === undefined ? '' : saidIn(said, say) };
    }
    await workshop.prepare([build]);
    const steps = workshop.stepsOf(build);
    const index = indexOfStep(steps, request.step, build.id);
    const furnished = await workshop.furnish({ ...staged, workDirectory, cores: 2 });
    if (furnished.problems.length > 0)
      throw new EnvironmentError(furnished.problems.slice(0, -1).join('\n'), exitCode.bad, furnished.problems.at(-1)!);
    await runStepsBefore(furnished, steps.slice(0, index), log, say);
    const script = stepFile(furnished.steps, steps[index]!, index);
    say(`this is ${build.id} before step ${request.step}; to run it: sh ${script}`);
    const ended = await runInSandbox({
      ...furnished.sandbox,
      environment: { ...furnished.environment, STEP: script, PS1: `${build.id}:$PWD> ` },
      command: request.command === undefined ? ['sh', '-i'] : ['sh', '-c', request.command],
      directory: furnished.seenAs(directoryOfStep(request.step)),
      ...(request.command === undefined ? { interactive: true } : { log: said }),
    });
    return {
      build: build.id,
      step: request.step,
      exitCode: ended.exitCode ?? endedBySignal,
      log: request.command === undefined ? '' : saidIn(said, say),
    };
  } finally {
    await scratch.release();
  }
}
