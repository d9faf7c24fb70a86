/** Texts that are not there, in answers and files whose form is fixed: there they are ''. */

/** The same record with '' in the place of `undefined`; what may be left out is left out as before. */
export type Blanks<T> = {
  readonly [K in keyof T]: undefined extends Required<T>[K] ? Exclude<T[K], undefined> | '' : T[K];
};

/** A flat record as it is written. Its fields stay in their order. */
export const withBlanks = <T extends object>(record: T): Blanks<T> =>
  Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key, value === undefined ? '' : value]),
  ) as Blanks<T>;
