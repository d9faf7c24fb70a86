/**
 * Which binaries a source cannot make without a line: the binding of a language without that language. A binary that
 * another one of the same source asks for by name, and that is made all the same, counts as made: a build that leaves
 * it out writes no dependency on it either (`${gir:Depends}`).
 */

import type { SourceVertex } from '../../indices.ts';
import { successors } from '../graph/csr.ts';
import type { Resolved } from '../graph/resolve.ts';
import type { EditLine } from './edit-lines.ts';

/** Answers for one source and its lines. */
export class Lost {
  private readonly lines = new Map<number, number[]>();

  /** @param lines of the source, in their order */
  constructor({ choices, binaryOf, graph }: Resolved, source: SourceVertex, lines: readonly EditLine[]) {
    const { binaries } = choices.universe;
    const own = [...new Set(graph.variants[source]!.flatMap(({ yields }) => [...yields]))];
    lines.forEach(({ loses }, i) => {
      if (loses === undefined) return;
      const gone = new Set(own.filter((v) => loses.test(binaries[binaryOf[v]!]!.name)));
      if (gone.size === 0) return;
      const queue = own.filter((v) => !gone.has(v));
      const kept = new Set(queue);
      for (const v of kept) for (const next of successors(graph.runtime, v)) if (gone.has(next)) kept.add(next);
      for (const v of gone) {
        if (kept.has(v)) continue;
        const known = this.lines.get(v);
        if (known) known.push(i);
        else this.lines.set(v, [i]);
      }
    });
  }

  /** Lines, by their place, that a binary vertex cannot do without. */
  linesOf(vertex: number): readonly number[] {
    return this.lines.get(vertex) ?? [];
  }
}
