/** The overrides that turn one project's recipes into another's; what overrides cannot say is refused, not left out. */

import { stringify } from 'yaml';
import { entriesOf, valueAt } from '../../by-name.ts';
import type { Project, Recipe, RecipeStep } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import { besideOf, type Change, type ExtraStep, type OverridesYaml, type SourceChange } from './overrides.ts';

const text = (value: unknown): string =>
  JSON.stringify(value, (key, v) => (key === 'origin' ? undefined : v instanceof Map ? [...v] : v));

/** The place of a step behind another, or before the first that is not new; none where all steps are new. */
const besides = (previous: string | undefined, first: string | undefined): Pick<ExtraStep, 'after' | 'before'> =>
  previous !== undefined ? { after: previous } : first !== undefined ? { before: first } : {};

/** What the steps of one variant must be changed by. */
function changeOf(before: readonly RecipeStep[], after: readonly RecipeStep[]): Change {
  const old = new Map(before.map(({ name, run }) => [name, run]));
  const next = new Set(after.map(({ name }) => name));
  const steps = new Map<string, string | null>();
  for (const name of old.keys()) if (!next.has(name)) steps.set(name, null);
  const extra: ExtraStep[] = [];
  const first = after.find(({ name }) => old.has(name))?.name;
  for (const [i, { name, run }] of after.entries()) {
    if (!old.has(name)) extra.push({ name, ...besides(after[i - 1]?.name, first), run });
    else if (old.get(name) !== run) steps.set(name, run);
  }
  return {
    ...(steps.size > 0 && { steps: Object.fromEntries(steps) }),
    ...(extra.length > 0 && { 'extra-steps': extra }),
  };
}

/** Part of a recipe, what is said of one that is another, and its key in the file where that is another word. */
const parts = [
  ['version', 'differs'],
  ['fetch', 'differs'],
  ['duplicates', 'differ'],
  ['coreSeconds', 'differs', 'weight'],
  ['memoryBytes', 'differs', 'memory'],
] as const;

function recipeChange(before: Recipe, after: Recipe, refuse: (why: string) => void): SourceChange {
  for (const [part, verb, key = part] of parts)
    if (text(before[part]) !== text(after[part])) refuse(`its ${key} ${verb}`);
  const packages = ({ variants }: Recipe) =>
    text([...variants.values()].map((v) => v.binaries.map((b) => ({ ...b, control: { ...b.control, Version: '' } }))));
  if (packages(before) !== packages(after)) refuse('its packages differ');
  if (text(before.cross ?? {}) !== text(after.cross ?? {})) refuse('its cross build differs');
  for (const name of Object.keys(before.env))
    if (!Object.hasOwn(after.env, name)) refuse(`the variable ${name} is gone`);
  const env = Object.fromEntries(entriesOf(after.env).filter(([name, value]) => valueAt(before.env, name) !== value));
  const changes = new Map<string, Change>();
  for (const [stage, { steps }] of before.variants) {
    const other = after.variants.get(stage);
    if (other === undefined) continue;
    const { 'extra-steps': added = [], ...rest } = changeOf(steps, other.steps);
    const extra = added.filter((step) => besideOf(step) !== '');
    const change = { ...rest, ...(extra.length > 0 && { 'extra-steps': extra }) };
    if (extra.length < added.length) refuse('all its steps are new');
    const common = (names: readonly { name: string }[], among: readonly { name: string }[]) =>
      names.filter(({ name }) => among.some((a) => a.name === name)).map(({ name }) => name);
    if (text(common(steps, other.steps)) !== text(common(other.steps, steps)))
      refuse('its steps come in another order');
    changes.set(String(stage), change);
  }
  const all = [...changes.values()];
  const same = all.every((change) => text(change) === text(all[0]));
  const stages = Object.fromEntries([...changes].filter(([, change]) => Object.keys(change).length > 0));
  return {
    ...(Object.keys(env).length > 0 && { env }),
    ...(same ? all[0] : Object.keys(stages).length > 0 && { stages }),
  };
}

/** The overrides as YAML, and why they are not all of the difference: nothing when they are. */
export function overridesBetween(
  a: Project,
  b: Project,
): { readonly yaml: string; readonly refused: readonly string[] } {
  const refused = new Set<string>();
  const sources = new Map<string, SourceChange>();
  const names = [...new Set([...a.recipes.keys(), ...b.recipes.keys()])].sort(byteOrder);
  for (const name of names) {
    const [before, after] = [a.recipes.get(name), b.recipes.get(name)];
    const refuse = (why: string): unknown => refused.add(`${name}: ${why}`);
    if (before === undefined || after === undefined) {
      refuse('only one of the two has it');
      continue;
    }
    const declared = (project: Project) =>
      text(project.universe.sources.find((s) => s.name === name)?.variants.map((v) => [v.stage, v.buildDepends]));
    if (declared(a) !== declared(b)) refuse('its build dependencies differ');
    const change = recipeChange(before, after, refuse);
    if (Object.keys(change).length > 0) sources.set(name, change);
  }
  if (text(a.seeds) !== text(b.seeds)) refused.add('the seed differs');
  if (text([a.image, a.imageVariants]) !== text([b.image, b.imageVariants])) refused.add('the image differs');
  const value: OverridesYaml = { sources: Object.fromEntries(sources) };
  return { yaml: stringify(value, { lineWidth: 0 }), refused: [...refused] };
}
