/** `--format` and `--output`: one answer in several shapes, each on stdout or in a file of its own. */

import { existsSync, mkdirSync } from 'node:fs';
import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { valueAt, valuesOf } from '../../by-name.ts';
import { EnvironmentError, exitCode } from '../../errors.ts';
import type { ByName } from '../../model.ts';

/** One shape of the answer, and where it goes. */
export interface Output {
  readonly format: string;
  /** Absent: stdout. */
  readonly file?: string;
}

const usage = (message: string, help: string) => new EnvironmentError(message, exitCode.usage, help);

async function isDirectory(path: string): Promise<boolean> {
  if (path.endsWith('/')) return true;
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ?? false;
}

/**
 * Pairs formats with places. `extensions` maps each format to its file extension; a directory gets one file per format,
 * `STEM.EXTENSION`; files get their formats in the order given, or, when none is given, by their names.
 */
export async function outputsOf(
  flags: { readonly format: readonly string[]; readonly output: readonly string[] },
  extensions: ByName<string>,
  stem: string,
): Promise<readonly Output[]> {
  const { format: formats, output: places } = flags;
  if (places.length === 0) {
    if (formats.length > 1)
      throw usage('several formats need several places', 'give --output once per --format, or a directory');
    return [{ format: formats[0] ?? 'text' }];
  }
  if (places.length === 1 && (await isDirectory(places[0]!))) {
    const wanted = formats.length === 0 ? ['text'] : formats;
    requirePlace(places[0]!);
    if (!existsSync(places[0]!)) mkdirSync(places[0]!);
    return wanted.map((format) => ({ format, file: join(places[0]!, `${stem}.${valueAt(extensions, format)}`) }));
  }
  for (const place of places) requirePlace(place);
  if (formats.length > 0) {
    if (formats.length !== places.length)
      throw usage(
        `${formats.length} formats for ${places.length} places`,
        'give --output once per --format, or a directory',
      );
    return formats.map((format, i) => ({ format, file: places[i]! }));
  }
  return places.map((file) => {
    const format = Object.keys(extensions).find((f) => file.endsWith(`.${valueAt(extensions, f)}`));
    if (format) return { format, file };
    const known = valuesOf(extensions).map((e) => `.${e}`);
    throw usage(`${file}: no format has that extension`, `give --format, or one of ${known.join(', ')}`);
  });
}

/**
 * A typing error in a path is no wish for directories: where a file goes they are there. `DIR/`, written so, is one
 * wish.
 *
 * @throws EnvironmentError (66) that names what is missing
 */
export function requirePlace(file: string): void {
  const directory = dirname(file);
  if (existsSync(directory)) return;
  const message = `there is no directory ${directory} to write ${basename(file)} into`;
  throw new EnvironmentError(message, exitCode.missingInput, 'check the path, or make the directory first');
}

/** Writing to a pipe whose reader has seen enough is no failure. */
async function writeThrough(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

/**
 * Whole or not at all: written beside its place and renamed. What is there and no file (a pipe, /dev/stdout) is written
 * to as it is, since a rename would put a file in its place; a link stays, and what it leads to is written.
 */
export async function writeWhole(file: string, text: string): Promise<void> {
  const there = await stat(file).catch(() => undefined);
  if (there && !there.isFile()) return writeThrough(file, text);
  const place = there ? await realpath(file) : file;
  requirePlace(place);
  const partial = `${place}.${process.pid}.part`;
  try {
    await writeFile(partial, text);
    await rename(partial, place);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
