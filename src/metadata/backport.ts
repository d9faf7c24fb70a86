/**
 * Back-porting: overrides that work become part of the metadata. What a recipe then says is exactly what the overrides
 * made of it; comments and layout of the YAML files stay.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Document, isMap, isScalar, isSeq, parseDocument, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { Diagnostic, Project, Recipe, RecipeStep } from '../model.ts';
import { changedRecipe } from './apply-overrides.ts';
import { flagsVariable, type Overrides, type SourceChange } from './overrides.ts';

export interface Backport {
  /** Path -> what it will hold. Patches are among them. */
  readonly files: ReadonlyMap<string, string>;
  /** Sources whose recipe changes. */
  readonly sources: readonly string[];
  /** Recipes as they must read afterwards: source -> stage -> steps. */
  readonly expected: ReadonlyMap<string, ReadonlyMap<number, readonly Step[]>>;
}

interface Step {
  readonly name: string;
  readonly run: string;
}

/** What of a change holds for every step of every variant, and so has a place in the recipe's own `env`. */
function environmentOf(change: SourceChange): Record<string, string> {
  const flags = Object.entries(change.flags ?? {}).map(([step, words]) => [flagsVariable(step), words.join(' ')]);
  return { ...change.env, ...Object.fromEntries(flags) };
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A step with its own variables written into its script. */
const folded = ({ name, run, env }: RecipeStep): Step => ({
  name,
  run:
    Object.entries(env)
      .map(([k, v]) => `export ${k}=${quote(v)}\n`)
      .join('') + run,
});

const patchPlace = (source: string, path: string): string => `${source}/${basename(path)}`;

function scalar(text: string): Scalar {
  const node = new Scalar(text);
  if (text.includes('\n')) node.type = Scalar.BLOCK_LITERAL;
  return node;
}

/** The `recipe` part of one file, edited in place. */
class RecipeEditor {
  readonly document: Document.Parsed;
  private readonly recipe: YAMLMap;

  constructor(text: string) {
    this.document = parseDocument(text);
    this.recipe = this.document.get('recipe') as YAMLMap;
  }

  private map(parent: YAMLMap, key: string | number): YAMLMap {
    const found = parent.items.find((pair) => String(isScalar(pair.key) ? pair.key.value : pair.key) === String(key));
    if (found && isMap(found.value)) return found.value;
    const made = new YAMLMap();
    parent.set(key, made);
    return made;
  }

  environment(env: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(env)) this.map(this.recipe, 'env').set(name, scalar(value));
  }

  fetch(local: string, sha256: string): void {
    const list = this.recipe.get('fetch');
    const item = this.document.createNode({ local, sha256 });
    if (isSeq(list)) list.add(item);
    else {
      const made = new YAMLSeq();
      made.add(item);
      this.recipe.set('fetch', made);
    }
  }

  /** Makes the steps read as wanted: the list is the full variant's, a stage says what differs. */
  steps(wanted: ReadonlyMap<number, readonly Step[]>): void {
    const list = this.recipe.get('steps') as YAMLSeq<YAMLMap>;
    const nameOf = (item: YAMLMap): string => String((item.items[0]!.key as Scalar).value);
    const old = new Map(list.items.map((item) => [nameOf(item), item]));
    const order = mergedOrder([...wanted.values()].map((steps) => steps.map(({ name }) => name)));
    const base = new Map((wanted.get(0) ?? []).map(({ name, run }) => [name, run]));
    list.items = order.map((name) => {
      const item = old.get(name) ?? new YAMLMap();
      const run = base.get(name) ?? ':\n';
      if (item.get(name) !== run) item.set(name, scalar(run));
      return item;
    });
    for (const [stage, steps] of wanted) if (stage > 0) this.stage(stage, order, base, steps);
  }

  private stage(
    stage: number,
    order: readonly string[],
    base: ReadonlyMap<string, string>,
    steps: readonly Step[],
  ): void {
    const scripts = new Map(steps.map(({ name, run }) => [name, run]));
    for (const name of order) {
      const [script, usual] = [scripts.get(name), base.get(name) ?? ':\n'];
      const stages = this.recipe.get('stages');
      const known = isMap(stages) ? this.map(stages, stage) : undefined;
      if (script === usual) known?.delete(name);
      else if (known?.get(name) !== (script ?? null))
        this.map(this.map(this.recipe, 'stages'), stage).set(name, script === undefined ? null : scalar(script));
    }
  }

  toString(): string {
    return this.document.toString({ lineWidth: 0, flowCollectionPadding: false });
  }
}

/** One order that all lists agree with: they come from one list by insertions, so each new name goes after its neighbour. */
function mergedOrder(lists: readonly (readonly string[])[]): readonly string[] {
  const order: string[] = [];
  for (const list of lists)
    list.forEach((name, i) => {
      if (!order.includes(name)) order.splice(i === 0 ? 0 : order.indexOf(list[i - 1]!) + 1, 0, name);
    });
  return order;
}

function refused(overrides: Overrides): Diagnostic[] {
  return Object.entries(overrides.value.phases ?? {}).flatMap(([phase, { env }]): Diagnostic[] => {
    if (env === undefined) return [];
    const message = `${overrides.file}: the environment of phase \`${phase}\` has no place in the metadata`;
    const help = 'give it to the sources that need it: sources: NAME: env:';
    return [{ code: 'BP151', severity: 'error', message, help }];
  });
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
  for (const [source, change] of Object.entries(overrides.value.sources ?? {})) {
    const { env: _, flags: __, ...inSteps } = change;
    const origin = project.universe.sources.find(({ name }) => name === source)!.origin.file;
    const editor = new RecipeEditor(readFileSync(origin, 'utf8'));
    const patchStep = (path: string): Step => ({
      name: `patch-${basename(path)
        .replace(/\.[^.]*$/, '')
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')}`,
      run: `cd "$S"\npatch -p1 <"$F/${patchPlace(source, path)}"\n`,
    });
    const value = { sources: { [source]: inSteps } };
    const recipe: Recipe = changedRecipe(project.recipes.get(source)!, { value, file: overrides.file }, patchStep);
    const wanted = new Map([...recipe.variants].map(([stage, { steps }]) => [stage, steps.map(folded)]));
    for (const path of new Set([change, ...Object.values(change.stages ?? {})].flatMap((c) => c.patches ?? []))) {
      const content = overrides.patches.get(path)!;
      files.set(join(project.directory, patchPlace(source, path)), content);
      editor.fetch(patchPlace(source, path), createHash('sha256').update(content).digest('hex'));
    }
    editor.environment(environmentOf(change));
    editor.steps(wanted);
    files.set(origin, editor.toString());
    expected.set(source, wanted);
  }
  return { files, sources: [...expected.keys()], expected };
}
