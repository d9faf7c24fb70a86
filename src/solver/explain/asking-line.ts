/** The line of a source that asks for a binary, and what it would be with a condition: what people are told to edit. */

import type { SourceVertex } from '../../indices.ts';
import { profileOfStage } from '../../metadata/declared-stages/stage-fields.ts';
import { formatGroup } from '../../metadata/relations/relation.ts';
import type { Source, Variant } from '../../model.ts';
import type { SourceName } from '../../names.ts';
import type { Choices } from '../graph/choices.ts';
import { asWritten, binaryAsWritten, writtenText } from './as-written.ts';
import { declaredProfiles } from './declared-profiles.ts';
import { isImplied } from './implied-dependencies.ts';
import { judge, type Purpose } from './plausibility.ts';

export interface AskingLine {
  readonly source: SourceName;
  /** The group of Build-Depends that asks for it, and the same with the condition; '' where every build needs it unsaid. */
  readonly group: string;
  readonly conditional: string;
  readonly purpose: Purpose;
  /** Declared stages of the source that do without it. */
  readonly stages: readonly number[];
}

/**
 * The profile of a line's condition: a registered one that says why, where it says nothing else about this source or is active
 * anyway; then the one that the stage has already; otherwise the source's own.
 *
 * @param registered such as `nodoc`; '' when none says why @param base what the stage is made from
 */
export function conditionProfile(
  { name, variants }: Pick<Source, 'name' | 'variants'>,
  stage: number,
  registered: string,
  base: Variant,
): string {
  const isFree = base.profiles.includes(registered) || !variants.some((v) => v.profiles.includes(registered));
  if (registered !== '' && isFree) return registered;
  return profileOfStage(name, stage, base.profiles);
}

/** Purposes whose registered profile says why, whatever the source is; a language may be the source's own. */
const plain: ReadonlySet<Purpose> = new Set(['documentation', 'tests', 'biarch']);

/** @param source index into the sources @param binary index of the binary that was chosen for its full build */
export function askingLine({ universe, needs, providers }: Choices, source: SourceVertex, binary: number): AskingLine {
  const own = universe.sources[source]!;
  const { name, variants } = own;
  const [full, first] = variants;
  const groups = full!.buildDepends.filter((g) => g.some((r) => providers.satisfying(r, 'build').includes(binary)));
  const asked = binaryAsWritten(universe, universe.binaries[binary]!);
  const { purpose, profile } = judge(asked.name, asked.section);
  // What the source declares itself says it better than any guess.
  const [declared] = declaredProfiles(universe, own, groups);
  const registered = plain.has(purpose) ? profile : '';
  const condition = declared?.profile ?? conditionProfile(own, first?.stage ?? 1, registered, first ?? full!);
  const formula = [[`!${condition}`]];
  return {
    source: name,
    group: groups.map((g) => writtenText(universe, g)).join(', '),
    conditional: groups
      .filter((g) => !isImplied(universe, g))
      .map((g) => formatGroup(asWritten(universe, g).map((r) => ({ ...r, formula }))))
      .join(', '),
    purpose,
    stages: variants.filter((v, k) => v.stage > 0 && !needs[source]![k]!.includes(binary)).map((v) => v.stage),
  };
}
