/** Back-ports the overrides of a run that builds an archive's sources: into its last file of annotations. */
import { existsSync } from 'node:fs';
import { EnvironmentError, exitCode, InputError } from '../../errors.ts';
import { backportToAnnotations, misread } from '../../metadata/overrides/annotation-backport.ts';
import { readOverrides } from '../../metadata/overrides/overrides.ts';
import { nativeArchitecture } from '../../metadata/relations/architecture.ts';
import type { InputRequest } from '../../metadata/universe/read.ts';
import type { Plan } from '../../model.ts';
import { formatPlan } from '../../stages/plan-format.ts';
import { planArchive } from './plan-archive.ts';
import { writeAll } from './write-backport.ts';

/** What was changed, and what it leads to. */
export interface BackportedArchive {
  readonly sources: readonly string[];
  /** Byte order. */
  readonly files: readonly string[];
  /** Whether the annotations, as they read now, lead to another plan. */
  readonly isOtherPlan: boolean;
}

/** The file that the back-port goes into. @throws EnvironmentError (64) when there is none */
function placeFor(annotations: readonly string[]): string {
  const file = annotations.at(-1);
  if (file !== undefined && file !== '-') return file;
  const help = 'name a file of annotations that takes it, last when they are several: --annotations FILE';
  throw new EnvironmentError('there is no place for the overrides of an archive', exitCode.usage, help);
}

/**
 * @param overridesFile of the run
 * @throws InputError (65) when there is no place for something, or the file would not read as it must; then all is as
 *   it was before
 */
export async function backportArchive(
  request: InputRequest,
  overridesFile: string,
  writes: boolean,
): Promise<BackportedArchive> {
  const file = placeFor(request.annotations);
  const there = { ...request, architecture: nativeArchitecture };
  const before = await planArchive({ ...there, annotations: request.annotations.filter(existsOrOther(file)) });
  const overrides = readOverrides(overridesFile, before.project);
  if (!overrides.ok) throw new InputError(overrides.diagnostics);
  const made = backportToAnnotations(before.project, overrides.value, file);
  if ('problems' in made) throw new InputError(made.problems);
  let after: Plan = before.plan;
  if (writes)
    await writeAll(made.files, async () => {
      const now = await planArchive(there);
      const wrong = misread(now.project, made);
      after = now.plan;
      if (wrong === undefined) return;
      const help = `write it into ${file} by hand: what is there already says something else of it`;
      const message = `annotations cannot express these overrides: with them ${wrong} would be built differently`;
      throw new InputError([{ code: 'BP151', severity: 'error', message, help }]);
    });
  const isOtherPlan = formatPlan(after) !== formatPlan(before.plan);
  return { sources: made.sources, files: [...made.files.keys()].sort(), isOtherPlan };
}

/** The file that takes the back-port need not be there yet. */
const existsOrOther =
  (file: string) =>
  (path: string): boolean =>
    path !== file || existsSync(path);
