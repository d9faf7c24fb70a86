/**
 * The quick witness: takes what is needed, and where there is a choice the most preferred candidate that clashes with
 * nothing taken so far, without ever going back. What it finds is an installation; what it does not find may exist.
 */
import type { Demand } from './install-demand.ts';
import type { InstallRules } from './install-rules.ts';
import type { Need } from './need.ts';

/** The mark of the base. Builds count from 1. */
const everyBuild = -1;

/**
 * Works for one build after the other on top of a base that all of them share. Marks are build numbers, so nothing has
 * to be cleared between builds.
 */
export class GreedyInstaller {
  private readonly rules: InstallRules;
  readonly base: Int32Array;
  private readonly there: Uint8Array | undefined;
  private readonly preferred: Uint8Array | undefined;
  private readonly along: Uint8Array | undefined;
  private readonly inRing: Uint8Array;
  /** Binary -> the last build that took it, or clashes with it. The base is marked for ever. */
  private readonly taken: Int32Array;
  private readonly barred: Int32Array;
  private build = 0;
  /** Whether the build took something that may have to wait for itself. */
  private meetsRing = false;
  /** Binary -> what the base does not fulfil of its steps; worked out when it is taken first. */
  private readonly stepsBeyondBase: Int32Array[];
  private installed: number[] = [];
  private choices: Need[] = [];

  /**
   * @param base binaries installed for every build, closed under needs and free of clashes
   * @param there 1 for binaries that can be had; all when left out
   * @param preferred 1 for binaries that are taken before others, whatever the order of the alternatives
   * @param along 1 for those that are installed along with what is no need of all copies
   */
  constructor(rules: InstallRules, base: Int32Array, there?: Uint8Array, preferred?: Uint8Array, along?: Uint8Array) {
    this.along = along;
    this.preferred = preferred;
    this.rules = rules;
    this.base = base;
    this.there = there;
    this.inRing = rules.order.inRing;
    this.taken = new Int32Array(rules.universe.binaries.length);
    this.barred = new Int32Array(rules.universe.binaries.length);
    this.stepsBeyondBase = new Array(rules.universe.binaries.length);
    for (const binary of base) {
      this.taken[binary] = everyBuild;
      for (const rival of rules.rivalsOf(binary)) this.barred[rival] = everyBuild;
    }
  }

  /** An installation that fulfils the demand; or undefined when this way leads to none. */
  install({ needs, forbidden }: Demand): Int32Array | undefined {
    this.build++;
    this.installed = [];
    this.choices = [];
    this.meetsRing = false;
    for (const { against } of forbidden) {
      for (const binary of against) {
        if (this.has(binary)) return undefined;
        this.bar(binary);
      }
    }
    for (const need of needs) if (!this.fulfil(need)) return undefined;
    if (!this.close(0)) return undefined;
    // The list grows while it is worked through.
    for (const need of this.choices) {
      if (this.isFulfilled(need)) continue;
      const from = this.installed.length;
      const candidate =
        (this.preferred && need.candidates.find((binary) => this.preferred![binary] === 1 && this.fits(binary))) ??
        need.candidates.find((binary) => this.fits(binary));
      if (candidate === undefined) return undefined;
      this.take(candidate);
      if (!this.close(from)) return undefined;
    }
    const installation = new Int32Array(this.base.length + this.installed.length);
    installation.set(this.base);
    installation.set(this.installed, this.base.length);
    if (!this.meetsRing) return installation;
    return this.rules.order.deadlock(installation, this.isInBase) === undefined ? installation : undefined;
  }

  /** Whether every build has it installed. */
  readonly isInBase = (binary: number): boolean => this.taken[binary] === everyBuild;

  private has(binary: number): boolean {
    return this.taken[binary] === this.build || this.taken[binary] === everyBuild;
  }

  private isFulfilled({ candidates }: Need): boolean {
    for (let i = 0; i < candidates.length; i++) if (this.has(candidates[i]!)) return true;
    return false;
  }

  private fits(binary: number): boolean {
    if (this.there?.[binary] === 0) return false;
    if (this.barred[binary] === this.build || this.barred[binary] === everyBuild) return false;
    const rivals = this.rules.rivalsOf(binary);
    for (let i = 0; i < rivals.length; i++) if (this.has(rivals[i]!)) return false;
    return true;
  }

  private take(binary: number): void {
    this.taken[binary] = this.build;
    this.installed.push(binary);
    if (this.inRing[binary] === 1) this.meetsRing = true;
    const rivals = this.rules.rivalsOf(binary);
    for (let i = 0; i < rivals.length; i++) this.bar(rivals[i]!);
  }

  private bar(binary: number): void {
    if (this.barred[binary] !== everyBuild) this.barred[binary] = this.build;
  }

  /** Takes the only candidate at once and leaves choices for later; false when there is none that fits. */
  private fulfil(need: Need): boolean {
    if (this.isFulfilled(need)) return true;
    const there = this.there === undefined ? need.candidates : need.candidates.filter((b) => this.there![b] === 1);
    if (there.length > 1) {
      this.choices.push(need);
      return true;
    }
    const [only] = there;
    if (only === undefined || !this.fits(only)) return false;
    this.take(only);
    return true;
  }

  /** Fulfils the needs of what was installed from a position on. */
  private close(from: number): boolean {
    const { rules, taken, build, installed } = this;
    for (let i = from; i < installed.length; i++) {
      const binary = installed[i]!;
      const steps = this.stepsOf(binary);
      for (let k = 0; k < steps.length; k++) {
        const step = steps[k]!;
        if (step < 0) {
          if (!this.fulfil(rules.openNeeds[-1 - step]!)) return false;
        } else if (taken[step] !== build) {
          if (!this.fits(step)) return false;
          this.take(step);
        }
      }
      if (this.along !== undefined && !this.fulfilAlong(binary)) return false;
    }
    return true;
  }

  private stepsOf(binary: number): Int32Array {
    const known = this.stepsBeyondBase[binary];
    if (known !== undefined) return known;
    const { openNeeds } = this.rules;
    const isInBase = (b: number): boolean => this.taken[b] === everyBuild;
    const steps = this.rules
      .stepsOf(binary)
      .filter((step) => (step < 0 ? !openNeeds[-1 - step]!.candidates.some(isInBase) : !isInBase(step)));
    this.stepsBeyondBase[binary] = steps;
    return steps;
  }

  /** What is installed along where it is there. */
  private fulfilAlong(binary: number): boolean {
    for (const need of this.rules.needsWhenThere(binary))
      if (need.candidates.some((b) => this.along![b] === 1) && !this.fulfil(need)) return false;
    return true;
  }
}
