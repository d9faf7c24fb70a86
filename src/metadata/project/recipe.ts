/** The `recipe` part of a source's YAML file: how it is built, per stage, and for another architecture. */

import { entriesOf, valueAt } from '../../by-name.ts';
import type { FileDigest } from '../../digests.ts';
import type { BinarySplit, ByName, Diagnostic, FetchItem, Recipe, RecipeStep, Variant } from '../../model.ts';
import type { SourceName } from '../../names.ts';
import { nearest } from '../../text/nearest-names.ts';
import { parseSize } from '../../text/size.ts';
import type { YamlFile } from '../yaml/yaml.ts';

/** The shape of `recipe` after the schema has been checked. */
export interface RecipeYaml {
  readonly fetch?: readonly (
    | { readonly debian: string; readonly version: string; readonly files: ByName<string> }
    | { readonly local: string; readonly sha256: FileDigest }
  )[];
  readonly env?: ByName<string>;
  readonly duplicates?: readonly string[];
  readonly weight?: number;
  readonly memory?: string;
  readonly steps: readonly ByName<string>[];
  readonly stages?: ByName<StepChanges>;
  readonly cross?: StepChanges;
}

/** Step -> the script that replaces it; null removes it. */
type StepChanges = ByName<string | null>;

/** One (name, script) pair of `steps`, with where it stands. */
function stepsOf(yaml: YamlFile, recipe: RecipeYaml): RecipeStep[] {
  return recipe.steps.map((entry, i) => {
    const [name, run] = entriesOf(entry)[0]!;
    return { name, run, env: {}, origin: yaml.place(['recipe', 'steps', i, name]) };
  });
}

/** Some builds replace steps by name, or leave them out; `path` is where the file says so. */
function changedSteps(
  yaml: YamlFile,
  recipe: RecipeYaml,
  changes: StepChanges,
  path: readonly string[],
): readonly RecipeStep[] {
  return replacedSteps(stepsOf(yaml, recipe), changes).map((step) =>
    valueAt(changes, step.name) === undefined ? step : { ...step, origin: yaml.place([...path, step.name]) },
  );
}

/** Steps with what a stage, or a cross build, has in their place. */
export const replacedSteps = (steps: readonly RecipeStep[], changes: StepChanges): readonly RecipeStep[] =>
  steps.flatMap((step) => {
    const run = valueAt(changes, step.name);
    if (run === null) return [];
    return [run === undefined ? step : { ...step, run }];
  });

function problemsOf(yaml: YamlFile, recipe: RecipeYaml, stages: readonly number[]): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const names = recipe.steps.map((s) => Object.keys(s)[0]!);
  names.forEach((name, i) => {
    if (names.indexOf(name) === i) return;
    const help = 'give each step a name of its own';
    const message = `the step \`${name}\` is there twice`;
    problems.push(
      yaml.problem(['recipe', 'steps', i, name], { code: 'BP146', severity: 'error', message, help }, { what: 'key' }),
    );
  });
  for (const [stage, changes] of entriesOf(recipe.stages ?? {})) {
    if (!stages.includes(Number(stage))) {
      const message = `recipe for stage ${stage}, but no Build-Depends-Bootstrap${stage} declares that stage`;
      const help = `add Build-Depends-Bootstrap${stage}, or remove this part`;
      problems.push(
        yaml.problem(['recipe', 'stages', stage], { code: 'BP147', severity: 'error', message, help }, { what: 'key' }),
      );
    }
    problems.push(...unknownSteps(yaml, names, changes, ['recipe', 'stages', stage], `stage ${stage}`));
  }
  problems.push(...unknownSteps(yaml, names, recipe.cross ?? {}, ['recipe', 'cross'], 'the cross build'));
  return problems;
}

function unknownSteps(
  yaml: YamlFile,
  names: readonly string[],
  changes: StepChanges,
  path: readonly string[],
  who: string,
): readonly Diagnostic[] {
  const unknown = Object.keys(changes).filter((name) => !names.includes(name));
  return unknown.map((name) => {
    const guess = nearest(name, names);
    const message = `${who} changes the step \`${name}\`, which \`steps\` does not have`;
    const help = guess ? `did you mean \`${guess}\`?` : `steps are: ${names.join(', ')}`;
    return yaml.problem([...path, name], { code: 'BP147', severity: 'error', message, help }, { what: 'key' });
  });
}

interface RecipeFrame {
  readonly source: SourceName;
  readonly version: string;
  /** Those that are declared, the full build among them. */
  readonly stages: readonly number[];
  /** `for all`: in a plan for another architecture, and built as on the building machine itself. */
  readonly crossed: 'no' | 'yes' | 'for all';
}

/**
 * @param splits every binary of the source in the order of the file
 * @param produced per variant, the names of the binaries it yields
 */
export function recipeOf(
  yaml: YamlFile,
  frame: RecipeFrame,
  recipe: RecipeYaml,
  splits: readonly BinarySplit[],
  produced: readonly {
    readonly variant: Variant;
    readonly names: ReadonlySet<string>;
    /** Its binaries, where its control files differ from those of the full build. */
    readonly splits?: readonly BinarySplit[];
  }[],
): { recipe: Recipe; problems: readonly Diagnostic[] } {
  const fetch = (recipe.fetch ?? []).flatMap((item, i): FetchItem[] => {
    const at = (...path: string[]) => yaml.placed(['recipe', 'fetch', i, ...path]);
    if ('local' in item) return [{ kind: 'local', name: item.local, sha256: item.sha256, ...at('sha256') }];
    const { debian: source, version } = item;
    return entriesOf(item.files).map(([name, sha256]) => ({
      ...{ kind: 'debian', name, source, version, sha256 },
      ...at('files', name),
    }));
  });
  const { source, version, stages, crossed } = frame;
  const stepsIn = (stage: number): readonly RecipeStep[] =>
    crossed === 'yes'
      ? changedSteps(yaml, recipe, recipe.cross ?? {}, ['recipe', 'cross'])
      : changedSteps(yaml, recipe, valueAt(recipe.stages ?? {}, String(stage)) ?? {}, [
          'recipe',
          'stages',
          String(stage),
        ]);
  const variants = new Map(
    produced.map(({ variant, names, splits: own = splits }) => [
      variant.stage,
      { steps: stepsIn(variant.stage), binaries: own.filter((s) => names.has(s.name)) },
    ]),
  );
  const made: Recipe = {
    source,
    version,
    fetch,
    variants,
    order: recipe.steps.map((step) => Object.keys(step)[0]!),
    ...(recipe.cross && { cross: recipe.cross }),
    ...(crossed === 'for all' && { onItself: true as const }),
    env: recipe.env ?? {},
    duplicates: recipe.duplicates ?? [],
    coreSeconds: recipe.weight ?? 1,
    memoryBytes: recipe.memory === undefined ? undefined : parseSize(recipe.memory),
  };
  return { recipe: made, problems: problemsOf(yaml, recipe, stages) };
}
