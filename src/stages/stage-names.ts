/** The same plan with other names for stages: where they were counted before it was known which of them are used. */

import { archiveOfStage } from '../archives.ts';
import { buildId } from '../build-id.ts';
import type { Plan } from '../model.ts';
import type { SourceName } from '../names.ts';

/** What a stage is called in another plan: its number and its profiles. */
export interface StageName {
  readonly stage: number;
  readonly profiles: readonly string[];
}

/** @param nameOf what a source's stage is called; undefined for one that keeps its name */
export const withStageNames = (
  plan: Plan,
  nameOf: (source: SourceName, stage: number) => StageName | undefined,
): Plan => ({
  ...plan,
  builds: plan.builds.map((b) => {
    const name = b.stage === 0 ? undefined : nameOf(b.source, b.stage);
    if (name === undefined) return b;
    const { stage, profiles } = name;
    return { ...b, stage, profiles, id: buildId(b.source, stage, b.round), archive: archiveOfStage(stage) };
  }),
});
