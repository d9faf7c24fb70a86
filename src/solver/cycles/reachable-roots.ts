/**
 * Which of some roots each vertex above them leads to: sets of roots, as bits, handed up along the edges. Only what is
 * above a root is looked at. An edge must lead from a lower number to a higher one, as in a reversed condensation.
 */
import type { Csr } from '../../model.ts';
import { vertexCount } from '../graph/csr.ts';

/** One graph, asked for as many roots at a time as its sets have bits. */
export class Cones {
  /** 32-bit words per set. */
  static readonly words = 16;
  /** Roots that one call of `raise` takes. */
  static readonly breadth = Cones.words * 32;

  private readonly above: Csr;
  /** Vertex -> its place in `vertices`, plus one. */
  private readonly place: Int32Array;
  /** What is above the roots of the last call, with them, ascending. */
  vertices = new Int32Array(0);
  /** For each of these the bits of the roots that it leads to, `words` words each. */
  sets = new Int32Array(0);

  constructor(above: Csr) {
    this.above = above;
    this.place = new Int32Array(vertexCount(above));
  }

  /** @param roots at most `breadth`, each the vertices it begins at */
  raise(roots: readonly ArrayLike<number>[]): void {
    const { above, place } = this;
    const { words } = Cones;
    for (const v of this.vertices) place[v] = 0;
    const seen: number[] = [];
    const enter = (v: number): void => {
      if (place[v] !== 0) return;
      place[v] = 1;
      seen.push(v);
    };
    for (const starts of roots) for (let i = 0; i < starts.length; i++) enter(starts[i]!);
    for (let i = 0; i < seen.length; i++) {
      const v = seen[i]!;
      for (let e = above.offsets[v]!; e < above.offsets[v + 1]!; e++) enter(above.targets[e]!);
    }
    const vertices = Int32Array.from(seen).sort();
    if (this.sets.length < vertices.length * words) this.sets = new Int32Array(vertices.length * words);
    else this.sets.fill(0, 0, vertices.length * words);
    const { sets } = this;
    vertices.forEach((v, i) => {
      place[v] = i + 1;
    });
    roots.forEach((starts, bit) => {
      for (let i = 0; i < starts.length; i++) sets[(place[starts[i]!]! - 1) * words + (bit >> 5)]! |= 1 << (bit & 31);
    });
    // What a vertex leads to comes before it, so its set is complete when it is handed on.
    for (let i = 0; i < vertices.length; i++) {
      const v = vertices[i]!;
      for (let e = above.offsets[v]!; e < above.offsets[v + 1]!; e++) {
        const to = (place[above.targets[e]!]! - 1) * words;
        for (let w = 0; w < words; w++) sets[to + w]! |= sets[i * words + w]!;
      }
    }
    this.vertices = vertices;
  }

  /** Whether a vertex leads to a root of the last call. */
  leads(vertex: number, root: number): boolean {
    const at = this.place[vertex]! - 1;
    return at >= 0 && (this.sets[at * Cones.words + (root >> 5)]! & (1 << (root & 31))) !== 0;
  }
}
