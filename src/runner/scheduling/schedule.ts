/**
 * What may start, and what should start first. Knows nothing of processes. Because the inputs of every build are
 * fixed by the plan, the order chosen here decides how long a run takes, never what comes out of it.
 */
/** Build -> the earlier builds that it waits for. */
export type Needs = readonly (readonly number[])[];

/**
 * Seconds from the start of each build to the end of the longest chain of builds that waits for it. O(builds + needs).
 *
 * @param clockSeconds how long each build is expected to take
 */
export function criticalPaths(needs: Needs, clockSeconds: (build: number) => number): Float64Array {
  const path = new Float64Array(needs.length);
  for (let i = needs.length - 1; i >= 0; i--) {
    const length = path[i]! + clockSeconds(i);
    path[i] = length;
    for (const need of needs[i]!) if (length > path[need]!) path[need] = length;
  }
  return path;
}

/** A build that cannot be done any more, and the failed ones that it waits for. */
export interface Blocked {
  readonly build: number;
  readonly by: readonly number[];
}

/** The ready builds of one plan. Each build is settled once. */
export class Schedule {
  private readonly waiting: Int32Array;
  private readonly dependents: number[][];
  private readonly ready: number[] = [];
  /** Build -> the failed builds it waits for, itself included. */
  private readonly causes = new Map<number, Set<number>>();
  private readonly before: (a: number, b: number) => number;
  private readonly path: Float64Array;

  /** `wanted`: the builds to do, ascending; what they need besides must be there already. */
  constructor(needs: Needs, wanted: readonly number[], clockSeconds: (build: number) => number) {
    const path = criticalPaths(needs, clockSeconds);
    this.path = path;
    const among = new Set(wanted);
    this.before = (a, b) => path[b]! - path[a]! || a - b;
    this.waiting = new Int32Array(needs.length);
    this.dependents = needs.map(() => []);
    for (const i of wanted) {
      const awaited = needs[i]!.filter((n) => among.has(n));
      this.waiting[i] = awaited.length;
      for (const n of awaited) this.dependents[n]!.push(i);
      if (awaited.length === 0) this.ready.push(i);
    }
    this.ready.sort(this.before);
  }

  /** Those that could start now, the head of the longest chain still to be built first. */
  get startable(): readonly number[] {
    return this.ready;
  }

  /** Seconds from its start to the end of the longest chain that waits for it. */
  urgency(build: number): number {
    return this.path[build]!;
  }

  /** Takes one of them out: by default the first. */
  take(build = this.ready[0]): number | undefined {
    const at = build === undefined ? -1 : this.ready.indexOf(build);
    return at < 0 ? undefined : this.ready.splice(at, 1)[0];
  }

  /**
   * Notes how a build ended. Returns the builds that can therefore not be built any more, in plan order, each with the
   * failed builds behind it; they are known as soon as everything they wait for has ended.
   */
  settle(build: number, ok: boolean): readonly Blocked[] {
    if (!ok) this.causes.set(build, new Set([build]));
    const blocked: Blocked[] = [];
    const settled = [build];
    for (let i = settled.pop(); i !== undefined; i = settled.pop()) {
      const causes = this.causes.get(i) ?? [];
      for (const d of this.dependents[i]!) {
        for (const cause of causes) this.causes.set(d, (this.causes.get(d) ?? new Set()).add(cause));
        if (--this.waiting[d]! > 0) continue;
        const by = this.causes.get(d);
        if (by === undefined) this.insert(d);
        else {
          blocked.push({ build: d, by: [...by].sort((x, y) => x - y) });
          settled.push(d);
        }
      }
    }
    return blocked.sort((x, y) => x.build - y.build);
  }

  /** Everything that waits for a build, directly or not, ascending. */
  waitingFor(build: number): readonly number[] {
    const found = new Set<number>([build]);
    for (const i of found) for (const d of this.dependents[i]!) found.add(d);
    found.delete(build);
    return [...found].sort((a, b) => a - b);
  }

  private insert(build: number): void {
    const at = this.ready.findIndex((other) => this.before(build, other) < 0);
    this.ready.splice(at < 0 ? this.ready.length : at, 0, build);
  }
}
