/**
 * What bootplan writes, deletes and links stays in directories that are its own. A state directory may come from
 * somebody else: a link in the place of one of its directories would lead every sink elsewhere.
 */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { visible } from '../../diagnostics.ts';
import { EnvironmentError, exitCode } from '../../errors.ts';

/**
 * The path of an entry of a directory.
 * @throws EnvironmentError (74) when the name is none of one file in it: a record that was not checked
 */
export function entryIn(directory: string, name: string): string {
  if (name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name)) return join(directory, name);
  const help = 'a record was changed or damaged: bootplan cache verify, and bootplan verify, say which';
  throw new EnvironmentError(`${visible(name)} is no name of a file in ${directory}`, exitCode.disk, help);
}

/** @throws EnvironmentError (78) when something that is no directory, such as a link to one, is in its place */
export function requireOwnDirectory(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.isDirectory()) return;
  const what = found.isSymbolicLink() ? 'a link' : 'no directory';
  const help = 'remove it, or choose another state directory (--state DIR): only `cache` may be a link there';
  throw new EnvironmentError(`${path} is ${what}: nothing is written through it`, exitCode.configuration, help);
}
