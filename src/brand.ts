/**
 * Kinds of strings and numbers that the compiler keeps apart: a build's id is no digest, a source's number no binary's.
 * A brand is in the types alone; at run time there is only the string or the number. Each kind has one home, the module
 * that declares it and makes its values; nowhere else is a cast to it (test/006-brands.test.ts).
 */
declare const kind: unique symbol;

/** A `T` of one kind: it can be used as a `T`, and neither a `T` nor another kind can be used as it. */
export type Brand<T, Kind extends string> = T & { readonly [kind]: Kind };

/**
 * A `T` of one kind where the bare `T` does, too: what has another kind is refused, and what has none, the counter of a
 * loop or a sum, is taken for what it is used as.
 */
export type Kind<T, Name extends string> = T & { readonly [kind]?: Name };
