/**
 * Which archive a build goes to (rule M8), and what an archive's name says: a stage build to `stage<k>`, a tainted full
 * build to `interim`, a clean one to `final`. In this order they come to be, and so do versions sort in them.
 */
import type { ArchiveName, Plan, PlannedBuild } from './model.ts';

/** The archive of the stage builds of a stage, counted from 1. */
export const archiveOfStage = (stage: number): ArchiveName => `stage${stage}`;

/** The archive of a build: of a stage build by its stage, of a full one (stage 0) by its taint. */
export const archiveOf = (stage: number, tainted: boolean): ArchiveName =>
  stage > 0 ? archiveOfStage(stage) : tainted ? 'interim' : 'final';

/** Does the archive hold stage builds? */
export const isStageArchive = (archive: string): boolean => archive.startsWith('stage');

/**
 * All archives of a plan, also of stages declared and not needed: they exist, and are valid, when nothing is in them.
 */
export function archiveNames({ builds, unused }: Pick<Plan, 'builds' | 'unused'>): readonly ArchiveName[] {
  const stages = [...builds, ...unused].reduce((highest, { stage }) => Math.max(highest, stage), 1);
  return [...Array.from({ length: stages }, (_, k) => archiveOfStage(k + 1)), 'interim', 'final'];
}

/** Can a build be in the archive that a plan puts it in? Whether a full build is clean is not asked here. */
export const canHold = (archive: string, { stage }: Pick<PlannedBuild, 'stage'>): boolean =>
  isStageArchive(archive) ? archive === archiveOfStage(stage) : stage === 0;
