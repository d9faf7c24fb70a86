/** Who does a job on the machine that it was given to: the builder of its kind, with a plan of one build. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlannedBuild } from '../../model.ts';
import type { Builder } from '../../runner/builder.ts';
import type { DebianKnowledge } from '../../runner/builders/debian/build/portable.ts';
import { projectOf, type RecipeKnowledge } from '../../runner/builders/portable-recipe.ts';
import { recipeBuilder } from '../../runner/builders/recipe.ts';
import type { Job } from '../../runner/executors/job.ts';
import { entryIn } from '../../runner/files/owned.ts';
import { stateDirectory } from '../../runner/journal/state-directory.ts';

/** What a job knows of its build, by kind of builder. */
export type Knowledge = RecipeKnowledge | DebianKnowledge;

/** The builder, and the one build that it is there for. */
export interface Worker {
  readonly builder: Builder;
  readonly build: PlannedBuild;
  /** Debian's name of the architecture that it is built on. */
  readonly builtOn: string;
}

function recipeWorker(job: Job, knowledge: RecipeKnowledge, metadata: string, scratch: string): Worker {
  const state = stateDirectory(join(scratch, 'state'));
  for (const seed of knowledge.seeds)
    writeFileSync(entryIn(state.seed, `${seed.names.join('+')}.json`), `${JSON.stringify(seed, null, 2)}\n`);
  const options = { state: state.root, work: join(scratch, 'work') };
  return {
    builder: recipeBuilder(projectOf(knowledge, metadata), options),
    build: job.build,
    builtOn: knowledge.buildArchitecture,
  };
}

/** Loaded only by who builds Debian sources. */
async function debianWorker(job: Job, knowledge: DebianKnowledge, metadata: string, scratch: string): Promise<Worker> {
  const [{ oneBuildOf }, { debianBuilder }, { recordOfOne, recordPath }] = await Promise.all([
    import('../../runner/builders/debian/build/portable.ts'),
    import('../../runner/builders/debian/builder.ts'),
    import('../../runner/builders/debian/base/stock.ts'),
  ]);
  const state = stateDirectory(join(scratch, 'state'));
  const { project, plan, build, seed } = oneBuildOf(knowledge, job.build, metadata);
  writeFileSync(recordPath(state.downloads, knowledge.architecture), recordOfOne(knowledge.base, seed));
  return {
    builder: debianBuilder(project, { state: state.root, plan, indices: [] }),
    build,
    builtOn: knowledge.architecture,
  };
}

/** @param metadata directory of the job's local files @param scratch with a state directory in it */
export function workerFor(job: Job, metadata: string, scratch: string): Worker | Promise<Worker> {
  const knowledge = job.knowledge as Knowledge;
  return knowledge.kind === 'recipe'
    ? recipeWorker(job, knowledge, metadata, scratch)
    : debianWorker(job, knowledge, metadata, scratch);
}
