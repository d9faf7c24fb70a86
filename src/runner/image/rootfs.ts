/** The root file system as a directory: chosen packages unpacked, the image's own files laid over them. */

import { chmodSync, copyFileSync, lstatSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf } from '../../by-name.ts';
import { EnvironmentError, exitCode, InputError } from '../../errors.ts';
import type { ByName, Diagnostic } from '../../model.ts';
import type { IndexedDeb } from '../archive/archive-index.ts';
import { sha256File } from '../files/digest.ts';
import { treeEntries } from '../files/file-tree.ts';
import { elfHeader, wrongArchitectures } from '../formats/elf.ts';
import { runProcess } from '../process.ts';
import { placeInTree } from './tree-path.ts';

/** What a kernel and an init expect to find, with its permissions; packages may bring it themselves. */
const mountPoints: ByName<number> = {
  dev: 0o755,
  etc: 0o755,
  proc: 0o555,
  root: 0o700,
  run: 0o755,
  sys: 0o555,
  tmp: 0o1777,
};

/** Unpacks one package, after a look at its digest. */
async function unpack(deb: IndexedDeb, directory: string): Promise<void> {
  const damaged = (said: string): EnvironmentError =>
    new EnvironmentError(`${deb.path}: ${said}`, exitCode.disk, 'bootplan cache verify');
  if ((await sha256File(deb.path)) !== deb.sha256) throw damaged('its content is not what the archive index says');
  const ended = await runProcess('dpkg-deb', ['-x', deb.path, directory], {
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8' },
    repeatable: true,
  });
  if (ended.exitCode !== 0) throw damaged(ended.stderr);
}

/** The mode of a file that is laid over the packages: whether it may be run is all that counts. */
export const laidMode = (from: string): number => ((statSync(from).mode & 0o111) === 0 ? 0o644 : 0o755);

/**
 * Makes the tree in an empty directory.
 * @param files path in the image -> host path
 */
export async function makeRoot(
  directory: string,
  debs: readonly IndexedDeb[],
  files: ReadonlyMap<string, string>,
): Promise<void> {
  mkdirSync(directory, { recursive: true });
  for (const deb of debs) await unpack(deb, directory);
  for (const [name, mode] of entriesOf(mountPoints)) {
    const path = join(directory, name);
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) continue;
    mkdirSync(path);
    chmodSync(path, mode);
  }
  for (const [name, from] of files) {
    const to = placeInTree(directory, name);
    copyFileSync(from, to);
    chmodSync(to, laidMode(from));
  }
}

/** Regular files of a tree. Its links, such as /var/run, would lead into this machine's own directories. */
const filesIn = async (directory: string): Promise<readonly string[]> =>
  (await treeEntries(directory)).flatMap(({ path, kind }) => (kind === 'file' ? [path] : []));

/**
 * Looks at every ELF file before an image is made of it: one program for another machine, found here, costs a line;
 * found on a console, an afternoon.
 * @param where what the directory is, in words
 * @throws InputError naming every file with what was found and what was expected
 */
export async function checkArchitectures(directory: string, architecture: string, where: string): Promise<number> {
  const { wrong, elfFiles } = wrongArchitectures(directory, await filesIn(directory), architecture);
  const problems = wrong.map(({ file, found, expected }): Diagnostic => {
    const message = `${file} in the ${where} is for ${found}, expected ${expected}`;
    const help = `look with \`file\`, then rebuild the package that has it for ${expected}`;
    return { code: 'BP512', severity: 'error', message, help };
  });
  if (problems.length > 0) throw new InputError(problems);
  return elfFiles;
}

/** The program in a package that has exactly one. */
export async function soleProgram(deb: IndexedDeb, scratch: string, architecture: string): Promise<Buffer> {
  const directory = join(scratch, 'init');
  await makeRoot(directory, [deb], new Map());
  await checkArchitectures(directory, architecture, 'initramfs');
  const files = await filesIn(directory);
  const programs = files
    .map((path) => readFileSync(join(directory, path)))
    .filter((bytes) => elfHeader(bytes) !== undefined);
  if (programs.length === 1) return programs[0]!;
  const message = `${deb.name} holds ${programs.length} programs; the first one of an initramfs must be alone in its package`;
  throw new EnvironmentError(message, exitCode.configuration, 'see `initramfs` in image.yaml');
}
