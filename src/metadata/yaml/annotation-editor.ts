/** A file of annotations, edited in place. */

import { isMap, type YAMLMap } from 'yaml';
import { entriesOf, valueAt } from '../../by-name.ts';
import type { ByName } from '../../model.ts';
import { DocumentEditor } from './document-editor.ts';

/** What is added to the `build` of a source, or to one stage in it. */
export interface MoreOfBuild {
  readonly env?: ByName<string>;
  readonly flags?: ByName<readonly string[]>;
  readonly patches?: readonly string[];
  readonly steps?: ByName<string | null>;
  readonly 'extra-steps'?: readonly object[];
  readonly stages?: ByName<MoreOfBuild>;
}

/** One file; nothing is written before it is asked for its text. */
export class AnnotationEditor extends DocumentEditor {
  /** A list of droppable names is none, for example. */
  readonly isMapping: boolean;

  constructor(text: string) {
    super(text);
    this.document.contents ??= this.document.createNode({}) as unknown as typeof this.document.contents;
    this.isMapping = isMap(this.document.contents);
  }

  private source(name: string): YAMLMap {
    return this.own(this.document.contents as unknown as YAMLMap, name);
  }

  /** Makes a list read as these words. */
  list(source: string, key: string, words: readonly string[]): void {
    const map = this.source(source);
    if (JSON.stringify(valueAt(this.read(map), key)) === JSON.stringify(words)) return;
    const found = this.pair(map, key);
    this.release(found?.value, true);
    map.set(key, this.document.createNode(words, { flow: true }));
  }

  /** Makes a list have these words, too. */
  more(source: string, key: string, words: readonly string[]): void {
    if (words.length > 0) this.append(this.source(source), key, words);
  }

  build(source: string, change: MoreOfBuild): void {
    const { stages = {}, ...rest } = change;
    const isEmpty = Object.keys(rest).length === 0 && Object.keys(stages).length === 0;
    if (!isEmpty) this.merge(this.own(this.source(source), 'build'), change);
  }

  private merge(map: YAMLMap, change: MoreOfBuild): void {
    for (const [key, scripts] of [['env', change.env ?? {}] as const, ['steps', change.steps ?? {}] as const])
      for (const [name, text] of entriesOf<string | null>(scripts)) this.put(this.own(map, key), name, text);
    for (const [step, words] of entriesOf(change.flags ?? {})) this.append(this.own(map, 'flags'), step, words, true);
    if (change.patches !== undefined) this.append(map, 'patches', change.patches);
    for (const step of change['extra-steps'] ?? [])
      this.ownList(map, 'extra-steps').add(this.document.createNode(step));
    for (const [stage, inStage] of entriesOf(change.stages ?? {}))
      this.merge(this.own(this.own(map, 'stages'), Number(stage)), inStage);
  }

  private append(map: YAMLMap, key: string, words: readonly string[], again = false): void {
    const there = valueAt(this.read(map), key);
    const isThere = (word: string): boolean => !again && Array.isArray(there) && there.includes(word);
    const list = this.ownList(map, key);
    if (list.items.length === 0) list.flow = true;
    for (const word of words) if (!isThere(word)) list.add(this.document.createNode(word));
  }

  private read(map: YAMLMap): ByName<unknown> {
    return map.toJS(this.document) as ByName<unknown>;
  }
}
