/**
 * Files appear whole or not at all: written beside, flushed to the disk, renamed. After a power cut a
 * path has its old content or its new one, never a part.
 */
import {
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Names that end like this are unfinished, and nobody's once the lock of the state directory is ours. */
export const unfinished = '.unfinished';

/** Has a file or directory on the disk when it returns. */
export function flush(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    naming(path, () => fsyncSync(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

/** The kernel names no file when something done to an open one fails: the error does. */
export function naming<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof Error && !('path' in error)) error.message += ` '${path}'`;
    throw error;
  }
}

/**
 * Writes all of it; an error names the file.
 *
 * @param path of the open file
 */
export function writeAll(descriptor: number, bytes: Uint8Array, path: string): void {
  naming(path, () => {
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
  });
}

/** Writes the beside-file by `write`, flushes it, gives it its name, and flushes the name. */
function publish(path: string, write: (beside: string) => void): void {
  const beside = path + unfinished;
  rmSync(beside, { force: true });
  try {
    write(beside);
    flush(beside);
    renameSync(beside, path);
    flush(dirname(path));
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** Makes a file with this content appear at once, or replaces one. */
export function publishText(path: string, content: string | Uint8Array): void {
  publish(path, (beside) => {
    // A name that was waiting there, perhaps a link, is not written through.
    const descriptor = openSync(beside, 'wx', 0o644);
    try {
      writeAll(descriptor, typeof content === 'string' ? Buffer.from(content) : content, beside);
    } finally {
      closeSync(descriptor);
    }
  });
}

/** Is there a file of just this content, and not a link to one? */
export const holds = (path: string, content: string | Uint8Array): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isFile() === true && readFileSync(path).equals(Buffer.from(content));

/** Makes a copy of a file appear at once, or replaces one. */
export function publishCopy(from: string, path: string): void {
  publish(path, (beside) => copyFileSync(from, beside, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL));
}

/** Makes `path` a symbolic link to `target`, replacing one that is there, in one step. */
export function publishLink(target: string, path: string): void {
  const beside = path + unfinished;
  rmSync(beside, { force: true });
  symlinkSync(target, beside);
  renameSync(beside, path);
  flush(dirname(path));
}

/** What the system says of a second name where there can be none. */
const noLink = new Set(['EXDEV', 'EPERM', 'EACCES', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/**
 * A hard link, or a copy where the file system has no hard links. An existing file is never overwritten.
 *
 * @returns true for a copy, which is not flushed yet
 * @throws the error of the file system: EEXIST when the name is taken
 */
export function linkOrCopy(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return false;
  } catch (error) {
    if (!noLink.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    copyFileSync(from, to, constants.COPYFILE_EXCL);
    return true;
  }
}
