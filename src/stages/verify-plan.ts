/**
 * The simulator of plans: replays every build of a plan against the graph, by the letter of the rules M3, M4, M7 and M8.
 * It shares no code with what makes plans.
 */
import { Bug } from '../errors.ts';
import type { DependencyGraph, Plan, PlannedBuild } from '../model.ts';

/** What is wrong with a plan, in words; nothing when it can be built as it says and does what it must. */
export function planProblems(graph: DependencyGraph, plan: Plan): readonly string[] {
  const problems: string[] = [];
  const replay = new Replay(graph, plan);
  plan.builds.forEach((b, i) => {
    for (const p of replay.step(b, i)) problems.push(`${b.id}: ${p}`);
  });
  return [...problems, ...replay.orderProblems(), ...replay.endProblems()];
}

/** @throws Bug when the replay finds anything: a plan that cannot be built is never handed out */
export function verifyPlan(graph: DependencyGraph, plan: Plan): void {
  const problems = planProblems(graph, plan);
  if (problems.length > 0) throw new Bug(`the simulator rejects the plan: ${problems.slice(0, 5).join('; ')}`);
}

class Replay {
  private readonly graph: DependencyGraph;
  private readonly plan: Plan;
  private readonly sourceOf: ReadonlyMap<string, number>;
  /** Binary name -> the newest build that yielded it. */
  private readonly newest = new Map<string, number>();
  /** Build -> first position at which all it installs was there. */
  private readonly readyAt: number[] = [];
  private readonly firstSeen = new Map<string, number>();
  private readonly vertices: ReadonlyMap<string, number>;
  private readonly latest = new Map<string, PlannedBuild>();
  private readonly wished: ReadonlySet<string>;
  private readonly started: ReadonlySet<string>;
  private readonly makerOf = new Map<string, string>();

  constructor(graph: DependencyGraph, plan: Plan) {
    this.graph = graph;
    this.plan = plan;
    this.sourceOf = new Map(graph.sources.map((name, s) => [name, s]));
    this.vertices = new Map(graph.binaries.map((name, b) => [name, b]));
    this.wished = new Set(plan.wishes);
    this.started = new Set([...plan.wishes, ...plan.builds.filter((b) => b.stage > 0).map((b) => b.source)]);
    for (const b of plan.builds) for (const name of b.produces) if (b.stage === 0) this.makerOf.set(name, b.source);
    graph.binaries.forEach((name, b) => {
      if (graph.madeBy[b]! >= 0) this.makerOf.set(name, graph.sources[graph.madeBy[b]!]!);
    });
  }

  /** Everything installed for a build, by the graph for what is built, by name for what is the seed's. */
  private installed(build: PlannedBuild): ReadonlySet<string> {
    const names = new Set(build.installs);
    const { offsets, targets } = this.graph.runtime;
    for (const name of names) {
      const b = this.vertices.get(name);
      if (b === undefined) continue;
      for (const lower of targets.subarray(offsets[b]!, offsets[b + 1]!)) names.add(this.graph.binaries[lower]!);
    }
    return names;
  }

  step(build: PlannedBuild, at: number): readonly string[] {
    const s = this.sourceOf.get(build.source);
    const variant = this.graph.variants[s ?? -1]?.find((v) => v.stage === build.stage);
    if (s === undefined || variant === undefined) return ['it is no variant of any source'];
    const problems: string[] = [];
    const asked = new Set(build.installs);
    for (const b of variant.needs) {
      if (!asked.has(this.graph.binaries[b]!)) problems.push(`does not install ${this.graph.binaries[b]}`);
    }
    const needs = new Set<number>();
    let [tainted, ready] = [false, 0];
    for (const name of this.installed(build)) {
      const from = this.newest.get(name);
      if (from !== undefined) {
        needs.add(from);
        ready = Math.max(ready, this.firstSeen.get(name)! + 1);
        if (this.plan.builds[from]!.stage > 0) tainted = true;
        continue;
      }
      const maker = this.makerOf.get(name) ?? '';
      if (this.vertices.has(name) && !this.wished.has(maker)) problems.push(`${name} is not there yet`);
      if (this.started.has(maker) && (maker !== build.source || this.wished.has(maker))) tainted = true;
    }
    this.readyAt.push(ready);
    // What was wished for is there from the start, whichever copy is the newest by now.
    if ([...needs].sort((a, b) => a - b).join() !== build.needs.join()) problems.push('needs other builds');
    const archive = build.stage > 0 ? `stage${build.stage}` : tainted ? 'interim' : 'final';
    if (archive !== build.archive) problems.push(`belongs in ${archive}`);
    for (const name of build.produces) {
      this.newest.set(name, at);
      if (!this.firstSeen.has(name)) this.firstSeen.set(name, this.wished.has(this.makerOf.get(name) ?? '') ? -1 : at);
    }
    this.latest.set(build.source, build);
    return problems;
  }

  /** M4 for the first round: nothing is built while something lower, that comes later, could have been. */
  orderProblems(): readonly string[] {
    const first = this.plan.builds.filter((b) => b.round < 2);
    const rank = first.map((b) => [this.sourceOf.get(b.source)!, b.stage] as const);
    const isHigher = (i: number, j: number): boolean => {
      const [x, y] = [rank[i]!, rank[j]!];
      return x[0] > y[0] || (x[0] === y[0] && x[1] > y[1]);
    };
    const problems: string[] = [];
    /** Builds so far without those that a later one is higher than: the nearest higher one is on top of what is left. */
    const open: number[] = [];
    first.forEach((b, j) => {
      while (open.length > 0 && !isHigher(open.at(-1)!, j)) open.pop();
      const higher = open.at(-1) ?? -1;
      if (higher >= this.readyAt[j]!) problems.push(`${b.id} could have been built before ${first[higher]!.id}`);
      open.push(j);
    });
    return problems;
  }

  /** M7 and M8: what was tainted is built again, what was started is compared, and stuck is what is left. */
  endProblems(): readonly string[] {
    const problems: string[] = [];
    const stuck = new Set(this.plan.stuck.map((s) => s.source));
    for (const s of this.graph.targets) {
      const name = this.graph.sources[s]!;
      const last = this.latest.get(name);
      if (!stuck.has(name) && last?.archive !== 'final') problems.push(`${name} does not end in final`);
    }
    for (const name of this.started) {
      const last = this.latest.get(name);
      if (!stuck.has(name) && last?.stage === 0 && last.why !== 'compare') problems.push(`${name} is not compared`);
    }
    for (const { criterion, value } of this.plan.costs) {
      const counts = {
        wishes: this.plan.wishes.length,
        stageBuilds: this.plan.builds.filter((b) => b.why === 'stage').length,
        rebuilds: this.plan.builds.filter((b) => b.why === 'rebuild').length,
      };
      if (counts[criterion] !== value) problems.push(`${criterion} are ${counts[criterion]}, not ${value}`);
    }
    return problems;
  }
}
