/** A project with overrides in force: the same nouns, changed recipes. */
import { parse } from 'node:path';
import { entriesOf, valueAt, valuesOf } from '../../by-name.ts';
import type { ByName, Plan, Project, Recipe, RecipeStep } from '../../model.ts';
import {
  besideOf,
  type Change,
  flagsVariable,
  type Overrides,
  type OverridesYaml,
  phaseOf,
  type SourceChange,
} from './overrides.ts';
import { mergedOrder, placeOf } from './step-order.ts';

/** A shell script that applies a patch; the patch is in it, so that the recipe says all there is to say. */
function patchScript(patch: string): string {
  let end = 'END-OF-PATCH';
  while (patch.split('\n').includes(end)) end += '-';
  return `cd "$S"\npatch -p1 <<'${end}'\n${patch.endsWith('\n') ? patch : `${patch}\n`}${end}\n`;
}

/**
 * The step after which patches belong: the source is complete, patched by those before, and nothing has been made of
 * it.
 */
function afterPatching(order: readonly string[]): string | undefined {
  let at = order.findLastIndex((name) => name === 'unpack' || name === 'patch');
  while (at >= 0 && order[at + 1]?.startsWith(patchPrefix)) at++;
  return order[at];
}

const patchPrefix = 'patch-';

/**
 * The steps that apply patches, by path, under names that the recipe does not have: those that they keep when they
 * become part of it.
 * @param files path -> the name of its file
 */
export function patchSteps(
  recipe: Pick<Recipe, 'variants'>,
  files: ReadonlyMap<string, string>,
  runOf: (path: string) => string,
): ReadonlyMap<string, ReturnType<PatchStep>> {
  const taken = new Set([...recipe.variants.values()].flatMap(({ steps }) => steps.map(({ name }) => name)));
  const made = new Map<string, ReturnType<PatchStep>>();
  for (const [path, file] of files) {
    const slug = parse(file)
      .name.toLowerCase()
      .replace(/[^a-z0-9]+/g, '-');
    let name = `${patchPrefix}${slug}`;
    for (let i = 2; taken.has(name); i++) name = `${patchPrefix}${slug}-${i}`;
    taken.add(name);
    made.set(path, { name, run: runOf(path) });
  }
  return made;
}

/** How a step applies a patch of a source, by its path in the overrides file. */
export type PatchStep = (path: string) => { readonly name: string; readonly run: string };

/** Words that a stage adds to those of its source, step by step. */
function withMore(
  flags: ByName<readonly string[]> = {},
  more: ByName<readonly string[]> = {},
): ByName<readonly string[]> {
  const both = entriesOf(more).map(([step, words]) => [step, [...(valueAt(flags, step) ?? []), ...words]] as const);
  return { ...flags, ...Object.fromEntries(both) };
}

/** Everything that is changed in one variant of a source: the nearer one wins, lists add up. */
function changeOf({ phases = {}, sources = {} }: OverridesYaml, source: string, stage: number): Change {
  const ofSource = valueAt(sources, source) ?? {};
  const ofStage = valueAt(ofSource.stages ?? {}, String(stage)) ?? {};
  return {
    env: { ...valueAt(phases, phaseOf(stage))?.env, ...ofSource.env, ...ofStage.env },
    flags: withMore(ofSource.flags, ofStage.flags),
    patches: [...new Set([...(ofSource.patches ?? []), ...(ofStage.patches ?? [])])],
    steps: { ...ofSource.steps, ...ofStage.steps },
    'extra-steps': [...(ofSource['extra-steps'] ?? []), ...(ofStage['extra-steps'] ?? [])],
  };
}

/** What every step of a variant sees, and so a new one, too: annotations have set it for the whole source. */
function sharedEnvironment(steps: readonly RecipeStep[]): ByName<string> {
  const [first, ...others] = steps;
  const shared = entriesOf(first?.env ?? {}).filter(([name, value]) =>
    others.every(({ env }) => valueAt(env, name) === value),
  );
  return Object.fromEntries(shared);
}

/** @param order of the steps of all variants: a step may be told to come beside one that this variant has not */
function changedSteps(
  steps: readonly RecipeStep[],
  order: readonly string[],
  change: Change,
  file: string,
  patchStep: PatchStep,
): readonly RecipeStep[] {
  const origin = { file, line: 1 };
  const changed = [...steps];
  const names = [...order];
  const env = sharedEnvironment(steps);
  /** @param at the place among all steps of the recipe */
  const insert = (at: number, { name, run }: ReturnType<PatchStep>): void => {
    const own = changed.map((step) => step.name);
    changed.splice(placeOf(own, at, names), 0, { name, run, env, origin });
    names.splice(at, 0, name);
  };
  // What has its place beside the same step comes in the order of the file; what is beside an extra step waits for
  // that.
  for (let left = change['extra-steps'] ?? [], ready = left; ready.length > 0; ) {
    ready = left.filter((extra) => names.includes(besideOf(extra)));
    left = left.filter((extra) => !ready.includes(extra));
    for (const extra of ready) if (extra.before !== undefined) insert(names.indexOf(extra.before), extra);
    for (const extra of ready.toReversed())
      if (extra.after !== undefined) insert(names.indexOf(extra.after) + 1, extra);
  }
  let last = afterPatching(order);
  for (const path of change.patches ?? []) {
    const step = patchStep(path);
    insert(last === undefined ? 0 : names.indexOf(last) + 1, step);
    last = step.name;
  }
  return changed.flatMap((step) => {
    const run = valueAt(change.steps ?? {}, step.name);
    if (run === null) return [];
    const more = valueAt(change.flags ?? {}, step.name);
    const flags = more && { [flagsVariable(step.name)]: more.join(' ') };
    return { ...step, ...(run !== undefined && { run, origin }), env: { ...step.env, ...change.env, ...flags } };
  });
}

/** A recipe as the overrides want it. */
export function changedRecipe(
  recipe: Recipe,
  { value, file }: Pick<Overrides, 'value' | 'file'>,
  patchStep: PatchStep,
): Recipe {
  const lists = [...recipe.variants.values()].map(({ steps }) => steps.map(({ name }) => name));
  const order = recipe.order ?? mergedOrder(lists);
  const variants = [...recipe.variants].map(([stage, variant]) => {
    const change = changeOf(value, recipe.source, stage);
    return [stage, { ...variant, steps: changedSteps(variant.steps, order, change, file, patchStep) }] as const;
  });
  const changed = variants.map(([, { steps }]) => steps.map(({ name }) => name));
  return {
    ...recipe,
    variants: new Map(variants),
    ...(recipe.order && { order: mergedOrder([recipe.order, ...changed]) }),
  };
}

/** Every patch of a source, in the order in which it is named first. */
export const patchesOf = (change: SourceChange): readonly string[] => [
  ...new Set([change, ...valuesOf(change.stages ?? {})].flatMap(({ patches = [] }) => patches)),
];

/** Changes every recipe that the overrides name. Pure: the overrides were checked when they were read. */
export function applyOverrides(project: Project, overrides: Pick<Overrides, 'value' | 'file' | 'patches'>): Project {
  const changedOne = (recipe: Recipe): Recipe => {
    const paths = patchesOf(valueAt(overrides.value.sources ?? {}, recipe.source) ?? {});
    const files = new Map(paths.map((path) => [path, path]));
    const steps = patchSteps(recipe, files, (path) => patchScript(overrides.patches.get(path)!));
    return changedRecipe(recipe, overrides, (path) => steps.get(path)!);
  };
  const changed = (recipes: Project['recipes']): Project['recipes'] =>
    new Map([...recipes].map(([name, recipe]) => [name, changedOne(recipe)] as const));
  const { recipes, onItself } = project;
  return {
    ...project,
    recipes: changed(recipes),
    ...(onItself && { onItself: { ...onItself, recipes: changed(onItself.recipes) } }),
  };
}

/** The builds that the allow-lists leave, or undefined when there are none. Plan indices, ascending. */
export function allowedBuilds(plan: Plan, overrides: Overrides): readonly number[] | undefined {
  const lists = entriesOf(overrides.value.phases ?? {}).filter(([, phase]) => phase.packages !== undefined);
  if (lists.length === 0) return undefined;
  const allowed = new Map(lists.map(([phase, { packages }]) => [phase, new Set(packages)]));
  return [...plan.builds.keys()].filter((index) => {
    const { source, stage } = plan.builds[index]!;
    return allowed.get(phaseOf(stage))?.has(source) ?? true;
  });
}
