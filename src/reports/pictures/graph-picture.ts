/** A small graph as SVG with links, laid out by graphviz (compiled to WebAssembly: no program to install). */
import { Graphviz } from '@hpcc-js/wasm-graphviz';
import { visible } from '../../diagnostics.ts';

/** One box. */
export interface PictureNode {
  readonly id: string;
  readonly label: string;
  /** Where it leads; '' for nowhere. */
  readonly link: string;
  readonly kind: 'source' | 'binary' | 'build';
  readonly strong?: boolean;
}

/** One arrow. */
export interface PictureEdge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly strong?: boolean;
}

const quoted = (text: string): string => `"${visible(text).replace(/["\\]/g, '\\$&')}"`;
const shown = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** DOT; names of nodes are numbers, so that no name means anything. */
export function dotOf(nodes: readonly PictureNode[], edges: readonly PictureEdge[]): string {
  const number = new Map(nodes.map((n, i) => [n.id, i]));
  return [
    'digraph {',
    // Measured as Courier, the widest of the faces that graphviz knows: then any face of the reader fits into its box.
    'rankdir=LR; bgcolor="transparent"; nodesep=0.2; ranksep=0.4;',
    'node [fontname="Courier", fontsize=12, height=0.3, margin="0.1,0.04"]; edge [fontname="Courier", fontsize=10, arrowsize=0.7];',
    ...nodes.map((n, i) => {
      const link = n.link === '' ? '' : `, URL=${quoted(n.link)}, tooltip=${quoted(shown(n.label))}`;
      const classes = `${n.kind}${n.strong === true ? ' strong' : ''}`;
      return `n${i} [label=${quoted(shown(n.label))}, shape=${n.kind === 'binary' ? 'ellipse' : 'box'}, class="${classes}"${link}];`;
    }),
    ...edges.flatMap(({ from, to, label, strong }) => {
      const [a, b] = [number.get(from), number.get(to)];
      if (a === undefined || b === undefined) return [];
      return [`n${a} -> n${b} [label=${quoted(shown(label))}, class="${strong === true ? 'strong' : 'plain'}"];`];
    }),
    '}',
  ].join('\n');
}

let loaded: Promise<Graphviz> | undefined;

/** An SVG element, as wide as the graph is. */
export async function graphPicture(nodes: readonly PictureNode[], edges: readonly PictureEdge[]): Promise<string> {
  loaded ??= Graphviz.load();
  const svg = (await loaded).dot(dotOf(nodes, edges));
  return svg
    .slice(svg.indexOf('<svg'))
    .replace(/ font-family="[^"]*"/g, '')
    .replace(/<!--[\s\S]*?-->\n?/g, '')
    .replace(/ (fill|stroke)="(black|none|white|transparent)"/g, '')
    .replace(/<title>[\s\S]*?<\/title>\n?/g, '')
    .replaceAll('xlink:href', 'href')
    .replace(/ xlink:title="([^"]*)"/g, ' aria-label="$1"');
}
