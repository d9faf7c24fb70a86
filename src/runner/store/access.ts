/**
 * How a server is told who asks. Secrets come from files alone: a command line and its environment are seen by others.
 */

/** What a store's server wants to see; every member is optional. */
export interface Access {
  /** PEM texts: who may vouch for the server, and who we are. */
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
  /** The value of the `authorization` header. */
  readonly authorization?: string;
  /** Seconds that a server may be silent before it counts as gone. */
  readonly timeoutSeconds: number;
  /** The part of a REAPI server that is asked; '' is the usual one. */
  readonly instance: string;
}

/** A server that wants to know nothing. */
export const noAccess: Access = { timeoutSeconds: 60, instance: '' };
