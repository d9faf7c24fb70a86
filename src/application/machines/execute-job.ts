/** What a machine of a cluster does with a job: fetch, build in the sandbox, and put the outcome into the store. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { makeDirectories } from '../../directories.ts';
import { EnvironmentError, exitCode } from '../../errors.ts';
import { nativeArchitecture } from '../../metadata/relations/architecture.ts';
import { byteOrder } from '../../order.ts';
import type { BuildOutcome, InputDeb } from '../../runner/builder.ts';
import { inputPath } from '../../runner/builders/travelling-files.ts';
import {
  type ActionResult,
  encodeActionResult,
  installedFile,
  type StoredFile,
} from '../../runner/cache/action-result.ts';
import { debPath, type Job, readJob } from '../../runner/executors/job.ts';
import { type JobReport, noteEnd, noteRefusal, storeText } from '../../runner/executors/job-outcome.ts';
import { followLogToStore } from '../../runner/executors/log-upload.ts';
import { cacheDirectory } from '../../runner/fetch/cache-directory.ts';
import { sha256, sha256File } from '../../runner/files/digest.ts';
import { jsonIn } from '../../runner/files/json-record.ts';
import { entryIn } from '../../runner/files/owned.ts';
import { removeTree } from '../../runner/files/remove-tree.ts';
import { createStateDirectory, stateDirectory } from '../../runner/journal/state-directory.ts';
import { runProcess } from '../../runner/process.ts';
import { runsHere } from '../../runner/sandbox/runs-here.ts';
import type { Digest, Store } from '../../runner/store/store.ts';
import { fetchVerified, putMissing } from '../../runner/store/verified.ts';
import { wholeFile } from '../../whole-file.ts';
import { type Knowledge, workerFor } from './job-worker.ts';

/** Where contents come from, and what ends the job. */
export interface ExecuteOptions {
  readonly store: Store;
  /** Contents that are on this machine already, by their paths in the job; all others are fetched from the store. */
  readonly inputs: string | undefined;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/**
 * @param named `SHA256/BYTES` of the job's document
 * @returns whether the build succeeded
 * @throws EnvironmentError, StoreTrouble when this machine cannot do the job
 */
export async function executeJob(named: string, options: ExecuteOptions): Promise<boolean> {
  const [, sha256 = '', bytes = ''] = /^([0-9a-f]{64})\/(\d+)$/.exec(named) ?? [];
  if (sha256 === '')
    throw new EnvironmentError(`"${named}" names no job`, exitCode.usage, 'a job is named SHA256/BYTES');
  const scratch = mkdtempSync(join(tmpdir(), 'bootplan-job-'));
  try {
    return await done({ sha256, bytes: Number(bytes) }, options, scratch);
  } catch (error) {
    // An engine keeps nothing of what a job prints: the process that waits for it would never know.
    if (error instanceof EnvironmentError)
      await noteRefusal(options.store, sha256, `${hostname()}: ${error.message}`).catch(() => {});
    throw error;
  } finally {
    await removeTree(scratch);
  }
}

async function done(document: Digest, options: ExecuteOptions, scratch: string): Promise<boolean> {
  const { store, inputs, signal, say } = options;
  const digest = document.sha256;
  const job = await jobNamed(document, store, inputs, scratch);
  say(`${job.build.id}, job ${digest.slice(0, 16)}, on ${hostname()}`);
  const place = await laidOut(job, store, inputs, scratch);
  const started = performance.now();
  const logFile = join(scratch, 'log');
  const log = followLogToStore(store, digest, logFile);
  const outcome = await built(job, place, scratch, logFile, signal).finally(() => log.stop());
  if (signal.aborted) return false;
  const seconds = Math.round(performance.now() - started) / 1000;
  await upload(digest, job, outcome, seconds, logFile, store);
  return outcome.ok;
}

async function jobNamed(document: Digest, store: Store, inputs: string | undefined, scratch: string): Promise<Job> {
  const given = inputs === undefined ? undefined : join(inputs, 'job');
  const file = given !== undefined && existsSync(given) ? given : join(scratch, 'job');
  if (file !== given && (await fetchVerified(store, document, file)) !== 'ok')
    throw new EnvironmentError(`job ${document.sha256} is not in ${store.name}`, exitCode.missingInput, 'see --cache');
  const bytes = wholeFile(file);
  if (sha256(bytes) !== document.sha256)
    throw new EnvironmentError(`${file} is not job ${document.sha256}`, exitCode.missingInput, 'see --inputs');
  return readJob(bytes.toString('utf8'));
}

interface Place {
  readonly inputs: readonly InputDeb[];
  readonly metadata: string;
}

/** Where builders look for what a job brings, below the user's cache directory. */
const kept = { seed: 'debs', sources: 'sources', pool: 'debian/pool' } as const;

/**
 * Brings everything to where builders look for it: packages beside the job, sources and seed into this machine's cache.
 */
async function laidOut(job: Job, store: Store, given: string | undefined, scratch: string): Promise<Place> {
  const missing: string[] = [];
  const bring = async (path: string, content: Digest, to: string): Promise<void> => {
    const laid = given === undefined ? undefined : join(given, path);
    mkdirSync(dirname(to), { recursive: true });
    const there = existsSync(to) && statSync(to).size === content.bytes && (await sha256File(to)) === content.sha256;
    if (there) return;
    if (laid !== undefined && existsSync(laid)) {
      const copied = await runProcess('cp', ['--reflink=auto', '--', laid, `${to}.${process.pid}`]);
      if (copied.exitCode === 0 && (await sha256File(`${to}.${process.pid}`)) === content.sha256)
        return renameSync(`${to}.${process.pid}`, to);
    }
    const fetched = await fetchVerified(store, content, to);
    if (fetched !== 'ok') missing.push(`${path} (${content.sha256}) is ${fetched}`);
  };
  const inputs: InputDeb[] = [];
  for (const { bytes, ...input } of job.inputs) {
    const path = join(scratch, debPath(input.sha256));
    await bring(debPath(input.sha256), { sha256: input.sha256, bytes }, path);
    inputs.push({ ...input, path });
  }
  const cache = cacheDirectory();
  const metadata = join(scratch, 'metadata');
  mkdirSync(metadata);
  for (const { path, ...content } of job.files) {
    const [kind, name] = path.split('/') as [keyof typeof kept | 'local', string];
    const where = kind === 'local' ? join(scratch, 'local') : join(cache, kept[kind]);
    makeDirectories(where);
    await bring(path, content, entryIn(where, name));
  }
  if (missing.length > 0) {
    const help = 'the bootplan that gave the job uploads what is missing when it is started again';
    throw new EnvironmentError(`in ${store.name}: ${missing.join('; ')}`, exitCode.missingInput, help);
  }
  for (const { kind, sha256: content } of (job.knowledge as Knowledge).fetch)
    if (kind === 'local') {
      const archive = join(scratch, inputPath.local(content));
      const ended = await runProcess('tar', ['-C', metadata, '-xf', archive]);
      if (ended.exitCode !== 0)
        throw new EnvironmentError(`tar: ${ended.stderr}`, exitCode.missingInput, 'see what is beside the metadata');
    }
  return { inputs, metadata };
}

async function built(
  job: Job,
  place: Place,
  scratch: string,
  logFile: string,
  signal: AbortSignal,
): Promise<BuildOutcome> {
  createStateDirectory(stateDirectory(join(scratch, 'state')));
  const { builder, build, builtOn } = await workerFor(job, place.metadata, scratch);
  if (!(await runsHere(builtOn))) {
    const help = 'see which machines placement and platform choose in the file of --executor-config';
    throw new EnvironmentError(
      `the job is for ${builtOn}, and this is ${nativeArchitecture}`,
      exitCode.configuration,
      help,
    );
  }
  builder.heed?.(signal);
  const expected = (jsonIn(job.document) as { builder?: unknown } | undefined)?.builder;
  if ((await builder.fingerprint(build)) !== expected) {
    const help = 'every machine needs the same version of bootplan';
    throw new EnvironmentError('this machine would build it in another way', exitCode.configuration, help);
  }
  await builder.prepare([build]);
  const workDirectory = join(scratch, 'build');
  mkdirSync(workDirectory);
  const { suffix, seed, cores, timeoutSeconds } = job;
  const { inputs } = place;
  return builder.build({
    build,
    suffix,
    inputs,
    seed,
    workDirectory,
    logFile,
    cores,
    timeoutSeconds,
    onStep: () => {},
    signal,
  });
}

/** Contents first, then what the job came to, and the result of the action last: it is what others look for. */
async function upload(
  digest: string,
  job: Job,
  outcome: BuildOutcome,
  seconds: number,
  logFile: string,
  store: Store,
): Promise<void> {
  if (!existsSync(logFile)) writeFileSync(logFile, '');
  const log = { sha256: await sha256File(logFile), bytes: statSync(logFile).size };
  const contents = new Map([[log.sha256, { digest: log, file: logFile }]]);
  const about = { node: hostname(), seconds };
  if (!outcome.ok) {
    await putMissing(store, contents);
    return noteEnd(store, digest, { ...about, ...outcome }, log);
  }
  const wanted = new Set(job.build.produces);
  const debs = outcome.debs.map(({ path, ...deb }) => {
    const content = { sha256: deb.sha256, bytes: statSync(path).size };
    contents.set(deb.sha256, { digest: content, file: path });
    return { ...deb, bytes: content.bytes };
  });
  const document = await storeText(store, job.document);
  const beside: StoredFile[] = [];
  for (const path of outcome.beside ?? []) {
    const content = { sha256: await sha256File(path), bytes: statSync(path).size };
    contents.set(content.sha256, { digest: content, file: path });
    beside.push({ file: basename(path), ...content });
  }
  await putMissing(store, contents);
  const { cpuSeconds, maxRssKiB, sandboxed, machine, installed } = outcome;
  const common = { cpuSeconds, sandboxed, ...(machine !== undefined && { machine }) };
  const more = installed === undefined ? {} : { installed, beside };
  const report: JobReport = { ...about, ok: true, debs, maxRssKiB, ...common, ...more };
  await noteEnd(store, digest, report, log);
  const taken = debs.filter(({ name }) => wanted.has(name)).sort((a, b) => byteOrder(a.name, b.name));
  if (taken.length < wanted.size) return;
  const all =
    installed === undefined
      ? beside
      : [...beside, { file: installedFile, ...(await storeText(store, `${JSON.stringify(installed, null, 1)}\n`)) }];
  const result: ActionResult = { debs: taken, log, ...common, ...(all.length > 0 && { beside: all }) };
  await store.putResult({ sha256: sha256(job.document), bytes: document.bytes }, encodeActionResult(result));
}
