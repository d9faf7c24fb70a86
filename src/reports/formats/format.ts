/**
 * The formats of answers: one table per command, from which its flags take their options, the files of --output their
 * extensions, and the answers their text. Each table is a module of its own, so that a command loads no other's
 * reports.
 */
import { entriesOf } from '../../by-name.ts';
import type { ByName } from '../../model.ts';

/** One shape of an answer. */
export interface Format<Answer> {
  /** Of its files, without the dot. */
  readonly extension: string;
  readonly text: (answer: Answer) => string;
}

/** Name -> format. */
export type Formats<Answer> = ByName<Format<Answer>>;

/** The names of the formats, as a flag offers them. */
export const namesOf = <F extends object>(formats: F): (keyof F & string)[] =>
  Object.keys(formats) as (keyof F & string)[];

/** Format -> extension of its files. */
export const extensionsOf = (formats: ByName<{ readonly extension: string }>): ByName<string> =>
  Object.fromEntries(entriesOf(formats).map(([name, { extension }]) => [name, extension]));
