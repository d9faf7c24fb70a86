/** The cycles of a dependency graph: who is in them and why, how short they are, what they hold up. */

import type { SourceVertex } from '../../indices.ts';
import type { ChainStep, Scc } from '../../model.ts';
import { buildGraph, Marks } from '../graph/build-graph.ts';
import { Buildable } from '../graph/buildable.ts';
import { successors } from '../graph/csr.ts';
import { type EveryAlternative, everyAlternative } from '../graph/every-alternative.ts';
import { type PackageGraph, packageGraph } from '../graph/package-graph.ts';
import type { Resolved } from '../graph/resolve.ts';
import { sccsOf } from '../graph/scc.ts';
import { type Components, tarjan } from '../graph/tarjan.ts';
import { isNeed } from '../graph/unsatisfied.ts';
import { wavesOf } from '../graph/waves.ts';
import { workLimits } from '../limits.ts';
import { blocks, type Interval } from './blocked-sources.ts';
import { cycleChain, cycleThrough } from './cycle-chain.ts';
import type { CyclesAnswer, SccAnswer } from './cycles-answer.ts';
import { needThemselves } from './needs-itself.ts';
import { reachedBy } from './reached-by.ts';
import { selfCycleTypes } from './self-cycles.ts';
import { type Budget, shortCycles } from './short-cycles.ts';

/** Which cycles are counted one by one. */
export interface CyclesOptions {
  /** Count elementary cycles of up to this many sources. */
  readonly upTo: number;
}

interface Subject {
  readonly graph: PackageGraph;
  readonly components: Components;
  readonly resolved: Resolved | undefined;
  readonly marks: Marks;
}

type Short = Pick<SccAnswer, 'shortCycles'> & { readonly cycles: readonly (readonly number[])[] };

/** Exact counts, or, where already the ways between the sources are too many to look at, none. */
function countShort({ graph, components, marks }: Subject, scc: Scc, upTo: number, budget: Budget): Short {
  const local = buildGraph(graph, scc, components.component, marks, budget.steps);
  if (!local) return { shortCycles: { upTo: 0, counts: [], through: [] }, cycles: [] };
  const short = shortCycles(local, upTo, workLimits.shownCycles.most, budget);
  const asker = new Int32Array(local.asks.targets.length);
  scc.members.forEach((s, i) => {
    asker.fill(s, local.asks.offsets[i]!, local.asks.offsets[i + 1]!);
  });
  const through = [...short.through.keys()]
    .filter((e) => short.through[e]! > 0)
    .sort((a, b) => short.through[b]! - short.through[a]! || a - b)
    .map((e) => ({
      source: graph.labels[asker[e]!]!,
      dependency: graph.labels[local.ways[local.asks.targets[e]!]!]!,
      cycles: short.through[e]!,
    }));
  const cycles = short.first.map((c) => c.map((i) => scc.members[i]!));
  return { shortCycles: { upTo: short.upTo, counts: short.counts, through }, cycles };
}

function describeScc(subject: Subject, scc: Scc, upTo: number, budget: Budget): Omit<SccAnswer, 'unbroken' | 'stages'> {
  const { graph, resolved } = subject;
  const { shortCycles, cycles } = countShort(subject, scc, upTo, budget);
  // Where all cycles are longer than what was counted, one of the shortest through the first member stands for them.
  const { component } = subject.components;
  const told = cycles.length > 0 ? cycles : [cycleThrough(graph, scc.members[0]!, component)];
  return {
    id: scc.id,
    size: scc.members.length,
    sources: scc.members.map((s) => graph.labels[s]!),
    shortCycles,
    shortest: told.map((c) => cycleChain(graph, resolved, c)),
  };
}

/** How many others wait for each member of an SCC: an interval over all choices, or one number in a given graph. */
function waiting(
  subject: Subject,
  every: EveryAlternative | undefined,
  members: readonly SourceVertex[],
): readonly Interval[] {
  const { graph, resolved } = subject;
  if (resolved && every) return blocks(resolved, every, members);
  return Array.from(reachedBy(graph.edges, members, graph.sources), (n) => ({ min: n, max: n }));
}

/** Which members nothing declared reaches, and which stages they declare. */
function declared(resolved: Resolved | undefined): (scc: Scc) => Pick<SccAnswer, 'stages' | 'unbroken'> {
  const label = (s: number) => resolved!.graph.sources[s]!;
  const buildable = resolved && Buildable.of(resolved.graph);
  return ({ members }) => {
    if (!resolved || !buildable) return { stages: [], unbroken: [] };
    const stages = members.flatMap((s) => {
      const own = resolved.graph.variants[s]!.slice(1).map((v) => v.stage);
      return own.length === 0 ? [] : [{ source: label(s), stages: own }];
    });
    return { stages, unbroken: members.filter((s) => !buildable.reaches(s)).map(label) };
  };
}

function analyse(graph: PackageGraph, resolved: Resolved | undefined, { upTo }: CyclesOptions): CyclesAnswer {
  const components = tarjan(graph.edges, graph.roots);
  const subject = { graph, components, resolved, marks: new Marks(components.component.length) };
  const sccs = sccsOf(graph, components);
  const budget = { steps: workLimits.countedCycles.most as number };
  // Small ones first: what they cost must not be missing because a large one came before.
  const found = [...sccs].reverse().map((scc) => describeScc(subject, scc, upTo, budget));
  found.reverse();

  const members = sccs.flatMap((c) => c.members).sort((a, b) => a - b);
  const inScc = new Uint8Array(graph.sources);
  for (const s of members) inScc[s] = 1;
  const impossible = new Set(resolved?.graph.unsatisfied.filter((u) => u.stage === 0).map((u) => u.source));
  const dead = (v: number) =>
    v < graph.sources ? impossible.has(v) : resolved !== undefined && resolved.graph.madeBy[v - graph.sources] === -1;
  const wave = wavesOf(graph, components, (s) => inScc[s] === 1, dead);

  const every = resolved && everyAlternative(resolved.choices);
  const selfSources = needThemselves(graph, sccs, components);
  const typeOf = resolved && every && selfCycleTypes(resolved, every);
  const selfCycles = selfSources.map((s) => {
    const chain: readonly ChainStep[] = cycleChain(graph, resolved, [s]);
    return { source: graph.labels[s]!, ...(typeOf ? { type: typeOf(s) } : {}), chain };
  });
  const intervals = waiting(subject, every, members);
  const stagesOf = declared(resolved);

  const reached = [...components.component.keys()].filter((v) => components.component[v]! >= 0);
  const sources = reached.filter((v) => v < graph.sources);
  const fixpointWaves: string[][] = [];
  const behind: string[] = [];
  for (const s of sources) {
    const w = wave[s]!;
    if (w < 0) {
      if (inScc[s] === 0) behind.push(graph.labels[s]!);
      continue;
    }
    while (fixpointWaves.length <= w) fixpointWaves.push([]);
    fixpointWaves[w]!.push(graph.labels[s]!);
  }
  const inClosure = (s: number) => components.component[s]! >= 0;
  return {
    format: 1,
    verdict: sccs.length === 0 ? 'no-cycles' : 'cycles',
    input: resolved ? 'universe' : 'graph',
    ...(resolved ? { architecture: resolved.choices.universe.architecture } : {}),
    counts: {
      sources: sources.length,
      binaries: reached.length - sources.length,
      edges: reached.reduce((sum, v) => sum + successors(graph.edges, v).length, 0),
      sccs: sccs.length,
      inSccs: members.length,
      largest: sccs[0]?.members.length ?? 0,
      selfCycles: selfCycles.length,
      beforeCycles: sources.length - members.length - behind.length,
      behindCycles: behind.length,
    },
    sccs: found.map((scc, i) => ({ ...scc, ...stagesOf(sccs[i]!) })),
    selfCycles,
    blocks: members.map((s, i) => ({ source: graph.labels[s]!, ...intervals[i]! })),
    fixpoint: fixpointWaves,
    behind,
    unsatisfied: (resolved?.graph.unsatisfied ?? [])
      .filter(isNeed)
      .filter((u) => inClosure(u.source))
      .map((u) => ({ ...u, source: graph.labels[u.source]! })),
  };
}

/** The cycles among full builds: what stands in the way when nothing reduced is used. `graph`: the graph of those. */
export const cyclesOfUniverse = (
  resolved: Resolved,
  options: CyclesOptions,
  graph = packageGraph(resolved.graph, 'full'),
): CyclesAnswer => analyse(graph, resolved, options);

/** The same for a graph of others, where nothing is known about stages or alternatives. */
export const cyclesOfGraph = (graph: PackageGraph, options: CyclesOptions): CyclesAnswer =>
  analyse(graph, undefined, options);
