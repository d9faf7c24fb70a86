/**
 * The nouns of bootplan: types only, no code. Every value between two steps of the program is one of
 * these, immutable and serialisable. The words are explained in docs/architecture.md.
 */

import type { BuildId } from './build-id.ts';
import type { DiagnosticCode } from './diagnostic-codes/codes.ts';
import type { FileDigest } from './digests.ts';
import type { BinaryIndex, BinaryVertex, NoVertex, PlanIndex, Row, SourceVertex } from './indices.ts';
import type { BinaryName, SourceName } from './names.ts';

// ---------------------------------------------------------------- places

/** Where a fact came from, so that every message can point at it. Lines and columns count from 1. */
export interface Origin {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
  /** Characters to underline, from `column`. */
  readonly length?: number;
}

/** Success, or all the problems found (never only the first). Warnings may accompany a value. */
export type Result<T> =
  | { readonly ok: true; readonly value: T; readonly diagnostics: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** One remark about an input. Codes: BP1xx input, BP2xx graph, BP3xx solver, BP4xx plan, BP5xx run. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: 'error' | 'warning' | 'note';
  readonly message: string;
  readonly origin?: Origin;
  /** The text of the line at `origin`, for the caret. */
  readonly excerpt?: string;
  /** What to do about it. */
  readonly help?: string;
}

// ---------------------------------------------------------------- names

/** Never a value: with it in the type, the compiler refuses `record[name]`. */
export declare const ofNoName: unique symbol;

/**
 * Values by a name from outside: of a package, step, variable, file. A plain object has values for names that nobody
 * gave it (`constructor`), so only src/by-name.ts looks into one.
 */
export type ByName<T> = { readonly [name: string]: T | typeof ofNoName };

// ---------------------------------------------------------------- package relations

/** The relations of policy 7.1. */
export type VersionOperator = '<<' | '<=' | '=' | '>=' | '>>';

/** One alternative of a dependency, as written: `libfoo-dev:any (>= 1.2) [linux-any !hppa] <!nodoc> <cross>`. */
export interface Relation {
  readonly name: string;
  /** `any`, `native` or an architecture. */
  readonly qualifier?: string | undefined;
  readonly op?: VersionOperator | undefined;
  readonly version?: string | undefined;
  /** Architecture list, wildcards and `!` kept. */
  readonly architectures?: readonly string[] | undefined;
  /** Restriction formula in disjunctive normal form: OR of ANDs of `p` or `!p`. Present and empty means false. */
  readonly formula?: readonly (readonly string[])[] | undefined;
}

/** One comma-separated member of a dependency field: alternatives in the order written. */
export type Group = readonly Relation[];

// ---------------------------------------------------------------- the universe

/**
 * One way of building a source. Stage 0 is *full*: no stage, plain Build-Depends. Stage k >= 1 is the k-th reduced
 * variant. `buildDepends` is already reduced for the host architecture and the variant's profiles.
 */
export interface Variant {
  readonly stage: number;
  /** Sorted profile names active in this variant (base profiles included). */
  readonly profiles: readonly string[];
  /** Nobody calls it a stage: what its build profiles declare, taken as one. */
  readonly assumed?: true;
  /** How it was declared: the plain fields, a BootstrapN field, or restriction formulas. */
  readonly notation: 'full' | 'field' | 'profiles';
  readonly buildDepends: readonly Group[];
  /** Of a full build: members of its plain fields that depend on profiles, as written. Left out when there are none. */
  readonly conditions?: readonly Group[];
  readonly buildConflicts: readonly Group[];
  /** Of a stage: what its binaries, by name, are declared not to need at run time, as the full ones do. */
  readonly without?: readonly { readonly binary: BinaryName; readonly names: readonly string[] }[];
  /** Of `buildDepends` what annotations add to the fields of the source. Left out when they add nothing. */
  readonly added?: readonly Group[];
  /**
   * Of a source checked as a whole: what its builds for this architecture (-B) and for all (-A) ask for by themselves.
   */
  readonly parts?: Readonly<Record<'arch' | 'all', Pick<Variant, 'buildDepends' | 'buildConflicts'>>>;
  /** Indices into `Universe.binaries` of what this variant yields, ascending. */
  readonly produces: readonly BinaryIndex[];
}

/** What annotations say of how a source is built: a change of its recipe, as overrides have it. */
export interface AnnotatedBuild {
  /** Where it stands; paths of patches are beside that. */
  readonly file: string;
  readonly value: unknown;
  readonly origin: Origin;
}

/** One source of a universe, with every variant of its build. */
export interface Source {
  readonly name: SourceName;
  readonly version: string;
  readonly maintainer: string;
  readonly uploaders: readonly string[];
  /** The Architecture field, as written. */
  readonly architectures: readonly string[];
  readonly section: string;
  /**
   * The part of the source that this is: `arch` what `dpkg-buildpackage -B` builds, `all` what `-A` does, under the
   * name `SOURCE:all` when both are here. Left out when it is all that the source has for this architecture.
   */
  readonly part?: 'arch' | 'all';
  /** Element 0 is always the full variant; then ascending by stage. */
  readonly variants: readonly Variant[];
  /** Its binaries may come from outside, and how (`cross`): a declared wish. */
  readonly supply?: string;
  /** How annotations want it built, in the order of the files. */
  readonly build?: readonly AnnotatedBuild[];
  readonly origin: Origin;
}

/** One binary of a universe. */
export interface Binary {
  readonly name: BinaryName;
  readonly version: string;
  /** A real architecture or `all`. */
  readonly architecture: string;
  /** Undefined when its source is not in the universe. */
  readonly source: SourceVertex | undefined;
  readonly multiArch: 'same' | 'foreign' | 'allowed' | undefined;
  /** In a universe of two architectures: the name without one, which copies for both have. */
  readonly multiArchName?: BinaryName;
  readonly essential: boolean;
  readonly priority: string;
  readonly section: string;
  /** Pre-Depends and Depends. */
  readonly depends: readonly Group[];
  /**
   * How many of these, the first ones, are Pre-Depends. Left out when none is, and where nothing is unpacked by dpkg.
   */
  readonly preDepends?: number;
  /**
   * What the full one needs beyond that, and one of a stage build does without: installed along as soon as it can be.
   * Left out when there is nothing of the kind.
   */
  readonly whenThere?: readonly Group[];
  readonly conflicts: readonly Group[];
  /** Breaks. */
  readonly breaks: readonly Group[];
  readonly provides: readonly Relation[];
  /** Available before the first build: seed, or Architecture: all taken as given. */
  readonly available: boolean;
  /**
   * Needed by the seed at run time, and so there with it; said where the universe was cut down and no longer shows it.
   */
  readonly withSeed?: true;
  /**
   * A copy from outside of what a target would build, given since it is the same on all architectures: what it depends
   * on is taken in its place where the target builds that, and it provides the name.
   */
  readonly copyOfTarget?: true;
  /** In no index: what its source will build, with the source's version. */
  readonly unbuilt?: true;
  readonly origin: Origin;
}

/** Everything known about one distribution at one instant, cut down to the question asked. Read once, never mutated. */
export interface Universe {
  readonly architecture: string;
  /** Base profiles, active in every variant. */
  readonly profiles: readonly string[];
  /** In byte order of name; one version of each. */
  readonly sources: readonly Source[];
  /** In byte order of name, then architecture, then version, highest first. */
  readonly binaries: readonly Binary[];
  /** Indices into `sources` of what must exist, clean, at the end. Ascending. */
  readonly targets: readonly SourceVertex[];
  /** Names of binaries taken as given (the seed), in byte order. */
  readonly seed: readonly BinaryName[];
  /**
   * Sources whose binaries an annotation says to come from outside for good, byte order. Left out when there are none.
   */
  readonly given?: readonly Supply[];
  /** In a cross build: what is installed for the machine that builds. */
  readonly native?: NativeTools;
  /**
   * Of a universe of two architectures: the one that builds. See src/metadata/universe/crossed.ts for the names in it.
   */
  readonly buildArchitecture?: string;
  /** How alternatives are chosen. */
  readonly alternatives: 'first' | 'any';
}

/**
 * Binaries of the building machine's own architecture that a cross build installs; that architecture's plan builds
 * them.
 */
export interface NativeTools {
  readonly architecture: string;
  /** As they are named in a universe for another architecture: `make:amd64`. Byte order. */
  readonly binaries: readonly BinaryName[];
}

// ---------------------------------------------------------------- the graph

/** Compressed sparse rows: the successors of vertex v are `targets[offsets[v] .. offsets[v + 1])`. */
export interface Csr<From extends number = number, To extends number = number> {
  readonly offsets: Int32Array;
  readonly targets: Row<To>;
  /** In the type alone: what its rows are numbered by. */
  readonly from?: From;
}

/** A variant as the solver sees it. */
export interface GraphVariant {
  readonly stage: number;
  /** Binary vertices that must be installed, directly asked for; ascending, without what is available. */
  readonly needs: Row<BinaryVertex>;
  /** Binary vertices it yields, ascending. */
  readonly yields: Row<BinaryVertex>;
}

/**
 * The package-level dependency graph, alternatives and providers already chosen: source variant -> binary ->
 * (run time) binary -> its source. This, not the source graph, is what is held for a whole archive. Binaries that are
 * available from the start are not vertices.
 */
export interface DependencyGraph {
  /** Source names, byte order; the index is the source vertex. */
  readonly sources: readonly SourceName[];
  /** Binary names, byte order; the index is the binary vertex. */
  readonly binaries: readonly BinaryName[];
  /** Binary vertex -> source vertex that builds it; `noVertex` when nothing does (then every need of it is stuck). */
  readonly madeBy: Row<SourceVertex | NoVertex>;
  /** Binary vertex -> binary vertices it needs installed with it. */
  readonly runtime: Csr<BinaryVertex, BinaryVertex>;
  /** Source vertex -> its variants; element 0 is full, then ascending by stage. */
  readonly variants: readonly (readonly GraphVariant[])[];
  /** Source vertices that must be built in full. Ascending. */
  readonly targets: Row<SourceVertex>;
  /**
   * Sources whose binaries may come from outside, since somebody declared it. Ascending; left out when there are none.
   */
  readonly supplied?: readonly SourceVertex[];
  /**
   * Sources of which every build has a copy of the seed installed until they have their full build; ascending. Such
   * copies hold nothing up, and taint where their source is one that a stage or a wish starts.
   */
  readonly environment?: readonly SourceVertex[];
  /** Source vertex -> the same of its full build alone, `environment` left out. */
  readonly copies?: readonly (readonly SourceVertex[])[];
  /**
   * Needs that nothing satisfies, with the reason in words: such a variant can never be built. Without a group it is
   * the build as a whole.
   */
  readonly unsatisfied: readonly {
    readonly source: SourceVertex;
    readonly stage: number;
    readonly group: string | undefined;
    readonly why: string;
  }[];
}

/** A strongly connected component of the source graph with more than one source, or one source needing itself. */
export interface Scc {
  /** Stable: the lowest member's name, `+` and how many more there are, for example `glib2.0+811`. */
  readonly id: string;
  /** Source vertices, ascending. */
  readonly members: readonly SourceVertex[];
}

// ---------------------------------------------------------------- the solution

/** A number of the objective, with what is proved about it. `proved` iff value equals lowerBound by clingo's proof. */
export interface Cost {
  readonly criterion: 'wishes' | 'stageBuilds' | 'rebuilds';
  readonly value: number;
  readonly lowerBound: number;
}

/** A stage build that is used. */
export interface Choice {
  readonly source: SourceName;
  readonly stage: number;
}

/** Which declared stage builds to use, and what nobody has declared. */
export interface Solution {
  /** `optimal`: every cost proved and the simulator replayed it. `bounded`: a limit ended the search. `none`: stuck. */
  readonly status: 'optimal' | 'bounded' | 'none';
  readonly costs: readonly Cost[];
  /** Stage builds used, byte order of source, then stage. */
  readonly choices: readonly Choice[];
  /** Sources that would have to be reduced or supplied by hand, byte order. Empty unless wishes were allowed. */
  readonly wishes: readonly SourceName[];
  /** Sources no plan reaches with what is declared. */
  readonly stuck: readonly Stuck[];
  /** Declared stages that are not used, byte order. */
  readonly unused: readonly Choice[];
  /** One entry per SCC, in byte order of id. */
  readonly sccs: readonly {
    readonly id: string;
    readonly size: number;
    readonly status: 'optimal' | 'bounded' | 'none';
    readonly rounds: number;
  }[];
}

/** A source that the plan does not build clean, and why. */
export interface Stuck {
  readonly source: SourceName;
  /** The SCC that holds it; undefined when it only waits for one, or for something missing. */
  readonly scc: string | undefined;
  readonly reason: StuckReason;
}

/** Why a source is stuck. */
export type StuckReason =
  /** A cycle that nothing declared breaks: source, the binary it needs, the source of that, ... back to the first. */
  | { readonly kind: 'cycle'; readonly chain: readonly ChainStep[] }
  /**
   * Something that no other build ends. `group`: what the source asks for and cannot have, undefined where it is the
   * build as a whole; `why`: a sentence of `text/shortage.ts`. Where a cycle holds the source besides, the shortest
   * one.
   */
  | {
      readonly kind: 'missing';
      readonly group: string | undefined;
      readonly why: string;
      readonly cycle?: readonly ChainStep[];
    }
  /** It waits for another stuck source. */
  | { readonly kind: 'behind'; readonly chain: readonly ChainStep[] };

/** One step of a chain in words: `from` needs `to` because of `how`. Names carry `src:` when they are sources. */
export interface ChainStep {
  readonly from: string;
  readonly to: string;
  readonly how: 'build-depends' | 'depends' | 'built-by';
}

// ---------------------------------------------------------------- the plan

/**
 * An archive of a plan: of stage builds, of tainted full builds, of clean ones (rule M8). What is only tried goes into
 * none.
 */
export type ArchiveName = `stage${number}` | 'interim' | 'final' | 'trial';

/** One (source, variant, round) to be built. The order of `Plan.builds` is the order of the plan (rule M4). */
export interface PlannedBuild {
  /** `tcc<stage1>` for a stage build, `tcc` for the first full one, `tcc#2` for its first rebuild, then `#3`... */
  readonly id: BuildId;
  readonly source: SourceName;
  readonly version: string;
  readonly stage: number;
  /** 0 for a stage build, 1 for the first full build, 2 and up for rebuilds. */
  readonly round: number;
  /** Where the result goes. */
  readonly archive: ArchiveName;
  readonly profiles: readonly string[];
  /** Binary names it must yield, byte order. */
  readonly produces: readonly BinaryName[];
  /** Binary names that fulfil what it asks for, byte order. */
  readonly installs: readonly BinaryName[];
  /**
   * The installation set is the closure of `installs` and `Plan.environment` over `Plan.runtime`, with these and
   * without those: where another alternative is installed than mostly. Byte order; left out when empty.
   */
  readonly also?: readonly BinaryName[];
  readonly without?: readonly BinaryName[];
  /** Indices of the builds whose binaries are in the installation set, ascending. */
  readonly needs: readonly PlanIndex[];
  /** Indices of builds in `needs` that make this one tainted, ascending. */
  readonly taintedBy: readonly PlanIndex[];
  /** The wave in which it can start when everything runs side by side, from 0. */
  readonly wave: number;
  /** Why it is built. */
  readonly why: 'stage' | 'full' | 'rebuild' | 'compare';
}

/** The binaries that a wish stands for, byte order. */
export interface Supply {
  readonly source: SourceName;
  /** Somebody has declared that they come from there: no wish in want of one. */
  readonly declared?: true;
  readonly binaries: readonly BinaryName[];
}

/** `plan.json`: everything the runner needs, nothing else; same input, same bytes. */
export interface Plan {
  readonly format: 1;
  readonly architecture: string;
  readonly status: 'optimal' | 'bounded' | 'none';
  readonly costs: readonly Cost[];
  readonly builds: readonly PlannedBuild[];
  /**
   * What is mostly installed along with each binary of an installation set, for its run-time dependencies; byte order.
   */
  readonly runtime: ByName<readonly BinaryName[]>;
  /** What every build has installed, asked for or not: the seed's essential part. Byte order; left out when empty. */
  readonly environment?: readonly BinaryName[];
  readonly wishes: readonly SourceName[];
  /** Per wish the binaries that come from outside, byte order; left out when nothing is wished. */
  readonly supplied?: readonly Supply[];
  /**
   * What builds install of sources that annotations say to come from outside for good; left out when there is nothing.
   */
  readonly given?: readonly Supply[];
  readonly stuck: readonly Stuck[];
  readonly unused: readonly Choice[];
  /** The seed binaries, byte order. */
  readonly seed: readonly BinaryName[];
  /** In a cross build: what the plan of the building machine's architecture makes for this one. */
  readonly native?: NativeTools;
  readonly sccs: Solution['sccs'];
}

// ---------------------------------------------------------------- what the runner builds from

/** One file to fetch, by content. */
export interface FetchItem {
  /** `debian`: a file of a Debian source package; `local`: a file or directory beside the metadata. */
  readonly kind: 'debian' | 'local';
  readonly name: string;
  /** For `debian`: the source package and its exact version. */
  readonly source?: string;
  readonly version?: string;
  readonly sha256: FileDigest;
  /** Host path at which it lies when the index that names it belongs to a copy of the archive on this machine. */
  readonly nearby?: string;
  /** Where the file says so. */
  readonly origin?: Origin;
  readonly excerpt?: string;
}

/** A named step of a recipe: a shell script run inside the sandbox, as an unprivileged user. */
export interface RecipeStep {
  readonly name: string;
  readonly run: string;
  readonly env: ByName<string>;
  readonly origin: Origin;
}

/** How one binary package is cut out of what the install step left in $D. */
export interface BinarySplit {
  readonly name: BinaryName;
  /** Globs relative to $D, `**` allowed. */
  readonly files: readonly string[];
  /** Control fields as they go into the .deb. */
  readonly control: ByName<string>;
}

/** How a source is built: per stage (0 = full) the steps in order. */
export interface Recipe {
  readonly source: SourceName;
  readonly version: string;
  readonly fetch: readonly FetchItem[];
  readonly variants: ReadonlyMap<
    number,
    { readonly steps: readonly RecipeStep[]; readonly binaries: readonly BinarySplit[] }
  >;
  /** The names of all its steps, as the file lists them; a variant may leave some out. */
  readonly order?: readonly string[];
  /** What a cross build has in the place of steps: step -> script, or null for none. */
  readonly cross?: ByName<string | null>;
  /** In a plan for another architecture: built on and for the building machine, since it is good for all. */
  readonly onItself?: true;
  readonly env: ByName<string>;
  /** Paths that two packages may both ship. */
  readonly duplicates: readonly string[];
  /**
   * What a build is expected to take of one core (`weight` in the file); spread over its cores, for the critical path.
   */
  readonly coreSeconds: number;
  /** What one build of it takes at its peak, when it says so. */
  readonly memoryBytes?: number | undefined;
}

/** What exists before the first build: one virtual binary standing for Debian packages unpacked into the input root. */
export interface SeedBinary {
  readonly name: BinaryName;
  readonly version: string;
  /** Debian binary packages, closed under dependencies when fetched. */
  readonly packages: readonly string[];
}

/** What goes into the image. */
export interface ImageSpec {
  readonly name: string;
  /** Which variant of the image; undefined for the image itself. */
  readonly variant: string | undefined;
  /** Binaries installed in the root file system, closed under Depends. */
  readonly packages: readonly string[];
  readonly rootMebibytes: number;
  readonly kernel: 'seed' | 'source';
  /** The Debian package the seed kernel comes from; undefined when none is named for the architecture. */
  readonly seedKernel: { readonly package: string | undefined };
  /** The binary that holds the kernel when it is built from source, if there is one. */
  readonly sourceKernel: string | undefined;
  /** The binary whose program runs first in the initramfs, if there is one. */
  readonly initramfs: string | undefined;
  /** The source that the guest builds from its recipe, by architecture; none where there is none. */
  readonly guestBuild: ByName<string>;
  /** Extra files: path in the image -> path beside the metadata. */
  readonly files: ByName<string>;
}

/** A whole YAML distribution: the universe for the solver, and everything the runner needs to build it. */
export interface Project {
  readonly directory: string;
  /** What it is built on; in a cross build not the architecture of the universe, which is what it is built for. */
  readonly buildArchitecture: string;
  readonly universe: Universe;
  readonly recipes: ReadonlyMap<string, Recipe>;
  /** Of a cross build: sources and recipes as the finished system, a machine of that architecture, would build them. */
  readonly onItself?: { readonly sources: readonly Source[]; readonly recipes: ReadonlyMap<string, Recipe> };
  readonly seeds: readonly SeedBinary[];
  readonly image: ImageSpec | undefined;
  /** The same image with other contents, byte order of variant. */
  readonly imageVariants: readonly ImageSpec[];
}
