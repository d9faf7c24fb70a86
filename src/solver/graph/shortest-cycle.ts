/**
 * The shortest cycle through a vertex: breadth-first from both ends, the smaller front first, until they meet. Each
 * front then is some hundred vertices where one alone would go through all that the vertex leads to. After I. Pohl,
 * "Bi-directional search" (1971).
 */
import type { Csr } from '../../model.ts';

/** A front of a breadth-first search, and how far from the start each vertex behind it is. */
class Front {
  private readonly graph: Csr;
  private readonly turnOf: Int32Array;
  private readonly distanceOf: Int32Array;
  private turn = 0;
  vertices: number[] = [];
  distance = 0;
  /** Edges looked at by all searches. */
  visits = 0;

  constructor(graph: Csr) {
    const vertices = graph.offsets.length - 1;
    this.graph = graph;
    this.turnOf = new Int32Array(vertices);
    this.distanceOf = new Int32Array(vertices);
  }

  begin(start: number): void {
    this.turn++;
    this.vertices = [start];
    this.distance = 0;
    this.turnOf[start] = this.turn;
    this.distanceOf[start] = 0;
  }

  /** Whether the vertex is that far from the start. */
  isAt(vertex: number, distance: number): boolean {
    return this.turnOf[vertex] === this.turn && this.distanceOf[vertex] === distance;
  }

  advance(): void {
    const { offsets, targets } = this.graph;
    const { turnOf, distanceOf, turn } = this;
    const distance = ++this.distance;
    const next: number[] = [];
    for (const v of this.vertices) {
      this.visits += offsets[v + 1]! - offsets[v]!;
      for (let e = offsets[v]!; e < offsets[v + 1]!; e++) {
        const w = targets[e]!;
        if (turnOf[w] === turn) continue;
        turnOf[w] = turn;
        distanceOf[w] = distance;
        next.push(w);
      }
    }
    this.vertices = next;
  }
}

/** Asks for one vertex after the other, without clearing in between. */
export class ShortestCycles {
  private readonly graph: Csr;
  private readonly backwards: Csr;
  private readonly from: Front;
  private readonly to: Front;

  /** @param backwards the same edges the other way */
  constructor(graph: Csr, backwards: Csr) {
    this.graph = graph;
    this.backwards = backwards;
    this.from = new Front(graph);
    this.to = new Front(backwards);
  }

  /** Edges looked at so far. */
  get visits(): number {
    return this.from.visits + this.to.visits;
  }

  /**
   * The vertex first and last; of several cycles the first by the order of the successors. Empty when there is none.
   */
  through(start: number): readonly number[] {
    const { from, to } = this;
    if (this.hasEdge(start, start)) return [start, start];
    from.begin(start);
    to.begin(start);
    for (;;) {
      if (from.vertices.length === 0 || to.vertices.length === 0) return [];
      // Of two that are as long the one that is nearer: each has left the start before they can meet.
      const next = from.vertices.length - to.vertices.length || from.distance - to.distance;
      const shorter = next <= 0 ? from : to;
      shorter.advance();
      const met = shorter.vertices.filter((v) => from.isAt(v, from.distance) && to.isAt(v, to.distance));
      if (met.length > 0) return this.first(start, this.leadingTo(met));
    }
  }

  private hasEdge(v: number, w: number): boolean {
    const { offsets, targets } = this.graph;
    for (let e = offsets[v]!; e < offsets[v + 1]!; e++) if (targets[e] === w) return true;
    return false;
  }

  /** Distance from the start -> the vertices from which what has met is as near as can be. */
  private leadingTo(met: readonly number[]): readonly ReadonlySet<number>[] {
    const { offsets, targets } = this.backwards;
    const layers = [new Set(met)];
    for (let distance = this.from.distance - 1; distance >= 0; distance--) {
      const layer = new Set<number>();
      for (const w of layers[0]!)
        for (let e = offsets[w]!; e < offsets[w + 1]!; e++)
          if (this.from.isAt(targets[e]!, distance)) layer.add(targets[e]!);
      layers.unshift(layer);
    }
    return layers;
  }

  /** Takes the first successor that is on a shortest cycle, again and again. */
  private first(start: number, leading: readonly ReadonlySet<number>[]): readonly number[] {
    const { offsets, targets } = this.graph;
    const { from, to } = this;
    const length = from.distance + to.distance;
    const cycle = [start];
    for (let i = 1; i <= length; i++) {
      const isOn = (w: number): boolean => (i < leading.length ? leading[i]!.has(w) : to.isAt(w, length - i));
      let e = offsets[cycle[i - 1]!]!;
      while (!isOn(targets[e]!)) e++;
      cycle.push(targets[e]!);
    }
    return cycle;
  }
}
