/**
 * What can be built, wave by wave, before any cycle stands in the way: the least fixpoint of "all it needs is there".
 * Binaries that need each other at run time are installed together, as one unit. Linear, after W. Dowling and
 * J. Gallier, "Linear-time algorithms for testing the satisfiability of propositional Horn formulae" (1984).
 */
import type { Csr, DependencyGraph } from '../../model.ts';
import { CsrBuilder, csrOf, reversed, sortedUnique, successors, vertexCount } from './csr.ts';
import { tarjan } from './tarjan.ts';

export interface Fixpoint {
  /** Source -> the wave in which its full build can start, from 0; -1 when it never can. */
  readonly full: Int32Array;
  /** Source -> the wave of the first of its variants that can start, or -1. */
  readonly any: Int32Array;
}

interface Units {
  readonly of: Int32Array;
  /** Unit -> binaries of it and units below it that are not there yet. */
  readonly missing: Int32Array;
  /** Unit -> the units that need it. */
  readonly above: Csr;
}

/** Binaries that need each other at run time, condensed. */
function runtimeUnits(runtime: Csr): Units {
  const { component, count } = tarjan(runtime);
  const missing = new Int32Array(count);
  const below: number[][] = Array.from({ length: count }, () => []);
  for (let b = 0; b < vertexCount(runtime); b++) {
    const unit = component[b]!;
    missing[unit]!++;
    for (const c of successors(runtime, b)) if (component[c] !== unit) below[unit]!.push(component[c]!);
  }
  const rows = below.map(sortedUnique);
  rows.forEach((row, unit) => {
    missing[unit]! += row.length;
  });
  return { of: component, missing, above: reversed(csrOf(rows)) };
}

/**
 * @param variants `full`: full builds only. `all`: every declared stage may be used as well, so what has no full wave
 *   is what declared stages do not free.
 */
export function fixpoint(graph: DependencyGraph, variants: 'full' | 'all'): Fixpoint {
  const units = runtimeUnits(graph.runtime);
  const impossible = new Set(graph.unsatisfied.map((u) => `${u.source} ${u.stage}`));
  const builds = graph.variants.flatMap((list, source) =>
    list.flatMap((v) =>
      (v.stage > 0 && variants === 'full') || impossible.has(`${source} ${v.stage}`)
        ? []
        : [{ source, stage: v.stage, yields: v.yields, needs: v.needs }],
    ),
  );
  const needed = new CsrBuilder();
  for (const { needs } of builds) needed.sortedRow(needs.map((b) => units.of[b]!));
  const needs = needed.finish();
  const waitingBuilds = reversed(needs, units.missing.length);
  const missing = Int32Array.from(builds, (_, i) => needs.offsets[i + 1]! - needs.offsets[i]!);
  const built = new Uint8Array(graph.binaries.length);
  const full = new Int32Array(graph.sources.length).fill(-1);
  const any = new Int32Array(graph.sources.length).fill(-1);

  let ready = [...missing.keys()].filter((i) => missing[i] === 0);
  for (let wave = 0; ready.length > 0; wave++) {
    const complete: number[] = [];
    const lower = (unit: number): void => {
      if (--units.missing[unit]! === 0) complete.push(unit);
    };
    for (const i of ready) {
      const { source, stage, yields } = builds[i]!;
      if (stage === 0) full[source] = wave;
      if (any[source] === -1) any[source] = wave;
      for (const b of yields) {
        if (built[b] === 1) continue;
        built[b] = 1;
        lower(units.of[b]!);
      }
    }
    const next: number[] = [];
    for (let unit = complete.pop(); unit !== undefined; unit = complete.pop()) {
      for (const above of successors(units.above, unit)) lower(above);
      for (const i of successors(waitingBuilds, unit)) if (--missing[i]! === 0) next.push(i);
    }
    ready = next;
  }
  return { full, any };
}
