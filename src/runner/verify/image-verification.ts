/** Are the images in a state directory those that were made, and do their bills of materials tell of them? */

import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { valueAt } from '../../by-name.ts';
import type { FileDigest } from '../../digests.ts';
import { byteOrder } from '../../order.ts';
import type { RunState } from '../../run-state.ts';
import { wholeText } from '../../whole-file.ts';
import { sha256File } from '../files/digest.ts';
import type { StateDirectory } from '../journal/state-directory.ts';

/** The part of an SPDX document that is looked at. */
interface Bill {
  readonly packages: readonly {
    readonly name: string;
    readonly checksums: readonly { readonly checksumValue: string }[];
    /** Said of what came from the seed as it was. */
    readonly supplier?: string;
    /** Said of files of no package. */
    readonly primaryPackagePurpose?: string;
  }[];
}

const billEnd = '.spdx.json';

const isImage = (file: string): boolean => file.endsWith('.qcow2');

/** What a file in the directory of the image is not; nothing when it is what was made. */
async function unlikeMade(path: string, file: string, sha256: FileDigest | undefined): Promise<readonly string[]> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [`image/${file} is missing`];
  if (!found.isFile()) return [`image/${file} is not a regular file`];
  if (sha256 === undefined) return [`image/${file} was not made of what this plan has built`];
  return (await sha256File(path)) === sha256 ? [] : [`image/${file} is not what was made`];
}

/** A bill of materials is about its image, and names nothing of ours that the final archive has not. */
function checkBill(bill: string, image: string, clean: ReadonlySet<string>): readonly string[] {
  try {
    const [whole, ...parts] = (JSON.parse(wholeText(bill)) as Bill).packages;
    const about = whole?.checksums[0]?.checksumValue === image;
    const strangers = parts.filter(
      ({ checksums, supplier, primaryPackagePurpose }) =>
        supplier === undefined && primaryPackagePurpose === undefined && !clean.has(checksums[0]?.checksumValue ?? ''),
    );
    return [
      ...(about ? [] : [`image/${basename(bill)} is about another image`]),
      ...strangers.map(
        ({ name }) =>
          `image/${basename(bill, billEnd)} holds ${name}, as the final archive has it not: make it again, or delete it`,
      ),
    ];
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return [`image/${basename(bill)} is damaged`];
    throw error;
  }
}

/**
 * By file name: a state directory may be moved. What was made must be there for the image made last alone; of earlier
 * ones, whatever is still there must be as it was made.
 *
 * @param clean the sha256 of every package of the final archive
 */
export async function checkImages(
  directory: StateDirectory,
  state: RunState,
  clean: ReadonlySet<string>,
): Promise<readonly string[]> {
  const { image: last, imageFiles: made } = state;
  const at = (file: string): string => join(directory.image, file);
  const there = existsSync(directory.image) ? readdirSync(directory.image) : [];
  const images = there.filter(isImage);
  const wanted = new Set([
    ...Object.keys(last?.files ?? {}),
    ...there.filter((file) => valueAt(made, file) !== undefined),
    ...images,
    ...images.filter((file) => valueAt(made, file) !== undefined).map((file) => `${file}${billEnd}`),
  ]);
  const problems: string[] = [];
  for (const file of [...wanted].sort(byteOrder)) {
    const unlike = await unlikeMade(at(file), file, valueAt(made, file));
    problems.push(...unlike);
    const image = valueAt(made, basename(file, billEnd));
    if (file.endsWith(billEnd) && unlike.length === 0) problems.push(...checkBill(at(file), image ?? '', clean));
  }
  return problems;
}
