/** Builds laid out one after the other: what each needs of those before it, and whether that taints it. */

import { archiveOf } from '../archives.ts';
import { buildId } from '../build-id.ts';
import type { PlanIndex } from '../indices.ts';
import type { DependencyGraph, Plan, PlannedBuild, Solution, Supply, Universe } from '../model.ts';
import type { BinaryName, SourceName } from '../names.ts';
import { byteOrder } from '../order.ts';
import { successors } from '../solver/graph/csr.ts';
import { binaryNames, type Resolved } from '../solver/graph/resolve.ts';
import type { Step } from './first-round.ts';
import { indexIn } from './first-round.ts';
import { Producers } from './installation-set.ts';
import { following, neededBuilds } from './planned-build.ts';
import { TaintRule } from './taint.ts';

const inByteOrder = (names: Iterable<BinaryName>): readonly BinaryName[] => [...new Set(names)].sort(byteOrder);

/** A build, still without the words for its installation set. */
export type LaidOut = Omit<PlannedBuild, 'installs' | 'also' | 'without'> & { readonly step: Step };

/** What the wishes of a solution stand for. */
export const suppliesOf = (graph: DependencyGraph, wishes: readonly SourceName[]): readonly Supply[] => {
  const wished = new Map<number, BinaryName[]>(wishes.map((name) => [indexIn(graph.sources, name), []]));
  graph.binaries.forEach((name, b) => {
    wished.get(graph.madeBy[b]!)?.push(name);
  });
  const declared = new Set(graph.supplied);
  return [...wished].map(([s, names]) => ({
    source: graph.sources[s]!,
    ...(declared.has(s) && { declared: true as const }),
    binaries: inByteOrder(names),
  }));
};

/** Lays out one build at a time; what it has laid out does not change any more. */
export class Layout {
  readonly builds: LaidOut[] = [];
  /** Index into `Universe.binaries` -> name. */
  readonly names: readonly BinaryName[];
  private readonly universe: Universe;
  private readonly graph: DependencyGraph;
  private readonly given: Uint8Array;
  private readonly producers = new Producers();
  private readonly rule: TaintRule;
  private readonly fullsDone = new Set<number>();
  private readonly produced = new Map<string, readonly BinaryName[]>();

  /** @param first the builds of the first round */
  constructor({ graph, choices, given }: Resolved, solution: Solution, first: readonly Step[]) {
    this.universe = choices.universe;
    this.graph = graph;
    this.given = given;
    this.names = binaryNames(choices.universe);
    const builds = first.map((step) => ({
      source: graph.sources[step.source]!,
      stage: step.stage,
      produces: this.produces(step),
    }));
    this.rule = new TaintRule({
      wishes: solution.wishes,
      supplied: suppliesOf(graph, solution.wishes),
      builds,
    });
  }

  /** What a variant yields: of what is given, Architecture: all excepted, a copy of its own. */
  private produces({ source, stage }: Pick<Step, 'source' | 'stage'>): readonly BinaryName[] {
    const key = `${source} ${stage}`;
    let names = this.produced.get(key);
    if (names === undefined) {
      const { binaries, sources } = this.universe;
      const k = sources[source]!.variants.findIndex((v) => v.stage === stage);
      const rebuilt = sources[source]!.variants[k]!.produces.filter(
        (b) => this.given[b] === 1 && binaries[b]!.architecture !== 'all',
      );
      names = inByteOrder([
        ...Array.from(this.graph.variants[source]![k]!.yields, (b) => this.graph.binaries[b]!),
        ...rebuilt.map((b) => this.names[b]!),
      ]);
      this.produced.set(key, names);
    }
    return names;
  }

  private newest(binary: BinaryName): PlanIndex | 'seed' {
    return this.producers.newestBefore(binary, this.builds.length);
  }

  /** Whether a full build is clean if it comes next. */
  isClean({ source, stage, set }: Pick<Step, 'source' | 'stage' | 'set'>): boolean {
    if (stage > 0) return true;
    const { name } = this.universe.sources[source]!;
    return set.every((b) => {
      const binary = this.names[b]!;
      const build = this.newest(binary);
      return !this.rule.isResidue(name, {
        name: binary,
        archive: build === 'seed' ? 'seed' : this.builds[build]!.archive,
      });
    });
  }

  add(step: Step): void {
    const { source, stage, round, why } = step;
    const { name, version, variants } = this.universe.sources[source]!;
    const archive = archiveOf(stage, !this.isClean(step));
    const next = this.builds.length;
    const needs = neededBuilds(
      Array.from(step.set, (b) => this.names[b]!),
      this.producers,
      next,
    );
    // A stage build after the full one: what both yield stays the full build's, whose version is the higher one.
    const isLate = stage > 0 && this.fullsDone.has(source);
    const all = this.produces(step);
    const produces = isLate ? all.filter((b) => this.newest(b) === 'seed') : all;
    this.producers.add(next, produces);
    if (stage === 0) this.fullsDone.add(source);
    this.builds.push({
      id: buildId(name, stage, round),
      source: name,
      version,
      stage,
      round,
      archive,
      profiles: variants.find((v) => v.stage === stage)!.profiles,
      produces,
      ...following(this.builds, stage, needs),
      why,
      step,
    });
  }
}

/** What of an installation set is worth a word: the closure of what is asked for says the rest. */
export interface SetWords {
  readonly runtime: Plan['runtime'];
  readonly environment: readonly BinaryName[];
  wordsOf(build: LaidOut): Pick<PlannedBuild, 'installs' | 'also' | 'without'>;
}

/** @param base what every build has installed */
export function setWords(resolved: Resolved, layout: Layout, base: Int32Array, asked: AskedFor): SetWords {
  const { runtime } = resolved.choices;
  const { names, builds } = layout;
  const installed = new Uint8Array(names.length);
  for (const { step } of builds) for (const b of step.set) installed[b] = 1;
  const row = (b: number): number[] => [...successors(runtime, b)].filter((c) => installed[c] === 1 && c !== b);
  const named = (list: Iterable<number>): readonly BinaryName[] => inByteOrder(Array.from(list, (b) => names[b]!));
  const rows: [BinaryName, readonly BinaryName[]][] = [];
  for (let b = 0; b < names.length; b++) {
    const needs = installed[b] === 1 ? row(b) : [];
    if (needs.length > 0) rows.push([names[b]!, named(needs)]);
  }
  const inSet = new Int32Array(names.length);
  const inClosure = new Int32Array(names.length);
  let turn = 0;
  return {
    runtime: Object.fromEntries(rows.sort(([a], [b]) => byteOrder(a, b))),
    environment: builds.length === 0 ? [] : named(base),
    wordsOf({ step }) {
      turn++;
      for (const b of step.set) inSet[b] = turn;
      const installs = asked(step, (b) => inSet[b] === turn);
      const closure: number[] = [];
      const enter = (b: number): void => {
        if (inClosure[b] === turn) return;
        inClosure[b] = turn;
        closure.push(b);
      };
      for (const b of installs) enter(b);
      for (const b of base) enter(b);
      for (const b of closure)
        for (let e = runtime.offsets[b]!; e < runtime.offsets[b + 1]!; e++) {
          const c = runtime.targets[e]!;
          if (installed[c] === 1) enter(c);
        }
      const also = named(step.set.filter((b) => inClosure[b] !== turn));
      const without = named(closure.filter((b) => inSet[b] !== turn));
      return {
        installs: named(installs),
        ...(also.length > 0 && { also }),
        ...(without.length > 0 && { without }),
      };
    },
  };
}

/** The binaries of a set that fulfil what a build asks for. */
export type AskedFor = (step: Step, isInstalled: (binary: number) => boolean) => readonly number[];
