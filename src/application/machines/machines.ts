/** The machines that build for a run, as the file of `--executor-config` describes them. */
import { parse } from 'yaml';
import { entriesOf } from '../../by-name.ts';
import { EnvironmentError, exitCode } from '../../errors.ts';
import { misfits } from '../../metadata/yaml/schema.ts';
import { yamlWords } from '../../metadata/yaml/yaml.ts';
import type { ByName } from '../../model.ts';
import { wholeText } from '../../whole-file.ts';

/** The file that `--executor-config` names; metadata/schema/executor.schema.json has its form. */
export interface Machines {
  /** What a machine runs; the job is added. */
  readonly command?: readonly string[];
  readonly environment?: ByName<string>;
  /** Architecture -> arguments of sbatch. */
  readonly placement?: ByName<readonly string[]>;
  readonly arguments?: readonly string[];
  /** Architecture -> properties that a worker of a farm must have. */
  readonly platform?: ByName<ByName<string>>;
  readonly cores?: number;
  readonly memoryMiB?: number;
  readonly patience?: number;
}

/** What one build is given of a machine, unless the file says otherwise. */
export const usualShare = { cores: 1, memoryMiB: 2048 } as const;

/** @throws EnvironmentError (78) */
export function readMachines(file: string | undefined): Machines {
  if (file === undefined) return {};
  const wrong = (why: string) =>
    new EnvironmentError(`${file}: ${why}`, exitCode.configuration, 'see docs/clusters.md');
  let value: unknown;
  try {
    value = parse(wholeText(file, 'named')) ?? {};
  } catch (error) {
    throw wrong(yamlWords(error));
  }
  const [misfit] = misfits(value, 'executor');
  if (misfit !== undefined) throw wrong(`${misfit.instancePath || 'it'} ${misfit.message}`);
  return value as Machines;
}

/**
 * The architectures that have machines of their own: for them nothing is cross-built. That is for the file to say, and
 * not for the engine: who is up at the moment must not decide what is built.
 *
 * @param executor `slurm`, or the address of a farm @throws EnvironmentError (78)
 */
export function ownMachines(executor: string | undefined, file: string | undefined): ReadonlySet<string> {
  const { placement = {}, platform = {} } = readMachines(file);
  return new Set(
    executor === undefined ? [] : entriesOf<unknown>(executor === 'slurm' ? placement : platform).map(([name]) => name),
  );
}
