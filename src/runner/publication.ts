/** Which package goes into which archive: what a run leaves behind for apt, for the image, and for auditors. */
import type { Plan } from '../model.ts';
import { publishArchive, sweepArchives } from './archive.ts';
import { formatLedger, ledgerOf } from './ledger.ts';
import { publishText } from './publish.ts';
import type { Session } from './session.ts';
import type { Results } from './staging.ts';

/** All archives of a plan, stages first: they exist, and are valid, also when nothing is in them. */
export function archiveNames(plan: Plan): readonly string[] {
  const stages = plan.builds.reduce((highest, build) => Math.max(highest, build.stage), 1);
  return [...Array.from({ length: stages }, (_, k) => `stage${k + 1}`), 'interim', 'final'];
}

/** Publishes one archive: of two rounds that carry one file name, the later one is in it. */
async function publishOne(session: Session, plan: Plan, results: Results, archive: string): Promise<void> {
  const files = new Map<string, string>();
  for (const [index, build] of plan.builds.entries()) {
    if (build.archive !== archive || session.state.builds.get(build.id)?.status !== 'done') continue;
    for (const deb of results.get(index)?.debs ?? []) files.set(deb.file, deb.sha256);
  }
  const debs = [...files].map(([file, sha256]) => ({ file, path: session.cache.blobPath(sha256) }));
  await publishArchive(session.directory.archives, archive, plan.architecture, debs);
}

/** What a stage has built, as soon as it is finished. */
export const publishStage = (session: Session, plan: Plan, results: Results, stage: number): Promise<void> =>
  publishOne(session, plan, results, `stage${stage}`);

/** All archives, and the ledger. */
export async function publishEverything(session: Session, plan: Plan, results: Results): Promise<void> {
  const names = archiveNames(plan);
  sweepArchives(session.directory.archives, names);
  for (const name of names) await publishOne(session, plan, results, name);
  publishText(session.directory.ledger, formatLedger(ledgerOf(plan, session.state)));
}
