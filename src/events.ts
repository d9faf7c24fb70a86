/** What happens while a plan runs. The journal is a list of these; every view and every state is a fold of them. */

import type { BuildId } from './build-id.ts';
import type { ActionDigest, FileDigest, SeedDigest } from './digests.ts';
import type { Preparing, SourcesChecked } from './events/before-builds.ts';
import type { BuildPlaced } from './events/placement.ts';
import type { ArchiveName, ByName, PlannedBuild } from './model.ts';
import type { BinaryName, SourceName } from './names.ts';

/** One line of journal.ndjson. `seq` counts from 0; `at` is UTC, ISO 8601, and never part of an answer. */
export type RunEvent = Numbered & RunEventBody;

/** What every event in a journal has besides its own. */
export interface Numbered {
  readonly seq: number;
  readonly at: string;
}

/** The event of one type, as it is in the journal. */
export type EventOf<T extends RunEventBody['type']> = Extract<RunEvent, { readonly type: T }>;

/** Every event, before it is numbered. */
export type RunEventBody =
  | RunStarted
  | BuildOutdated
  | BuildStarted
  | StepStarted
  | BuildPlaced
  | StoreTrouble
  | Preparing
  | SourcesChecked
  | BuildFinished
  | BuildFailed
  | BuildBlocked
  | StageFinished
  | Comparison
  | RoundAdded
  | NotSettled
  | CacheDamaged
  | Published
  | ImageMade
  | BootChecked
  | RunFinished;

/** A run begins, or goes on after an interruption. */
export interface RunStarted {
  readonly type: 'run-started';
  readonly plan: string;
  readonly overrides: string;
  /** The directory that the plan was made from, absolute; left out where it is none. */
  readonly metadata?: string;
  readonly builds: readonly BuildId[];
  readonly resumed: boolean;
}

/** A build was done, but from other inputs than it would be built from now. */
export interface BuildOutdated {
  readonly type: 'build-outdated';
  readonly build: BuildId;
}

/** A build begins, or is tried again. */
export interface BuildStarted {
  readonly type: 'build-started';
  readonly build: BuildId;
  readonly action: ActionDigest;
  readonly attempt: number;
}

/** A step of a recipe begins. */
export interface StepStarted {
  readonly type: 'step-started';
  readonly build: BuildId;
  readonly step: string;
}

/** A shared cache did not do what it is for; what was asked of it counts as not there. */
export interface StoreTrouble {
  readonly type: 'store-trouble';
  readonly store: string;
  readonly what: string;
}

/** A build has its result. */
export interface BuildFinished {
  readonly type: 'build-finished';
  readonly build: BuildId;
  readonly action: ActionDigest;
  /**
   * `run`: executed; `cache`: the same action was done before; `cutoff`: a rebuild whose inputs are unchanged;
   * `adopted`: built elsewhere, and taken in.
   */
  readonly how: 'run' | 'cache' | 'cutoff' | 'adopted';
  readonly archive: ArchiveName;
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Of its largest process, and the cores it was told to use; only when it was run. */
  readonly maxRssKiB?: number;
  readonly cores?: number;
  /** File name -> sha256 of each .deb. */
  readonly outputs: ByName<string>;
  /** What was installed when it started. */
  readonly installed: readonly InstalledBinary[];
  readonly tainted: boolean;
  readonly sandboxed: boolean;
  /** Kernel and processor that it was built on. */
  readonly machine?: string;
  /** In a cross build: the compiler of the seed that made it. */
  readonly crossCompiler?: string;
}

/** A build has come to a bad end. */
export interface BuildFailed {
  readonly type: 'build-failed';
  /** The last lines of its log, a few. */
  readonly said?: readonly string[];
  readonly build: BuildId;
  readonly step: string;
  /** -1 when a signal ended it. */
  readonly exitCode: number;
  readonly message: string;
  /** Host path of its report; left out where none is written. */
  readonly report?: string;
  /** True when the evidence says load (signal, out of memory, disk full), not the source. */
  readonly retriable: boolean;
}

/** It cannot be built, since what it needs has failed. */
export interface BuildBlocked {
  readonly type: 'build-blocked';
  readonly build: BuildId;
  readonly by: readonly BuildId[];
}

/** No build of the stage is left to do. */
export interface StageFinished {
  readonly type: 'stage-finished';
  readonly stage: number;
  readonly built: number;
  readonly failed: number;
}

/** A rebuild is compared with the build before it. */
export interface Comparison {
  readonly type: 'comparison';
  readonly build: BuildId;
  readonly against: BuildId;
  readonly identical: boolean;
  readonly differing: readonly string[];
  /** Inputs of other sources whose contents were not the same in the two builds: they may be why. */
  readonly changedInputs?: readonly string[];
  /** Of its shared libraries, against the round before. */
  readonly abi?: readonly AbiChange[];
}

/** What has not settled is built once more. Said again by every run that goes on with the same plan. */
export interface RoundAdded {
  readonly type: 'round-added';
  /** 1, 2, ..., of those added to the plan. */
  readonly round: number;
  /** Appended to the plan in this order. */
  readonly builds: readonly BuildId[];
  /**
   * The same builds as they stand in the plan of their architecture; left out by former versions, in whose journals
   * only the plan file has them.
   */
  readonly planned?: readonly PlannedBuild[];
  readonly because: readonly Unsettled[];
  /** An earlier run had come to it already. */
  readonly resumed: boolean;
}

/** After so many added rounds, the limit, this has not settled. Nothing is named when what was named before has. */
export interface NotSettled {
  readonly type: 'not-settled';
  readonly rounds: number;
  readonly builds: readonly Unsettled[];
}

/** Something in the cache was not what its name says; it is thrown away and built again. */
export interface CacheDamaged {
  readonly type: 'cache-damaged';
  readonly build: BuildId;
  readonly files: readonly string[];
}

/** Files published in the state directory have changed. */
export interface Published {
  readonly type: 'published';
  /** Path below the state directory -> sha256: plan, ledger, provenance, records of the seed, indices, key. */
  readonly files: ByName<string>;
}

/** The disk image is there. */
export interface ImageMade {
  readonly type: 'image-made';
  readonly path: string;
  readonly sha256: FileDigest;
  readonly bytes: number;
  /** File name -> sha256: the image, what it was made of and what tells of it. */
  readonly files?: ByName<string>;
}

/** The image was started and judged. */
export interface BootChecked {
  readonly type: 'boot-checked';
  readonly verdict: 'pass' | 'fail';
  readonly cause: string;
  readonly seconds: number;
}

/** The run ends. */
export interface RunFinished {
  readonly type: 'run-finished';
  readonly status: 'complete' | 'incomplete' | 'interrupted';
}

/** A shared library that those linked with it may not find as it was. */
export interface AbiChange {
  readonly soname: string;
  /** Its SONAME now; '' when there is no such library any more. */
  readonly now: string;
  /** Exported symbols, byte order. */
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** A build in the final archive that the next one like it may not be equal to. */
export interface Unsettled {
  readonly source: SourceName;
  readonly build: BuildId;
  /** It was compared with the round before, and is not bit-identical. */
  readonly differs: boolean;
  /** What it was built with and another build, with another content, has replaced since. Byte order of binary. */
  readonly replaced: readonly { readonly binary: BinaryName; readonly build: BuildId; readonly by: BuildId }[];
}

/** One row of the ledger: a binary that was there when a build started. */
export interface InstalledBinary {
  readonly name: BinaryName;
  readonly version: string;
  /** The build that made it, or `seed`. */
  readonly build: BuildId | 'seed';
  readonly archive: ArchiveName | 'seed';
  /** Of the .deb; of the seed, that of all its Debian packages (`seed/*.json`). */
  readonly sha256: FileDigest | SeedDigest;
}
