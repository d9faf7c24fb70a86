/**
 * Graphs with a planted answer. Every planted stage has a cycle of its own that nothing else declared breaks, and every
 * planted wish a dependency on itself, so each is in every answer; and without the edges that they drop nothing is left
 * but edges from higher to lower sources, so together they are enough. Decoys are declared stages that break nothing.
 */

import type { DependencyGraph, GraphVariant } from '../../../src/model.ts';
import { binaryName, sourceName } from '../../../src/names.ts';
import { csrOf, sortedUnique } from '../../../src/solver/graph/csr.ts';
import { random } from './graphs.ts';

export interface Planted {
  readonly graph: DependencyGraph;
  readonly choices: readonly { readonly source: string; readonly stage: number }[];
  readonly wishes: readonly string[];
  /**
   * The sources to be rebuilt: what closes the cycle of a planted stage, and what was wished. Only without `tangled`:
   * then every source is built before any higher one that needs it, so nothing else sees a stage package.
   */
  readonly rebuilt: readonly string[];
}

export interface Plan {
  readonly sources: number;
  /** Stages of a source, at most. */
  readonly stages: number;
  /** Full builds of planted sources need higher ones too: one large component instead of many small ones. */
  readonly tangled: boolean;
}

/** A skewed draw: low numbers are what most depend on, as in an archive. */
const popular = (draw: (below: number) => number, below: number): number =>
  Math.floor((draw(below + 1) * draw(below + 1)) / (below + 1));

export function planted(seed: number, { sources: n, stages, tangled }: Plan): Planted {
  const draw = random(seed);
  const sources = Array.from({ length: n }, (_, i) => `s${String(i).padStart(5, '0')}`);
  const choices: Planted['choices'][number][] = [];
  const wishes: string[] = [];
  const rebuilt: string[] = [];
  const closing = new Set<number>();
  const full: Set<number>[] = sources.map((_, i) => {
    const count = i === 0 ? 0 : 1 + draw(5);
    return new Set(Array.from({ length: count }, () => popular(draw, i)));
  });
  const variants: (readonly GraphVariant[])[] = [];
  const variant = (s: number, stage: number, needs: Iterable<number>): GraphVariant => ({
    stage,
    needs: sortedUnique([...needs]),
    yields: Int32Array.of(s),
  });
  for (let i = 0; i < n; i++) {
    const kind = draw(20);
    const lower = full[i]!;
    if (kind === 0) {
      // A wish: it needs itself, and no stage of it does without.
      wishes.push(sources[i]!);
      rebuilt.push(sources[i]!);
      const needs = [...lower, i];
      variants.push([variant(i, 0, needs), ...(draw(2) ? [variant(i, 1, needs)] : [])]);
    } else if (kind <= 4 && i + 1 < n) {
      // A planted stage: source i needs i + 1, which needs i; exactly one stage of i does without.
      const count = 1 + draw(stages);
      const right = 1 + draw(count);
      const higher = tangled ? Array.from({ length: 1 + draw(4) }, () => i + 1 + draw(n - i - 1)) : [];
      const list = [variant(i, 0, [...lower, i + 1, ...higher])];
      for (let stage = 1; stage <= count; stage++) {
        const kept = [...lower].filter(() => draw(3) > 0);
        list.push(variant(i, stage, stage === right ? lower : [...kept, i + 1]));
      }
      choices.push({ source: sources[i]!, stage: right });
      rebuilt.push(sources[i + 1]!);
      closing.add(i + 1);
      variants.push(list, [variant(i + 1, 0, [...full[i + 1]!, i])]);
      i++;
    } else {
      const decoy = kind <= 7 && lower.size > 0;
      variants.push([variant(i, 0, lower), ...(decoy ? [variant(i, 1, [...lower].slice(1))] : [])]);
    }
  }
  const graph: DependencyGraph = {
    sources: sources.map(sourceName),
    binaries: sources.map((s) => `lib${s}`).map(binaryName),
    madeBy: Int32Array.from(sources.keys()),
    // What closes a cycle must not bring the stage package along where the full build of its source installs it.
    runtime: csrOf(sources.map((_, i) => (i > 1 && draw(4) === 0 ? [popular(draw, closing.has(i) ? i - 1 : i)] : []))),
    variants,
    targets: Int32Array.from(sources.keys()),
    unsatisfied: [],
  };
  return { graph, choices, wishes, rebuilt: [...new Set(rebuilt)].sort() };
}
