/** A dependency graph given directly: GraphML, as botch and graph tools write it, or a JSON edge list. */
import { resultOf } from '../../diagnostics.ts';
import type { Diagnostic, Result } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import { CsrBuilder, sortedUnique } from './csr.ts';
import { lineCounter, parseGraphml } from './graphml.ts';
import type { PackageGraph } from './package-graph.ts';

interface RawNode {
  readonly label: string;
  readonly isSource: boolean;
  readonly version?: string;
}

/** Sources first, byte order in each part; edges renumbered to that order, each once. */
function ordered(nodes: readonly RawNode[], succ: readonly (readonly number[])[]): PackageGraph {
  const order = [...nodes.keys()].sort(
    (a, b) =>
      Number(nodes[b]!.isSource) - Number(nodes[a]!.isSource) || byteOrder(nodes[a]!.label, nodes[b]!.label) || a - b,
  );
  const place = new Int32Array(nodes.length);
  order.forEach((old, now) => {
    place[old] = now;
  });
  const edges = new CsrBuilder();
  for (const old of order) edges.row(sortedUnique(succ[old]!.map((t) => place[t]!)));
  const sources = nodes.filter((n) => n.isSource).length;
  return {
    labels: order.map((old) => nodes[old]!.label),
    sources,
    edges: edges.finish(),
    roots: Int32Array.from({ length: sources }, (_, s) => s),
  };
}

/** At most `shown` diagnostics of a kind, then one that counts the rest: a damaged file has thousands. */
class Problems {
  readonly list: Diagnostic[] = [];
  private left = 0;
  private readonly file: string;
  constructor(file: string) {
    this.file = file;
  }
  add(line: number, message: string, help?: string): void {
    if (this.list.length >= 20) this.left++;
    else {
      const origin = { file: this.file, line };
      this.list.push({ code: 'BP201', severity: 'error', message, origin, ...(help === undefined ? {} : { help }) });
    }
  }
  finish(): readonly Diagnostic[] {
    if (this.left === 0) return this.list;
    const message = `${this.left} more problems of the same kinds in this file`;
    return [...this.list, { code: 'BP201', severity: 'error', message, origin: { file: this.file, line: 1 } }];
  }
}

/** Two sources of one name get their versions, and where those are equal too, their ids; the same for the others. */
function uniqueLabels(nodes: readonly (RawNode & { readonly id: string })[]): RawNode[] {
  const counter = (labels: readonly string[]) => {
    const n = new Map<string, number>();
    const key = (i: number) => `${nodes[i]!.isSource} ${labels[i]}`;
    for (const i of labels.keys()) n.set(key(i), (n.get(key(i)) ?? 0) + 1);
    return (i: number) => n.get(key(i))!;
  };
  const plain = nodes.map((n) => n.label);
  const times = counter(plain);
  const versioned = nodes.map((n, i) => (times(i) === 1 || !n.version ? n.label : `${n.label} (= ${n.version})`));
  const still = counter(versioned);
  return nodes.map((n, i) => ({
    label: still(i) === 1 ? versioned[i]! : `${versioned[i]} [${n.id}]`,
    isSource: n.isSource,
  }));
}

function fromGraphml(text: string, file: string): Result<PackageGraph> {
  const { nodes, ids, edges, problems } = parseGraphml(text);
  const found = new Problems(file);
  for (const p of problems) found.add(p.line, p.message);
  const index = new Map<string, number>();
  nodes.forEach(({ id, line }, i) => {
    if (index.has(id)) found.add(line, `a second node with the id ${id}`);
    index.set(id, i);
  });
  const succ: number[][] = nodes.map(() => []);
  const nodeOf = ids.map((id) => index.get(id));
  const lineAt = lineCounter(text);
  edges.from.forEach((from, e) => {
    const to = edges.to[e]!;
    const [a, b] = [nodeOf[from], nodeOf[to]];
    if (a === undefined) found.add(lineAt(edges.at[e]!), `an edge begins at ${ids[from]}, which is no node`);
    else if (b === undefined) found.add(lineAt(edges.at[e]!), `an edge ends at ${ids[to]}, which is no node`);
    else succ[a]!.push(b);
  });
  const kindOf = (data: ReadonlyMap<string, string>) => data.get('kind') ?? data.get('type');
  const sourceKind = new Set(['SrcPkg', 'src', 'source']);
  // A graph that says of no node that it is a source has nothing else.
  const told = nodes.some(({ data }) => sourceKind.has(kindOf(data) ?? ''));
  const raw = nodes.map(({ id, data }) => {
    const isSource = !told || sourceKind.has(kindOf(data) ?? '');
    const name = data.get('name') || data.get('label') || data.get('cudfname') || id;
    const version = data.get('version');
    return { id, label: name, isSource, ...(version === undefined ? {} : { version }) };
  });
  const diagnostics = found.finish();
  return diagnostics.length > 0 ? { ok: false, diagnostics } : resultOf(ordered(uniqueLabels(raw), succ), []);
}

/** Line and column of JSON.parse's complaint, where it tells the place. */
function jsonProblem(text: string, file: string, error: unknown): Diagnostic {
  const message = error instanceof Error ? error.message : String(error);
  const position = /position (\d+)/.exec(message);
  const before = text.slice(0, position ? Number(position[1]) : text.length);
  const line = before.split('\n').length;
  const column = before.length - before.lastIndexOf('\n');
  return {
    code: 'BP201',
    severity: 'error',
    message: `neither GraphML nor JSON: ${message.replace(/ in JSON at position.*/, '').replace(/, ".*/s, '')}`,
    origin: { file, line, column },
    excerpt: text.split('\n', line)[line - 1] ?? '',
    help: 'give GraphML, or JSON of the form {"nodes": ["a", "b"], "succ": [[1], [0]]}',
  };
}

const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((v) => typeof v === 'string');

function fromJson(text: string, file: string): Result<PackageGraph> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, diagnostics: [jsonProblem(text, file, error)] };
  }
  const found = new Problems(file);
  const { nodes, succ } = (typeof value === 'object' && value !== null ? value : {}) as {
    nodes?: unknown;
    succ?: unknown;
  };
  if (!isStrings(nodes)) found.add(1, '`nodes` must be a list of labels');
  if (!Array.isArray(succ)) found.add(1, '`succ` must be a list of lists of indices into `nodes`');
  if (isStrings(nodes) && Array.isArray(succ)) {
    if (succ.length !== nodes.length) found.add(1, `${nodes.length} nodes, but ${succ.length} lists in \`succ\``);
    const isIndex = (t: unknown) => Number.isInteger(t) && (t as number) >= 0 && (t as number) < nodes.length;
    succ.forEach((row: unknown, i) => {
      const wrong = Array.isArray(row) ? row.find((t) => !isIndex(t)) : row;
      if (wrong !== undefined) found.add(1, `succ[${i}] holds ${JSON.stringify(wrong)}, which is no index of a node`);
    });
    const seen = new Map<string, number>();
    nodes.forEach((label, i) => {
      if (label.trim() === '') found.add(1, `nodes[${i}] is an empty label`, 'give every node a name of its own');
      const other = seen.get(label);
      if (other !== undefined) found.add(1, `nodes ${other} and ${i} have the same label ${label}`);
      seen.set(label, i);
    });
  }
  const diagnostics = found.finish();
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  const raw = (nodes as string[]).map((label) => ({ label, isSource: true }));
  return resultOf(ordered(raw, succ as number[][]), []);
}

/** The graph in a file's text. Sources are the nodes of kind `SrcPkg` (botch), or all when no node has that kind. */
export function parseGraph(text: string, file: string): Result<PackageGraph> {
  if (text.trim() === '') {
    const origin = { file, line: 1 };
    return {
      ok: false,
      diagnostics: [{ code: 'BP201', severity: 'error', message: 'the graph file is empty', origin }],
    };
  }
  return /^\s*\ufeff?\s*</.test(text.slice(0, 1000)) ? fromGraphml(text, file) : fromJson(text, file);
}
