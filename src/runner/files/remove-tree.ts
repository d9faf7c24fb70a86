/** Trees that a build may have left in any state, removed. */
import { chmodSync, type Dirent, lstatSync, readdirSync, rmdirSync, rmSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Removes a tree, also one with directories that a build made unreadable. */
export function removeTree(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    openUp(path);
    rmSync(path, { recursive: true, force: true });
  }
}

function openUp(directory: string): void {
  chmodSync(directory, 0o700);
  for (const entry of readdirSync(directory, { withFileTypes: true }))
    if (entry.isDirectory()) openUp(join(directory, entry.name));
}

const inOneTurn = 200;

/** Removes a tree of any size, such as a build may leave: timers and signals have their turn meanwhile. */
export async function removeTreeInTurns(path: string): Promise<void> {
  const directories = lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ? [path] : [];
  let removed = 0;
  const remove = async (how: (path: string) => void, which: string): Promise<void> => {
    attempted(() => how(which));
    if (++removed % inOneTurn === 0) await nextTurn();
  };
  for (const directory of directories)
    for (const entry of openedDirectory(directory)) {
      if (entry.isDirectory()) directories.push(join(directory, entry.name));
      else await remove(unlinkSync, join(directory, entry.name));
    }
  for (const directory of directories.toReversed()) await remove(rmdirSync, directory);
  // What has no name that is text, or too long a one, is left until here, and so are errors.
  removeTree(path);
}

function openedDirectory(directory: string): readonly Dirent[] {
  let entries: readonly Dirent[] = [];
  attempted(() => {
    chmodSync(directory, 0o700);
    entries = readdirSync(directory, { withFileTypes: true });
  });
  return entries;
}

/** Does what may fail for one entry and is tried again for all that is left. */
function attempted(work: () => void): void {
  try {
    work();
  } catch {}
}
