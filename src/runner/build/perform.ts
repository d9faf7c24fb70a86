/** One build, from staged inputs to contents in the cache, every turn of it an event. */

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ArchitectureLabel, type BuildId, buildFileName } from '../../build-id.ts';
import type { ActionDigest } from '../../digests.ts';
import { unlessInterrupted } from '../../errors.ts';
import type { EventOf, InstalledBinary } from '../../events.ts';
import type { ByName } from '../../model.ts';
import { versionSuffix } from '../../stages/version-suffix.ts';
import type { Builder, BuildOutcome } from '../builder.ts';
import { type ActionResult, installedFile } from '../cache/action-result.ts';
import { readRecord } from '../files/json-record.ts';
import { removeTree } from '../files/remove-tree.ts';
import type { Session } from '../journal/session.ts';
import { stateWords } from '../journal/state-directory.ts';
import { endedBySignal } from '../process.ts';
import { lastWords } from '../recipe/steps.ts';
import type { Staged } from './build-inputs.ts';
import { failureReport, writeFailureReport } from './failure-report.ts';
import { keep } from './keep.ts';
import { misfits } from './misfits.ts';

/** What a build may use, and where its reports go. */
export interface PerformOptions {
  readonly cores: number;
  readonly timeoutSeconds: number;
  /** Directory for failure reports; none are written without it. */
  readonly reports: string | undefined;
  /** Ends the build at once. */
  readonly kill: AbortSignal;
  /** Waits until a second try makes sense; false when there shall be none. */
  readonly mayTryAgain: () => Promise<boolean>;
  readonly label: ArchitectureLabel;
  /** What names this project in a command besides the state directory: ` --metadata DIR`, or nothing. */
  readonly projectFlagsText: string;
  /** Builds of the plan that wait for this one. */
  readonly blocks: readonly BuildId[];
  /** The action of the round before, to tell a cut-off from any other hit. */
  readonly previousAction: ActionDigest | undefined;
}

/** How it ended; a failure has been told as an event. */
export type Performed =
  | { readonly end: 'done'; readonly result: ActionResult }
  | { readonly end: 'failed' }
  | { readonly end: 'interrupted' };

/** One more try is made when the machine, not the source, is to blame. */
const attempts = 2;

/** Notes a result that is in the cache already as the end of a build; one that was adopted is told as such. */
export function settleFromCache(session: Session, staged: Staged, result: ActionResult, how: 'cache' | 'cutoff'): void {
  emitFinished(session, staged, result, { how: result.adopted ? 'adopted' : how, seconds: 0 });
}

/** File name -> sha256. */
const outputsOf = ({ debs }: ActionResult): ByName<string> =>
  Object.fromEntries(debs.map((deb) => [deb.file, deb.sha256]));

type HowFinished = Pick<EventOf<'build-finished'>, 'how' | 'seconds' | 'maxRssKiB' | 'cores'>;

/**
 * What was installed when a build ran: what its builder has recorded, else what the plan put in place. Of two builds
 * with one action the inputs may differ in version, so those are named as this build has them.
 */
function installedWith({ cache }: Session, staged: Staged, { beside = [] }: ActionResult): readonly InstalledBinary[] {
  const record = beside.find(({ file }) => file === installedFile);
  if (record === undefined) return staged.installed;
  const remedy = 'bootplan cache verify takes it away, and the next run builds it again';
  const recorded = readRecord<readonly InstalledBinary[]>(
    cache.blobPath(record.sha256),
    'records#/$defs/installedSet',
    remedy,
  );
  const own = new Map(staged.installed.map((binary) => [binary.name, binary]));
  return recorded.map((binary) => (binary.build === 'seed' ? binary : (own.get(binary.name) ?? binary)));
}

/**
 * Is it what the journal tells of that build already? Packages of one content may differ in what describes them: the
 * same action, and other files that were installed.
 */
export function isTold(session: Session, staged: Staged, result: ActionResult): boolean {
  const { status, finished } = session.state.builds.get(staged.build.id) ?? {};
  return (
    status === 'done' &&
    finished?.action === staged.action &&
    JSON.stringify(finished.installed) === JSON.stringify(installedWith(session, staged, result)) &&
    JSON.stringify(finished.outputs) === JSON.stringify(outputsOf(result))
  );
}

function emitFinished(session: Session, staged: Staged, result: ActionResult, how: HowFinished) {
  const installed = installedWith(session, staged, result);
  session.emit({
    type: 'build-finished',
    build: staged.build.id,
    action: staged.action,
    ...how,
    archive: staged.build.archive,
    cpuSeconds: result.cpuSeconds,
    outputs: outputsOf(result),
    installed,
    tainted: staged.taints(installed).length > 0,
    sandboxed: result.sandboxed,
    ...(result.machine !== undefined && { machine: result.machine }),
    ...(staged.crossCompiler !== undefined && { crossCompiler: staged.crossCompiler }),
  });
}

/** Does one build. Every step that begins, and its end, is noted in the session's journal. */
export async function perform(
  session: Session,
  builder: Builder,
  staged: Staged,
  options: PerformOptions,
): Promise<Performed> {
  const { build, action } = staged;
  const answer = await session.cache.find(action, staged.expected, staged.document);
  if (answer.found === 'damaged') session.emit({ type: 'cache-damaged', build: build.id, files: answer.damaged });
  if (answer.found === 'hit') {
    settleFromCache(session, staged, answer.result, options.previousAction === action ? 'cutoff' : 'cache');
    return { end: 'done', result: answer.result };
  }
  for (let attempt = 1; ; attempt++) {
    session.emit({ type: 'build-started', build: build.id, action, attempt });
    const started = performance.now();
    const log = join(session.directory.logs, `${buildFileName(build.id)}.log`);
    const outcome = await attemptBuild(session, builder, staged, options, log).catch(unlessInterrupted);
    // What it left goes when the session closes.
    if (outcome === undefined || (!outcome.ok && options.kill.aborted)) return { end: 'interrupted' };
    const seconds = Math.round(performance.now() - started) / 1000;
    if (outcome.ok) {
      const result = await keep(session.cache, staged, outcome, log);
      await session.cache.share(action, staged.document, result, staged.expected);
      await removeTree(workDirectoryOf(session, staged));
      const { maxRssKiB } = outcome;
      emitFinished(session, staged, result, { how: 'run', seconds, maxRssKiB, cores: options.cores });
      return { end: 'done', result };
    }
    await removeTree(workDirectoryOf(session, staged));
    const report = failureReport(staged, outcome, {
      seconds,
      attempt,
      log,
      blocks: options.blocks,
      label: options.label,
      at: stateWords(session.directory),
      projectFlagsText: options.projectFlagsText,
    });
    const said = lastWords(outcome.logTail);
    session.emit({
      type: 'build-failed',
      build: build.id,
      step: outcome.step,
      exitCode: outcome.exitCode ?? endedBySignal,
      message: outcome.message,
      ...(said.length > 0 && { said }),
      ...(options.reports !== undefined && { report: writeFailureReport(options.reports, report) }),
      retriable: outcome.retriable,
    });
    if (!outcome.retriable || attempt === attempts) return { end: 'failed' };
    if (!(await options.mayTryAgain())) return { end: 'interrupted' };
  }
}

const workDirectoryOf = (session: Session, staged: Staged): string =>
  join(session.directory.work, buildFileName(staged.build.id));

async function attemptBuild(
  session: Session,
  builder: Builder,
  staged: Staged,
  options: PerformOptions,
  logFile: string,
): Promise<BuildOutcome> {
  const { build, inputs, seed } = staged;
  const workDirectory = workDirectoryOf(session, staged);
  await removeTree(workDirectory);
  mkdirSync(workDirectory, { recursive: true });
  rmSync(logFile, { force: true });
  const outcome = await builder.build({
    build,
    suffix: versionSuffix(build.archive),
    inputs,
    seed,
    workDirectory,
    logFile,
    cores: options.cores,
    timeoutSeconds: options.timeoutSeconds,
    onStep: (step) => session.emit({ type: 'step-started', build: build.id, step }),
    onPlacement: (placement) => session.emit({ type: 'build-placed', build: build.id, ...placement }),
    identity: { action: staged.action, document: staged.document },
    signal: options.kill,
  });
  if (!outcome.ok) return outcome;
  const refused = (step: string, message: string): BuildOutcome => ({
    ok: false,
    step,
    command: '',
    exitCode: 0,
    signal: undefined,
    message,
    workdir: '',
    env: {},
    logTail: '',
    cpuSeconds: outcome.cpuSeconds,
    maxRssKiB: 0,
    retriable: false,
  });
  const [first] = misfits(staged, outcome.debs, outcome.installed);
  if (first !== undefined) return refused(first.step, first.message);
  const away = (await builder.declaredAway?.(build, outcome.debs)) ?? [];
  return away.length === 0 ? outcome : refused('collect', away.join('; '));
}
