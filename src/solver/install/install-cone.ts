/**
 * The question "can this be installed?" as clauses, ring by ring: first what the build asks for, then what that needs,
 * and so on. Every clause knows its cause, so that a contradiction can be told in the words of the packages.
 */
import type { Demand } from './install-demand.ts';
import type { Deadlock } from './install-order.ts';
import type { Clash, InstallRules } from './install-rules.ts';
import type { Need } from './need.ts';
import { negative, positive } from './sat.ts';

/** Why a clause is there. `by` is a binary, or -1 for the build itself. */
export type Cause =
  | { readonly kind: 'need'; readonly by: number; readonly need: Need }
  | { readonly kind: 'clash'; readonly by: number; readonly clash: Clash; readonly against: number }
  /** `by` pre-depends on what cannot be configured before it; with one of `others` it may. */
  | { readonly kind: 'order'; readonly by: number; readonly need: Need; readonly others: readonly number[] };

/** In the place of a binary: the build itself asks for it. */
const theBuild = -1;

/** The clauses of one question; it grows as the search asks for more of it. */
export class Cone {
  /** Variable -> binary; discovered ring by ring, so a lower variable is never farther from the build. */
  readonly binaries: number[] = [];
  readonly clauses: (readonly number[])[] = [];
  /** Clause -> its cause. */
  readonly causes: Cause[] = [];
  private readonly rules: InstallRules;
  private readonly there: Uint8Array | undefined;
  private readonly along: Uint8Array | undefined;
  private readonly variables = new Map<number, number>();
  /** Binary -> the clashes against it of what is in the cone, for when it comes in. */
  private readonly hostile = new Map<number, { readonly by: number; readonly clash: Clash }[]>();
  /** Variables below this one have their needs in the clauses. */
  private expanded = 0;

  /** The first ring: what is asked for, without what that needs. */
  constructor(rules: InstallRules, demand: Demand, there?: Uint8Array, along?: Uint8Array) {
    this.rules = rules;
    this.along = along;
    this.there = there;
    for (const clash of demand.forbidden) this.oppose(theBuild, clash);
    for (const need of demand.needs) this.require(theBuild, need);
  }

  /** Adds the needs of the outermost ring, and so on for as many rings; false when there was none any more. */
  grow(rings: number): boolean {
    const before = this.expanded;
    for (let left = rings; left > 0 && this.expanded < this.binaries.length; left--) {
      for (const end = this.binaries.length; this.expanded < end; this.expanded++) {
        const binary = this.binaries[this.expanded]!;
        for (const need of this.rules.needsOf(binary)) this.require(binary, need);
        for (const need of this.rules.needsWhenThere(binary))
          if (need.candidates.some((b) => this.along?.[b] === 1)) this.require(binary, need);
      }
    }
    return this.expanded > before;
  }

  /** Not all of these without one of the others: no order has them configured. */
  addOrder({ members, others, head, need }: Deadlock): void {
    const literals = members.map((b) => negative(this.variableOf(b)));
    for (const b of others)
      if (this.there === undefined || this.there[b] === 1) literals.push(positive(this.variableOf(b)));
    this.add(literals, { kind: 'order', by: head, need, others });
  }

  private require(by: number, need: Need): void {
    if (need.candidates.includes(by)) return;
    const literals = by === theBuild ? [] : [negative(this.variableOf(by))];
    for (const binary of need.candidates)
      if (this.there === undefined || this.there[binary] === 1) literals.push(positive(this.variableOf(binary)));
    this.add(literals, { kind: 'need', by, need });
  }

  private variableOf(binary: number): number {
    const known = this.variables.get(binary);
    if (known !== undefined) return known;
    const variable = this.binaries.push(binary) - 1;
    this.variables.set(binary, variable);
    for (const { by, clash } of this.hostile.get(binary) ?? []) this.exclude(by, clash, binary);
    for (const clash of this.rules.clashesOf(binary)) this.oppose(binary, clash);
    return variable;
  }

  private oppose(by: number, clash: Clash): void {
    for (const binary of clash.against) {
      const waiting = this.hostile.get(binary);
      if (this.variables.has(binary)) this.exclude(by, clash, binary);
      else if (waiting === undefined) this.hostile.set(binary, [{ by, clash }]);
      else waiting.push({ by, clash });
    }
  }

  private exclude(by: number, clash: Clash, against: number): void {
    const other = negative(this.variables.get(against)!);
    const literals = by === theBuild ? [other] : [negative(this.variables.get(by)!), other];
    this.add(literals, { kind: 'clash', by, clash, against });
  }

  private add(literals: readonly number[], cause: Cause): void {
    this.clauses.push(literals);
    this.causes.push(cause);
  }
}
