/**
 * Back-porting: overrides that work become part of the metadata. What a recipe then says is exactly what the overrides
 * made of it; comments and layout of the YAML files stay.
 */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, parse } from 'node:path';
import { entriesOf, valueAt } from '../../by-name.ts';
import type { ByName, Diagnostic, Project, Recipe, RecipeStep } from '../../model.ts';
import { shellQuoted } from '../../text/shell-quote.ts';
import { wholeText } from '../../whole-file.ts';
import { replacedSteps } from '../project/recipe.ts';
import { RecipeEditor, type Step } from '../yaml/recipe-editor.ts';
import { changedRecipe, patchesOf, patchSteps } from './apply-overrides.ts';
import { type Change, flagsVariable, type Overrides, type SourceChange } from './overrides.ts';
import { mergedOrder } from './step-order.ts';

/** The files as they will be, and what they change. */
export interface Backport {
  /** Path -> what it will hold. Patches are among them. */
  readonly files: ReadonlyMap<string, string>;
  /** Sources whose recipe changes. */
  readonly sources: readonly string[];
  /** Recipes as they must read afterwards: source -> stage -> steps. */
  readonly expected: ReadonlyMap<string, ReadonlyMap<number, readonly Step[]>>;
}

/** What of a change holds for every step of every variant, and so has a place in the recipe's own `env`. */
function environmentOf(change: SourceChange): ByName<string> {
  const flags = entriesOf(change.flags ?? {}).map(([step, words]) => [flagsVariable(step), words.join(' ')]);
  return { ...change.env, ...Object.fromEntries(flags) };
}

/** The rest of it. What a stage adds to the flags of the source is set there, and so has to have both. */
function stepChanges({ env: _, flags = {}, stages = {}, ...inSteps }: SourceChange): SourceChange {
  const both = (inStage: Change): Change => ({
    ...inStage,
    flags: Object.fromEntries(
      entriesOf(inStage.flags ?? {}).map(([step, words]) => [step, [...(valueAt(flags, step) ?? []), ...words]]),
    ),
  });
  return { ...inSteps, stages: Object.fromEntries(entriesOf(stages).map(([k, inStage]) => [k, both(inStage)])) };
}

/** A step with its own variables written into its script. */
const folded = ({ name, run, env }: RecipeStep): Step => ({
  name,
  run:
    entriesOf(env)
      .map(([k, v]) => `export ${k}=${shellQuoted(v)}\n`)
      .join('') + run,
});

/** What concerns a whole phase has no place among sources. */
export function refusedPhases(overrides: Overrides): Diagnostic[] {
  return entriesOf(overrides.value.phases ?? {}).flatMap(([phase, { env }]): Diagnostic[] => {
    if (env === undefined) return [];
    const message = `${overrides.file}: the environment of phase \`${phase}\` has no place in the metadata`;
    const help = 'give it to the sources that need it: sources: NAME: env:';
    return [{ code: 'BP151', severity: 'error', message, help }];
  });
}

/** Where the patches of a source go in a directory: names that are free, or hold the same already. */
export function patchPlaces(
  directory: string,
  { value, patches }: Pick<Overrides, 'value' | 'patches'>,
  source: string,
): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  for (const path of patchesOf(valueAt(value.sources!, source)!)) {
    const { name, ext } = parse(path.replace(/[^A-Za-z0-9+._/-]+/g, '-'));
    const stem = name.replace(/^[^A-Za-z0-9]+/, '') || 'patch';
    const isFree = (place: string): boolean => {
      const there = join(directory, place);
      if ([...places.values()].includes(place)) return false;
      return !existsSync(there) || wholeText(there) === patches.get(path);
    };
    let place = `${source}/${stem}${ext}`;
    for (let i = 2; !isFree(place); i++) place = `${source}/${stem}-${i}${ext}`;
    places.set(path, place);
  }
  return places;
}

/**
 * A recipe is one list of steps: it cannot have the same one before another step in one stage and after it in the next.
 */
function unordered(
  { file }: Overrides,
  source: string,
  order: readonly string[],
  lists: readonly (readonly Step[])[],
): readonly Diagnostic[] {
  const wrong = lists.some((steps) => {
    const names = new Set(steps.map(({ name }) => name));
    return order.filter((name) => names.has(name)).some((name, i) => name !== steps[i]!.name);
  });
  if (!wrong) return [];
  const message = `${file}: a step of ${source} has one place in one stage and another place in another`;
  return [{ code: 'BP151', severity: 'error', message, help: 'give the extra steps names of their own in each stage' }];
}

/** What back-porting would write; problems when there is no place for something. Nothing is written here. */
export function backport(
  project: Project,
  overrides: Overrides,
): Backport | { readonly problems: readonly Diagnostic[] } {
  const problems = refusedPhases(overrides);
  if (problems.length > 0) return { problems };
  const files = new Map<string, string>();
  const expected = new Map<string, ReadonlyMap<number, readonly Step[]>>();
  for (const [source, change] of entriesOf(overrides.value.sources ?? {})) {
    const inSteps = stepChanges(change);
    const origin = project.universe.sources.find(({ name }) => name === source)!.origin.file;
    const editor = new RecipeEditor(wholeText(origin));
    const recipe = project.recipes.get(source)!;
    const places = patchPlaces(project.directory, overrides, source);
    const patches = patchSteps(recipe, places, (path) => `cd "$S"\npatch -p1 <"$F/${places.get(path)}"\n`);
    const changed = { value: { sources: { [source]: inSteps } }, file: overrides.file };
    const stepsOf = (variants: Recipe['variants']): ReadonlyMap<number, readonly Step[]> =>
      new Map(
        [...changedRecipe({ ...recipe, variants }, changed, (path) => patches.get(path)!).variants].map(
          ([stage, { steps }]) => [stage, steps.map(folded)],
        ),
      );
    const wanted = stepsOf(recipe.variants);
    const full = recipe.variants.get(0)!;
    const crossed =
      recipe.cross && stepsOf(new Map([[0, { ...full, steps: replacedSteps(full.steps, recipe.cross) }]])).get(0)!;
    for (const [path, place] of places) {
      const content = overrides.patches.get(path)!;
      files.set(join(project.directory, place), content);
      if (recipe.fetch.every(({ name }) => name !== place))
        editor.fetch(place, createHash('sha256').update(content).digest('hex'));
    }
    editor.environment(environmentOf(change));
    const lists = [...wanted.values(), ...(crossed ? [crossed] : [])];
    const order = mergedOrder(lists.map((steps) => steps.map(({ name }) => name)));
    problems.push(...unordered(overrides, source, order, lists));
    const base = new Map(wanted.get(0)!.map(({ name, run }) => [name, run]));
    editor.steps(order, base);
    for (const [stage, steps] of wanted) if (stage > 0) editor.section(['stages', String(stage)], order, base, steps);
    if (crossed) editor.section(['cross'], order, base, crossed);
    files.set(origin, editor.toString());
    expected.set(source, wanted);
  }
  return problems.length > 0 ? { problems } : { files, sources: [...expected.keys()], expected };
}
