/** Records that bootplan itself has written as JSON, read back. */
import { readFileSync } from 'node:fs';
import { EnvironmentError, exitCode } from '../errors.ts';

/**
 * @param place the file, and the line where it has many records
 * @param remedy what to do about a file that is no longer as it was written
 * @throws EnvironmentError (74) when the text is not JSON
 */
export function recordIn<T>(text: string, place: string, remedy: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new EnvironmentError(`${place} was changed or damaged: ${said}`, exitCode.disk, remedy);
  }
}

/** @throws EnvironmentError (74) when the file is not JSON; the error of the file system when it cannot be read */
export const readRecord = <T>(path: string, remedy: string): T => recordIn(readFileSync(path, 'utf8'), path, remedy);
