/**
 * Digests: sha256 in lower-case hex, all of them, so that one looks like the other. Each kind says what it is the
 * digest of: where one stood for another, nothing would be found by it, and nobody would know why.
 */
import type { Brand, Kind } from './brand.ts';

/**
 * Of the bytes of a file, or of a tree of files by what is in it. A text has a digest of its bytes, too, and an index
 * or a recipe says one: what has no kind is taken for it, and what has another is not.
 */
export type FileDigest = Kind<string, 'FileDigest'>;

/** The digest of the files that a package installs, whatever its version and archive: inputs of a build count by it. */
export type ContentDigest = Brand<string, 'ContentDigest'>;

/**
 * The digest of the text that says all that decides a build (src/runner/cache/action.ts): its result is found by it.
 */
export type ActionDigest = Brand<string, 'ActionDigest'>;

/** The digest of the packages that a seed is put together from, in their order. */
export type SeedDigest = Brand<string, 'SeedDigest'>;

/** @param hex worked out from the files, or read from where such a digest was written */
export const contentDigest = (hex: string): ContentDigest => hex as ContentDigest;

/** @param hex worked out from the text, or the name of a file that holds the result of an action */
export const actionDigest = (hex: string): ActionDigest => hex as ActionDigest;

/** @param hex worked out from names and digests of the packages */
export const seedDigest = (hex: string): SeedDigest => hex as SeedDigest;

/** The text of an action is kept like any file, by the digest of its bytes, which is the action. */
export const documentOf = (action: ActionDigest): FileDigest => action as string;
