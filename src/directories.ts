/** Directories made one at a time. */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Where the user is: `-C` goes elsewhere, and a command that is to be typed starts from here. '' when it is gone. */
export const startedIn: string = (() => {
  try {
    return process.cwd();
  } catch {
    return '';
  }
})();

/**
 * Makes what is missing of a path. Not with Node's own `recursive`, which never ends where the kernel answers a mkdir
 * with "no such file" although the parent is there, as below /proc.
 */
export function makeDirectories(path: string): void {
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at); at = dirname(at)) missing.push(at);
  for (const directory of missing.reverse())
    try {
      mkdirSync(directory);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  // A file in its place, said as the kernel says it.
  if (!statSync(path).isDirectory()) mkdirSync(path);
}
