/** The one interface between the scheduler and whatever builds: a recipe in a sandbox, or a Debian source package. */

import type { BuildId } from '../build-id.ts';
import type { ActionDigest, ContentDigest, FileDigest, SeedDigest } from '../digests.ts';
import type { Preparing, SourcesChecked } from '../events/before-builds.ts';
import type { Placement } from '../events/placement.ts';
import type { InstalledBinary } from '../events.ts';
import type { ArchiveName, ByName, PlannedBuild } from '../model.ts';
import type { BinaryName, SourceName } from '../names.ts';

/** A binary that is installed in the input root of a build. */
export interface InputDeb {
  readonly name: BinaryName;
  readonly version: string;
  /** Host path of the .deb. */
  readonly path: string;
  readonly sha256: FileDigest;
  /** The build that made it. */
  readonly build: BuildId;
  readonly archive: ArchiveName;
}

/** What one build is given. */
export interface BuildRequest {
  readonly build: PlannedBuild;
  /** Version suffix of the archive it goes to, for example `+bp1~stage1`. */
  readonly suffix: string;
  /** The installation set, byte order of name; the seed is not among them. */
  readonly inputs: readonly InputDeb[];
  /** Names of seed binaries in the installation set. */
  readonly seed: readonly BinaryName[];
  /** An empty host directory of its own; removed by the caller afterwards. */
  readonly workDirectory: string;
  /** Where the log goes, step by step. */
  readonly logFile: string;
  /** Cores it may use. */
  readonly cores: number;
  readonly timeoutSeconds: number;
  readonly onStep: (step: string) => void;
  /** Of a build that another machine does. */
  readonly onPlacement?: (placement: Placement) => void;
  /**
   * The name of the outcome in the cache, and the text that it is the sha256 of; without them no other machine can do
   * it.
   */
  readonly identity?: { readonly action: ActionDigest; readonly document: string };
  readonly signal: AbortSignal;
}

/** What another machine needs to do the same build, besides the installation set. */
export interface Portable {
  /** What the builder there has to know, as JSON. */
  readonly knowledge: unknown;
  /** Path below the input directory -> host path. */
  readonly files: ReadonlyMap<string, string>;
  /** Reads the log: the step that begins with a line. */
  readonly stepOf: (line: string) => string | undefined;
}

/** One package that a build made. */
export interface OutputDeb {
  readonly name: BinaryName;
  readonly version: string;
  readonly file: string;
  /** Host path, inside the work directory. */
  readonly path: string;
  readonly sha256: FileDigest;
  /** sha256 of the unpacked content (paths, modes, bytes), without version and control data. */
  readonly contentSha256: ContentDigest;
}

/** How a build ended: with packages, or with the step that failed. */
export type BuildOutcome =
  | {
      readonly ok: true;
      readonly debs: readonly OutputDeb[];
      readonly cpuSeconds: number;
      /** Of its largest process. */
      readonly maxRssKiB: number;
      readonly sandboxed: boolean;
      /** Kernel and processor of the machine: what no sandbox hides. */
      readonly machine?: string;
      /** What was really installed, where the builder can tell: then this counts, and not what the plan said. */
      readonly installed?: readonly InstalledBinary[];
      /** Host paths of what else it left, to be kept with the log: `.changes`, `.buildinfo`. */
      readonly beside?: readonly string[];
    }
  | {
      readonly ok: false;
      readonly step: string;
      readonly command: string;
      readonly exitCode: number | undefined;
      /** What ended it, where a signal did. */
      readonly signal: string | undefined;
      readonly message: string;
      readonly workdir: string;
      readonly env: ByName<string>;
      readonly logTail: string;
      readonly cpuSeconds: number;
      readonly maxRssKiB: number;
      readonly retriable: boolean;
      /** Not ended when its time was over. */
      readonly timedOut?: true;
      /** What was installed when its steps began, where the builder knows more of it than the plan. */
      readonly installed?: readonly InstalledBinary[];
    };

/** How an image gets its root file system, where packages have to be installed and not only unpacked. */
export interface SystemInstaller {
  /** What the system is made of: ours and the seed's. Fetches what is missing. */
  parts(
    names: readonly string[],
    archive: string,
  ): Promise<{
    readonly own: readonly InstalledFile[];
    readonly seed: readonly InstalledFile[];
  }>;
  /** Writes its ext4 file system. */
  make(request: SystemOrder, to: string): Promise<void>;
  /** Compiles the first program of the initramfs. */
  init(source: string, scratch: string): Promise<Buffer>;
}

/** One package of an installed system that is none of ours. */
export interface InstalledFile {
  readonly name: string;
  readonly version: string;
  readonly source: SourceName;
  readonly sha256: FileDigest;
}

/** What an image's system is to be made of. */
export interface SystemOrder {
  /** What is to be installed besides all that is Essential. */
  readonly names: readonly string[];
  /** Directory of the archive with our own packages. */
  readonly archive: string;
  /** Path in the system -> host path. */
  readonly files: ReadonlyMap<string, string>;
  readonly mebibytes: number;
  readonly uuid: string;
  /** An empty directory. */
  readonly scratch: string;
}

/** A build whose sandbox somebody wants to look into. */
export interface ShellOrder
  extends Pick<BuildRequest, 'build' | 'inputs' | 'seed' | 'workDirectory' | 'suffix' | 'cores'> {
  /** The step to stop before. */
  readonly step: string;
  /** Run instead of a shell at the terminal. */
  readonly command: string | undefined;
  /** Where what the command says goes. */
  readonly said: string;
  readonly say: (line: string) => void;
}

/** What somebody else says was installed when a planned build ran, held against the plan. */
export interface HeldAgainstPlan {
  /** As far as it is known, byte order of name. */
  readonly installed: readonly InstalledBinary[];
  /** Where it is not the plan's set, in words. */
  readonly problems: readonly string[];
}

/** What a builder can do; what only some can do is left out by the others. */
export interface Builder {
  /** Of a builder whose builds can be done elsewhere without it: by a build daemon of the distribution. */
  heldAgainstPlan?(
    build: PlannedBuild,
    inputs: readonly InputDeb[],
    listed: readonly { readonly name: BinaryName; readonly version: string }[],
  ): Promise<HeldAgainstPlan>;
  /** What its packages need at run time although people have declared that this stage does without it, in words. */
  declaredAway?(
    build: PlannedBuild,
    debs: readonly { readonly name: string; readonly path: string }[],
  ): Promise<readonly string[]>;
  /** Of a builder with a sandbox of its own: opens it, and returns the exit code. */
  shell?(order: ShellOrder): Promise<number>;
  /** Of a builder whose packages want to be installed. */
  readonly system?: SystemInstaller;
  /** sha256 of all Debian packages that stand behind these seed binaries when they are installed together. */
  seedDigest?(names: readonly string[]): Promise<SeedDigest>;
  /**
   * Everything that decides the outcome besides the inputs: recipe or .dsc digest, seed digests, layout. Hex sha256.
   */
  fingerprint(build: PlannedBuild): Promise<string>;
  /** The seed's compiler that a cross build is made with, for people: `gcc-aarch64-linux-gnu 4:12.2.0-3`. */
  crossCompiler?(build: PlannedBuild): Promise<string | undefined>;
  /** In a plan for another architecture: is it built on and for this machine, since it is good for all? */
  isOnItself?(build: PlannedBuild): boolean;
  /** Before anything is asked of it: at this signal what is fetched is given up, by Interrupted. */
  heed?(signal: AbortSignal): void;
  /**
   * Fetches and checks everything the given builds need, before the first one starts. Fails with all problems.
   *
   * @param tell hears what takes long, and what there is to know of what was fetched
   */
  prepare(builds: readonly PlannedBuild[], tell?: (event: Preparing | SourcesChecked) => void): Promise<void>;
  /** What another machine needs for it; a builder without this builds here alone. */
  portable?(request: BuildRequest): Promise<Portable>;
  build(request: BuildRequest): Promise<BuildOutcome>;
}
