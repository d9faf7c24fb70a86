/**
 * What can be built with what is declared: the monotone closure of "a variant whose needs are installable yields its
 * binaries". It answers "who is stuck", "what would this free" and "which change did it", none of which needs an
 * optimum: which stages are used matters for the cost of a plan, never for what it can reach.
 */
import type { Csr, DependencyGraph } from '../model.ts';
import { csrOf, reversed, successors } from './csr.ts';
import { tarjan } from './tarjan.ts';

/** Who waits for whom; the same for every state of one graph. */
interface Waits {
  readonly graph: DependencyGraph;
  /** Binary vertex -> its unit: binaries that need each other at run time are installed together (rule M3). */
  readonly unit: Int32Array;
  /** Unit -> units that need it at run time, once per need. */
  readonly dependants: Csr;
  /** Unit -> variants that ask for it, once per need. */
  readonly askedBy: Csr;
  /** Variants in one row, source by source: the source of each, and what it yields. */
  readonly sourceOf: Int32Array;
  readonly yields: readonly Int32Array[];
  /** Source -> its full variant in that row. */
  readonly full: Int32Array;
}

interface State {
  /** Unit -> its members not yet built, and the needs of it not yet installable. */
  readonly missing: Int32Array;
  /** Variant -> needs not yet installable; a need that nothing satisfies never is. */
  readonly lacking: Int32Array;
  /** Binary vertex -> 1 when it is built. */
  readonly there: Uint8Array;
  /** Sources whose full variant can be built, in the order in which that became true. */
  readonly reached: number[];
}

function prepare(graph: DependencyGraph, stages: boolean): { waits: Waits; state: State } {
  const { component: unit, count } = tarjan(graph.runtime);
  const variants = graph.variants.flatMap((vs, source) => (stages ? vs : vs.slice(0, 1)).map((v) => ({ source, v })));
  const missing = new Int32Array(count);
  const needed: number[][] = Array.from({ length: count }, () => []);
  unit.forEach((u, b) => {
    missing[u]!++;
    for (const next of successors(graph.runtime, b)) {
      if (unit[next] === u) continue;
      missing[u]!++;
      needed[u]!.push(unit[next]!);
    }
  });
  const never = new Set(graph.unsatisfied.map((n) => `${n.source} ${n.stage}`));
  const full = new Int32Array(graph.sources.length).fill(-1);
  const asks = variants.map(({ v }) => v.needs.map((b) => unit[b]!));
  const lacking = Int32Array.from(variants, ({ source, v }, i) => {
    if (v.stage === 0) full[source] = i;
    return asks[i]!.length + (never.has(`${source} ${v.stage}`) ? 1 : 0);
  });
  const waits: Waits = {
    graph,
    unit,
    dependants: reversed(csrOf(needed)),
    askedBy: asking(asks, count),
    sourceOf: Int32Array.from(variants, ({ source }) => source),
    yields: variants.map(({ v }) => v.yields),
    full,
  };
  return { waits, state: { missing, lacking, there: new Uint8Array(unit.length), reached: [] } };
}

/** Variant -> units, turned round. */
function asking(asks: readonly Int32Array[], units: number): Csr {
  const rows: number[][] = Array.from({ length: units }, () => []);
  asks.forEach((row, variant) => {
    for (const u of row) rows[u]!.push(variant);
  });
  return csrOf(rows);
}

/** The closure, kept up to date while more is supplied. Building it is O(V + E); all supplies together once more. */
export class Buildable {
  private readonly waits: Waits;
  private readonly state: State;

  private constructor(waits: Waits, state: State) {
    this.waits = waits;
    this.state = state;
  }

  /** @param stages false: full builds alone, as if no stage were declared */
  static of(graph: DependencyGraph, stages = true): Buildable {
    const { waits, state } = prepare(graph, stages);
    const buildable = new Buildable(waits, state);
    const ready: number[] = [];
    state.lacking.forEach((n, variant) => {
      if (n === 0) ready.push(variant);
    });
    buildable.grow(ready);
    return buildable;
  }

  /** An independent copy, to try something on. */
  copy(): Buildable {
    const { missing, lacking, there, reached } = this.state;
    return new Buildable(this.waits, {
      missing: missing.slice(),
      lacking: lacking.slice(),
      there: there.slice(),
      reached: [...reached],
    });
  }

  /** Binaries come from elsewhere: by hand, or from a build that nobody declared. */
  supply(binaries: Iterable<number>): void {
    this.grow([], binaries);
  }

  /** Whether a binary can be installed together with all it needs at run time. */
  installable(binary: number): boolean {
    return this.state.missing[this.waits.unit[binary]!] === 0;
  }

  /** Whether the full variant of a source can be built. */
  reaches(source: number): boolean {
    return this.state.lacking[this.waits.full[source]!] === 0;
  }

  /** How many sources can be built in full. */
  get count(): number {
    return this.state.reached.length;
  }

  /** The sources that can be built in full, in the order in which that became true. */
  get reached(): readonly number[] {
    return this.state.reached;
  }

  private grow(ready: number[], supplied: Iterable<number> = []): void {
    const { unit, dependants, askedBy, sourceOf, yields, full } = this.waits;
    const { missing, lacking, there, reached } = this.state;
    const units: number[] = [];
    const build = (binary: number): void => {
      if (there[binary] === 1) return;
      there[binary] = 1;
      if (--missing[unit[binary]!]! === 0) units.push(unit[binary]!);
    };
    for (const b of supplied) build(b);
    while (ready.length + units.length > 0) {
      const variant = ready.pop();
      if (variant !== undefined) {
        if (full[sourceOf[variant]!] === variant) reached.push(sourceOf[variant]!);
        for (const b of yields[variant]!) build(b);
        continue;
      }
      const installed = units.pop()!;
      for (const u of successors(dependants, installed)) if (--missing[u]! === 0) units.push(u);
      for (const v of successors(askedBy, installed)) if (--lacking[v]! === 0) ready.push(v);
    }
  }
}
