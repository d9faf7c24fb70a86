/**
 * Sources that need a binary of their own to be built, by botch's types: 1, a build dependency names one; 2, whatever
 * alternatives are taken one gets installed; 3, only the chosen alternatives install one.
 */
import type { SourceVertex } from '../../indices.ts';
import { type EveryAlternative, Loss } from '../graph/every-alternative.ts';
import type { Resolved } from '../graph/resolve.ts';

/** The types of botch, as the head of this file tells them. */
export type SelfCycleType = 1 | 2 | 3;

/** Tells the type for sources known to be in a self-cycle of the chosen graph. */
export function selfCycleTypes(resolved: Resolved, every: EveryAlternative): (source: SourceVertex) => SelfCycleType {
  const { choices, given } = resolved;
  const loss = new Loss(every);
  const { binaries, sources } = choices.universe;
  const ownBinaries: number[][] = sources.map(() => []);
  binaries.forEach((b, i) => {
    if (b.source !== undefined && given[i] === 0) ownBinaries[b.source]!.push(i);
  });
  return (source) => {
    const own = ownBinaries[source]!;
    const asked = new Set(choices.needs[source]![0]!);
    if (own.some((b) => asked.has(b))) return 1;
    return loss.losesWithout(own, binaries.length + source) ? 2 : 3;
  };
}
