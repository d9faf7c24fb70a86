/** `log`: the log of a build's last try here, or the one that came out of the cache with its result. */
import { readFileSync, statSync } from 'node:fs';
import { type BuildId, buildOf, partsOf } from '../../build-id.ts';
import { EnvironmentError, exitCode, InputError } from '../../errors.ts';
import { directoryFor, stateDirectory } from '../../runner/journal/state-directory.ts';
import { logOf, lookAt } from '../../runner/run/inspect-state.ts';
import { selectBuilds } from '../../runner/run/selection.ts';

/** Bytes; V8 holds no text much longer than this. */
const mostInJson = 2 ** 27;

/** Where the log is. */
export interface LastLog {
  readonly build: BuildId;
  readonly path: string;
  /** Why there is nothing in it, where there is nothing. */
  readonly empty?: string;
}

/**
 * @param state the state directory
 * @param named a build of the plan, or a source: its last build that has a log
 * @throws InputError when the plan has none of that name; EnvironmentError (66) when it has not been built yet
 */
export function lastLog(state: string, named: string): LastLog {
  const { label, build: name } = partsOf(named);
  const directory = directoryFor(stateDirectory(state), label);
  const standstill = lookAt(directory);
  const selected = selectBuilds(standstill.plan, { phases: [], names: [name] });
  if (!selected.ok) throw new InputError(selected.diagnostics);
  const ids = selected.value.map((index) => standstill.plan.builds[index]!.id);
  const logged = ids.flatMap((id) => {
    const path = logOf(directory, standstill, id);
    return path === undefined ? [] : [{ id, path }];
  });
  const last = logged.at(-1);
  if (last === undefined)
    throw new EnvironmentError(
      `${named} has not been built yet`,
      exitCode.missingInput,
      'bootplan status says what has been',
    );
  const { id, path } = last;
  const found = { build: buildOf(label, id), path };
  if (statSync(path).size > 0) return found;
  const failure = standstill.state.builds.get(id)?.failure;
  return {
    ...found,
    empty: failure
      ? `nothing was run: ${failure.build} failed in ${failure.step}: ${failure.message}`
      : 'the log is empty',
  };
}

/** @throws EnvironmentError (65) when it is too long for one text */
export function logText(path: string): string {
  const { size } = statSync(path);
  if (size > mostInJson)
    throw new EnvironmentError(
      `the log has ${size} bytes, too many for one value`,
      exitCode.badInput,
      `read ${path}, or print it without --json`,
    );
  return readFileSync(path, 'utf8');
}
