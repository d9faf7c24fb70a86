/**
 * Confirms a chain edge by edge against what the metadata says, and against nothing else: not the dependency graph, not
 * the choices, not the search that found it. An explanation that it does not confirm is never printed.
 */
import { satisfiesRelation, type Where } from '../../metadata/relations/satisfaction.ts';
import type { ChainStep, Group, Source, Universe } from '../../model.ts';
import { unreachable } from '../../unreachable.ts';

/** Looks names up once, and then confirms any number of chains. */
export function chainChecker(universe: Universe): (chain: readonly ChainStep[]) => readonly string[] {
  const sources = new Map<string, Source>(universe.sources.map((s) => [`src:${s.name}`, s]));
  const binaries = Map.groupBy(universe.binaries, (b): string => b.name);
  const asks = (groups: readonly Group[], name: string, where: Where) =>
    (binaries.get(name) ?? []).some((b) =>
      groups.some((g) => g.some((r) => satisfiesRelation(b, r, universe.architecture, where))),
    );

  const confirms = ({ from, to, how }: ChainStep): boolean => {
    switch (how) {
      case 'build-depends':
        return asks(sources.get(from)?.variants.find((v) => v.stage === 0)?.buildDepends ?? [], to, 'build');
      case 'depends':
        return (binaries.get(from) ?? []).some((b) => asks(b.depends, to, 'run'));
      case 'built-by': {
        const source = sources.get(to);
        return (binaries.get(from) ?? []).some((b) => b.source !== undefined && universe.sources[b.source] === source);
      }
      default:
        return unreachable(how);
    }
  };

  /**
   * @returns every step that is wrong, in words; [] when all steps hold and each begins where the one before it ended
   */
  return (chain) =>
    chain.flatMap((step, i) => {
      const follows = i === 0 || chain[i - 1]!.to === step.from;
      return [
        ...(follows ? [] : [`step ${i + 1} begins at ${step.from}, but step ${i} ended at ${chain[i - 1]!.to}`]),
        ...(confirms(step) ? [] : [`the metadata does not say that ${step.from} ${step.how} ${step.to}`]),
      ];
    });
}
