/**
 * The names of packages. Readers make them of what an index, a control file or a recipe says, after they have remarked
 * on what Debian Policy 5.6.1 does not allow in a name; everybody else takes them from a universe. A name that a user
 * types stays a string until it is found there.
 */
import type { Brand } from './brand.ts';

/**
 * A source of a universe: `glibc`; `glibc:all` for the part that builds what is for all architectures, beside the
 * other.
 */
export type SourceName = Brand<string, 'SourceName'>;

/**
 * A binary of a universe: `libc6`; in a universe of two architectures `libc6:arm64`; a second version carries its
 * version.
 */
export type BinaryName = Brand<string, 'BinaryName'>;

/** What a reader has found, and remarked upon where it is no name of a package. */
export const sourceName = (text: string): SourceName => text as SourceName;

/** What a reader has found, and remarked upon where it is no name of a package. */
export const binaryName = (text: string): BinaryName => text as BinaryName;

/**
 * The name of the part of a source that builds the packages for all architectures, beside one that builds the others.
 */
export const allPart = (source: SourceName): SourceName => sourceName(`${source}:all`);

/** The source of the archive that a source of the universe is, or is a part of. */
export const archiveSource = (name: string): SourceName => sourceName(name.replace(/:all$/, ''));
