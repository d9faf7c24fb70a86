/**
 * Where the values of options come from when the command line does not give them: the environment (BOOTPLAN_TARGETS),
 * then bootplan.yaml in the directory in which the command is started, then what is built in.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf, valueAt } from '../by-name.ts';
import { hasErrors } from '../diagnostics.ts';
import { EnvironmentError, exitCode, InputError } from '../errors.ts';
import { leadsOut } from '../metadata/project/beside.ts';
import type { ByName } from '../model.ts';
import { wholeText } from '../whole-file.ts';

/** The name of the file, in the directory where a command runs. */
export const defaultsFile = 'bootplan.yaml';

/** What can be set; the built-in value, as one would write it. */
export const settings = [
  { name: 'metadata', input: true, builtIn: '' },
  { name: 'packages', input: true, builtIn: '' },
  { name: 'sources', input: true, builtIn: '' },
  { name: 'from-apt', input: true, builtIn: 'no' },
  { name: 'control', input: true, builtIn: '' },
  { name: 'annotations', input: true, builtIn: '' },
  { name: 'seed', input: true, builtIn: 'build-essential' },
  { name: 'targets', input: true, builtIn: 'all (of --metadata: the image)' },
  { name: 'arch', input: true, builtIn: 'that of the indices' },
  { name: 'arch-all', input: true, builtIn: 'available' },
  { name: 'profiles', input: false, builtIn: '' },
  { name: 'no-indep', input: false, builtIn: 'no' },
  { name: 'alternatives', input: false, builtIn: 'first' },
  { name: 'time-limit', input: false, builtIn: 'none' },
  { name: 'suite', input: false, builtIn: '' },
] as const;

/** A value, and where it comes from. */
export interface Setting {
  readonly name: string;
  readonly values: readonly string[];
  /** A file with its line, a variable, or `built in`. */
  readonly origin: string;
}

const variableOf = (name: string): string => `BOOTPLAN_${name.replaceAll('-', '_').toUpperCase()}`;

const listOf = (value: unknown): readonly string[] => [value].flat().map(String);

/** @throws InputError with everything that is wrong in the file */
async function inFile(directory: string): Promise<ReadonlyMap<string, Setting>> {
  const file = join(directory, defaultsFile);
  if (!existsSync(file)) return new Map();
  // What reads YAML is as much to load as all the rest: only where there is some.
  const { checkShape, parseYaml } = await import('../metadata/yaml/yaml.ts');
  const text = wholeText(file);
  if (leadsOut(directory, defaultsFile))
    throw new EnvironmentError(
      `${file} is a link that leads out of its directory`,
      exitCode.configuration,
      'put the file itself there',
    );
  const { yaml, problems } = parseYaml(file, text);
  const wrong = hasErrors(problems) ? problems : [...problems, ...checkShape(yaml, 'defaults')];
  if (hasErrors(wrong)) throw new InputError(wrong);
  return new Map(
    entriesOf((yaml.value ?? {}) as ByName<unknown>).map(([name, value]) => [
      name,
      { name, values: listOf(value), origin: defaultsFile },
    ]),
  );
}

/** Defaults of flags by name, from the environment and from the configuration file; the environment wins. */
export async function setDefaults(
  directory: string,
  environment: NodeJS.ProcessEnv,
): Promise<ReadonlyMap<string, Setting>> {
  const found = new Map(await inFile(directory));
  for (const { name } of settings) {
    const value = environment[variableOf(name)];
    if (value === undefined || value === '') continue;
    found.set(name, { name, values: value.split(/\s+/).filter((w) => w !== ''), origin: variableOf(name) });
  }
  return found;
}

const isYes = (values: readonly string[]): boolean => ['true', 'yes', '1'].includes(values[0] ?? '');

/**
 * The words to add to a command line. Who names an input names all of it: then nothing about the input is taken from
 * elsewhere, or the targets of one archive would be looked for in another.
 *
 * @param flags of the command
 */
export function addedWords(
  argv: readonly string[],
  flags: ByName<unknown>,
  set: ReadonlyMap<string, Setting>,
): readonly string[] {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const given = new Set(argv.slice(0, end).flatMap((word) => /^--([a-z-]+)/.exec(word)?.[1] ?? []));
  const ways = ['metadata', 'packages', 'sources', 'from-apt', 'graph'];
  const namesInput = ways.some((way) => given.has(way));
  const added: string[] = [];
  for (const { name, input } of settings) {
    const value = set.get(name);
    if (value === undefined || given.has(name) || (input && namesInput) || valueAt(flags, name) === undefined) continue;
    if (name === 'from-apt' || name === 'no-indep') {
      if (isYes(value.values)) added.push(`--${name}`);
    } else for (const v of value.values) added.push(`--${name}=${v}`);
  }
  return added;
}
