/** Files that cannot be read are said before anything is read, all of them. */

import { access, constants, stat } from 'node:fs/promises';
import { valueAt } from '../../by-name.ts';
import { exitCode, InputError } from '../../errors.ts';
import type { ByName, Diagnostic } from '../../model.ts';
import { standardInput } from './compressed.ts';

const reasons: ByName<string> = {
  ENOENT: 'no such file',
  EACCES: 'not readable',
  EISDIR: 'a directory, not a file',
  ENOTDIR: 'no such file',
};

/** Throws an InputError (66) that names every file that cannot be read. */
export async function checkReadable(files: readonly string[]): Promise<void> {
  const unreadable: Diagnostic[] = [];
  for (const file of files) {
    if (file === standardInput) continue;
    try {
      await access(file, constants.R_OK);
      if ((await stat(file)).isDirectory()) throw Object.assign(new Error(file), { code: 'EISDIR' });
    } catch (error) {
      const reason = valueAt(reasons, (error as NodeJS.ErrnoException).code ?? '');
      if (reason === undefined) throw error;
      const help = 'check the path and its permissions';
      unreadable.push({ code: 'BP100', severity: 'error', message: `${file}: ${reason}`, help });
    }
  }
  if (unreadable.length > 0) throw new InputError(unreadable, exitCode.missingInput);
}
