/**
 * A build as a document: all that a machine has to know and to have for it, by digests of contents in the store. The
 * same build gives the same document, so a bootplan that was killed finds its job again by it.
 */

import { statSync } from 'node:fs';
import type { ActionDigest } from '../../digests.ts';
import { EnvironmentError, exitCode } from '../../errors.ts';
import type { PlannedBuild } from '../../model.ts';
import type { BinaryName } from '../../names.ts';
import { byteOrder } from '../../order.ts';
import type { BuildRequest, InputDeb, Portable } from '../builder.ts';
import { actionOf } from '../cache/action.ts';
import { sha256File } from '../files/digest.ts';
import { jsonIn, recordOf } from '../files/json-record.ts';
import type { Digest } from '../store/store.ts';

/** A content that a job needs, and where it goes. */
export interface JobFile extends Digest {
  /** Below the input directory. */
  readonly path: string;
}

/** The document. Its digest is the job's name. */
export interface Job {
  readonly format: 1;
  /** Under this name the outcome is looked for. */
  readonly action: ActionDigest;
  /** The text that `action` is the sha256 of. */
  readonly document: string;
  /** Counts from 1; another attempt is another job. */
  readonly attempt: number;
  readonly build: PlannedBuild;
  readonly suffix: string;
  readonly inputs: readonly (Omit<InputDeb, 'path'> & { readonly bytes: number })[];
  readonly seed: readonly BinaryName[];
  readonly cores: number;
  readonly timeoutSeconds: number;
  readonly knowledge: unknown;
  /** Byte order of path. */
  readonly files: readonly JobFile[];
}

/** Where an installed package is below the input directory. */
export const debPath = (digest: string): string => `debs/${digest}.deb`;

const digestOfFile = async (path: string): Promise<Digest> => ({
  sha256: await sha256File(path),
  bytes: statSync(path).size,
});

/** What has to be in the store before the job is: host path of each file by its digest. */
export interface PackedJob {
  readonly job: Job;
  readonly contents: ReadonlyMap<string, { readonly digest: Digest; readonly file: string }>;
}

/** Makes the document, with all contents that it names. */
export async function packJob(request: BuildRequest, portable: Portable, attempt: number): Promise<PackedJob> {
  const { build, suffix, seed, cores, timeoutSeconds, identity } = request;
  const contents = new Map<string, { digest: Digest; file: string }>();
  const files: JobFile[] = [];
  for (const [path, file] of [...portable.files].sort(([a], [b]) => byteOrder(a, b))) {
    const digest = await digestOfFile(file);
    contents.set(digest.sha256, { digest, file });
    files.push({ path, ...digest });
  }
  const inputs = request.inputs.map(({ path: file, ...input }) => {
    const digest = { sha256: input.sha256, bytes: statSync(file).size };
    contents.set(input.sha256, { digest, file });
    return { ...input, bytes: digest.bytes };
  });
  const { action, document } = identity!;
  const { knowledge } = portable;
  return {
    job: { format: 1, action, document, attempt, build, suffix, inputs, seed, cores, timeoutSeconds, knowledge, files },
    contents,
  };
}

/** The bytes of the document. */
export const formatJob = (job: Job): string => `${JSON.stringify(job)}\n`;

/** @throws EnvironmentError (74) when it is no job: its digest is right, so another program has written it */
export function readJob(text: string): Job {
  const job = recordOf<Job>(jsonIn(text), 'jobs#/$defs/job');
  if (job !== undefined && actionOf(job.document) === job.action) return job;
  throw new EnvironmentError('this is no job of bootplan', exitCode.disk, 'start it by `bootplan run --executor`');
}
