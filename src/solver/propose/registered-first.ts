/**
 * Which of the stages that could be made of a source's lines are worth making: a line whose purpose has a registered
 * profile gets that one. Where the source says more under it (`<!nocheck>` on other lines), the stage is made from the
 * variant in which it is active, and what stands there already goes with it.
 */
import { formatGroup } from '../../metadata/relations/relation.ts';
import type { Source, Variant } from '../../model.ts';
import { conditionProfile } from '../explain/asking-line.ts';
import type { MadeStage } from './made-stage.ts';

/** Lines that get a private profile although a registered one says why. */
const privateLines = (source: Source, { base, dropped }: MadeStage): number =>
  dropped.filter(
    (l) => l.profile !== undefined && conditionProfile(source, base.stage + 1, l.profile, base) !== l.profile,
  ).length;

const needsOf = ({ base, dropped }: MadeStage): ReadonlySet<string> => {
  const gone = new Set(dropped.map((l) => l.text));
  return new Set(base.buildDepends.map(formatGroup).filter((text) => !gone.has(text)));
};

/** What a variant of the source is made from is there, and more: profiles are added to a base, never taken away. */
const isMoreOf = (base: Variant, other: Variant): boolean => other.profiles.every((p) => base.profiles.includes(p));

/**
 * Those without which something would be lost. One with fewer private profiles takes the place of another when it asks
 * for nothing that the other does not ask for, and yields all of its binaries that count.
 *
 * @param counts whether something waits for a binary, by index into the universe
 */
export function byRegisteredProfiles(
  source: Source,
  made: readonly MadeStage[],
  counts: (binary: number) => boolean,
): readonly MadeStage[] {
  const known = made.map((stage) => ({
    stage,
    own: privateLines(source, stage),
    needs: needsOf(stage),
    yields: stage.base.produces.filter((b) => !stage.omits.includes(b) && counts(b)),
  }));
  return known
    .filter(
      (a) =>
        !known.some(
          (b) =>
            b.own < a.own &&
            isMoreOf(b.stage.base, a.stage.base) &&
            [...b.needs].every((text) => a.needs.has(text)) &&
            a.yields.every((binary) => b.yields.includes(binary)),
        ),
    )
    .map(({ stage }) => stage);
}
