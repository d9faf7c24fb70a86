/**
 * Looks values up by names from outside. Own members alone count: `toString`, which every object inherits, is not
 * found.
 */
import type { ByName } from './model.ts';

/** The value of that name, if one was given. */
export const valueAt = <T>(record: ByName<T>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? (record[name] as T) : undefined;

/** Names and values, in the order in which they were given. */
export const entriesOf = <T>(record: ByName<T>): [string, T][] => Object.entries(record) as [string, T][];

/** The values, in the order in which their names were added. */
export const valuesOf = <T>(record: ByName<T>): T[] => Object.values(record) as T[];

/** For those who take a plain object and look up no name in it: the environment of a process, a writer of JSON. */
export const plainObject = <T>(record: ByName<T>): Readonly<Record<string, T>> => record as Readonly<Record<string, T>>;
