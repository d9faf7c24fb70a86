/**
 * How a job ended, and its log while it runs: both are results in the store, under names made from the job's own. A
 * build that fails leaves its report there; only one that succeeds leaves a result under the name of its action.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InstalledBinary } from '../../events.ts';
import type { BuildOutcome, OutputDeb } from '../builder.ts';
import type { StoredFile } from '../cache/action-result.ts';
import { sha256, sha256File } from '../files/digest.ts';
import { jsonIn, recordOf } from '../files/json-record.ts';
import { endedBySignal } from '../process.ts';
import { digestMessage, digestOf, type ResultMessage, type ResultToSend, resultMessage } from '../store/messages.ts';
import type { Digest, Store } from '../store/store.ts';
import { fetchVerified } from '../store/verified.ts';
import { type Job, readJob } from './job.ts';

type Failed = Extract<BuildOutcome, { ok: false }>;

/** What a machine tells of a job that it has done. */
export type JobReport = { readonly node: string; readonly seconds: number } & (
  | {
      readonly ok: true;
      readonly debs: readonly (Omit<OutputDeb, 'path'> & { readonly bytes: number })[];
      readonly cpuSeconds: number;
      readonly maxRssKiB: number;
      readonly sandboxed: boolean;
      readonly machine?: string;
      readonly installed?: readonly InstalledBinary[];
      /** What lies beside the packages. */
      readonly beside?: readonly StoredFile[];
    }
  | Failed
);

/** What a job reported, and where its log is. */
export interface JobEnd {
  readonly report: JobReport;
  readonly log: Digest;
}

/** In the file, whose form is fixed, no signal is '', and no exit code -1. */
const filed = (report: JobReport): JobReport =>
  report.ok ? report : { ...report, exitCode: report.exitCode ?? endedBySignal, signal: report.signal ?? '' };
const unfiled = (report: JobReport): JobReport =>
  report.ok
    ? report
    : {
        ...report,
        exitCode: report.exitCode === endedBySignal ? undefined : report.exitCode,
        signal: report.signal || undefined,
      };

/** Names of results that no action can have by chance: sha256 of other texts. */
const endOf = (job: string): Digest => named(`end of job ${job}`);
const named = (text: string): Digest => ({ sha256: sha256(text), bytes: text.length });
const refusalOf = (job: string): Digest => named(`refusal of job ${job}`);
const pieceOf = (job: string, number: number): Digest => named(`log of job ${job}, piece ${number}`);

/** Puts a text where a file is wanted. @throws StoreTrouble */
export async function storeText(store: Store, text: string | Uint8Array): Promise<Digest> {
  const directory = mkdtempSync(join(tmpdir(), 'bootplan-put-'));
  try {
    const file = join(directory, 'text');
    writeFileSync(file, text);
    const digest = { sha256: await sha256File(file), bytes: Buffer.byteLength(text) };
    await store.put(digest, file);
    return digest;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function getText(store: Store, digest: Digest): Promise<Buffer | undefined> {
  const directory = mkdtempSync(join(tmpdir(), 'bootplan-get-'));
  try {
    const file = join(directory, 'text');
    return (await fetchVerified(store, digest, file)) === 'ok' ? readFileSync(file) : undefined;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const outputs = (digests: readonly (readonly [string, Digest])[]): Pick<ResultToSend, 'outputFiles'> => ({
  outputFiles: digests.map(([path, digest]) => ({ path, digest: digestMessage(digest) })),
});

/** @throws EnvironmentError (74) when the store does not have it, or it is none */
export async function readJobFromStore(store: Store, document: Digest): Promise<Job> {
  return readJob((await getText(store, document))?.toString('utf8') ?? '');
}

/** Puts the end of a job into the store, its report first. */
export async function noteEnd(store: Store, job: string, report: JobReport, log: Digest): Promise<void> {
  const told = await storeText(store, `${JSON.stringify(filed(report))}\n`);
  const message = { ...outputs([['report', told]]), stdoutDigest: digestMessage(log) };
  await store.putResult(endOf(job), resultMessage.encode({ ...message, ...(!report.ok && { exitCode: 1 }) }));
}

/** undefined while there is none, and when what is there is damaged. @throws StoreTrouble */
export async function readEnd(store: Store, job: string): Promise<JobEnd | undefined> {
  const message = decoded(await store.getResult(endOf(job)));
  const told = message?.outputFiles.find(({ path }) => path === 'report')?.digest;
  if (!told || !message?.stdoutDigest) return undefined;
  const text = await getText(store, digestOf(told));
  const report = text && recordOf<JobReport>(jsonIn(text.toString('utf8')), 'jobs#/$defs/jobReport');
  return report && { report: unfiled(report), log: digestOf(message.stdoutDigest) };
}

/** A machine could not do the job, and says why; another may. */
export async function noteRefusal(store: Store, job: string, why: string): Promise<void> {
  await store.putResult(refusalOf(job), resultMessage.encode({ stdoutRaw: Buffer.from(why), exitCode: 1 }));
}

/** What the last machine said that could not do a job; undefined when none has said anything. @throws StoreTrouble */
export async function readRefusal(store: Store, job: string): Promise<string | undefined> {
  return decoded(await store.getResult(refusalOf(job)))?.stdoutRaw.toString('utf8') || undefined;
}

function decoded(bytes: Uint8Array | undefined): ResultMessage | undefined {
  try {
    return bytes && resultMessage.decode(bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * Sends a piece of a log. Each has a name of its own: some servers keep the first result that they are given under one.
 *
 * @param number from 0
 */
export async function sendLogPiece(store: Store, job: string, number: number, piece: Uint8Array): Promise<void> {
  const digest = await storeText(store, piece);
  await store.putResult(pieceOf(job, number), resultMessage.encode(outputs([['log', digest]])));
}

/** The pieces of a log that are there from a certain one on. A log that runs is told, not proved. */
export async function readLog(store: Store, job: string, from: number): Promise<readonly Buffer[]> {
  const pieces: Buffer[] = [];
  for (;;) {
    const message = decoded(await store.getResult(pieceOf(job, from + pieces.length)));
    const digest = message?.outputFiles[0]?.digest;
    const piece = digest && (await getText(store, digestOf(digest)));
    if (!piece) return pieces;
    pieces.push(piece);
  }
}
