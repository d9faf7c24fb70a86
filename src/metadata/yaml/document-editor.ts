/** A YAML file whose values are changed in place; comments, anchors and layout of the rest stay. */

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
import { keptLayout } from './kept-layout.ts';

function scalar(text: string): Scalar {
  const node = new Scalar(text);
  if (text.includes('\n')) node.type = Scalar.BLOCK_LITERAL;
  return node;
}

/** Sequences may stand as far left as the key above them. */
const indentsSequences = (text: string): boolean => !/^( *)[^\s#-][^\n]*:\n\1- /m.test(text);

/** What editors of all kinds of files share. */
export abstract class DocumentEditor {
  protected readonly document: Document.Parsed;
  private readonly original: string;
  private readonly before: string;

  constructor(text: string) {
    this.original = text;
    this.document = parseDocument(text);
    this.before = this.written();
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
  protected release(node: unknown, whole: boolean): void {
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

  protected pair(parent: YAMLMap, key: string | number) {
    return parent.items.find((pair) => String(isScalar(pair.key) ? pair.key.value : pair.key) === String(key));
  }

  /** The map under a key, made when there is none, and shared with nobody. */
  protected own(parent: YAMLMap, key: string | number): YAMLMap {
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

  protected ownList(parent: YAMLMap, key: string): YAMLSeq {
    const found = this.pair(parent, key);
    if (found && isAlias(found.value)) found.value = this.copyOf(found.value.resolve(this.document)!);
    if (found && isSeq(found.value)) {
      this.release(found.value, false);
      for (const [i, item] of found.value.items.entries())
        if (isAlias(item)) found.value.items[i] = this.copyOf(item.resolve(this.document)!);
      return found.value;
    }
    const made = new YAMLSeq();
    parent.set(key, made);
    return made;
  }

  protected put(map: YAMLMap, key: string, value: string | null): void {
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
