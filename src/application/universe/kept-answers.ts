/**
 * What was read and solved before, kept under the user's cache directory: the second question about the same input is
 * free. An entry is found by the digest of everything that decides it (the bytes and names of the inputs, the request,
 * the program itself), carries the digest of its own content, and counts only when this user alone can have written it.
 * What does not hold is made again. The entries used longest ago go when there are too many bytes.
 */
import { createHash, randomUUID } from 'node:crypto';
import {
  existsSync,
  globSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import { makeDirectories } from '../../directories.ts';
import { largestInput } from '../../metadata/control/compressed.ts';
import { cacheDirectory } from '../../runner/fetch/cache-directory.ts';
import { sha256, sha256OfFile } from '../../runner/files/digest.ts';

/** Bytes of all entries together, and of one. */
const mostBytes = 2 ** 29;
const mostOfOne = 2 ** 27;
const digestLength = 64;

/** `BOOTPLAN_ANSWERS=off`: nothing is kept, nothing kept is believed. */
const isOff = (): boolean => process.env.BOOTPLAN_ANSWERS === 'off';

const directory = (): string => join(cacheDirectory(), 'answers');

let program: string | undefined;

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The code that reads, solves and answers, below `src` or `dist`; byte order. */
export const programFiles = (): readonly string[] =>
  globSync('{*,{application,diagnostic-codes,metadata,solver,stages,text}/**/*}.{ts,js,lp}', { cwd: root }).sort();

/** The digest of the code that answers, and of the Node that runs it: another program may read and solve otherwise. */
function programDigest(): string {
  if (program !== undefined) return program;
  const hash = createHash('sha256').update(process.version);
  for (const file of programFiles()) hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  program = hash.digest('hex');
  return program;
}

/** Hexadecimal digits that begin every key, and the name of every entry. */
const shapeLength = 16;

/** What is cheap to know of a request: names and sizes of its files. Entries of another shape are no answer to it. */
function shapeOf(files: readonly string[], request: unknown): string {
  const sizes = files.map((file) => {
    const found = statSync(file);
    if (!found.isFile() || found.size > largestInput) throw new Error('no file that is read');
    return [file, found.size];
  });
  return sha256(JSON.stringify([sizes, request])).slice(0, shapeLength);
}

const isKept = (shape: string): boolean =>
  existsSync(directory()) && readdirSync(directory()).some((name) => name.startsWith(shape));

/**
 * The name of what is made of these files by this request; undefined when one of them is no file that can be read
 * twice. To read all of an archive for it takes a fiftieth of the answer's time.
 *
 * @param request everything else that decides it, as JSON
 * @param onlyKept returns no name, and reads no file, when no entry can match: for callers that keep nothing
 */
export function keyOf(files: readonly string[], request: unknown, onlyKept = false): string | undefined {
  if (isOff()) return undefined;
  try {
    const shape = shapeOf(files, request);
    if (onlyKept && !isKept(shape)) return undefined;
    const digests = files.map((file) => [file, sha256OfFile(file)]);
    return shape + sha256(JSON.stringify([programDigest(), digests, request]));
  } catch {
    return undefined;
  }
}

const pathOf = (key: string): string => join(directory(), `${key.slice(0, shapeLength)}-${sha256(key)}`);

/** What was kept under that name; undefined when there is nothing, or nothing to be believed. */
export function recall<T>(key: string | undefined): T | undefined {
  if (key === undefined) return undefined;
  try {
    const path = pathOf(key);
    const found = lstatSync(path);
    if (!found.isFile() || found.uid !== process.getuid?.() || (found.mode & 0o022) !== 0) return undefined;
    if (found.size > mostOfOne) return undefined;
    const bytes = readFileSync(path);
    const content = bytes.subarray(digestLength);
    if (bytes.toString('latin1', 0, digestLength) !== sha256(content)) return undefined;
    const { key: written, value } = deserialize(content) as { key: string; value: T };
    if (written !== key) return undefined;
    const now = new Date();
    utimesSync(path, now, now);
    return value;
  } catch {
    return undefined;
  }
}

/** Keeps a value that `structuredClone` can copy. That it cannot be kept is nothing to stop at. */
export function keep(key: string | undefined, value: unknown): void {
  if (key === undefined) return;
  try {
    const content = serialize({ key, value });
    if (content.length + digestLength > mostOfOne) return;
    makeDirectories(directory());
    const path = pathOf(key);
    const beside = `${path}.${randomUUID()}.unfinished`;
    writeFileSync(beside, Buffer.concat([Buffer.from(sha256(content), 'latin1'), content]), { mode: 0o600 });
    renameSync(beside, path);
    prune();
  } catch {
    // A full disk, a directory that is somebody else's: the next question takes as long as this one.
  }
}

/** Milliseconds after which what somebody was writing is nobody's. */
const abandoned = 3_600_000;

function prune(): void {
  const now = Date.now();
  const entries = readdirSync(directory()).flatMap((name) => {
    const path = join(directory(), name);
    const found = lstatSync(path, { throwIfNoEntry: false });
    return found === undefined ? [] : [{ path, name, bytes: found.size, at: found.mtimeMs }];
  });
  let bytes = 0;
  for (const { path, name, bytes: own, at } of entries.sort((a, b) => b.at - a.at)) {
    bytes += own;
    const isLeft = name.endsWith('.unfinished') && now - at > abandoned;
    if (bytes > mostBytes || isLeft) rmSync(path, { force: true });
  }
}
