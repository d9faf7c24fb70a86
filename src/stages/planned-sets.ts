/**
 * Part of the simulator of plans: the installation sets that a plan tells, in numbers. Names are looked up once, and a
 * set is walked through for every build.
 */
import { valueAt } from '../by-name.ts';
import type { Plan, PlannedBuild } from '../model.ts';

/** The sets of one plan, each walked through when it is asked for. */
export class PlannedSets {
  private readonly names: string[];
  private readonly indices: Map<string, number>;
  /** Binary -> what it has installed with it. */
  private readonly runtime: (readonly number[])[];
  private readonly environment: readonly number[];
  /** Binary -> the turn in which it was last in the set, or last left out of it. */
  private readonly inside: number[];
  private readonly outside: number[];
  private turn = 0;

  /** @param names of the binaries of the universe; what else the plan names has the numbers behind them */
  constructor(names: readonly string[], plan: Plan) {
    this.names = [...names];
    this.indices = new Map(names.map((name, b) => [name, b]));
    const nothing: readonly number[] = [];
    this.runtime = names.map(() => nothing);
    for (const name of Object.keys(plan.runtime))
      this.runtime[this.indexOf(name)] = this.numbers(valueAt(plan.runtime, name)!);
    this.environment = this.numbers(plan.environment ?? []);
    this.inside = names.map(() => 0);
    this.outside = names.map(() => 0);
  }

  indexOf(name: string): number {
    let index = this.indices.get(name);
    if (index === undefined) {
      index = this.names.push(name) - 1;
      this.indices.set(name, index);
    }
    return index;
  }

  nameOf(binary: number): string {
    return this.names[binary]!;
  }

  private numbers(names: readonly string[]): readonly number[] {
    return names.map((name) => this.indexOf(name));
  }

  /**
   * The set of a build: what it installs and the environment, what those have installed with them, and the exceptions.
   */
  of({ installs, also = [], without = [] }: PlannedBuild): readonly number[] {
    const turn = ++this.turn;
    const reached: number[] = [];
    const enter = (b: number): void => {
      if (this.inside[b] === turn) return;
      this.inside[b] = turn;
      reached.push(b);
    };
    for (const b of this.numbers(installs)) enter(b);
    for (const b of this.environment) enter(b);
    // It grows while it is walked through.
    for (const b of reached) for (const lower of this.runtime[b] ?? []) enter(lower);
    for (const b of this.numbers(without)) this.outside[b] = turn;
    const more = this.numbers(also);
    for (const b of more) {
      enter(b);
      this.outside[b] = 0;
    }
    for (let i = 0; i < reached.length; i++) if (this.outside[reached[i]!] === turn) this.inside[reached[i]!] = 0;
    return reached.filter((b) => this.inside[b] === turn);
  }

  /** Whether the set that was asked for last holds it. */
  holds(name: string): boolean {
    return this.inside[this.indexOf(name)] === this.turn;
  }
}
