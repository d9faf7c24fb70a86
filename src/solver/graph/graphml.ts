/**
 * Reads GraphML (graphml.graphdrawing.org/specification.html) as far as graph tools write it: keys with defaults,
 * nodes, directed edges, data. botch declares the same key id once for nodes and once for edges, which the format does
 * not allow but is unambiguous: a key is looked up by what it is for.
 */
import { valueAt } from '../../by-name.ts';
import type { ByName } from '../../model.ts';

/** A node as the file tells it. */
export interface GraphmlNode {
  readonly id: string;
  readonly line: number;
  /** By `attr.name` of the key, defaults filled in. */
  readonly data: ReadonlyMap<string, string>;
}

/** What is wrong with the file, and in which of its lines. */
export interface GraphmlProblem {
  readonly line: number;
  readonly message: string;
}

/** A graph as the file tells it, and all that is wrong with the file. */
export interface Graphml {
  readonly nodes: readonly GraphmlNode[];
  /** All ids of nodes that nodes or edges mention, in the order of their first mention. */
  readonly ids: readonly string[];
  /** In file order: where each edge comes from and leads to, by place in `ids`, and its place in the text. */
  readonly edges: { readonly from: readonly number[]; readonly to: readonly number[]; readonly at: readonly number[] };
  readonly problems: readonly GraphmlProblem[];
}

interface Key {
  readonly name: string;
  fallback: string | undefined;
}

const entities: ByName<string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return valueAt(entities, name) ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

const isBlank = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);

/** The attributes of a tag; of a name given twice the last value. One is made, and filled again for every tag. */
class Attributes {
  private readonly names: string[] = [];
  private readonly values: string[] = [];

  read(tag: string): void {
    this.names.length = this.values.length = 0;
    for (let from = 0, equals = tag.indexOf('='); equals >= 0; equals = tag.indexOf('=', from)) {
      let end = equals;
      while (end > from && isBlank(tag.charCodeAt(end - 1))) end--;
      let start = end;
      while (start > from && !isBlank(tag.charCodeAt(start - 1))) start--;
      let open = equals + 1;
      while (isBlank(tag.charCodeAt(open))) open++;
      const quote = tag[open];
      from = equals + 1;
      if (quote !== '"' && quote !== "'") continue;
      const close = tag.indexOf(quote, open + 1);
      if (close < 0) return;
      this.names.push(tag.slice(start, end));
      this.values.push(tag.slice(open + 1, close));
      from = close + 1;
    }
  }

  get(name: string): string | undefined {
    const at = this.names.lastIndexOf(name);
    return at < 0 ? undefined : unescaped(this.values[at]!);
  }
}

/** Elements and the text directly in them, in document order; comments, declarations and CDATA wrappers removed. */
interface Handler {
  /** Returns what of the element is wanted: the text that follows, all but text, or nothing up to its end. */
  open(name: string, attributes: string, at: number): 'text' | 'elements' | 'end';
  /** @param text what follows the last tag before this one; empty when it was not wanted */
  close(name: string, text: string, at: number): void;
}

/** Walks over the tags. Returns the place of the first thing that is no XML, or undefined. */
function walk(text: string, handler: Handler): { at: number; message: string } | undefined {
  const path: string[] = [];
  let content = '';
  let isWanted = false;
  let at = 0;
  let nextMarkup = text.indexOf('<!');
  /** Where the end tag of an element is, when nothing up to there could only look like one. */
  const endOf = (name: string, from: number): number => {
    const end = text.indexOf(`</${name}`, from);
    if (nextMarkup >= 0 && nextMarkup < from) nextMarkup = text.indexOf('<!', from);
    return end < 0 || (nextMarkup >= 0 && nextMarkup < end) ? from : end;
  };
  for (;;) {
    const start = text.indexOf('<', at);
    if (start < 0) break;
    if (isWanted) content += unescaped(text.slice(at, start));
    else if (path.length === 0 && text.slice(at, start).trim().replace('\ufeff', '') !== '')
      return { at, message: 'text outside of any element' };
    const skip = (opening: string, closing: string): boolean => {
      if (!text.startsWith(opening, start)) return false;
      const end = text.indexOf(closing, start + opening.length);
      if (isWanted && opening === '<![CDATA[') content += text.slice(start + opening.length, end < 0 ? undefined : end);
      at = end < 0 ? text.length : end + closing.length;
      return true;
    };
    const first = text[start + 1];
    const isMarkup = first === '!' || first === '?';
    if (isMarkup && (skip('<!--', '-->') || skip('<![CDATA[', ']]>') || skip('<?', '?>') || skip('<!', '>'))) continue;
    const end = text.indexOf('>', start);
    if (end < 0) return { at: start, message: 'the file ends inside a tag' };
    const isClosing = first === '/';
    const isEmpty = text[end - 1] === '/';
    const tagEnd = isEmpty ? end - 1 : end;
    let nameStart = start + (isClosing ? 2 : 1);
    let nameEnd = nameStart;
    for (; nameEnd < tagEnd && !isBlank(text.charCodeAt(nameEnd)); nameEnd++) {
      if (text[nameEnd] === ':' && text[nameStart - 1] !== ':') nameStart = nameEnd + 1;
    }
    const name = text.slice(nameStart, nameEnd);
    at = end + 1;
    if (isClosing) {
      const opened = path.pop();
      if (opened !== name) return { at: start, message: `</${name}> closes nothing that is open` };
      handler.close(name, content, start);
      isWanted = false;
    } else {
      const wanted = handler.open(name, text.slice(nameEnd, tagEnd), start);
      isWanted = wanted === 'text' && !isEmpty;
      if (isEmpty) handler.close(name, '', start);
      else path.push(name);
      if (wanted === 'end' && !isEmpty) at = endOf(text.slice(start + 1, nameEnd), at);
    }
    content = '';
  }
  if (path.length > 0) return { at: text.length, message: `the file ends before </${path.at(-1)}>` };
  return undefined;
}

/** Line numbers for places that only ever move forward. */
export function lineCounter(text: string): (at: number) => number {
  let [line, seen] = [1, 0];
  return (at) => {
    for (let next = text.indexOf('\n', seen); next >= 0 && next < at; next = text.indexOf('\n', seen)) {
      line++;
      seen = next + 1;
    }
    return line;
  };
}

/** Never throws; what is wrong is in `problems`. Linear. */
export function parseGraphml(text: string): Graphml {
  const keys = new Map<string, Key>();
  const nodes: { id: string; line: number; data: Map<string, string> }[] = [];
  const numbers = new Map<string, number>();
  const edges: { from: number[]; to: number[]; at: number[] } = { from: [], to: [], at: [] };
  const problems: GraphmlProblem[] = [];
  const lineAt = lineCounter(text);
  let subject: 'node' | 'edge' | undefined;
  let openKey: Key | undefined;
  let dataKey: Key | undefined;
  let graphs = 0;
  const attribute = new Attributes();
  const numberOf = (id: string): number => {
    const known = numbers.get(id);
    if (known !== undefined) return known;
    numbers.set(id, numbers.size);
    return numbers.size - 1;
  };
  const problem = (at: number, message: string): void => {
    problems.push({ line: lineAt(at), message });
  };

  const failure = walk(text, {
    open(name, tag, at) {
      if (name === 'data' && subject === 'edge') return 'end'; // A million of them, and none is asked for.
      attribute.read(tag);
      if (name === 'key') {
        openKey = { name: attribute.get('attr.name') ?? attribute.get('id') ?? '', fallback: undefined };
        const kind = attribute.get('for') ?? 'all';
        for (const k of kind === 'all' ? ['node', 'edge'] : [kind]) keys.set(`${k} ${attribute.get('id')}`, openKey);
      } else if (name === 'graph') {
        if (++graphs > 1) problem(at, 'a second or nested graph; one graph per file is read');
        if (attribute.get('edgedefault') === 'undirected')
          problem(at, 'the graph is undirected; dependencies have a direction');
      } else if (name === 'node') {
        subject = 'node';
        const id = attribute.get('id');
        if (!id) problem(at, 'a node without an id');
        numberOf(id ?? '');
        nodes.push({ id: id ?? '', line: lineAt(at), data: new Map() });
      } else if (name === 'edge') {
        subject = 'edge';
        const [from, to] = [attribute.get('source'), attribute.get('target')];
        if (from === undefined || to === undefined) problem(at, 'an edge without source or target');
        else {
          edges.from.push(numberOf(from));
          edges.to.push(numberOf(to));
          edges.at.push(at);
        }
      } else if (name === 'hyperedge') problem(at, 'a hyperedge; only edges between two nodes are read');
      else if (name === 'data') dataKey = keys.get(`${subject} ${attribute.get('key')}`);
      if (name === 'edge') return 'end';
      return name === 'data' || name === 'default' ? 'text' : 'elements';
    },
    close(name, content) {
      if (name === 'default' && openKey) openKey.fallback = content;
      else if (name === 'key') openKey = undefined;
      else if (name === 'data' && subject === 'node' && dataKey) nodes.at(-1)!.data.set(dataKey.name, content);
      else if (name === 'node' || name === 'edge') subject = undefined;
    },
  });
  if (failure) problem(failure.at, failure.message);
  else if (graphs === 0) problem(text.length, 'no <graph> element');
  const defaults = [...keys].filter(([id, key]) => id.startsWith('node ') && key.fallback !== undefined);
  for (const node of nodes) {
    for (const [, key] of defaults) if (!node.data.has(key.name)) node.data.set(key.name, key.fallback!);
  }
  return { nodes, ids: [...numbers.keys()], edges, problems };
}
