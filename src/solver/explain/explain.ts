/** Why a source is where it is: the cycle or the wait it is part of, who could break it, and what that would free. */

import { isVertex, type SourceVertex } from '../../indices.ts';
import type { ChainStep, Group, Scc, Universe } from '../../model.ts';
import type { BinaryName, SourceName } from '../../names.ts';
import { Buildable } from '../graph/buildable.ts';
import { successors } from '../graph/csr.ts';
import { type PackageGraph, packageGraph } from '../graph/package-graph.ts';
import type { Resolved } from '../graph/resolve.ts';
import { sccsOf } from '../graph/scc.ts';
import { shortestChain, shortestCycle } from '../graph/shortest-chain.ts';
import { tarjan } from '../graph/tarjan.ts';
import { isNeed } from '../graph/unsatisfied.ts';
import { workLimits } from '../limits.ts';
import { type AskingLine, askingLine } from './asking-line.ts';
import { annotationFor, type DeclaredProfile, declaredProfiles } from './declared-profiles.ts';
import { sourcesWithout, whyNever } from './never-there.ts';
import { type StageObstacle, stageObstacles } from './stage-obstacles.ts';
import { freedBy, type Wish, wishFor } from './wishes.ts';

/** One dependency of a cycle that could be dropped, and what that would do. */
export interface Breaker extends AskingLine {
  readonly binary: BinaryName;
  /** Sources that leave the SCC when it is dropped. */
  readonly leaving: number;
}

/** Everything that `explain` says of one source. */
export interface Explanation {
  readonly source: SourceName;
  readonly version: string;
  readonly maintainer: string;
  /**
   * `cycle`: needs itself through others. `missing`: nothing provides a need. `behind`: waits for such. `free`: none.
   */
  readonly place: 'cycle' | 'missing' | 'behind' | 'free';
  /** Nothing declared reaches it. */
  readonly stuck: boolean;
  readonly scc: { readonly id: string; readonly size: number } | null;
  /** The shortest cycle through it, or the shortest way to what it waits for. */
  readonly chain: readonly ChainStep[];
  /** Build dependencies of it that nothing satisfies. */
  readonly missing: readonly { readonly group: string; readonly why: string }[];
  readonly breakers: readonly Breaker[];
  /** Profiles of the source that leave out what is in the way, stages among them; those that leave out most first. */
  readonly profiles: readonly DeclaredProfile[];
  /** The line of an annotations file that makes a stage of them; undefined when none is needed. */
  readonly annotation: string | undefined;
  /** Stages of the sources of the chain that can be built, and whose binaries cannot be installed. */
  readonly obstacles: readonly StageObstacle[];
  /** For a stuck source: the reduced build that would make it buildable now. */
  readonly wish: Wish | null;
}

/** Everything about one universe that explanations share; make it once. */
export interface Ground {
  readonly resolved: Resolved;
  /** Of full builds. */
  readonly graph: PackageGraph;
  readonly sccs: readonly Scc[];
  readonly buildable: Buildable;
}

/** What every explanation of a universe starts from; made once for all sources. O(V + E). */
export function groundOf(resolved: Resolved): Ground {
  const graph = packageGraph(resolved.graph, 'full');
  return { resolved, graph, sccs: sccsOf(graph), buildable: Buildable.of(resolved.graph) };
}

/** How many of the SCC's members leave it, or its largest remainder, once one need is dropped. O(V + E). */
export function leavingWithout({ graph }: Ground, scc: Scc, source: SourceVertex, vertex: number): number {
  const { offsets, targets } = graph.edges;
  const dropped = targets.indexOf(graph.sources + vertex, offsets[source]!);
  if (dropped < 0 || dropped >= offsets[source + 1]!) return 0;
  const edges = {
    offsets: offsets.map((o, v) => (v > source ? o - 1 : o)),
    targets: targets.filter((_, e) => e !== dropped),
  };
  const { component, count } = tarjan(edges, scc.members);
  const [vertices, sources] = [new Int32Array(count), new Int32Array(count)];
  for (const c of component) if (c >= 0) vertices[c]!++;
  for (const s of scc.members) sources[component[s]!]!++;
  // A source that is still in a cycle shares its component with a binary at least.
  const rest = sources.reduce((most, n, c) => (vertices[c]! > 1 ? Math.max(most, n) : most), 0);
  return scc.members.length - rest;
}

/** The dependency with which each source of a cycle enters its next step; in a large graph the first ones. */
function breakersOf(ground: Ground, scc: Scc, chain: readonly ChainStep[]): readonly Breaker[] {
  const { resolved } = ground;
  const { universe, needs } = resolved.choices;
  const index = new Map(scc.members.map((s) => [`src:${universe.sources[s]!.name}`, s]));
  const { offsets, targets } = ground.graph.edges;
  return chain
    .filter((step) => step.how === 'build-depends')
    .slice(0, Math.max(10, Math.floor(workLimits.explainedVertices.most / (offsets.length + targets.length))))
    .map((step) => {
      const s = index.get(step.from)!;
      const chosen = needs[s]![0]!.find((b) => universe.binaries[b]!.name === step.to)!;
      return {
        ...askingLine(resolved.choices, s, chosen),
        binary: universe.binaries[chosen]!.name,
        leaving: resolved.vertexOf[chosen]! < 0 ? 0 : leavingWithout(ground, scc, s, resolved.vertexOf[chosen]!),
      };
    });
}

/** Linear in the graph for each dependency of the cycle. @param source index into `universe.sources` */
export function explain(ground: Ground, source: SourceVertex): Explanation {
  const { resolved, sccs, buildable } = ground;
  const { universe } = resolved.choices;
  // With what was ruled out on the way to the plan, where that has a dependency to name.
  const unsatisfied = resolved.graph.unsatisfied.filter(isNeed);
  const { name, version, maintainer } = universe.sources[source]!;
  const stuck = !buildable.reaches(source);
  const scc = sccs.find((c) => c.members.includes(source));
  const missing = [...unsatisfied.filter((u) => u.source === source && u.stage === 0), ...neverThere(ground, source)];
  const place = scc !== undefined ? 'cycle' : missing.length > 0 ? 'missing' : stuck ? 'behind' : 'free';
  const chain =
    scc !== undefined ? cycleThrough(ground, scc, source) : place === 'behind' ? wayToTrouble(ground, source) : [];
  const profiles = declaredProfiles(universe, universe.sources[source]!, inTheWay(ground, source, scc));
  return {
    source: name,
    version,
    maintainer,
    place,
    stuck,
    scc: scc === undefined ? null : { id: scc.id, size: scc.members.length },
    chain,
    missing: missing.map(({ group, why }) => ({ group, why })),
    breakers: scc === undefined ? [] : breakersOf(ground, scc, chain),
    profiles,
    annotation: annotationFor(name, profiles),
    obstacles: stageObstacles(resolved, buildable, new Set([source, ...sourcesOf(universe, chain)])),
    wish: stuck ? { ...wishFor(resolved, buildable, source), alone: freedBy(buildable, source), together: null } : null,
  };
}

/** The sources that a chain names, or a binary of. */
function sourcesOf(universe: Universe, chain: readonly ChainStep[]): readonly number[] {
  const named = new Set(chain.flatMap(({ from, to }) => [from, to]));
  const makers = new Set(universe.binaries.filter((b) => named.has(b.name)).map((b) => b.source));
  return [...universe.sources.keys()].filter((s) => makers.has(s) || named.has(`src:${universe.sources[s]!.name}`));
}

/** What the full build asks for and cannot have yet, or has from the sources of its own cycle. */
function inTheWay({ resolved, buildable }: Ground, source: SourceVertex, scc: Scc | undefined): readonly Group[] {
  const { universe, providers } = resolved.choices;
  const needs = resolved.choices.needs[source]![0]!;
  const members = new Set(scc?.members);
  const blocks = (b: number): boolean => {
    const vertex = resolved.vertexOf[b]!;
    if (isVertex(vertex) && !buildable.installable(vertex)) return true;
    const { source: maker } = universe.binaries[b]!;
    return maker !== undefined && members.has(maker);
  };
  return universe.sources[source]!.variants[0]!.buildDepends.filter((group) => {
    const chosen = group.flatMap((r) => [...providers.satisfying(r, 'build')]).find((b) => needs.includes(b));
    return chosen === undefined || blocks(chosen);
  });
}

const whyNeverIn = ({ resolved, buildable }: Ground, binary: number): string | undefined =>
  whyNever(
    resolved.graph,
    binary,
    (s) => buildable.reaches(s),
    (b) => buildable.has(b),
  );

/** What its full build would have installed, and what is never there. */
function neverThere(ground: Ground, source: SourceVertex): Explanation['missing'] {
  const { graph } = ground.resolved;
  const installed = new Set(graph.variants[source]![0]!.needs);
  for (const b of installed) for (const lower of successors(graph.runtime, b)) installed.add(lower);
  return [...installed].flatMap((b) => {
    const why = whyNeverIn(ground, b);
    return why === undefined ? [] : [{ group: graph.binaries[b]!, why }];
  });
}

/** The shortest cycle; of a stuck source one that is stuck altogether, if there is one. */
function cycleThrough({ resolved, buildable }: Ground, scc: Scc, source: SourceVertex): readonly ChainStep[] {
  const stuck = scc.members.filter((s) => !buildable.reaches(s));
  const unbroken = stuck.includes(source) ? shortestCycle(resolved, source, new Set(stuck)) : [];
  return unbroken.length > 0 ? unbroken : shortestCycle(resolved, source, new Set(scc.members));
}

/** From a source that only waits, to the nearest one that is stuck by itself: in a cycle, or missing something. */
function wayToTrouble(ground: Ground, source: SourceVertex): readonly ChainStep[] {
  const { resolved, sccs, buildable } = ground;
  const troubled = new Set(sccs.flatMap((c) => c.members));
  for (const u of resolved.choices.unsatisfied) troubled.add(u.source);
  for (const s of sourcesWithout(resolved.graph, (b) => whyNeverIn(ground, b) !== undefined)) troubled.add(s);
  const isStuck = (s: number) => !buildable.reaches(s);
  return shortestChain(resolved, source, { through: isStuck, until: (s) => isStuck(s) && troubled.has(s) });
}
