/**
 * The file beside a kept tree that says how it was when it was whole: without it, or with another text, the tree is not
 * believed.
 */
import { existsSync } from 'node:fs';
import { bytesOfRecord } from './json-record.ts';
import { publishText } from './publish.ts';

/** Where the seal of a tree lies. */
export const sealPath = (directory: string): string => `${directory}.seal`;

/** Whether anything lies there; what it says is another question. */
export const hasSeal = (directory: string): boolean => existsSync(sealPath(directory));

/** The line in it; undefined when there is none, or no regular file in its place. */
export function sealText(directory: string): string | undefined {
  const text = hasSeal(directory) ? bytesOfRecord(sealPath(directory))?.toString('utf8') : undefined;
  return text?.endsWith('\n') ? text.slice(0, -1) : undefined;
}

/** For a tree that is whole, and on the disk. */
export const writeSealText = (directory: string, text: string): void => publishText(sealPath(directory), `${text}\n`);
