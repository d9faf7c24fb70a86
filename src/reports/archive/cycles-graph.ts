/** Cycles as GraphML (with the node and edge kinds of botch) and as DOT. */
import { visible } from '../../diagnostics.ts';
import type { CycleView } from '../../solver/cycles/cycle-view.ts';
import type { CyclesAnswer } from '../../solver/cycles/cycles-answer.ts';
import { counted } from '../writing/count.ts';
import { escapeXml } from '../writing/xml.ts';

const nodeKinds = { source: 'SrcPkg', binary: 'BinPkg' } as const;
const edgeKinds = { 'build-depends': 'builddep', depends: 'depends', 'built-by': 'buildsfrom' } as const;

/** What botch, Gephi and `bootplan cycles --graph` read. */
export function cyclesGraphml({ nodes, edges }: CycleView): string {
  const data = (key: string, value: string) => `<data key="${key}">${escapeXml(value)}</data>`;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    ...['name', 'kind', 'type', 'scc'].map(
      (name) => `<key id="${name}" for="node" attr.name="${name}" attr.type="string"/>`,
    ),
    '<key id="edgekind" for="edge" attr.name="kind" attr.type="string"/>',
    '<graph id="G" edgedefault="directed">',
  ];
  nodes.forEach(({ label, kind, scc }, i) => {
    const type = kind === 'source' ? 'src' : 'bin';
    const all = [data('name', label), data('kind', nodeKinds[kind]), data('type', type), data('scc', scc)];
    lines.push(`<node id="n${i}">${all.join('')}</node>`);
  });
  edges.forEach(({ from, to, kind }, i) => {
    lines.push(`<edge id="e${i}" source="n${from}" target="n${to}">${data('edgekind', edgeKinds[kind])}</edge>`);
  });
  return `${[...lines, '</graph>', '</graphml>'].join('\n')}\n`;
}

/** Larger components are drawn by their shortest cycles only: no layout makes hundreds of nodes readable. */
const drawn = 150;

const quoted = (text: string) => `"${visible(text).replace(/["\\]/g, '\\$&')}"`;

const nodeName = (label: string, kind: 'source' | 'binary') => (kind === 'source' ? `src:${label}` : label);

/** One cluster per SCC; sources are boxes. */
export function cyclesDot(answer: CyclesAnswer, { nodes, edges }: CycleView): string {
  const lines = ['digraph cycles {', '  node [fontname="sans-serif"];'];
  answer.sccs.forEach((scc, i) => {
    const name = (n: number) => nodeName(nodes[n]!.label, nodes[n]!.kind);
    const all = scc.size <= drawn;
    const steps = all
      ? edges.flatMap((e) =>
          nodes[e.from]!.scc === scc.id ? [{ from: name(e.from), to: name(e.to), how: e.kind }] : [],
        )
      : scc.shortest.flat();
    const unique = new Map(steps.map((s) => [`${s.from} ${s.to}`, s]));
    const names = new Set([...unique.values()].flatMap((s) => [s.from, s.to]));
    const note = all ? '' : `, drawn by its ${scc.shortest.length} shortest cycles`;
    lines.push(`  subgraph cluster_${i} {`, `    label=${quoted(`${scc.id}: ${counted(scc.size)}${note}`)};`);
    for (const n of names) {
      const shape = n.startsWith('src:') ? 'box' : 'ellipse';
      lines.push(`    ${quoted(`${i} ${n}`)} [label=${quoted(n)}, shape=${shape}];`);
    }
    for (const { from, to, how } of unique.values()) {
      lines.push(`    ${quoted(`${i} ${from}`)} -> ${quoted(`${i} ${to}`)} [label=${quoted(how)}];`);
    }
    lines.push('  }');
  });
  return `${[...lines, '}'].join('\n')}\n`;
}
