/** Small random dependency graphs, of every shape the solver must get right. The same seed gives the same graph. */

import type { DependencyGraph, GraphVariant } from '../../../src/model.ts';
import { binaryName, sourceName } from '../../../src/names.ts';
import { csrOf, sortedUnique } from '../../../src/solver/graph/csr.ts';
import { randomNumbers } from './archive.ts';

/** Whole numbers from 0 to `below` - 1. */
export function random(seed: number): (below: number) => number {
  const next = randomNumbers(seed);
  return (below) => Math.floor(next() * below);
}

export interface Shape {
  readonly sources: number;
  /** Stages besides the full build, at most. */
  readonly stages: number;
  /** Binaries per source, at most. */
  readonly binaries: number;
  /** Build dependencies per variant, at most. */
  readonly needs: number;
  /** In percent: run-time dependency of a binary; stage that needs something the full build does not; odd cases. */
  readonly runtime: number;
  readonly positive: number;
  readonly odd: number;
}

/** Sources are named `a`, `b`, ... (`s0001`, ... when there are many), binaries `a-0`, `a-1`, ... */
export function randomGraph(seed: number, shape: Shape): DependencyGraph {
  const draw = random(seed);
  const percent = (p: number): boolean => draw(100) < p;
  const n = shape.sources;
  const sources = Array.from({ length: n }, (_, s) =>
    n <= 26 ? String.fromCharCode(97 + s) : `s${String(s).padStart(4, '0')}`,
  );
  const madeBy: number[] = [];
  const binaries: string[] = [];
  for (let s = 0; s < n; s++) {
    const count = 1 + draw(shape.binaries);
    for (let i = 0; i < count; i++) {
      binaries.push(`${sources[s]}-${i}`);
      madeBy.push(s);
    }
  }
  if (percent(shape.odd)) {
    binaries.push('~nobody');
    madeBy.push(-1);
  }
  const some = (most: number): number[] => Array.from({ length: draw(most + 1) }, () => draw(binaries.length));
  const runtime = binaries.map((_, b) => sortedUnique(percent(shape.runtime) ? some(2).filter((c) => c !== b) : []));
  const unsatisfied: DependencyGraph['unsatisfied'][number][] = [];
  const variants = sources.map((_, source): readonly GraphVariant[] => {
    const own = [...madeBy.keys()].filter((b) => madeBy[b] === source);
    const full = some(shape.needs);
    const list: GraphVariant[] = [{ stage: 0, needs: sortedUnique(full), yields: sortedUnique(own) }];
    const stages = draw(shape.stages + 1);
    for (let stage = 1; stage <= stages; stage++) {
      const kept = full.filter(() => percent(50));
      const needs = sortedUnique(percent(shape.positive) ? [...kept, ...some(1)] : kept);
      const yields = percent(shape.odd) ? own.filter(() => percent(70)) : own;
      list.push({ stage, needs, yields: sortedUnique(yields) });
      if (percent(shape.odd / 8)) unsatisfied.push({ source, stage, group: 'ghost', why: 'drawn so' });
    }
    if (percent(shape.odd / 8)) unsatisfied.push({ source, stage: 0, group: 'ghost', why: 'drawn so' });
    return list;
  });
  const targets = percent(shape.odd) ? sortedUnique([draw(n), draw(n)]) : Int32Array.from(sources.keys());
  return {
    sources: sources.map(sourceName),
    binaries: binaries.map(binaryName),
    madeBy: Int32Array.from(madeBy),
    runtime: csrOf(runtime),
    variants,
    targets,
    unsatisfied,
  };
}

/** Up to seven sources with three variants each, all else drawn too: small enough to try every choice. */
export function smallGraph(seed: number, draw: (below: number) => number): DependencyGraph {
  return randomGraph(seed, {
    sources: 2 + draw(6),
    stages: 2,
    binaries: 1 + draw(3),
    needs: 1 + draw(5),
    runtime: draw(2) * 40,
    positive: draw(2) * 30,
    odd: draw(3) * 10,
  });
}

/** The same graph, with copies of some sources in what every build, or only some, has installed from the seed. */
export function withSeedCopies(graph: DependencyGraph, draw: (below: number) => number): DependencyGraph {
  const some = (percent: number): number[] => [...graph.sources.keys()].filter(() => draw(100) < percent);
  const environment = some(15 + draw(30));
  const copies = graph.sources.map(() => some(10).filter((s) => !environment.includes(s)));
  return { ...graph, ...(environment.length > 0 && { environment }), copies };
}

/** The small graph of a seed. */
export const drawnGraph = (seed: number): DependencyGraph => smallGraph(seed, random(seed));
