/**
 * Back-porting: overrides that work become part of the metadata. What a recipe then says is exactly what the overrides
 * made of it; comments and layout of the YAML files stay.
 */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, parse } from 'node:path';
import { entriesOf, valueAt, valuesOf } from '../../by-name.ts';
import type { ByName, Diagnostic, Project, Recipe, RecipeStep } from '../../model.ts';
import { shellQuoted } from '../../text/shell-quote.ts';
import { wholeText } from '../../whole-file.ts';
import { replacedSteps } from '../project/recipe.ts';
import { RecipeEditor, type Step } from '../yaml/recipe-editor.ts';
import { changedRecipe } from './apply-overrides.ts';
import { type Change, flagsVariable, type Overrides, type SourceChange } from './overrides.ts';
import { mergedOrder } from './step-order.ts';

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

function refused(overrides: Overrides): Diagnostic[] {
  return entriesOf(overrides.value.phases ?? {}).flatMap(([phase, { env }]): Diagnostic[] => {
    if (env === undefined) return [];
    const message = `${overrides.file}: the environment of phase \`${phase}\` has no place in the metadata`;
    const help = 'give it to the sources that need it: sources: NAME: env:';
    return [{ code: 'BP151', severity: 'error', message, help }];
  });
}

/** Where the patches of a source go in the metadata: names that are free, or hold the same already. */
function patchPlaces(project: Project, overrides: Overrides, source: string): ReadonlyMap<string, string> {
  const change = valueAt(overrides.value.sources!, source)!;
  const places = new Map<string, string>();
  for (const path of [change, ...valuesOf(change.stages ?? {})].flatMap((c) => c.patches ?? [])) {
    if (places.has(path)) continue;
    const { name, ext } = parse(path.replace(/[^A-Za-z0-9+._/-]+/g, '-'));
    const stem = name.replace(/^[^A-Za-z0-9]+/, '') || 'patch';
    const isFree = (place: string): boolean => {
      const there = join(project.directory, place);
      if ([...places.values()].includes(place)) return false;
      return !existsSync(there) || wholeText(there) === overrides.patches.get(path);
    };
    let place = `${source}/${stem}${ext}`;
    for (let i = 2; !isFree(place); i++) place = `${source}/${stem}-${i}${ext}`;
    places.set(path, place);
  }
  return places;
}

/** The steps that apply them, by path, under names that the recipe does not have. */
function patchSteps(recipe: Recipe, places: ReadonlyMap<string, string>): ReadonlyMap<string, Step> {
  const taken = new Set([...recipe.variants.values()].flatMap(({ steps }) => steps.map(({ name }) => name)));
  const made = new Map<string, Step>();
  for (const [path, place] of places) {
    const slug = parse(place)
      .name.toLowerCase()
      .replace(/[^a-z0-9]+/g, '-');
    let name = `patch-${slug}`;
    for (let i = 2; taken.has(name); i++) name = `patch-${slug}-${i}`;
    taken.add(name);
    made.set(path, { name, run: `cd "$S"\npatch -p1 <"$F/${place}"\n` });
  }
  return made;
}

/** A recipe is one list of steps: it cannot have the same one before another step in one stage and after it in the next. */
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
  const problems = refused(overrides);
  if (problems.length > 0) return { problems };
  const files = new Map<string, string>();
  const expected = new Map<string, ReadonlyMap<number, readonly Step[]>>();
  for (const [source, change] of entriesOf(overrides.value.sources ?? {})) {
    const inSteps = stepChanges(change);
    const origin = project.universe.sources.find(({ name }) => name === source)!.origin.file;
    const editor = new RecipeEditor(wholeText(origin));
    const recipe = project.recipes.get(source)!;
    const places = patchPlaces(project, overrides, source);
    const patches = patchSteps(recipe, places);
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
