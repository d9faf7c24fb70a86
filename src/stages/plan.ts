/** Solution -> Plan: every build in order, with what it asks for, what it needs, and why it is built. */
import type { DependencyGraph, Plan, PlannedBuild, Solution, Universe } from '../model.ts';
import { byteOrder } from '../order.ts';
import { successors } from '../solver/graph/csr.ts';
import { binaryNames, type Resolved } from '../solver/graph/resolve.ts';
import { firstSteps, indexIn, type Step } from './first-round.ts';
import { closureOfNames, Producers } from './installation-set.ts';
import { neverClean } from './never-clean.ts';
import { buildId, following } from './planned-build.ts';

const inByteOrder = (names: readonly string[]): readonly string[] => [...new Set(names)].sort(byteOrder);

/** What the builds of a variant have in common, whatever the round. */
interface Frame {
  readonly profiles: readonly string[];
  readonly produces: readonly string[];
  readonly installs: readonly string[];
}

/** Lays out builds one after the other. */
class Layout {
  readonly builds: PlannedBuild[] = [];
  private readonly universe: Universe;
  private readonly graph: DependencyGraph;
  private readonly runtime: Plan['runtime'];
  private readonly producers = new Producers();
  /** Source -> variant -> what is directly asked for, and which binaries are there from the start. */
  private readonly asked: readonly (readonly Int32Array[])[];
  private readonly given: Uint8Array;
  private readonly names: readonly string[];
  /** Binary -> its source, for the binaries of sources that a stage or a wish starts. */
  private readonly bootstrapped = new Map<string, string>();
  private readonly wishes: ReadonlySet<string>;
  private readonly fullsDone = new Set<number>();
  private readonly frames = new Map<string, Frame>();

  /** @param built sources whose full build is in the plan */
  constructor(
    { graph, choices, given }: Resolved,
    solution: Solution,
    runtime: Plan['runtime'],
    built: ReadonlySet<number>,
  ) {
    const { universe, needs } = choices;
    this.universe = universe;
    this.graph = graph;
    this.runtime = runtime;
    this.asked = needs;
    this.given = given;
    this.names = binaryNames(universe);
    this.wishes = new Set(solution.wishes);
    // A seed copy is a residue only if it will be replaced: what is taken as given for good is no residue.
    const started = new Set([...solution.wishes, ...solution.choices.map((c) => c.source)]);
    universe.sources.forEach(({ name }, source) => {
      if (!started.has(name) || !built.has(source)) return;
      for (const binary of this.frame({ source, stage: 0, round: 1, why: 'full' }).produces)
        this.bootstrapped.set(binary, name);
    });
    // What a wish stands for is one even where no build replaces it: a binary that the active profiles leave out.
    graph.binaries.forEach((binary, b) => {
      const maker = graph.sources[graph.madeBy[b]!];
      if (maker !== undefined && this.wishes.has(maker)) this.bootstrapped.set(binary, maker);
    });
  }

  private frame({ source, stage }: Step): Frame {
    const key = `${source} ${stage}`;
    const known = this.frames.get(key);
    if (known) return known;
    const { universe, graph } = this;
    const k = universe.sources[source]!.variants.findIndex((v) => v.stage === stage);
    const variant = universe.sources[source]!.variants[k]!;
    const { needs, yields } = graph.variants[source]![k]!;
    const named = (vertices: Int32Array) => Array.from(vertices, (b) => graph.binaries[b]!);
    /** Of what is there from the start: what is asked for, and what is built again all the same. */
    const there = (binaries: Iterable<number>) => [...binaries].filter((b) => this.given[b] === 1);
    const rebuilt = there(variant.produces).filter((b) => universe.binaries[b]!.architecture !== 'all');
    const frame = {
      profiles: variant.profiles,
      produces: inByteOrder([...named(yields), ...rebuilt.map((b) => this.names[b]!)]),
      installs: inByteOrder([...named(needs), ...there(this.asked[source]![k]!).map((b) => this.names[b]!)]),
    };
    this.frames.set(key, frame);
    return frame;
  }

  /** What a build would have installed if it came next: the builds needed, and whether a residue is among it. */
  private look(step: Step): { needs: number[]; tainted: boolean } {
    const next = this.builds.length;
    const needs = new Set<number>();
    let tainted = false;
    const self = this.universe.sources[step.source]!.name;
    for (const binary of closureOfNames(this.frame(step).installs, this.runtime)) {
      const build = this.producers.newestBefore(binary, next);
      if (build !== 'seed') needs.add(build);
      else {
        const maker = this.bootstrapped.get(binary);
        if (maker !== undefined && (maker !== self || this.wishes.has(maker))) tainted = true;
      }
    }
    const sorted = [...needs].sort((a, b) => a - b);
    return { needs: sorted, tainted: tainted || sorted.some((b) => this.builds[b]!.stage > 0) };
  }

  private isBuilt(binary: string): boolean {
    return this.producers.newestBefore(binary, this.builds.length) !== 'seed';
  }

  /** A stage build after the full one: what both yield stays the full build's, whose version is the higher one. */
  private isLate({ source, stage }: Step): boolean {
    return stage > 0 && this.fullsDone.has(source);
  }

  isClean(step: Step): boolean {
    return !this.look(step).tainted;
  }

  add(step: Step): void {
    const { name, version } = this.universe.sources[step.source]!;
    const { needs, tainted } = this.look(step);
    const archive = step.stage > 0 ? `stage${step.stage}` : tainted ? 'interim' : 'final';
    const frame = this.frame(step);
    const produces = this.isLate(step) ? frame.produces.filter((b) => !this.isBuilt(b)) : frame.produces;
    this.producers.add(this.builds.length, produces);
    if (step.stage === 0) this.fullsDone.add(step.source);
    this.builds.push({
      id: buildId(name, step.stage, step.round),
      source: name,
      version,
      stage: step.stage,
      round: step.round,
      archive,
      ...frame,
      produces,
      ...following(this.builds, step.stage, needs),
      why: step.why,
    });
  }
}

/** Run-time dependencies of every binary of these sources: those that are built, and those a wish stands for. */
function runtimeOf(graph: DependencyGraph, sources: ReadonlySet<number>): Plan['runtime'] {
  const rows: [string, readonly string[]][] = [];
  graph.binaries.forEach((name, b) => {
    const row = successors(graph.runtime, b);
    if (row.length > 0 && sources.has(graph.madeBy[b]!))
      rows.push([name, inByteOrder(Array.from(row, (c) => graph.binaries[c]!))]);
  });
  return Object.fromEntries(rows);
}

/**
 * The plan of a solution (rules M4, M7, M8). First round; then every tainted full build whose inputs can now be clean
 * again, once: by then each of its inputs has a full build, so one rebuild is enough and nothing is built a third time
 * on account of the direct rule; then one comparison round for the sources that a stage or a wish started.
 */
export function makePlan(resolved: Resolved, solution: Solution): Plan {
  const { graph } = resolved;
  const { universe } = resolved.choices;
  const first = firstSteps(graph, solution);
  const wished = solution.wishes.map((name) => indexIn(graph.sources, name));
  const runtime = runtimeOf(graph, new Set([...first.map((s) => s.source), ...wished]));
  const built = new Set(first.flatMap(({ source, stage }) => (stage === 0 ? [source] : [])));
  const layout = new Layout(resolved, solution, runtime, built);
  for (const step of first) layout.add(step);
  const full = layout.builds.flatMap((b, i) => (b.stage === 0 ? [first[i]!] : []));
  const interim = new Set(layout.builds.flatMap((b) => (b.archive === 'interim' ? [b.source] : [])));
  const bySource = full.toSorted((a, b) => a.source - b.source);
  const nameOf = (s: Step) => universe.sources[s.source]!.name;
  const again = bySource.filter((s) => interim.has(nameOf(s)) && layout.isClean(s));
  for (const s of again) layout.add({ ...s, round: 2, why: 'rebuild' });
  const rebuilt = new Set(again.map((s) => s.source));
  const started = new Set([...solution.wishes, ...solution.choices.map((c) => c.source)]);
  for (const s of bySource.filter((s) => started.has(nameOf(s)) && layout.isClean(s))) {
    layout.add({ ...s, round: rebuilt.has(s.source) ? 3 : 2, why: 'compare' });
  }
  const rebuilds = again.length;
  const stuck = [...solution.stuck, ...neverClean(layout.builds, runtime, graph)];
  // The solver does not see the seed's copies. What they taint can only be more than it counts, but for builds that are
  // never clean on their account: then its bound is none.
  const costs = solution.costs.map((c) =>
    c.criterion === 'rebuilds' ? { ...c, value: rebuilds, lowerBound: rebuilds < c.lowerBound ? 0 : c.lowerBound } : c,
  );
  const proved = costs.every((c) => c.value === c.lowerBound);
  return {
    format: 1,
    architecture: universe.architecture,
    status: stuck.length > 0 ? 'none' : solution.status === 'optimal' && !proved ? 'bounded' : solution.status,
    costs,
    builds: layout.builds,
    runtime,
    wishes: solution.wishes,
    stuck: stuck.sort((a, b) => byteOrder(a.source, b.source)),
    unused: solution.unused,
    seed: universe.seed,
    ...(universe.native && { native: universe.native }),
    sccs: solution.sccs,
  };
}
