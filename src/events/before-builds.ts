/** What happens before the first build of a run can start. */

/** What has to be there before the first build can start is fetched or made. */
export interface Preparing {
  readonly type: 'preparing';
  /** `sources`: sources and packages are fetched; `base`: the base of all chroots is made. */
  readonly what: 'sources' | 'base';
  /** It was there, and somebody has changed it since. */
  readonly changed?: true;
}

/** Who has signed sources, as far as the keyrings of this machine tell; those that were not told before. */
export interface SourcesChecked {
  readonly type: 'sources-checked';
  /** Names of files; none when there is no keyring of the distribution's people. */
  readonly keyrings: readonly string[];
  readonly sources: readonly SignedSource[];
}

/** A source, and who has signed it. */
export interface SignedSource {
  readonly source: string;
  readonly version: string;
  /**
   * `expired` and `revoked` are good signatures of a key that was given up since; `unknown`: the key is in no keyring;
   * `unchecked`: there are no keyrings. A signature that is wrong is no event: it ends the run.
   */
  readonly signature: 'good' | 'expired' | 'revoked' | 'unknown' | 'unchecked' | 'none';
  /** Of the key, in hexadecimal digits, as long as it is known; '' for none. */
  readonly key: string;
}
