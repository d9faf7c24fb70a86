/**
 * Build profiles by which a source says that it can do without something, and that no stage of it is: they are
 * registered promises, and count in a plan once an annotation makes them a stage.
 */

import { formatGroup } from '../../metadata/relations/relation.ts';
import type { Group, Source, Universe } from '../../model.ts';
import type { SourceName } from '../../names.ts';
import { annotationLine, declaredProfiles, togetherAStage } from './declared-profiles.ts';

/** The profiles of one source, and how to have them counted. */
export interface UncountedProfiles {
  readonly source: SourceName;
  readonly profiles: readonly string[];
  /** What they leave out. */
  readonly groups: readonly string[];
  /** The line of an annotations file that makes a stage of them. */
  readonly annotation: string;
}

/** The profiles of those groups that a full build asks for; undefined when it asks for none. */
export function uncountedProfiles(
  universe: Universe,
  source: Source,
  groups: readonly Group[],
): UncountedProfiles | undefined {
  const stages = source.variants.slice(1).filter((v) => v.assumed !== true);
  const asked = groups.filter((g) => {
    const text = formatGroup(g);
    return stages.every((v) => v.buildDepends.some((d) => formatGroup(d) === text));
  });
  const declared = declaredProfiles(universe, source, asked).filter((p) => p.stage === 0);
  const profiles = togetherAStage(declared);
  if (profiles.length === 0) return undefined;
  const kept = declared.filter((p) => profiles.includes(p.profile));
  return {
    source: source.name,
    profiles,
    groups: [...new Set(kept.flatMap((p) => p.leavesOut))],
    annotation: annotationLine(source.name, (stages.at(-1)?.stage ?? 0) + 1, profiles),
  };
}
