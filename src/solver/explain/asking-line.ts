/** The line of a source that asks for a binary, and what it would be with a condition: what people are told to edit. */

import type { SourceVertex } from '../../indices.ts';
import { profileOfStage } from '../../metadata/declared-stages/stage-fields.ts';
import { formatGroup } from '../../metadata/relations/relation.ts';
import type { Group, Source, Universe, Variant } from '../../model.ts';
import type { SourceName } from '../../names.ts';
import type { Choices } from '../graph/choices.ts';
import { asWritten, binaryAsWritten, writtenText } from './as-written.ts';
import { builtBy } from './built-by.ts';
import { declaredProfiles } from './declared-profiles.ts';
import { type EditClass, guess } from './edit-class.ts';
import { isImplied } from './implied-dependencies.ts';
import type { Purpose } from './plausibility.ts';

/** One line of a source's build dependencies, before and after the edit that is proposed. */
export interface AskingLine {
  readonly source: SourceName;
  /**
   * The group of Build-Depends that asks for it, and the same with the condition; undefined where every build needs it
   * unsaid.
   */
  readonly group: string | undefined;
  readonly conditional: string | undefined;
  readonly purpose: Purpose;
  /** Declared stages of the source that do without it. */
  readonly stages: readonly number[];
}

/**
 * The profile of a line's condition: a registered one that says why, where it says nothing else about this source or is
 * active anyway; then the one that the stage has already; otherwise the source's own.
 *
 * @param registered such as `nodoc`; undefined when none says why @param base what the stage is made from
 */
export function conditionProfile(
  { name, variants }: Pick<Source, 'name' | 'variants'>,
  stage: number,
  registered: string | undefined,
  base: Variant,
): string {
  const isActive = (variant: Variant): boolean => registered !== undefined && variant.profiles.includes(registered);
  if (registered !== undefined && (isActive(base) || !variants.some(isActive))) return registered;
  return profileOfStage(name, stage, base.profiles);
}

/** A condition that people are told to write. */
export interface ToldCondition {
  readonly profile: string;
  /** Profiles of the source that leave the groups out already, and that no stage activates; the first one is told. */
  readonly declaredBy: readonly string[];
}

/**
 * The condition for groups of one source: what the source declares itself says it better than any guess.
 *
 * @param registered as for `conditionProfile`
 */
export function toldCondition(
  universe: Universe,
  own: Source,
  groups: readonly Group[],
  registered: string | undefined,
): ToldCondition {
  const declaredBy = declaredProfiles(universe, own, groups).map((p) => p.profile);
  const [full, first] = own.variants;
  const profile = declaredBy[0] ?? conditionProfile(own, first?.stage ?? 1, registered, first ?? full!);
  return { profile, declaredBy };
}

/** A feature is a guess of its own: no purpose says so. */
const purposeOfClass = (kind: EditClass): Purpose =>
  kind === 'documentation' || kind === 'tests' || kind === 'bindings' || kind === 'biarch' ? kind : 'other';

/**
 * What a source asks for a binary for, as far as names tell, and the registered profile that says so, if one
 * does.
 */
export function purposeIn(
  universe: Universe,
  source: number,
  binary: number,
): { readonly purpose: Purpose; readonly profile: string | undefined } {
  const built = builtBy(universe, source).map((b) => binaryAsWritten(universe, universe.binaries[b]!));
  const asked = binaryAsWritten(universe, universe.binaries[binary]!);
  const guessed = guess(universe.sources[source]!, built, asked, asked.source === source);
  if (guessed === undefined) return { purpose: 'other', profile: undefined };
  return { purpose: purposeOfClass(guessed.kind), profile: guessed.profile };
}

const listed = (groups: readonly string[]): string | undefined => (groups.length === 0 ? undefined : groups.join(', '));

/** @param source index into the sources @param binary index of the binary that was chosen for its full build */
export function askingLine({ universe, needs, providers }: Choices, source: SourceVertex, binary: number): AskingLine {
  const own = universe.sources[source]!;
  const { name, variants } = own;
  const groups = variants[0]!.buildDepends.filter((g) =>
    g.some((r) => providers.satisfying(r, 'build').includes(binary)),
  );
  const { purpose, profile } = purposeIn(universe, source, binary);
  const formula = [[`!${toldCondition(universe, own, groups, profile).profile}`]];
  return {
    source: name,
    group: listed(groups.map((g) => writtenText(universe, g))),
    conditional: listed(
      groups
        .filter((g) => !isImplied(universe, g))
        .map((g) => formatGroup(asWritten(universe, g).map((r) => ({ ...r, formula })))),
    ),
    purpose,
    stages: variants.filter((v, k) => v.stage > 0 && !needs[source]![k]!.includes(binary)).map((v) => v.stage),
  };
}
