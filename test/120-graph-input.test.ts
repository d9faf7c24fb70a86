/** Graphs given directly. The fixtures were written by botch 0.24: one by its OCaml tools, one by its Python tools. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { DirectedGraph } from 'graphology';
import { stronglyConnectedComponents } from 'graphology-components';
import { describe, expect, test } from 'vitest';
import { successors } from '../src/solver/graph/csr.ts';
import { parseGraph } from '../src/solver/graph/graph-input.ts';
import { parseGraphml } from '../src/solver/graph/graphml.ts';
import type { PackageGraph } from '../src/solver/graph/package-graph.ts';
import { sccsOf } from '../src/solver/graph/scc.ts';
import { files, needs, root, scratch } from './rig/program.ts';

const fixture = (name: string) => readFileSync(`${root}/test/fixtures/120-graph-input/${name}`, 'utf8');

function graph(text: string): PackageGraph {
  const result = parseGraph(text, 'given');
  if (!result.ok) throw new Error(result.diagnostics.map((d) => d.message).join('\n'));
  return result.value;
}

const components = (g: PackageGraph) => sccsOf(g).map((c) => c.members.map((m) => g.labels[m]!).join(' '));
const problems = (text: string) => {
  const result = parseGraph(text, 'given');
  return result.ok ? [] : result.diagnostics.map((d) => `${d.origin!.line}: ${d.message}`);
};
const graphml = (body: string) => `<graphml>\n<graph edgedefault="directed">\n${body}\n</graph>\n</graphml>\n`;

describe('GraphML', () => {
  test('a build graph of botch: sources by kind, installation sets between them', () => {
    const g = graph(fixture('toy-buildgraph.xml'));
    expect(g.labels.slice(0, g.sources)).toEqual(['a', 'b', 'be', 'c']);
    expect(g.labels.slice(g.sources)).toEqual(['a', 'b', 'build-essential', 'c']);
    expect(components(g)).toEqual(['a b c', 'be']);
  });

  test('a component as the Python tools of botch write it', () => {
    const g = graph(fixture('cyclic-libfuture.xml'));
    const five = ['libfuture-asyncawait', 'libobject-pad', 'libsyntax-keyword-dynamically'];
    expect(components(g)).toEqual([
      [...five, 'libsyntax-keyword-match', 'libsyntax-keyword-multisub'].map((n) => `${n}-perl`).join(' '),
    ]);
    expect([g.labels.length, g.edges.targets.length]).toEqual([10, 14]);
  });

  test('without kinds every node is a source; labels by name, label or id', () => {
    const key = '<key id="n" for="node" attr.name="name"/>';
    const nodes = '<node id="1"><data key="n">x&amp;y</data></node><node id="2"/><edge source="1" target="2"/>';
    const g = graph(graphml(nodes).replace('<graph ', `${key}<graph `));
    expect(g.labels).toEqual(['2', 'x&y']);
    expect([...successors(g.edges, 1)]).toEqual([0]);
  });

  test('one key id for nodes and for edges, and defaults', () => {
    const keys =
      '<key id="kind" for="node" attr.name="kind"><default>SrcPkg</default></key><key id="kind" for="edge" attr.name="kind"/>';
    const body =
      '<node id="a"/><node id="b"><data key="kind">InstSet</data></node><edge source="a" target="b"><data key="kind">SrcPkg</data></edge>';
    expect(graph(graphml(body).replace('<graph ', `${keys}<graph `)).sources).toBe(1);
  });

  test('what an edge says of itself is passed over, whatever is in it', () => {
    const data = '<data key="x"><![CDATA[</edge><node id="no"/>]]></data><!-- </edge> --><desc>t</desc>';
    const edges = `<g:edge source="a" target="b">${data}</g:edge><edge source="b" target="a"><data key="y">1</data></edge>`;
    const g = graph(graphml(`<node id="a"/>${edges}<node id="b"/>`));
    expect(g.labels.map((_, v) => [...successors(g.edges, v)])).toEqual([[1], [0]]);
    expect(problems(graphml('<node id="a"/><edge source="a" target="a"><data>1</data>'))).toEqual([
      '4: </graph> closes nothing that is open',
    ]);
  });

  test('an empty name is none', () => {
    const key = '<key id="n" for="node" attr.name="name"/>';
    const g = graph(graphml('<node id="1"><data key="n"></data></node>').replace('<graph ', `${key}<graph `));
    expect(g.labels).toEqual(['1']);
  });

  test('two sources of one name are told apart', () => {
    const keys = '<key id="name" for="node" attr.name="name"/><key id="version" for="node" attr.name="version"/>';
    const node = (id: string, version: string) =>
      `<node id="${id}"><data key="name">a</data><data key="version">${version}</data></node>`;
    const text = graphml(node('1', '1') + node('2', '2') + node('3', '2')).replace('<graph ', `${keys}<graph `);
    expect(graph(text).labels).toEqual(['a (= 1)', 'a (= 2) [2]', 'a (= 2) [3]']);
  });

  test('what is wrong is told with its line', () => {
    expect(problems(graphml('<node id="a"/>\n<node id="a"/>\n<edge source="a" target="b"/>'))).toEqual([
      '4: a second node with the id a',
      '5: an edge ends at b, which is no node',
    ]);
    expect(problems('<graphml><graph>')).toEqual(['1: the file ends before </graph>']);
    expect(problems('<graphml>\n<graph></graphml>')).toEqual(['2: </graphml> closes nothing that is open']);
    expect(problems('<html></html>')).toEqual(['1: no <graph> element']);
    expect(problems(graphml('<hyperedge/>').replace('directed', 'undirected'))).toEqual([
      '2: the graph is undirected; dependencies have a direction',
      '3: a hyperedge; only edges between two nodes are read',
    ]);
    expect(problems(graphml('<node id=""/>'))).toEqual(['3: a node without an id']);
    expect(problems('<graphml><!-- no end')).toEqual(['1: the file ends before </graphml>']);
  });

  test('a damaged file gives twenty problems and a count', () => {
    const body = Array.from({ length: 100 }, (_, i) => `<edge source="x${i}" target="y"/>`).join('\n');
    expect(problems(graphml(body))).toHaveLength(21);
    expect(problems(graphml(body)).at(-1)).toBe('1: 80 more problems of the same kinds in this file');
  });

  test('nothing makes the reader throw', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      'graph',
      'node',
      ' id="a"',
      '&#x110000;',
      '&amp;',
      '<![CDATA[',
      '<?',
      '"',
    );
    fc.assert(fc.property(fc.array(piece), (pieces) => void parseGraphml(pieces.join(''))));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseGraph(text, 'x')));
  });
});

describe('the JSON edge list', () => {
  test('labels in byte order, edges renumbered, doubles once', () => {
    const g = graph('{"nodes": ["b", "a", "c"], "succ": [[1, 1], [0, 2], []]}');
    expect(g.labels).toEqual(['a', 'b', 'c']);
    expect(g.labels.map((_, v) => [...successors(g.edges, v)])).toEqual([[1, 2], [0], []]);
    expect(components(g)).toEqual(['a b']);
  });

  test('what is wrong is told, all of it', () => {
    expect(problems('{"nodes": ["a", "a"], "succ": [[2], 3, []]}')).toEqual([
      '1: 2 nodes, but 3 lists in `succ`',
      '1: succ[0] holds 2, which is no index of a node',
      '1: succ[1] holds 3, which is no index of a node',
      '1: nodes 0 and 1 have the same label a',
    ]);
    expect(problems('[]')).toHaveLength(2);
    expect(problems('{"nodes": ["a", "", " "], "succ": [[], [], []]}')).toEqual([
      '1: nodes[1] is an empty label',
      '1: nodes[2] is an empty label',
    ]);
    expect(problems(' \n')).toEqual(['1: the graph file is empty']);
    expect(problems('{"nodes":\n ["a"')[0]).toMatch(/^2: neither GraphML nor JSON/);
  });
});

test('the same components as graphology finds in a random build graph', () => {
  const edges = fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 25 });
  fc.assert(
    fc.property(edges, (list) => {
      const nodes = Array.from({ length: 10 }, (_, i) => `<node id="${i}"/>`).join('');
      const text = graphml(nodes + list.map(([a, b]) => `<edge source="${a}" target="${b}"/>`).join(''));
      const oracle = new DirectedGraph();
      for (let i = 0; i < 10; i++) oracle.addNode(String(i));
      for (const [a, b] of list) oracle.mergeEdge(String(a), String(b));
      const theirs = stronglyConnectedComponents(oracle)
        .filter((c) => c.length > 1 || oracle.hasEdge(c[0], c[0]))
        .map((c) => c.sort().join(' '));
      expect(components(graph(text)).sort()).toEqual(theirs.sort());
    }),
    { numRuns: 500 },
  );
});

/**
 * A build graph that botch 0.24 made of Debian 12 (its closure of build-essential, with what botch reduces in part
 * taken away), cut to five of its components and what is around them; and the components that botch-extract-scc finds
 * in that.
 */
interface Stored {
  readonly nodes: readonly (readonly [kind: 's' | 'i', name: string, version: string])[];
  readonly edges: readonly (readonly [number, number])[];
  /** Source names, the largest first. */
  readonly components: readonly (readonly string[])[];
}
const stored: Stored = JSON.parse(
  gunzipSync(readFileSync(join(root, 'test/fixtures/120-graph-input/botch-buildgraph.json.gz'))).toString(),
);

/** As botch writes it. */
function botchGraphml({ nodes, edges }: Stored): string {
  const keys = ['kind', 'cudfname', 'name', 'version', 'type'];
  const data = (values: readonly string[]) => values.map((v, i) => `<data key="${keys[i]}">${v}</data>`).join('');
  return [
    '<?xml version="1.0" encoding="UTF-8"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    ...keys.map((k) => `<key id="${k}" for="node" attr.name="${k}" attr.type="string"/>`),
    '<graph id="G" edgedefault="directed">',
    ...nodes.map(([kind, name, version], i) => {
      const values =
        kind === 's' ? ['SrcPkg', `src:${name}`, name, version, 'src'] : ['InstSet', name, name, version, 'bin'];
      return `<node id="n${i}">${data(values)}</node>`;
    }),
    ...edges.map(([a, b]) => `<edge source="n${a}" target="n${b}"/>`),
    '</graph></graphml>',
  ].join('\n');
}

test("a graph of botch's of 492 vertices has its components, member for member", () => {
  const theirs = stored.components.map((c) => c.join(' '));
  expect(stored.components.map((c) => c.length)).toEqual([42, 8, 7, 3, 3, 1]);
  expect(components(graph(botchGraphml(stored))).sort()).toEqual(theirs.sort());
});

test.runIf(needs('botch-extract-scc')).each([
  ['a toy', () => fixture('toy-buildgraph.xml')],
  ['492 vertices', () => botchGraphml(stored)],
])('member for member the components that botch itself finds in its graph: %s', (_, text) => {
  const dir = files(scratch(), { 'graph.xml': text() });
  const args = ['--outdir', dir, '--outfnameattr=cudfname', '--outfnamevert', 'type:src', `${dir}/graph.xml`, 'cyclic'];
  const ran = spawnSync('botch-extract-scc', args, { encoding: 'utf8' });
  expect(ran.status, ran.stderr).toBe(0);
  const written = spawnSync('sh', ['-c', `cat ${dir}/cyclic*`], { encoding: 'utf8' }).stdout.split('</graphml>');
  const theirs = written
    .filter((t) => t.includes('<graph'))
    .map((t) => {
      const nodes = parseGraphml(`${t}</graphml>`).nodes.filter((n) => n.data.get('type') === 'src');
      return nodes
        .map((n) => n.data.get('name')!)
        .sort()
        .join(' ');
    });
  expect(theirs.sort()).toEqual(components(graph(text())).sort());
});
