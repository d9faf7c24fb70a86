/** Sources that are built in full but never clean: what they install has no full build that could replace it. */
import type { ChainStep, DependencyGraph, Stuck } from '../model.ts';
import type { InstallRules } from '../solver/install/install-rules.ts';
import type { LaidOut, Layout } from './layout.ts';

/**
 * The shortest way from a build to a residue in its installation set, and on to the source that ought to replace it.
 */
function chainTo(
  { source, step }: LaidOut,
  asked: readonly number[],
  rules: InstallRules,
  names: readonly string[],
  makerOf: ReadonlyMap<string, string>,
  isResidue: (binary: string) => boolean,
): readonly ChainStep[] {
  const start = `src:${source}`;
  const installed = new Set(step.set);
  const from = new Map<number, { readonly at: number; readonly how: ChainStep['how'] }>();
  for (const b of asked) from.set(b, { at: -1, how: 'build-depends' });
  const nameOf = (b: number): string => (b < 0 ? start : names[b]!);
  for (const [b] of from) {
    if (isResidue(names[b]!)) {
      const chain: ChainStep[] = [{ from: names[b]!, to: `src:${makerOf.get(names[b]!) ?? ''}`, how: 'built-by' }];
      for (let at = b; at >= 0; ) {
        const { at: before, how } = from.get(at)!;
        chain.unshift({ from: nameOf(before), to: names[at]!, how });
        at = before;
      }
      return chain;
    }
    for (const { candidates } of rules.needsOf(b))
      for (const c of candidates) if (installed.has(c) && !from.has(c)) from.set(c, { at: b, how: 'depends' });
  }
  return [];
}

/**
 * @param layout of a whole plan, rebuilds included
 * @param asked what of its installation set fulfils what a build asks for, the environment last
 */
export function neverClean(
  layout: Layout,
  rules: InstallRules,
  graph: DependencyGraph,
  asked: (build: LaidOut) => readonly number[],
): readonly Stuck[] {
  const last = new Map<string, LaidOut>();
  const newest = new Map<string, LaidOut>();
  for (const b of layout.builds) {
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
    return build === undefined ? last.has(makerOf.get(name) ?? '') : build.stage > 0;
  };
  return [...last.values()].flatMap((b): Stuck[] => {
    if (b.archive === 'final') return [];
    const chain = chainTo(b, asked(b), rules, layout.names, makerOf, isResidue);
    return [{ source: b.source, scc: undefined, reason: { kind: 'behind', chain } }];
  });
}
