/**
 * Digests that look like those of the bytes of a file (lower-case hex of sha256), and are of something else: where one
 * stood for the other, nothing would be found by it, and nobody would know why. The digest of bytes alone has no kind.
 */
import type { Brand } from './brand.ts';

/** Of the files that a package installs, whatever its version and its archive: inputs of a build count by it. */
export type ContentDigest = Brand<string, 'ContentDigest'>;

/** @param hex worked out from the files, or read from where such a digest was written */
export const contentDigest = (hex: string): ContentDigest => hex as ContentDigest;
