/** Sources that are built in full but never clean: what they install has no full build that could replace it. */
import { valueAt } from '../by-name.ts';
import type { ChainStep, DependencyGraph, Plan, PlannedBuild, Stuck } from '../model.ts';

/** The shortest way from a build to a binary for which `isResidue` holds, and on to the source that ought to replace it. */
function chainTo(
  build: PlannedBuild,
  runtime: Plan['runtime'],
  isResidue: (binary: string) => boolean,
  makerOf: ReadonlyMap<string, string>,
): readonly ChainStep[] {
  const start = `src:${build.source}`;
  const from = new Map<string, ChainStep>();
  for (const name of build.installs) from.set(name, { from: start, to: name, how: 'build-depends' });
  for (const [name] of from) {
    if (isResidue(name)) {
      const chain: ChainStep[] = [{ from: name, to: `src:${makerOf.get(name) ?? ''}`, how: 'built-by' }];
      for (let at = name; at !== start; at = from.get(at)!.from) chain.unshift(from.get(at)!);
      return chain;
    }
    for (const lower of valueAt(runtime, name) ?? []) {
      if (!from.has(lower)) from.set(lower, { from: name, to: lower, how: 'depends' });
    }
  }
  return [];
}

/** @param builds of a whole plan, rebuilds included */
export function neverClean(
  builds: readonly PlannedBuild[],
  runtime: Plan['runtime'],
  graph: DependencyGraph,
): readonly Stuck[] {
  const last = new Map<string, PlannedBuild>();
  const newest = new Map<string, PlannedBuild>();
  for (const b of builds) {
    if (b.stage === 0) last.set(b.source, b);
    for (const name of b.produces) newest.set(name, b);
  }
  const makerOf = new Map<string, string>([...newest].map(([name, b]) => [name, b.source]));
  graph.binaries.forEach((name, b) => {
    if (graph.madeBy[b]! >= 0) makerOf.set(name, graph.sources[graph.madeBy[b]!]!);
  });
  /** Built only by a stage, or by nothing that is planned: a wish stands for it. */
  const isResidue = (name: string): boolean => {
    const build = newest.get(name);
    return build === undefined ? makerOf.has(name) : build.stage > 0;
  };
  return [...last.values()].flatMap((b): Stuck[] => {
    if (b.archive === 'final') return [];
    return [{ source: b.source, scc: '', reason: { kind: 'behind', chain: chainTo(b, runtime, isResidue, makerOf) } }];
  });
}
