/** What a run would build, by the cache's own word; nothing is started. */
import { existsSync } from 'node:fs';
import { type BuildId, buildOf } from '../../build-id.ts';
import { replay } from '../../run-state.ts';
import { Stager } from '../../runner/build/build-inputs.ts';
import { survey } from '../../runner/build/find-finished.ts';
import { standingNatives } from '../../runner/build/native-tools.ts';
import { Cache } from '../../runner/cache/cache.ts';
import { readJournal } from '../../runner/journal/journal.ts';
import { isAnother } from '../../runner/run/begin-run.ts';
import type { Talk } from '../output/talk.ts';
import type { Wanted } from './wanted-builds.ts';

/** What would be built, and how much need not be. */
export interface DryRun {
  /** In the order of the plans. */
  readonly builds: readonly { readonly build: BuildId; readonly archive: string }[];
  readonly done: number;
}

/** @param replan whether the run would take a plan that is not the one begun */
export async function dryRun(all: readonly Wanted[], replan: boolean, { talk }: Pick<Talk, 'talk'>): Promise<DryRun> {
  const native = all[0]!.prepared.directory;
  const cache = new Cache(native.cache);
  const natives = await standingNatives(native, cache);
  const would: { build: BuildId; archive: string }[] = [];
  let done = 0;
  for (const { prepared, known: plan, wanted } of all) {
    const { builder, label, directory } = prepared;
    const begun = existsSync(directory.journal) ? replay(readJournal(directory.journal)).plan : undefined;
    if (!replan && isAnother(begun, prepared.plan, prepared.grewFrom))
      talk(`${directory.plan} is another plan: without --replan a run refuses this one`);
    const stager = new Stager(plan, builder, (digest) => cache.blobPath(digest), natives);
    const { open } = await survey(plan, stager, cache);
    const set = new Set(wanted ?? plan.builds.keys());
    const builds = open.filter((index) => set.has(index)).map((index) => plan.builds[index]!);
    for (const { id, archive } of builds) would.push({ build: buildOf(label, id), archive });
    done += set.size - builds.length;
  }
  return { builds: would, done };
}

/** @param rounds that may be added for what has not settled */
export function dryRunText({ builds, done }: DryRun): string {
  const lines = builds.map(({ build, archive }) => `would build ${build} for ${archive}`);
  return [...lines, `${builds.length} to build, ${done} done`].join('\n');
}
