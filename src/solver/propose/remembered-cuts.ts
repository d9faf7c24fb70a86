/**
 * What a search learned, in words that hold for another universe: a cut names what it is made of instead of numbering
 * it. Whether it is one there too is for the next search to see; it costs a closure, and saves most of the rounds.
 */
import type { Universe } from '../../model.ts';
import type { Cut } from '../break/hitting-set/cuts.ts';
import type { EditElement, EditProblem } from './edit-problem.ts';

/** A cut, each of its elements by a name. */
export type NamedCut = readonly string[];

function nameOf({ sources }: Universe, m: EditElement): string {
  if (m.kind === 'supply') return `supply ${sources[m.source]!.name}`;
  if (m.kind === 'line') return `line ${sources[m.line.source]!.name} ${m.line.text}`;
  const { name, variants } = sources[m.source]!;
  const { stage, profiles } = variants[m.variant]!;
  return `stage ${name} ${stage} ${profiles.join()}`;
}

/** Names the elements of cuts. */
export function namedCuts(universe: Universe, { meaning }: EditProblem, cuts: readonly Cut[]): readonly NamedCut[] {
  const names = meaning.map((m) => nameOf(universe, m));
  return cuts.map((cut) => cut.map((e) => names[e]!));
}

/** What is not there any more is left out: with it the rest may still be a cut. */
export function cutsNamed(universe: Universe, { meaning }: EditProblem, cuts: readonly NamedCut[]): readonly Cut[] {
  const numbers = new Map(meaning.map((m, e) => [nameOf(universe, m), e]));
  return cuts.map((cut) => [...new Set(cut.flatMap((name) => numbers.get(name) ?? []))].sort((a, b) => a - b));
}
