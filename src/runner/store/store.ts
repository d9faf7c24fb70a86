/**
 * Where results and contents are kept under their digests: a directory, a server that speaks HTTP or gRPC, or one
 * behind the other. All of them hold the same bytes under the same names: `ac/<action>` is what an action yielded, as a
 * message of the Remote Execution API; `cas/<sha256>` is a content.
 */
import type { FileDigest } from '../../digests.ts';

/** A content by its name: sha256 in lower-case hexadecimal digits, and the length in bytes. */
export interface Digest {
  readonly sha256: FileDigest;
  readonly bytes: number;
}

/**
 * What came when a content was asked for: the name of what was written; or that the store does not have it; or that it
 * has something else, as its announced length or its packing shows. In the last two cases the file need not be there.
 */
export type Arrived = Digest | 'missing' | 'other';

/**
 * What is kept of a result: the message as bytes, and the length of the action's own text, which gRPC wants to know.
 */
export interface Store {
  /** For people and journals; it holds no secret. */
  readonly name: string;
  /** The message that was kept for an action. It is not verified: the reader decodes it first. */
  getResult(action: Digest): Promise<Uint8Array | undefined>;
  /** Keeps a message. The contents that it refers to must be there already. */
  putResult(action: Digest, message: Uint8Array): Promise<void>;
  /** Those that the store does not have, in the order given. */
  missing(digests: readonly Digest[]): Promise<readonly Digest[]>;
  /** Writes a content to a new file, as it comes. It may be anything: see `fetchVerified`. */
  fetch(digest: Digest, file: string): Promise<Arrived>;
  /** Takes a file in. */
  put(digest: Digest, file: string): Promise<void>;
  close(): void;
}

/** A store does not do what it is for: it cannot be reached, refuses, is too slow, or breaks off. */
export class StoreTrouble extends Error {
  readonly store: string;
  /** The same request may go through later. */
  readonly passing: boolean;

  constructor(store: string, what: string, passing: boolean, options?: ErrorOptions) {
    super(`${store}: ${what}`, options);
    this.store = store;
    this.passing = passing;
  }
}
