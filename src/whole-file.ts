/**
 * Files that are read as a whole. Anything may lie in the place of one: a pipe that nobody writes to would be waited
 * for without end, and no signal heard meanwhile; a device has no end; a file may be larger than any text.
 */
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readFileSync,
  readSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { EnvironmentError, exitCode } from './errors.ts';

/** More than anything has that is read as a whole. */
const mostBytes = 2 ** 28;

/** What a path is that is no file, in words. */
export const isNoFile = (stats: Stats): string =>
  stats.isDirectory() ? 'is a directory where a file is wanted' : 'is a pipe or a device, and no file';

const what = (stats: Stats): string =>
  stats.isFile() ? `has ${stats.size} bytes, more than are read at once` : isNoFile(stats);

const refused = (path: string, why: string): EnvironmentError =>
  new EnvironmentError(`${path} ${why}`, exitCode.missingInput, 'put the file itself there, or name another');

/** What comes out of a pipe to its end. */
function piped(path: string): Buffer {
  const descriptor = openSync(path, 'r');
  const pieces: Buffer[] = [];
  try {
    for (let bytes = 0; ; ) {
      const piece = Buffer.allocUnsafe(2 ** 16);
      const read = readSync(descriptor, piece);
      if (read === 0) return Buffer.concat(pieces);
      bytes += read;
      if (bytes > mostBytes) throw refused(path, `gives more than ${mostBytes} bytes`);
      pieces.push(piece.subarray(0, read));
    }
  } finally {
    closeSync(descriptor);
  }
}

/**
 * The bytes of a regular file, or of what a link leads to.
 *
 * @param named by the user: then it may be a pipe, as a shell gives for `<(command)`
 * @throws EnvironmentError (66) when something else is in its place, or it is too large; the error of the file system
 *   when it is not there or cannot be read
 */
export function wholeFile(path: string, named: 'named' | '' = ''): Buffer {
  // A pipe is opened without waiting for who writes to it.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor);
    if (stats.isFile() && stats.size <= mostBytes) return readFileSync(descriptor);
    if (!stats.isFIFO() || named === '') throw refused(path, what(stats));
  } finally {
    closeSync(descriptor);
  }
  return piped(path);
}

/** @throws EnvironmentError (78) when a link is there: it may lead anywhere, and who made it is not known */
export function refuseLink(path: string): void {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  const message = `${path} is a link: nothing is written through it`;
  throw new EnvironmentError(message, exitCode.configuration, 'name the file itself');
}

/**
 * Adds a text to the end of a file, which is made when it is not there. Nothing is written through a link.
 *
 * @param keep bytes of the file that stay; all of them when not given
 * @throws EnvironmentError (78) when a link is in its place
 */
export function appendText(path: string, text: string, keep?: number): void {
  refuseLink(path);
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
  const descriptor = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o644);
  try {
    if (keep !== undefined) ftruncateSync(descriptor, keep);
    writeFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}

/** A whole file as text. */
export const wholeText = (path: string, named: 'named' | '' = ''): string => wholeFile(path, named).toString('utf8');
