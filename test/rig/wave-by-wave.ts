/**
 * Building played through by hand, one wave after the other, with nothing of the solver: an oracle for small graphs.
 */
import type { DependencyGraph } from '../../src/model.ts';
import { successors } from '../../src/solver/graph/csr.ts';

/** All binaries that are installed when these are. */
export function closure(graph: DependencyGraph, roots: Iterable<number>): Set<number> {
  const seen = new Set(roots);
  for (const b of seen) for (const c of successors(graph.runtime, b)) seen.add(c);
  return seen;
}

/**
 * Source -> the wave in which its full build can start, from 0; -1 when it never can.
 * @param all stages may be used too; else full builds alone
 */
export function waveByWave(graph: DependencyGraph, all: boolean): number[] {
  const wave = graph.sources.map(() => -1);
  const built = new Set<number>();
  const impossible = new Set(graph.unsatisfied.map((u) => `${u.source} ${u.stage}`));
  const open = new Set(
    graph.variants.flatMap((list, source) =>
      list.filter((v) => (all || v.stage === 0) && !impossible.has(`${source} ${v.stage}`)).map((v) => ({ source, v })),
    ),
  );
  for (let now = 0; ; now++) {
    const ready = [...open].filter(({ v }) => [...closure(graph, v.needs)].every((b) => built.has(b)));
    if (ready.length === 0) return wave;
    for (const build of ready) {
      open.delete(build);
      if (build.v.stage === 0) wave[build.source] = now;
      for (const b of build.v.yields) built.add(b);
    }
  }
}
