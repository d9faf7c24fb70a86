/** The `recipe` part of a source's YAML file, edited in place; comments, anchors and layout of the rest stay. */

import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  Scalar,
  visit,
  YAMLMap,
  YAMLSeq,
} from 'yaml';
import { entriesOf, valueAt } from '../../by-name.ts';
import type { ByName } from '../../model.ts';
import { keptLayout } from './kept-layout.ts';

export interface Step {
  readonly name: string;
  readonly run: string;
}

/** What a step is where only another variant has one of that name. */
export const nothing = ':\n';

function scalar(text: string): Scalar {
  const node = new Scalar(text);
  if (text.includes('\n')) node.type = Scalar.BLOCK_LITERAL;
  return node;
}

/** Sequences may stand as far left as the key above them. */
const indentsSequences = (text: string): boolean => !/^( *)[^\s#-][^\n]*:\n\1- /m.test(text);

export class RecipeEditor {
  private readonly document: Document.Parsed;
  private readonly recipe: YAMLMap;
  private readonly original: string;
  private readonly before: string;

  constructor(text: string) {
    this.original = text;
    this.document = parseDocument(text);
    this.before = this.written();
    this.recipe = this.own(this.document.contents as unknown as YAMLMap, 'recipe');
  }

  private written(): string {
    return this.document.toString({
      lineWidth: 0,
      flowCollectionPadding: false,
      indentSeq: indentsSequences(this.original),
    });
  }

  /** A copy that is nobody else's. */
  private copyOf(node: Node): Node {
    const copy = node.clone() as Node;
    visit(copy, {
      Alias: (_, alias) => this.copyOf(alias.resolve(this.document)!),
      Value: (_, value) => {
        delete (value as { anchor?: string }).anchor;
      },
    });
    return copy;
  }

  /**
   * Before something is changed: whoever shares it by an alias gets a copy of it as it was.
   * @param whole it goes, with everything in it
   */
  private release(node: unknown, whole: boolean): void {
    const anchored = new Map<string, Node>();
    if (isNode(node) && !isAlias(node))
      visit(node, {
        Value: (_, value) => {
          const { anchor } = value as { anchor?: string };
          if (anchor !== undefined) anchored.set(anchor, value as Node);
          return whole ? undefined : visit.BREAK;
        },
      });
    if (anchored.size === 0) return;
    visit(this.document, {
      Alias: (_, alias: Alias) => {
        const target = alias.resolve(this.document);
        return target !== undefined && anchored.get(alias.source) === target ? this.copyOf(target) : undefined;
      },
    });
    for (const value of anchored.values()) delete (value as { anchor?: string }).anchor;
  }

  private pair(parent: YAMLMap, key: string | number) {
    return parent.items.find((pair) => String(isScalar(pair.key) ? pair.key.value : pair.key) === String(key));
  }

  /** The map under a key, made when there is none, and shared with nobody. */
  private own(parent: YAMLMap, key: string | number): YAMLMap {
    const found = this.pair(parent, key);
    if (found && isAlias(found.value)) found.value = this.copyOf(found.value.resolve(this.document)!);
    if (found && isMap(found.value)) {
      this.release(found.value, false);
      return found.value;
    }
    const made = new YAMLMap();
    if (found) found.value = made;
    else parent.set(key, made);
    return made;
  }

  private ownList(key: string): YAMLSeq {
    const found = this.pair(this.recipe, key);
    if (found && isAlias(found.value)) found.value = this.copyOf(found.value.resolve(this.document)!);
    if (found && isSeq(found.value)) {
      this.release(found.value, false);
      for (const [i, item] of found.value.items.entries())
        if (isAlias(item)) found.value.items[i] = this.copyOf(item.resolve(this.document)!);
      return found.value;
    }
    const made = new YAMLSeq();
    this.recipe.set(key, made);
    return made;
  }

  environment(env: ByName<string>): void {
    if (Object.keys(env).length === 0) return;
    const map = this.own(this.recipe, 'env');
    for (const [name, value] of entriesOf(env)) this.put(map, name, value);
  }

  fetch(local: string, sha256: string): void {
    this.ownList('fetch').add(this.document.createNode({ local, sha256 }));
  }

  /** Makes the list of steps read as wanted. */
  steps(order: readonly string[], base: ReadonlyMap<string, string>): void {
    const wanted = order.map((name) => ({ [name]: base.get(name) ?? nothing }));
    if (JSON.stringify(this.recipe.toJS(this.document).steps) === JSON.stringify(wanted)) return;
    const list = this.ownList('steps') as YAMLSeq<YAMLMap>;
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

  private put(map: YAMLMap, key: string, value: string | null): void {
    const found = this.pair(map, key);
    const now = found && isAlias(found.value) ? found.value.resolve(this.document) : found?.value;
    if (found && isScalar(now) && now.value === value) return;
    this.release(found?.value, true);
    map.set(key, value === null ? new Scalar(null) : scalar(value));
  }

  /** The whole file: in its own layout where that says the same. */
  toString(): string {
    const after = this.written();
    const kept = keptLayout(this.original, this.before, after);
    const read = parseDocument(kept);
    const same =
      read.errors.length === 0 && JSON.stringify(read.toJS()) === JSON.stringify(parseDocument(after).toJS());
    return same ? kept : after;
  }
}
