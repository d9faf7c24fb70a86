/** Records that bootplan itself has written as JSON, read back. */
import { readFileSync } from 'node:fs';
import { EnvironmentError, exitCode } from '../errors.ts';

/**
 * @param remedy what to do about a file that is no longer as it was written
 * @throws EnvironmentError (74) when the file is not JSON; the error of the file system when it cannot be read
 */
export function readRecord<T>(path: string, remedy: string): T {
  const text = readFileSync(path, 'utf8');
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new EnvironmentError(`${path} was changed or damaged: ${said}`, exitCode.disk, remedy);
  }
}
