/** Which package goes into which archive: what a run leaves behind for apt, for the image, and for auditors. */

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { archiveNames, archiveOfStage } from '../../archives.ts';
import { buildFileName } from '../../build-id.ts';
import { entriesOf } from '../../by-name.ts';
import type { Plan } from '../../model.ts';
import { archiveSource, type SourceName } from '../../names.ts';
import type { RunState } from '../../run-state.ts';
import { holds, publishText } from '../files/publish.ts';
import type { Session } from '../journal/session.ts';
import { publishArchive, type Signer, sweepArchives } from './archive.ts';
import { formatLedger, ledgerOf } from './ledger.ts';
import { formatStatement, type Material, statementOf } from './provenance.ts';
import { publishedFiles } from './published.ts';
import { signatures } from './signature.ts';

/** File name -> sha256 of what an archive holds: of two rounds that carry one file name, the later one is in it. */
export function filesOfArchive(plan: Plan, state: RunState, archive: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const build of plan.builds) {
    const { status, finished } = state.builds.get(build.id) ?? {};
    if (build.archive !== archive || status !== 'done') continue;
    for (const [file, sha256] of entriesOf(finished?.outputs ?? {})) files.set(file, sha256);
  }
  return files;
}

/** @param key names the key of gpg that signs; without it nothing does */
async function publishOne(session: Session, plan: Plan, archive: string, key: string | undefined): Promise<void> {
  const files = filesOfArchive(plan, session.state, archive);
  const debs = [...files].map(([file, sha256]) => ({ file, path: session.cache.blobPath(sha256) }));
  const { archives, archiveKey } = session.directory;
  const sign: Signer | undefined =
    key === undefined ? undefined : (release, before) => signatures(release, before, archiveKey, key);
  await publishArchive(archives, archive, plan.architecture, debs, sign);
}

/** What a stage has built, as soon as it is finished. */
export const publishStage = (session: Session, plan: Plan, stage: number, key: string | undefined): Promise<void> =>
  publishOne(session, plan, archiveOfStage(stage), key);

/** Where the materials of provenance come from. */
export interface Materials {
  /** Files that a source's recipe fetches. */
  readonly ofSource: (source: SourceName) => readonly Material[];
  /** Debian packages behind seed binaries, by the names of those installed. */
  readonly ofSeed: (names: readonly string[]) => readonly Material[];
}

/** With what was told of the signature of its description. */
function withSignature(
  files: readonly Material[],
  { source, version }: { readonly source: SourceName; readonly version: string },
  { signed }: RunState,
): readonly Material[] {
  const known = signed.get(`${archiveSource(source)} ${version}`);
  if (known === undefined) return files;
  const signature = `${known.signature} ${known.key}`.trim();
  return files.map((file) => (file.name.endsWith('.dsc') ? { ...file, signature } : file));
}

/** All archives, the ledger, and the provenance of every build that is done; and notes what they are. */
export async function publishEverything(
  session: Session,
  plan: Plan,
  materials: Materials,
  key: string | undefined,
): Promise<void> {
  const { archives, ledger: ledgerFile, provenance } = session.directory;
  const names = archiveNames(plan);
  sweepArchives(archives, names);
  for (const name of names) await publishOne(session, plan, name, key);
  const ledger = ledgerOf(plan, session.state);
  publishText(ledgerFile, formatLedger(ledger));
  const statements = new Set<string>();
  for (const entry of ledger) {
    const seeds = entry.installed.filter((binary) => binary.build === 'seed').map((binary) => binary.name);
    const machine = session.state.builds.get(entry.build)?.finished?.machine;
    const sources = withSignature(materials.ofSource(entry.source), entry, session.state);
    const statement = statementOf(entry, sources, materials.ofSeed(seeds), machine);
    const file = `${buildFileName(entry.build)}.json`;
    const text = formatStatement(statement);
    if (!holds(join(provenance, file), text)) publishText(join(provenance, file), text);
    statements.add(file);
  }
  for (const file of readdirSync(provenance))
    if (!statements.has(file)) rmSync(join(provenance, file), { recursive: true });
  const files = await publishedFiles(session.directory, names);
  if (JSON.stringify(files) !== JSON.stringify(session.state.published)) session.emit({ type: 'published', files });
}
