/** Values that a test writes down by hand, where the program has names, ids and digests of one kind each. */
import type { Brand } from '../../src/brand.ts';

/** The same without brands, at every depth. */
export type Plain<T> =
  T extends Brand<string, string>
    ? string
    : T extends readonly (infer Item)[]
      ? readonly Plain<Item>[]
      : T extends object
        ? { readonly [Key in keyof T]: Plain<T[Key]> }
        : T;

/** What is asked for where it stands, by a value without brands. */
export const branded = <T>(plain: Plain<NoInfer<T>>): T => plain as T;
