/** A source as a trial builds it: the full build without some of its lines, under further build profiles. */
import { reduceGroups } from '../../metadata/relations/reduce.ts';
import { formatGroup } from '../../metadata/relations/relation.ts';
import type { Group, Source, Variant } from '../../model.ts';

/**
 * What the profiles leave out is left out, as it is wherever they are active: a line `<!nodoc>` that is there already
 * goes with the ones that are tried. Linear.
 *
 * @param dropped lines of the full build, as they are written
 * @param profiles active in it; by default those of the full build
 */
export function reducedVariant(
  { variants }: Source,
  architecture: string,
  dropped: readonly string[],
  profiles?: readonly string[],
): Variant {
  const full = variants.find((v) => v.stage === 0)!;
  const active = profiles ?? full.profiles;
  const lines = underProfiles(full, architecture, active);
  if (dropped.length === 0) return { ...full, profiles: active, buildDepends: lines };
  const gone = new Set(dropped);
  // A list of its own: dpkg's check of debian/control would ask for the lines that are dropped.
  return {
    ...full,
    stage: 1,
    notation: 'field',
    profiles: active,
    buildDepends: lines.filter((group) => !gone.has(formatGroup(group))),
  };
}

function underProfiles(full: Variant, architecture: string, active: readonly string[]): readonly Group[] {
  const { buildDepends, conditions = [] } = full;
  if (conditions.length === 0) return buildDepends;
  const asked = reduceGroups(conditions, architecture, new Set(full.profiles)).map(formatGroup);
  const still = reduceGroups(conditions, architecture, new Set(active));
  const texts = new Set(still.map(formatGroup));
  // Another line, without a condition, may ask for the same: each goes once.
  const gone = new Map<string, number>();
  for (const text of asked) if (!texts.has(text)) gone.set(text, (gone.get(text) ?? 0) + 1);
  const left = buildDepends.filter((group) => {
    const text = formatGroup(group);
    const times = gone.get(text) ?? 0;
    if (times > 0) gone.set(text, times - 1);
    return times === 0;
  });
  const had = new Set(asked);
  return [...left, ...still.filter((group) => !had.has(formatGroup(group)))];
}
