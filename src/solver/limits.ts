/**
 * The limits of the solver: how much work a question gets before it is answered with what there is. They count steps
 * and sets, never seconds, so that the answer is the same on every machine. None of them makes an answer wrong: what a
 * limit cuts short is `bounded`, or is told in fewer words. docs/solver.md prints this table.
 */
import type { ByName } from '../model.ts';

/** One limit, with what it costs and what it changes. */
export interface Limit {
  readonly most: number;
  /** What is counted. */
  readonly unit: string;
  /** What that much takes: time on the two cores of docs/bench.md, or what grows with it. */
  readonly cost: string;
  /** What the answer is like beyond it. */
  readonly effect: string;
}

/** All of them, by name. */
export const workLimits = {
  // ---- the search of a break set
  cutsPerNode: {
    most: 3,
    unit: 'cycles cut through one node in one round',
    cost: 'a round of the hitting set',
    effect: 'further cycles are cut in the next round',
  },
  cutSteps: {
    most: 10_000_000,
    unit: 'nodes visited for the cuts of one round',
    cost: 'not measured apart',
    effect: 'further cycles are cut in the next round',
  },
  needlessSteps: {
    most: 50_000_000,
    unit: 'nodes visited to leave members out of a greedy set',
    cost: 'about half a second',
    effect: 'the first bound from above is a larger set',
  },
  groupNodes: {
    most: 20_000,
    unit: 'nodes for groups when every choice is open',
    cost: 'the size of the problem that clingo gets',
    effect: 'a further group has its first candidate only, and the answer is `bounded`',
  },
  groupCandidates: {
    most: 40,
    unit: 'candidates of a group that are tried',
    cost: 'the size of the problem that clingo gets',
    effect: 'the others are not tried, and the answer is `bounded`',
  },
  cleanCuts: {
    most: 40,
    unit: 'cuts made of one choice that does not end clean',
    cost: 'a question of the whole universe each',
    effect: 'further cuts are made in the next round',
  },
  questionsAfterLimit: {
    most: 100,
    unit: 'questions of the whole universe after the time limit',
    cost: 'not measured apart',
    effect: 'any answer that ends clean is taken',
  },
  // ---- the fewest rebuilds
  replays: {
    most: 4096,
    unit: 'choices replayed in one independent part',
    cost: 'a walk over the part each',
    effect: 'the search is taken instead of the list',
  },
  replayedEdges: {
    most: 4_000_000,
    unit: 'edges visited by all replays',
    cost: 'not measured apart',
    effect: 'fewer choices are replayed',
  },
  listedElements: {
    most: 24,
    unit: 'elements in which the cheapest choices differ',
    cost: 'two to the power of it choices',
    effect: 'the search is taken instead of the list',
  },
  rebuildRounds: {
    most: 60,
    unit: 'questions to clingo of the search for rebuilds',
    cost: 'a tenth of a second each on an archive',
    effect: '`rebuilds` is `bounded`',
  },
  rebuildReasons: {
    most: 60,
    unit: 'reasons for rebuilds worked out',
    cost: 'a tenth of a second each on an archive',
    effect: '`rebuilds` is `bounded`',
  },
  unexplainedRebuilds: {
    most: 60,
    unit: 'rebuilds of a choice that no proof explains',
    cost: 'a reason each',
    effect: 'there is no search, and `rebuilds` is `bounded`',
  },
  lastBeforeClean: {
    most: 8,
    unit: 'builds before a clean one that are looked at',
    cost: 'a walk each',
    effect: 'fewer rebuilds are proved',
  },
  lateCopies: {
    most: 3,
    unit: 'sources looked at besides, of which every build has a copy of the seed installed',
    cost: 'a walk each',
    effect: 'fewer rebuilds are proved',
  },
  boundVisits: {
    most: 3_000_000,
    unit: 'units visited build by build for the bound of rebuilds',
    cost: 'less than a second on an archive, which takes half of it',
    effect: 'fewer rebuilds are proved',
  },
  boundSteps: {
    most: 20_000_000,
    unit: 'candidates looked at to know who waits for whom',
    cost: 'a few seconds; the closure of an archive takes less than a tenth of it',
    effect: 'nothing is sure any more, so fewer rebuilds are proved',
  },
  // ---- installation sets
  askings: {
    most: 8,
    unit: 'times that a build is asked to do with something else',
    cost: 'a solution each',
    effect: 'the build is stuck for its conflicts',
  },
  shrunkClauses: {
    most: 2000,
    unit: 'clauses of a reason that is made smaller',
    cost: 'the square of it',
    effect: 'the reason is told with clauses that it does not need',
  },
  toldCauses: {
    most: 8,
    unit: 'conflicts named of one reason',
    cost: 'lines to read',
    effect: 'the others are not named',
  },
  // ---- what is told of an answer
  explainedVertices: {
    most: 40_000_000,
    unit: 'vertices visited for the edges of a cycle',
    cost: 'a walk over the graph for each source of the cycle',
    effect: 'the first sources are told, ten at least',
  },
  chainSteps: {
    most: 1_000_000,
    unit: 'steps that the cycles told for all stuck sources have together',
    cost: 'memory: a ring of n sources has n cycles of n steps',
    effect: 'further sources are told as waiting, without a cycle of their own',
  },
  chainVisits: {
    most: 2_000_000_000,
    unit: 'edges looked at for these cycles',
    cost: 'some ten seconds',
    effect: 'further sources are told as waiting, without a cycle of their own',
  },
  freedVertices: {
    most: 50_000_000,
    unit: 'vertices visited to find what each wish frees',
    cost: 'some seconds',
    effect: 'further wishes are told without what they free',
  },
  toldWishes: {
    most: 500,
    unit: 'wishes told',
    cost: 'the square of it: each is compared with every other',
    effect: 'the wishes of the lowest sources are told',
  },
  countedCycles: {
    most: 10_000_000,
    unit: 'steps of counting short cycles, all components together',
    cost: 'about half a second',
    effect: 'the answer says up to which length they are counted',
  },
  shownCycles: {
    most: 10,
    unit: 'shortest cycles shown of a component',
    cost: 'lines to read',
    effect: 'the others are counted only',
  },
} as const satisfies ByName<Limit>;
