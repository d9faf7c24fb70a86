/**
 * Where a build runs: an engine is given jobs and says when nothing of them runs any more. What came out is in the
 * store.
 */

/** A build as an engine sees it. */
export interface EngineJob {
  /** sha256 of the job's document in the store. */
  readonly digest: string;
  /** Its length: `bootplan exec-action` is given both, as SHA256/BYTES. */
  readonly bytes: number;
  /** For people. */
  readonly name: string;
  /** Debian's name of the architecture that has to run it. */
  readonly architecture: string;
  readonly cores: number;
  readonly memoryMiB: number;
  /** What the build may take, fetching and uploading not counted. */
  readonly timeoutSeconds: number;
}

/** What becomes of a job on its way. */
export type EngineNews =
  | { readonly news: 'queued'; readonly id: string; readonly attached: boolean }
  | { readonly news: 'started'; readonly id: string; readonly node: string }
  /** The engine held it back, or its node away, after a fault; both were let go. */
  | { readonly news: 'released'; readonly id: string; readonly why: string };

/** How the engine came to an end with a job; whether the build succeeded is not for the engine to say. */
export type EngineEnd =
  | { readonly end: 'ran' }
  /** It did not come to its own end: the node or the engine failed, or somebody cancelled it. */
  | { readonly end: 'lost'; readonly why: string };

/** An engine that runs jobs. */
export interface Executor {
  readonly name: string;
  /**
   * Runs a job to its end, or goes on with one that an earlier bootplan has begun. Aborted, it cancels the job.
   *
   * @throws EnvironmentError (75) when the engine takes no jobs
   */
  run(job: EngineJob, tell: (news: EngineNews) => void, signal: AbortSignal): Promise<EngineEnd>;
  close(): Promise<void>;
}
