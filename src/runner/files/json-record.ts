/**
 * Records that bootplan keeps for itself, read back. A record may have been damaged, or written by somebody else with
 * whatever seal it needs: nothing in it is believed before it fits its schema (metadata/schema/records.schema.json),
 * and a file name in it counts only when it is the one that we would have given ourselves (deb-file.ts).
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { EnvironmentError, exitCode } from '../../errors.ts';
import { misfits } from '../../metadata/yaml/schema.ts';

/** A schema of `metadata/schema`, or a part of `records.schema.json`. */
export type RecordKind =
  | 'event'
  | 'failure-report'
  | `records#/$defs/${'actionResult' | 'seed' | 'debianStock' | 'installedSet' | 'kernel' | 'ledgerEntry' | 'guestBuild' | 'trialBuild' | 'trialEvidence'}`
  | `jobs#/$defs/${'job' | 'jobReport'}`;

/** More than any record has; what is longer is none. */
const mostBytes = 2 ** 28;

/** The record that a value is; undefined when it is none of that kind. O(size). */
export function recordOf<T>(value: unknown, kind: RecordKind): T | undefined {
  return misfits(value, kind).length === 0 ? (value as T) : undefined;
}

/** The value that a text is in JSON; undefined when it is no JSON. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The bytes of a regular file. A pipe in its place would keep the reader waiting for ever, and a link would lead
 * anywhere: neither is read.
 *
 * @returns undefined for what is there and is no regular file, or is longer than any record
 * @throws the error of the file system when it is not there or cannot be read
 */
export function bytesOfRecord(path: string): Buffer | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    // ELOOP: a link. ENXIO: a socket.
    if (['ELOOP', 'ENXIO'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
  try {
    const stats = fstatSync(descriptor);
    return stats.isFile() && stats.size <= mostBytes ? readFileSync(descriptor) : undefined;
  } finally {
    closeSync(descriptor);
  }
}

/**
 * @param place the file, and the line where it has many records
 * @param remedy what to do about a record that is no longer as it was written
 */
export const damaged = (place: string, remedy: string, what = 'it is no record of bootplan'): EnvironmentError =>
  new EnvironmentError(`${place} was changed or damaged: ${what}`, exitCode.disk, remedy);

/** @throws EnvironmentError (74) when the text is not JSON, or not a record of that kind */
export function recordIn<T>(text: string, kind: RecordKind, place: string, remedy: string): T {
  const record = recordOf<T>(jsonIn(text), kind);
  if (record === undefined) throw damaged(place, remedy);
  return record;
}

/**
 * @throws EnvironmentError (74) when it is not a record of that kind; the error of the file system when it cannot be
 * read
 */
export function readRecord<T>(path: string, kind: RecordKind, remedy: string): T {
  const bytes = bytesOfRecord(path);
  if (bytes === undefined) throw damaged(path, remedy, 'it is no regular file');
  return recordIn<T>(bytes.toString('utf8'), kind, path, remedy);
}
