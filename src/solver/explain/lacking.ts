/**
 * What the builds of a stuck source lack: the dependencies that cannot be installed yet, with everything that can be
 * built. More that can be built only makes it less.
 */
import { isVertex, type SourceVertex } from '../../indices.ts';
import { formatGroup } from '../../metadata/relations/relation.ts';
import type { Group, Source } from '../../model.ts';
import type { Buildable } from '../graph/buildable.ts';
import { successors } from '../graph/csr.ts';
import type { Resolved } from '../graph/resolve.ts';
import { chosenFor } from './chosen-for.ts';

/** A group of a build that cannot be installed, and the binary chosen for it; -1 when nothing satisfies it. */
export interface Lacked {
  readonly group: Group;
  readonly binary: number;
}

/** Variant of one source -> what its build lacks, in the order of its dependencies. */
export type Lacking = readonly (readonly Lacked[])[];

/** Can it be installed now? What is given still waits for what it needs at run time. */
function installableNow(resolved: Resolved, buildable: Buildable, binary: number): boolean {
  const seen = new Set([binary]);
  for (const b of seen) {
    const vertex = resolved.vertexOf[b]!;
    if (isVertex(vertex)) {
      if (!buildable.installable(vertex)) return false;
    } else for (const next of successors(resolved.choices.runtime, b)) seen.add(next);
  }
  return true;
}

/** What is lacked still, once this can be built. */
export const stillLacking = (resolved: Resolved, buildable: Buildable, lacking: Lacking): Lacking =>
  lacking.map((lacked) => lacked.filter(({ binary }) => binary < 0 || !installableNow(resolved, buildable, binary)));

/** What every build of a source lacks. Linear in its dependencies. */
export function lackingOf(resolved: Resolved, buildable: Buildable, source: SourceVertex): Lacking {
  const { universe, needs } = resolved.choices;
  const asked = universe.sources[source]!.variants.map(({ buildDepends }, k) =>
    buildDepends.map((group) => ({ group, binary: chosenFor(resolved, needs[source]![k]!, group) })),
  );
  return stillLacking(resolved, buildable, asked);
}

/**
 * The variant that is to be reduced: the one that lacks least, a declared stage before the full build. A wish stands
 * for all that the full build yields; a stage that leaves out some of it cannot be it, however it is reduced.
 */
export function variantToReduce({ variants }: Source, lacking: Lacking): number {
  const yieldsAll = (k: number): boolean => variants[0]!.produces.every((b) => variants[k]!.produces.includes(b));
  const order = [...variants.keys()].filter(yieldsAll).sort((a, b) => lacking[a]!.length - lacking[b]!.length || b - a);
  return order[0]!;
}

/** Several lines may come to the same, which is lacked once. */
export const eachOnce = (lacked: readonly Lacked[]): readonly Lacked[] =>
  lacked.length < 2 ? lacked : [...new Map(lacked.map((one) => [formatGroup(one.group), one])).values()];
