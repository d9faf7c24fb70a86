/**
 * Sources that nothing lets be built: not every line and every supply together, since something that they need is in no
 * index and no source builds it. Such a source is no matter of cycles. Where it is only needed, and no target, its
 * binaries are taken as they are, for good; a stage of it would leave tainted what needs it, for ever.
 */

import { forGood, withGiven } from '../../metadata/universe/targets.ts';
import type { Universe } from '../../model.ts';
import { archiveSource } from '../../names.ts';
import { whyNever } from '../explain/never-there.ts';
import { successors } from '../graph/csr.ts';
import { type Resolved, resolve } from '../graph/resolve.ts';
import { isNeed } from '../graph/unsatisfied.ts';
import { EditGround } from './edit-ground.ts';

/** One such source, and what is missing for it. */
export interface NeverBuilt {
  /** By index into the universe. */
  readonly source: number;
  /** What it asks for and cannot have, and why. */
  readonly group: string;
  readonly why: string;
}

/** What a proposal starts from. */
export interface GroundOfProposal {
  /** With what nothing builds there from the start. */
  readonly ground: EditGround;
  /** Sources that are taken as they are, if anything needs them. */
  readonly given: readonly NeverBuilt[];
}

/** What a source would have installed and never has, the first one. */
function lack({ resolved, most, index }: EditGround, source: number): Pick<NeverBuilt, 'group' | 'why'> {
  const { graph } = resolved;
  const said = graph.unsatisfied.filter(isNeed).find((u) => u.source === source && u.stage === 0);
  if (said !== undefined) return said;
  const installed = new Set(graph.variants[source]![0]!.needs);
  for (const b of installed) for (const lower of successors(graph.runtime, b)) installed.add(lower);
  for (const b of installed) {
    const why = whyNever(
      graph,
      b,
      (s) => most.built[index.firstOf[s]!] === 1,
      (v) => most.there[v] === 1,
    );
    if (why !== undefined) return { group: graph.binaries[b]!, why };
  }
  return { group: '', why: 'something that it needs is never there' };
}

/** Of those that some variant in sight needs, and no targets. */
function neverBuilt(ground: EditGround): readonly NeverBuilt[] {
  const { most, index, inSight, resolved } = ground;
  const targets = new Set(resolved.graph.targets);
  return [...inSight.keys()]
    .filter((s) => inSight[s] === 1 && most.built[index.firstOf[s]!] === 0 && !targets.has(s))
    .map((source) => ({ source, ...lack(ground, source) }));
}

/** A second resolving where something is never built, and nothing more than the ground of the universe otherwise. */
export function groundOfProposal(universe: Universe, resolved: Resolved): GroundOfProposal {
  const ground = new EditGround(resolved);
  const given = neverBuilt(ground);
  if (given.length === 0) return { ground, given };
  // An annotation speaks of a source of the archive, with all of its parts.
  const never = new Set(given.map((n) => archiveSource(universe.sources[n.source]!.name)));
  const sources = universe.sources.map((s) => (never.has(archiveSource(s.name)) ? { ...s, supply: forGood } : s));
  return { ground: new EditGround(resolve(withGiven({ ...universe, sources }))), given };
}
