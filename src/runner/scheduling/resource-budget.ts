/**
 * What builds that run side by side may use together. A build starts when what it is expected to use fits beside what
 * the running ones are expected to use, so two heavy ones never reach their peaks together; when nothing runs, anything
 * may start, so that a build larger than the whole budget runs alone. Decides when, never what comes out.
 */
export interface Limits {
  /** Builds at once. */
  readonly jobs: number;
  readonly cores: number;
  /** Bytes. */
  readonly memoryBytes: number;
}

/** What a build is expected to use, by how many cores it is told to use. */
export interface Expectation {
  readonly coresUsed: (given: number) => number;
  /** Bytes at its peak. */
  readonly memoryBytes: (given: number) => number;
}

/** A build that may start, and its share. */
export interface Start {
  readonly build: number;
  /** Cores it is told to use. */
  readonly cores: number;
  /** Bytes that are set aside for it. */
  readonly memoryBytes: number;
}

interface Share {
  readonly cores: number;
  readonly memoryBytes: number;
}

const sum = (shares: Iterable<Share>): Share => {
  let [cores, memoryBytes] = [0, 0];
  for (const share of shares) {
    cores += share.cores;
    memoryBytes += share.memoryBytes;
  }
  return { cores, memoryBytes };
};

/** What is given out, and what is left. */
export class Budget {
  private readonly limits: Limits;
  private readonly held = new Map<number, Share>();
  /** The build that would be next, were there room. */
  private awaited: number | undefined;
  /** Build that has been waiting for room -> those less urgent that started meanwhile. */
  private readonly passed = new Map<number, Set<number>>();

  constructor(limits: Limits) {
    this.limits = limits;
  }

  /** What is set aside for the running builds, and how many they are. */
  get inUse(): Share & { readonly builds: number } {
    return { ...sum(this.held.values()), builds: this.held.size };
  }

  /**
   * The first of the ready builds that has room, with its share of the free cores: fewer where that makes it fit. One
   * that has no room is passed only by those that leave it its room, so it never waits for what started after it.
   *
   * @param ready the most urgent first
   */
  next(ready: readonly number[], expected: (build: number) => Expectation): Start | undefined {
    const { jobs, cores } = this.limits;
    if (ready.length === 0 || this.held.size >= jobs) return undefined;
    this.awaited = ready[0];
    const free = cores - sum(this.held.values()).cores;
    const share = Math.max(1, Math.floor(free / Math.min(ready.length, jobs - this.held.size)));
    for (const [before, build] of ready.entries()) {
      const start = this.roomFor(build, share, expected);
      if (start === undefined) continue;
      this.passed.delete(build);
      for (const waiting of ready.slice(0, before)) this.passed.set(waiting, this.passedBy(waiting).add(build));
      this.held.set(build, { cores: expected(build).coresUsed(start.cores), memoryBytes: start.memoryBytes });
      return start;
    }
    return undefined;
  }

  /** Its share is free again. */
  end(build: number): void {
    this.held.delete(build);
    for (const passed of this.passed.values()) passed.delete(build);
  }

  private roomFor(build: number, share: number, expected: (build: number) => Expectation): Start | undefined {
    const { coresUsed, memoryBytes } = expected(build);
    const wish = (given: number): Share => ({ cores: coresUsed(given), memoryBytes: memoryBytes(given) });
    for (let given = share; given >= 1; given--) {
      const needed = wish(given);
      if (!this.fits([...this.held.values(), needed])) continue;
      if (build !== this.awaited && !this.leavesRoom(needed, expected)) continue;
      return { build, cores: given, memoryBytes: needed.memoryBytes };
    }
    if (this.held.size > 0) return undefined;
    const given = memoryBytes(share) > memoryBytes(1) ? 1 : share;
    return { build, cores: given, memoryBytes: memoryBytes(given) };
  }

  /** With those that passed it already, may one more start before the awaited build? */
  private leavesRoom(needed: Share, expected: (build: number) => Expectation): boolean {
    const { coresUsed, memoryBytes } = expected(this.awaited!);
    const passed = [...this.passedBy(this.awaited!)].map((build) => this.held.get(build)!);
    return this.fits([...passed, needed, { cores: coresUsed(1), memoryBytes: memoryBytes(1) }]);
  }

  private passedBy(waiting: number): Set<number> {
    return this.passed.get(waiting) ?? new Set();
  }

  private fits(shares: readonly Share[]): boolean {
    const { cores, memoryBytes } = sum(shares);
    return shares.length <= this.limits.jobs && cores <= this.limits.cores && memoryBytes <= this.limits.memoryBytes;
  }
}
