/** What `bootplan cycles` answers: types only. The JSON of the command is this, and metadata/schema says the same. */
import type { ChainStep } from '../../model.ts';
import type { SelfCycleType } from './self-cycles.ts';

/** One strongly connected component, and how far what is declared frees it. */
export interface SccAnswer {
  /** The lowest member's name, `+` and how many more there are. */
  readonly id: string;
  readonly size: number;
  /** All members, byte order. */
  readonly sources: readonly string[];
  /** Members with declared stages, byte order: `ghc` and the numbers of its stages. */
  readonly stages: readonly { readonly source: string; readonly stages: readonly number[] }[];
  /** Members whose full build nothing declared makes reachable; empty when declared stages break every cycle of it. */
  readonly unbroken: readonly string[];
  readonly shortCycles: {
    /** Elementary cycles of up to this many sources are counted, all of them. */
    readonly upTo: number;
    /** How many have 1, 2, ... sources. */
    readonly counts: readonly number[];
    /** Cycles through each build dependency that is in any, most first, then byte order. */
    readonly through: readonly { readonly source: string; readonly dependency: string; readonly cycles: number }[];
  };
  /** The shortest cycles, each as a chain of facts that ends where it begins; at most ten. */
  readonly shortest: readonly (readonly ChainStep[])[];
}

/** All cycles of an archive. */
export interface CyclesAnswer {
  readonly format: 1;
  readonly verdict: 'no-cycles' | 'cycles' | 'no-new-cycles' | 'new-cycles';
  /** Where the graph came from. */
  readonly input: 'universe' | 'graph';
  readonly architecture?: string;
  readonly counts: {
    /** Sources that the targets need, themselves included: all that follows is about these. */
    readonly sources: number;
    /** What stands between them: binaries, or installation sets of a given graph. */
    readonly binaries: number;
    readonly edges: number;
    readonly sccs: number;
    readonly inSccs: number;
    readonly largest: number;
    readonly selfCycles: number;
    /** Sources that can be built before any cycle stands in the way. */
    readonly beforeCycles: number;
    /** Sources in no SCC that wait for one, or for something missing. */
    readonly behindCycles: number;
  };
  /** Largest first. */
  readonly sccs: readonly SccAnswer[];
  /** Byte order. The type is absent for a graph that was given directly. */
  readonly selfCycles: readonly {
    readonly source: string;
    readonly type?: SelfCycleType;
    readonly chain: readonly ChainStep[];
  }[];
  /** For each source in an SCC, how many others wait for it; byte order. */
  readonly blocks: readonly { readonly source: string; readonly min: number; readonly max: number }[];
  /** What can be built before any cycle: waves of names, each in byte order. */
  readonly fixpoint: readonly (readonly string[])[];
  readonly behind: readonly string[];
  /** Build dependencies that nothing satisfies. */
  readonly unsatisfied: readonly {
    readonly source: string;
    readonly stage: number;
    readonly group: string;
    readonly why: string;
  }[];
}
