/**
 * Solution -> the first round of a plan in order (rule M4), each build with what it has installed: found exactly, at
 * that moment, over what is there from the start and what the builds before have yielded.
 */
import type { PlannedBuild, Solution } from '../model.ts';
import { placeInOrder } from '../order.ts';
import { IntHeap } from '../solver/break/problem/heap.ts';
import { type Chosen, neededSources, plannedCandidates } from '../solver/break/problem/schedule.ts';
import { successors } from '../solver/graph/csr.ts';
import { type BuildIndex, buildIndex } from '../solver/graph/readiness.ts';
import type { Resolved } from '../solver/graph/resolve.ts';
import { installRules } from '../solver/install/install-rules.ts';
import type { Refusal } from '../solver/install/install-search.ts';
import { InstallWorld } from '../solver/install/install-world.ts';
import { needIndex, Prospects } from '../solver/install/prospects.ts';

/** A build, and what is installed when it starts: indices into `Universe.binaries`. */
export interface Step {
  readonly source: number;
  readonly stage: number;
  readonly round: number;
  readonly why: PlannedBuild['why'];
  readonly set: Int32Array;
}

/** The index of a name in a list in byte order, or -1. */
export function indexIn(names: readonly string[], name: string): number {
  const at = placeInOrder(names.length, (i) => names[i]!, name);
  return names[at] === name ? at : -1;
}

/** The choices of a solution by number. */
export function chosenOf(index: BuildIndex, solution: Pick<Solution, 'choices' | 'wishes'>): Chosen {
  const { graph, candidates, firstOf } = index;
  const used = new Uint8Array(candidates.length);
  for (const { source, stage } of solution.choices) {
    const s = indexIn(graph.sources, source);
    for (let c = firstOf[s]!; c < firstOf[s + 1]!; c++) if (candidates[c]!.stage === stage) used[c] = 1;
  }
  return { used, wishes: solution.wishes.map((name) => indexIn(graph.sources, name)) };
}

/** The first round, and what came of it. */
export interface FirstRound {
  readonly steps: readonly Step[];
  /** What is there once all of it is done. */
  readonly world: InstallWorld;
  /** Builds that only a conflict keeps from being done. */
  readonly refused: readonly Refused[];
}

/**
 * A build that cannot be done although the graph, which knows one choice of alternatives and no conflict, has it ready.
 */
export interface Refused {
  readonly source: number;
  readonly stage: number;
  readonly refusal: Refusal;
}

/** Does what is planned, the lowest that can be done first. */
class Round {
  readonly world: InstallWorld;
  readonly steps: Step[] = [];
  readonly refused = new Map<number, Refusal>();
  private readonly resolved: Resolved;
  private readonly index: BuildIndex;
  private readonly planned: Uint8Array;
  private readonly prospects: Prospects;
  private readonly heap = new IntHeap();
  private readonly fullDone: Uint8Array;
  /** Binary -> refused builds that it may help. */
  private readonly hopes = new Map<number, number[]>();

  constructor(resolved: Resolved, index: BuildIndex, planned: Uint8Array) {
    const rules = installRules(resolved.choices.universe, resolved.choices.providers);
    const given = [...resolved.given.keys()].filter((b) => resolved.given[b] === 1);
    this.resolved = resolved;
    this.index = index;
    this.planned = planned;
    this.world = new InstallWorld(rules, given);
    this.prospects = new Prospects(needIndex(rules));
    this.fullDone = new Uint8Array(index.graph.sources.length);
    index.candidates.forEach((_, c) => {
      if (this.prospects.isInProspect(c)) this.offer([c]);
    });
    this.offer(this.prospects.appear(given));
  }

  private offer(candidates: readonly number[]): void {
    for (const c of candidates) if (this.planned[c] === 1 && this.index.candidates[c]!.possible) this.heap.push(c);
  }

  appear(binaries: readonly number[]): void {
    const fresh = binaries.filter((b) => this.world.there[b] === 0);
    this.world.appear(fresh);
    this.offer(this.prospects.appear(fresh));
    for (const b of fresh) for (const c of this.hopes.get(b) ?? []) if (this.refused.has(c)) this.heap.push(c);
  }

  /** @returns whether all is done; false where there were more than `most` to look at */
  run(most = Number.POSITIVE_INFINITY): boolean {
    const { sources } = this.resolved.choices.universe;
    for (let looked = 0; looked < most; looked++) {
      const c = this.heap.pop();
      if (c === undefined) return true;
      const { source, stage } = this.index.candidates[c]!;
      const variant = sources[source]!.variants[c - this.index.firstOf[source]!]!;
      // Once the full build is done a stage is of use only for what nothing else yields.
      const isLate = stage > 0 && this.fullDone[source] === 1;
      if (isLate && variant.produces.every((b) => this.world.there[b] === 1)) {
        this.refused.delete(c);
        continue;
      }
      const answer = this.world.install(variant);
      if (!answer.installable) {
        this.refuse(c, answer);
        continue;
      }
      this.refused.delete(c);
      if (stage === 0) this.fullDone[source] = 1;
      const why = stage === 0 ? 'full' : 'stage';
      this.steps.push({ source, stage, round: stage === 0 ? 1 : 0, why, set: answer.installation });
      this.appear(variant.produces);
    }
    return false;
  }

  /** A contradiction stays one until something comes that fulfils a need of it. */
  private refuse(c: number, refusal: Refusal): void {
    this.refused.set(c, refusal);
    for (const cause of refusal.reason) {
      if (cause.kind === 'clash') continue;
      for (const b of cause.kind === 'need' ? cause.need.candidates : cause.others) {
        if (this.world.there[b] === 1) continue;
        const waiting = this.hopes.get(b);
        if (waiting === undefined) this.hopes.set(b, [c]);
        else if (!waiting.includes(c)) waiting.push(c);
      }
    }
  }
}

/** The first round of a solution. */
export function firstRound(resolved: Resolved, solution: Pick<Solution, 'choices' | 'wishes' | 'stuck'>): FirstRound {
  const index = buildIndex(resolved.graph);
  const chosen = chosenOf(index, solution);
  const planned = plannedCandidates(index, chosen, neededSources(index, 'full'));
  for (const { source } of solution.stuck) planned[index.firstOf[indexIn(resolved.graph.sources, source)]!] = 0;
  const round = new Round(resolved, index, planned);
  for (const s of chosen.wishes)
    round.appear(Array.from(successors(index.makes, s), (vertex) => resolved.binaryOf[vertex]!));
  round.run();
  return { steps: round.steps, world: round.world, refused: refusedBuilds(round, index, planned) };
}

/**
 * All that can be there at all: whatever can be built is, in any variant, and what may be wished or is supplied is
 * there from the start.
 *
 * @param isStopped asked now and then; undefined is the answer where it says so
 */
export async function largestWorld(
  resolved: Resolved,
  wishes: boolean,
  isStopped: () => Promise<boolean>,
): Promise<InstallWorld | undefined> {
  const index = buildIndex(resolved.graph);
  const round = new Round(resolved, index, new Uint8Array(index.candidates.length).fill(1));
  const { binaries } = resolved.choices.universe;
  const supplied = new Set<number>(resolved.graph.supplied ?? []);
  round.appear(
    Array.from(resolved.binaryOf).filter((b) => {
      const source = binaries[b]!.source;
      return source !== undefined && (wishes || supplied.has(source));
    }),
  );
  while (!round.run(buildsAtOnce)) if (await isStopped()) return undefined;
  return round.world;
}

/** Builds between two questions whether the work is to be ended: some milliseconds. */
const buildsAtOnce = 64;

function refusedBuilds({ world, steps }: Round, index: BuildIndex, planned: Uint8Array): Refused[] {
  const { sources } = world.rules.universe;
  const done = new Set(steps.map(({ source, stage }) => `${source} ${stage}`));
  return index.candidates.flatMap(({ source, stage, yields, possible }, c): Refused[] => {
    // What is ruled out already is in no solution: only the graph still has it.
    if (planned[c] === 0 || !possible || done.has(`${source} ${stage}`)) return [];
    // A stage build that comes after the full one, and yields nothing new, is left out for good.
    if (stage > 0 && done.has(`${source} 0`) && yields.length === 0) return [];
    const answer = world.install(sources[source]!.variants[c - index.firstOf[source]!]!);
    return answer.installable ? [] : [{ source, stage, refusal: answer }];
  });
}
