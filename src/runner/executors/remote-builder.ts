/**
 * A builder whose builds other machines do. What they need goes into the store, the engine is told, and the outcome is
 * taken from the store: that an engine says "completed" proves nothing.
 */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EnvironmentError, exitCode } from '../../errors.ts';
import type { Builder, BuildOutcome, BuildRequest, OutputDeb, Portable } from '../builder.ts';
import { sha256 } from '../files/digest.ts';
import { entryIn } from '../files/owned.ts';
import { type Store, StoreTrouble } from '../store/store.ts';
import { fetchVerified, putMissing } from '../store/verified.ts';
import type { EngineEnd, Executor } from './executor.ts';
import { formatJob, type Job, packJob } from './job.ts';
import { type JobEnd, readEnd, readLog, readRefusal } from './job-outcome.ts';

/** Who runs the builds, and what each is given. */
export interface RemoteOptions {
  readonly store: Store;
  readonly executor: Executor;
  /** What one build is given of a machine. */
  readonly cores: number;
  readonly memoryMiB: number;
  /** Debian's name of the machines that can do it. */
  readonly architecture: string;
  /** Between two looks at a log. */
  readonly everyMilliseconds: number;
}

/** A build that loses its node so often is left: something about it ends the nodes. */
const mostLost = 5;
/** So many looks for an outcome that is not there yet though the engine has ended: caches behind a proxy may lag. */
const looksForEnd = 3;

/** A builder that knows what a local one knows, and builds elsewhere. */
export function remoteBuilder(local: Builder, options: RemoteOptions): Builder {
  return { ...local, build: (request) => buildElsewhere(local, { ...request, cores: options.cores }, options) };
}

const failure = (request: BuildRequest, message: string, retriable: boolean): BuildOutcome => ({
  ok: false,
  step: 'stage',
  command: '',
  exitCode: 0,
  signal: undefined,
  message,
  workdir: request.workDirectory,
  env: {},
  logTail: '',
  cpuSeconds: 0,
  maxRssKiB: 0,
  retriable,
});

async function buildElsewhere(local: Builder, request: BuildRequest, options: RemoteOptions): Promise<BuildOutcome> {
  if (local.portable === undefined || request.identity === undefined)
    return failure(request, 'this kind of build cannot be done by another machine', false);
  const portable = await local.portable(request);
  try {
    return await onEngine(request, portable, options);
  } catch (error) {
    if (!(error instanceof StoreTrouble)) throw error;
    const help = 'when it answers again, the same command goes on with the jobs that run';
    throw new EnvironmentError(`the store of the cluster: ${error.message}`, exitCode.tryAgain, help, { cause: error });
  }
}

async function onEngine(request: BuildRequest, portable: Portable, options: RemoteOptions): Promise<BuildOutcome> {
  const { store, executor } = options;
  const { job, digest, bytes } = await packed(request, portable, store);
  for (let lost = 0; ; ) {
    const followed = new AbortController();
    const following = follow(store, digest, request, portable, options.everyMilliseconds, followed.signal);
    const told = (state: 'queued' | 'started' | 'released' | 'lost', id: string, node: string, why: string) =>
      request.onPlacement?.({ executor: executor.name, job: digest, id, state, node, why });
    let id = '';
    const engineJob = {
      digest,
      bytes,
      name: request.build.id,
      architecture: options.architecture,
      cores: request.cores,
      memoryMiB: options.memoryMiB,
      timeoutSeconds: request.timeoutSeconds,
    };
    let end: EngineEnd;
    try {
      end = await executor.run(
        engineJob,
        (news) => {
          id = news.id;
          told(news.news, id, news.news === 'started' ? news.node : '', news.news === 'released' ? news.why : '');
        },
        request.signal,
      );
    } finally {
      followed.abort();
      await following;
    }
    const found = await lookForEnd(store, digest, end, request.signal);
    if (found !== undefined) return await taken(request, found, job, store);
    if (request.signal.aborted) return failure(request, 'stopped', false);
    const refused = await readRefusal(store, digest);
    const why = refused ?? (end.end === 'lost' ? end.why : 'it ended without an outcome in the store');
    told('lost', id, '', why);
    const after = `given up after ${lost + 1} nodes were lost: ${why}`;
    // What machines refuse they refuse again.
    if (++lost === mostLost) return failure(request, after, refused === undefined);
  }
}

/** Puts everything into the store, under the first attempt that has no outcome yet. */
async function packed(
  request: BuildRequest,
  portable: Portable,
  store: Store,
): Promise<{ job: Job; digest: string; bytes: number }> {
  const file = join(request.workDirectory, 'job');
  for (let attempt = 1; ; attempt++) {
    const { job, contents } = await packJob(request, portable, attempt);
    const text = formatJob(job);
    const digest = sha256(text);
    if ((await readEnd(store, digest))?.report.ok === false) continue;
    writeFileSync(file, text);
    const bytes = Buffer.byteLength(text);
    const whole = new Map(contents).set(digest, { digest: { sha256: digest, bytes }, file });
    await putMissing(store, whole);
    return { job, digest, bytes };
  }
}

async function lookForEnd(
  store: Store,
  digest: string,
  end: EngineEnd,
  signal: AbortSignal,
): Promise<JobEnd | undefined> {
  for (let look = 1; ; look++) {
    const found = await readEnd(store, digest);
    if (found !== undefined || end.end === 'lost' || look === looksForEnd || signal.aborted) return found;
    await sleep(1000);
  }
}

/** Brings what the machine made here, verified. */
async function taken(request: BuildRequest, { report, log }: JobEnd, job: Job, store: Store): Promise<BuildOutcome> {
  const logged = await fetchVerified(store, log, request.logFile);
  if (logged !== 'ok') appendFileSync(request.logFile, `\nbootplan: the whole log is ${logged} in ${store.name}\n`);
  if (!report.ok) return report;
  const directory = join(request.workDirectory, 'packages');
  mkdirSync(directory, { recursive: true });
  const debs: OutputDeb[] = [];
  for (const { bytes, ...deb } of report.debs) {
    const path = entryIn(directory, deb.file);
    const fetched = await fetchVerified(store, { sha256: deb.sha256, bytes }, path);
    if (fetched !== 'ok')
      return failure(request, `${deb.file} of job ${job.action} is ${fetched} in ${store.name}`, true);
    debs.push({ ...deb, path });
  }
  const beside: string[] = [];
  for (const { file, ...digest } of report.beside ?? []) {
    const path = entryIn(directory, file);
    const fetched = await fetchVerified(store, digest, path);
    if (fetched !== 'ok') return failure(request, `${file} of job ${job.action} is ${fetched} in ${store.name}`, true);
    beside.push(path);
  }
  const { cpuSeconds, maxRssKiB, sandboxed, machine, installed } = report;
  return {
    ok: true,
    debs,
    cpuSeconds,
    maxRssKiB,
    sandboxed,
    ...(machine !== undefined && { machine }),
    ...(installed !== undefined && { installed, beside }),
  };
}

/** Copies the log of a running job beside the others, piece by piece, until told to stop. */
async function follow(
  store: Store,
  digest: string,
  request: BuildRequest,
  portable: Portable,
  everyMilliseconds: number,
  signal: AbortSignal,
): Promise<void> {
  let pieces = 0;
  let rest = '';
  while (!signal.aborted) {
    await sleep(everyMilliseconds, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    try {
      for (const piece of await readLog(store, digest, pieces)) {
        pieces++;
        appendFileSync(request.logFile, piece);
        const lines = (rest + piece.toString('utf8')).split('\n');
        rest = lines.pop()!.slice(-4096);
        for (const line of lines) {
          const step = portable.stepOf(line);
          if (step !== undefined) request.onStep(step);
        }
      }
    } catch (error) {
      // The log of a running build is a view; the whole one comes with the outcome.
      if (!(error instanceof StoreTrouble)) throw error;
    }
  }
}
