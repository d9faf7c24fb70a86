/** A project with overrides in force: the same nouns, changed recipes. */
import type { Plan, Project, Recipe, RecipeStep } from '../model.ts';
import { type Change, flagsVariable, type Overrides, phaseOf } from './overrides.ts';

/** A shell script that applies a patch; the patch is in it, so that the recipe says all there is to say. */
function patchScript(patch: string): string {
  let end = 'END-OF-PATCH';
  while (patch.split('\n').includes(end)) end += '-';
  return `cd "$S"\npatch -p1 <<'${end}'\n${patch.endsWith('\n') ? patch : `${patch}\n`}${end}\n`;
}

/** The step after which patches belong: the source is complete, and nothing has been made of it. */
const afterPatching = (steps: readonly { readonly name: string }[]): string | undefined =>
  steps.findLast(({ name }) => name === 'unpack' || name === 'patch')?.name;

function insertAfter(steps: readonly RecipeStep[], after: string | undefined, step: RecipeStep): readonly RecipeStep[] {
  const at = steps.findIndex(({ name }) => name === after) + 1;
  return [...steps.slice(0, at), step, ...steps.slice(at)];
}

/** How a step applies a patch of a source, by its path in the overrides file. */
export type PatchStep = (path: string) => { readonly name: string; readonly run: string };

function changedSteps(
  steps: readonly RecipeStep[],
  change: Change,
  file: string,
  patchStep: PatchStep,
): readonly RecipeStep[] {
  const origin = { file, line: 1 };
  let changed = steps.flatMap((step) => {
    const run = change.steps?.[step.name];
    if (run === null) return [];
    return run === undefined ? [step] : [{ ...step, run, origin }];
  });
  for (const { name, after, run } of change['extra-steps'] ?? [])
    changed = [...insertAfter(changed, after, { name, run, env: {}, origin })];
  let last = afterPatching(changed);
  for (const path of change.patches ?? []) {
    const { name, run } = patchStep(path);
    changed = [...insertAfter(changed, last, { name, run, env: {}, origin })];
    last = name;
  }
  return changed.map((step) => {
    const more = change.flags?.[step.name];
    const variable = flagsVariable(step.name);
    const flags = more && { [variable]: [step.env[variable], ...more].filter(Boolean).join(' ') };
    return { ...step, env: { ...step.env, ...change.env, ...flags } };
  });
}

/** A recipe as the overrides want it; first what holds for the phase, then for the source, then for its stage. */
export function changedRecipe(
  recipe: Recipe,
  { value, file }: Pick<Overrides, 'value' | 'file'>,
  patchStep: PatchStep,
): Recipe {
  const { phases = {}, sources = {} } = value;
  const ofSource = sources[recipe.source] ?? {};
  const variants = [...recipe.variants].map(([stage, variant]) => {
    const { env } = phases[phaseOf(stage)] ?? {};
    const layers: Change[] = [env ? { env } : {}, ofSource, ofSource.stages?.[String(stage)] ?? {}];
    const steps = layers.reduce((sofar, change) => changedSteps(sofar, change, file, patchStep), variant.steps);
    return [stage, { ...variant, steps }] as const;
  });
  return { ...recipe, variants: new Map(variants) };
}

export function applyOverrides(project: Project, overrides: Overrides): Project {
  const patchStep: PatchStep = (path) => ({
    name: `override-${path.replace(/[^A-Za-z0-9]+/g, '-')}`,
    run: patchScript(overrides.patches.get(path)!),
  });
  const changed = (recipes: Project['recipes']): Project['recipes'] =>
    new Map([...recipes].map(([name, recipe]) => [name, changedRecipe(recipe, overrides, patchStep)] as const));
  const { recipes, onItself } = project;
  return {
    ...project,
    recipes: changed(recipes),
    ...(onItself && { onItself: { ...onItself, recipes: changed(onItself.recipes) } }),
  };
}

/** The builds that the allow-lists leave, or undefined when there are none. Plan indices, ascending. */
export function allowedBuilds(plan: Plan, overrides: Overrides): readonly number[] | undefined {
  const lists = Object.entries(overrides.value.phases ?? {}).filter(([, phase]) => phase.packages !== undefined);
  if (lists.length === 0) return undefined;
  const allowed = new Map(lists.map(([phase, { packages }]) => [phase, new Set(packages)]));
  return [...plan.builds.keys()].filter((index) => {
    const { source, stage } = plan.builds[index]!;
    return allowed.get(phaseOf(stage))?.has(source) ?? true;
  });
}
