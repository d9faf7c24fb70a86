/** The `recipe` part of a source's YAML file, edited in place. */

import { isScalar, type Scalar, YAMLMap, type YAMLSeq } from 'yaml';
import { entriesOf, valueAt } from '../../by-name.ts';
import type { FileDigest } from '../../digests.ts';
import type { ByName } from '../../model.ts';
import { DocumentEditor } from './document-editor.ts';

/** A step, as it is written in the file. */
export interface Step {
  readonly name: string;
  readonly run: string;
}

/** What a step is where only another variant has one of that name. */
export const nothing = ':\n';

/** One file; nothing is written before it is asked for its text. */
export class RecipeEditor extends DocumentEditor {
  private readonly recipe: YAMLMap;

  constructor(text: string) {
    super(text);
    this.recipe = this.own(this.document.contents as unknown as YAMLMap, 'recipe');
  }

  environment(env: ByName<string>): void {
    if (Object.keys(env).length === 0) return;
    const map = this.own(this.recipe, 'env');
    for (const [name, value] of entriesOf(env)) this.put(map, name, value);
  }

  fetch(local: string, sha256: FileDigest): void {
    this.ownList(this.recipe, 'fetch').add(this.document.createNode({ local, sha256 }));
  }

  /** Makes the list of steps read as wanted. */
  steps(order: readonly string[], base: ReadonlyMap<string, string>): void {
    const wanted = order.map((name) => ({ [name]: base.get(name) ?? nothing }));
    if (JSON.stringify(this.recipe.toJS(this.document).steps) === JSON.stringify(wanted)) return;
    const list = this.ownList(this.recipe, 'steps') as YAMLSeq<YAMLMap>;
    const nameOf = (item: YAMLMap): string => String((item.items[0]!.key as Scalar).value);
    const old = new Map(list.items.map((item) => [nameOf(item), item]));
    for (const [name, item] of old) if (!order.includes(name)) this.release(item, true);
    list.items = order.map((name) => {
      const item = old.get(name) ?? new YAMLMap();
      const run = base.get(name) ?? nothing;
      this.put(item, name, run);
      return item;
    });
  }

  /** Makes what replaces steps for one stage, or for a cross build, read as wanted. */
  section(
    path: readonly string[],
    order: readonly string[],
    base: ReadonlyMap<string, string>,
    wanted: readonly Step[],
  ) {
    const scripts = new Map(wanted.map(({ name, run }) => [name, run]));
    const now = path.reduce<unknown>(
      (at, key) => at && valueAt(at as ByName<unknown>, key),
      this.recipe.toJS(this.document),
    );
    const is = entriesOf((now ?? {}) as ByName<string | null>);
    // What says the usual again is left where it stands.
    const differing = order.filter(
      (name) =>
        scripts.get(name) !== (base.get(name) ?? nothing) ||
        is.some(([step, run]) => step === name && run === scripts.get(name)),
    );
    const same = ([name, run]: (typeof is)[number]): boolean =>
      differing.includes(name) && (scripts.get(name) ?? null) === run;
    if (is.length === differing.length && is.every(same)) return;
    const maps = [this.recipe];
    for (const key of path) maps.push(this.own(maps.at(-1)!, key));
    const map = maps.at(-1)!;
    for (const pair of [...map.items]) {
      const name = String(isScalar(pair.key) ? pair.key.value : pair.key);
      if (differing.includes(name)) continue;
      this.release(pair.value, true);
      map.delete(pair.key);
    }
    for (const name of differing) this.put(map, name, scripts.get(name) ?? null);
    for (let i = path.length; i > 0 && maps[i]!.items.length === 0; i--)
      maps[i - 1]!.items = maps[i - 1]!.items.filter(({ value }) => value !== maps[i]);
  }
}
