/**
 * The simulator of plans: replays every build of a plan, by the letter of the rules M3, M4, M7 and M8, from the
 * universe. It shares no code with what makes plans.
 */

import { Bug } from '../errors.ts';
import { noVertex } from '../indices.ts';
import type { Plan, PlannedBuild, Universe } from '../model.ts';
import type { SourceName } from '../names.ts';
import { binaryNames, type Resolved } from '../solver/graph/resolve.ts';
import { PlannedSets } from './planned-sets.ts';
import { SetChecker } from './verify-set.ts';

/** What the simulator is told of the world: the universe, and what of it is there before the first build. */
export interface Ground {
  readonly universe: Universe;
  readonly given: Uint8Array;
}

const groundOf = ({ choices, given }: Resolved): Ground => ({ universe: choices.universe, given });

/** What is wrong with a plan, in words; nothing when it can be built as it says and does what it must. */
export function planProblems(resolved: Resolved, plan: Plan): readonly string[] {
  const problems: string[] = [];
  const replay = new Replay(groundOf(resolved), plan);
  plan.builds.forEach((b, i) => {
    for (const p of replay.step(b, i)) problems.push(`${b.id}: ${p}`);
  });
  return [...problems, ...replay.orderProblems(), ...replay.endProblems()];
}

/** @throws Bug when the replay finds anything: a plan that cannot be built is never handed out */
export function verifyPlan(resolved: Resolved, plan: Plan): void {
  const problems = planProblems(resolved, plan);
  if (problems.length > 0) throw new Bug(`the simulator rejects the plan: ${problems.slice(0, 5).join('; ')}`);
}

class Replay {
  private readonly ground: Ground;
  private readonly plan: Plan;
  private readonly checker: SetChecker;
  private readonly sourceOf: ReadonlyMap<string, number>;
  /** Binary -> the newest build that yielded it, and the first one; -1 for none. */
  private readonly newest: Int32Array;
  private readonly firstSeen: Int32Array;
  /** Build -> first position at which all it installs was there. */
  private readonly readyAt: number[] = [];
  private readonly sets: PlannedSets;
  private readonly latest = new Map<SourceName, PlannedBuild>();
  private readonly wished: ReadonlySet<SourceName>;
  private readonly started: ReadonlySet<SourceName>;
  /** Of sources that are started and built in full, and of what a wish stands for: binary -> source, or -1. */
  private readonly makerOf: Int32Array;
  /** 1 for binaries that a wish stands for. */
  private readonly supplied: Uint8Array;
  private readonly checked = new Set<string>();
  /** 1 for what every build has installed, in whatever version: who has it upgrades it. */
  private readonly environment: Uint8Array;

  constructor(ground: Ground, plan: Plan) {
    this.ground = ground;
    this.plan = plan;
    this.checker = new SetChecker(ground.universe);
    this.sourceOf = new Map(ground.universe.sources.map(({ name }, s) => [name, s]));
    const { binaries } = ground.universe;
    const names = binaryNames(ground.universe);
    this.sets = new PlannedSets(names, plan);
    this.newest = new Int32Array(names.length).fill(-1);
    this.firstSeen = new Int32Array(names.length).fill(-1);
    const installed = new Set((plan.environment ?? []).map((name) => name.replace(/:[^:]* \(= .*$/, '')));
    this.environment = Uint8Array.from(binaries, ({ name }) => Number(installed.has(name)));
    this.wished = new Set(plan.wishes);
    this.started = new Set([...plan.wishes, ...plan.builds.filter((b) => b.stage > 0).map((b) => b.source)]);
    const makers = new Map<string, string>();
    for (const b of plan.builds)
      if (b.stage === 0 && this.started.has(b.source)) for (const name of b.produces) makers.set(name, b.source);
    const built = new Set(plan.builds.flatMap((b) => (b.stage === 0 ? [b.source] : [])));
    this.supplied = new Uint8Array(names.length);
    names.forEach((name, b) => {
      const { source } = binaries[b]!;
      const maker = ground.universe.sources[source ?? noVertex]?.name;
      if (maker === undefined || !this.wished.has(maker) || ground.given[b] === 1) return;
      this.supplied[b] = 1;
      if (built.has(maker)) makers.set(name, maker);
    });
    // A second version of a binary is made by who makes the first.
    this.makerOf = Int32Array.from(names, (name, b) => {
      const maker = makers.get(name.endsWith(')') ? binaries[b]!.name : name);
      return maker === undefined ? -1 : (this.sourceOf.get(maker) ?? ground.universe.sources.length);
    });
  }

  private readonly isInstalled = (b: number): boolean => this.environment[b] === 1;

  step(build: PlannedBuild, at: number): readonly string[] {
    const { universe, given } = this.ground;
    const variant = universe.sources[this.sourceOf.get(build.source) ?? -1]?.variants.find(
      (v) => v.stage === build.stage,
    );
    if (variant === undefined) return ['it is no variant of any source'];
    const problems: string[] = [];
    const needs = new Set<number>();
    const members: number[] = [];
    let [tainted, ready] = [false, 0];
    const own = this.sourceOf.get(build.source)!;
    for (const b of this.sets.of(build)) {
      if (b >= given.length) {
        problems.push(`${this.sets.nameOf(b)} is no binary`);
        continue;
      }
      members.push(b);
      const from = this.newest[b]!;
      const maker = this.makerOf[b]!;
      if (from >= 0) {
        needs.add(from);
        if (this.plan.builds[from]!.stage > 0) tainted = true;
      } else if (maker >= 0 && (maker !== own || this.wished.has(build.source))) tainted = true;
      if (given[b] === 1 || this.supplied[b] === 1) continue;
      if (from < 0) problems.push(`${this.sets.nameOf(b)} is not there yet`);
      else ready = Math.max(ready, this.firstSeen[b]! + 1);
    }
    for (const name of build.installs) if (!this.sets.holds(name)) problems.push(`does not install ${name}`);
    // What asks for the same has the same set.
    const { source, stage, installs, also, without } = build;
    const key = JSON.stringify([source, stage, installs, also, without]);
    if (!this.checked.has(key)) problems.push(...this.checker.problems(variant, members, this.isInstalled));
    this.checked.add(key);
    this.readyAt.push(ready);
    if ([...needs].sort((a, b) => a - b).join() !== build.needs.join()) problems.push('needs other builds');
    const archive = build.stage > 0 ? `stage${build.stage}` : tainted ? 'interim' : 'final';
    if (archive !== build.archive) problems.push(`belongs in ${archive}`);
    for (const name of build.produces) {
      const b = this.sets.indexOf(name);
      if (b >= given.length) continue;
      this.newest[b] = at;
      if (this.firstSeen[b]! < 0) this.firstSeen[b] = at;
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
    /**
     * Builds so far without those that a later one is higher than: the nearest higher one is on top of what is left.
     */
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
    for (const s of this.ground.universe.targets) {
      const { name } = this.ground.universe.sources[s]!;
      const last = this.latest.get(name);
      if (!stuck.has(name) && last?.archive !== 'final') problems.push(`${name} does not end in final`);
    }
    for (const [name, last] of this.latest)
      if (stuck.has(name) && last.stage === 0) problems.push(`${name} is called stuck, and built all the same`);
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
