/** Where a source stands in a plan. */
import type { BuildId } from '../build-id.ts';
import type { Plan, PlannedBuild } from '../model.ts';
import type { SourceName } from '../names.ts';

/** The place of one build. */
export interface Place {
  readonly build: BuildId;
  /** From 1. */
  readonly position: number;
  readonly of: number;
  readonly wave: number;
  readonly archive: string;
  readonly why: PlannedBuild['why'];
  /** Builds in its installation set that taint it. */
  readonly taintedBy: readonly string[];
  /** The last builds it waits for: those without which it could start a wave earlier. */
  readonly waitsFor: readonly string[];
}

/** Every build of the source, in the order of the plan. */
export function placesOf(plan: Plan, source: SourceName): readonly Place[] {
  return plan.builds.flatMap((b, i) => {
    if (b.source !== source) return [];
    const needed = b.needs.map((n) => plan.builds[n]!);
    return [
      {
        build: b.id,
        position: i + 1,
        of: plan.builds.length,
        wave: b.wave,
        archive: b.archive,
        why: b.why,
        taintedBy: b.taintedBy.map((n) => plan.builds[n]!.id),
        waitsFor: needed.filter((n) => n.wave === b.wave - 1).map((n) => n.id),
      },
    ];
  });
}
