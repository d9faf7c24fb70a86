/**
 * Files that metadata names by a path beside it: a link there may lead anywhere, to what only the one who runs it may
 * read.
 */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';

/** Does a name lead out of a directory, by a link or by itself? False for what is not there. */
export function leadsOut(directory: string, name: string): boolean {
  try {
    const [root, path] = [realpathSync(directory), realpathSync(join(directory, name))];
    return path !== root && !path.startsWith(root === '/' ? root : `${root}/`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
