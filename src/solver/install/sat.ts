/**
 * A complete solver for propositional formulas in conjunctive normal form: conflict-driven clause learning with
 * first-UIP clauses and Luby restarts (Marques-Silva and Sakallah 1996; Eén and Sörensson 2003). It ends on every
 * input, and the same input gives the same answer.
 *
 * It is made for "can this be installed?": what need not be true stays false. It decides only where a clause whose
 * negative literals are all refuted has no true literal yet, in the order in which the refutations happened; so a model
 * holds what was asked for and what follows, and little else. Between the candidates of such a clause the one most
 * often seen in conflicts wins, at first the first.
 *
 * Variables are 0, 1, 2, ...; `positive(v)` and `negative(v)` are the two literals of variable v.
 */
import { isFalse, isNegative, negative, noClause, positive, Trail, variableOf } from './sat-trail.ts';

export { negative, positive };

/** A model, or clauses that have none. */
export type Satisfaction =
  /** `model[v]` is 1 when v is true. */
  | { readonly satisfiable: true; readonly model: Uint8Array }
  /** Ascending indices of clauses that contradict each other: few, but not always fewest. */
  | { readonly satisfiable: false; readonly core: readonly number[] };

const conflictsPerRestart = 64;
/** Before the first literal of a conflict is looked at. */
const noLiteral = -1;
const activityDecay = 0.95;
const activityLimit = 1e100;

/** The i-th term (from 1) of 1 1 2 1 1 2 4 1 1 2 1 1 2 4 8 ... (Luby, Sinclair and Zuckerman 1993). */
export function luby(i: number): number {
  let power = 1;
  while (2 * power - 1 < i) power *= 2;
  return i === 2 * power - 1 ? power : luby(i - power + 1);
}

class Search {
  private readonly given: readonly ArrayLike<number>[];
  private readonly trail: Trail;
  /** Learnt clause (less the number of given ones) -> the clauses it was resolved from. */
  private readonly parents: number[][] = [];
  /** Literal -> given clauses with its negation: the ones that may ask for something once it is true. */
  private readonly asks: (number[] | undefined)[];
  /** Given clauses of positive literals only: they ask from the start. */
  private readonly demands: number[] = [];
  /** How many literals of the trail have nothing left to ask; and the same before each decision. */
  private asked = 0;
  private readonly askedBefore: number[] = [];
  private readonly activity: Float64Array;
  private activityStep = 1;
  private readonly seen: Uint8Array;

  constructor(variables: number, clauses: readonly ArrayLike<number>[]) {
    this.given = clauses;
    this.trail = new Trail(variables);
    this.asks = new Array(2 * variables);
    this.activity = new Float64Array(variables);
    this.seen = new Uint8Array(variables);
  }

  run(): Satisfaction {
    const refuted = this.load();
    if (refuted !== noClause) return { satisfiable: false, core: this.support(refuted) };
    for (let restart = 1; ; restart++) {
      for (let left = conflictsPerRestart * luby(restart); left > 0; ) {
        const conflict = this.trail.propagate();
        if (conflict !== noClause) {
          if (this.trail.decisions === 0) return { satisfiable: false, core: this.support(conflict) };
          this.learn(conflict);
          left--;
          continue;
        }
        const literal = this.nextLiteral();
        if (literal === undefined) return { satisfiable: true, model: this.model() };
        this.askedBefore.push(this.asked);
        this.trail.decide(literal);
      }
      this.backTo(0);
    }
  }

  /** Takes in the clauses and asserts the units; returns a clause that is false from the start. */
  private load(): number {
    const { trail } = this;
    const lastSeen = new Int32Array(this.asks.length).fill(noClause);
    const units: number[] = [];
    for (let id = 0; id < this.given.length; id++) {
      const clause: number[] = [];
      let guarded = false;
      for (let k = 0; k < this.given[id]!.length; k++) {
        const literal = this.given[id]![k]!;
        if (lastSeen[literal] === id) continue;
        lastSeen[literal] = id;
        clause.push(literal);
        if (!isNegative(literal)) continue;
        guarded = true;
        const asking = this.asks[literal ^ 1];
        if (asking === undefined) this.asks[literal ^ 1] = [id];
        else asking.push(id);
      }
      trail.add(clause);
      if (clause.length === 0) return id;
      if (clause.length === 1) units.push(id);
      if (!guarded) this.demands.push(id);
    }
    for (const id of units) {
      const literal = trail.clauses[id]![0]!;
      if (trail.value[literal] === isFalse) return id;
      if (trail.value[literal] === 0) trail.assign(literal, id);
    }
    return noClause;
  }

  /** The next literal to try, or undefined when everything still open may be false. */
  private nextLiteral(): number | undefined {
    for (const id of this.demands) {
      const literal = this.choice(id);
      if (literal !== undefined) return literal;
    }
    for (const { literals } = this.trail; this.asked < literals.length; this.asked++) {
      for (const id of this.asks[literals[this.asked]!] ?? []) {
        const literal = this.choice(id);
        if (literal !== undefined) return literal;
      }
    }
    return undefined;
  }

  /** The most active open literal of a clause, unless the clause is true, or will be with what is open left false. */
  private choice(id: number): number | undefined {
    let best: number | undefined;
    const given = this.given[id]!;
    for (let k = 0; k < given.length; k++) {
      const literal = given[k]!;
      const value = this.trail.value[literal]!;
      if (value === 1 || (value === 0 && isNegative(literal))) return undefined;
      if (value === 0 && (best === undefined || this.activityOf(literal) > this.activityOf(best))) best = literal;
    }
    return best;
  }

  private activityOf(literal: number): number {
    return this.activity[variableOf(literal)]!;
  }

  /** Learns the first-UIP clause of a conflict, goes back to where it is unit, and asserts it. */
  private learn(conflict: number): void {
    const { trail, seen } = this;
    const others: number[] = [];
    const parents: number[] = [];
    let open = 0;
    let at = trail.literals.length;
    let literal = noLiteral;
    for (let id = conflict; ; id = trail.reason[variableOf(literal)]!) {
      parents.push(id);
      for (const other of trail.clauses[id]!) {
        const v = variableOf(other);
        if (other === literal || seen[v] === 1 || trail.level[v] === 0) continue;
        seen[v] = 1;
        this.activity[v]! += this.activityStep;
        if (trail.level[v] === trail.decisions) open++;
        else others.push(other);
      }
      do literal = trail.literals[--at]!;
      while (seen[variableOf(literal)] === 0);
      seen[variableOf(literal)] = 0;
      if (--open === 0) break;
    }
    for (const other of others) seen[variableOf(other)] = 0;
    others.sort((a, b) => trail.levelOf(b) - trail.levelOf(a) || a - b);
    this.backTo(others.length === 0 ? 0 : trail.levelOf(others[0]!));
    const id = trail.add([literal ^ 1, ...others]);
    this.parents.push(parents);
    trail.assign(literal ^ 1, id);
    this.decayActivity();
  }

  private decayActivity(): void {
    this.activityStep /= activityDecay;
    if (this.activityStep < activityLimit) return;
    for (let v = 0; v < this.activity.length; v++) this.activity[v]! /= activityLimit;
    this.activityStep /= activityLimit;
  }

  private backTo(level: number): void {
    this.trail.backTo(level);
    this.asked = this.askedBefore[level] ?? this.asked;
    this.askedBefore.length = Math.min(level, this.askedBefore.length);
  }

  private model(): Uint8Array {
    const model = new Uint8Array(this.activity.length);
    for (const literal of this.trail.literals) if (!isNegative(literal)) model[variableOf(literal)] = 1;
    return model;
  }

  /** The given clauses from which a clause refuted without a decision follows. */
  private support(refuted: number): number[] {
    const { trail } = this;
    const used = new Set([refuted]);
    for (const id of used) {
      if (id >= this.given.length) for (const parent of this.parents[id - this.given.length]!) used.add(parent);
      for (const literal of trail.clauses[id]!) {
        const reason = trail.reason[variableOf(literal)]!;
        if (trail.value[literal] === isFalse && trail.levelOf(literal) === 0 && reason !== noClause) used.add(reason);
      }
    }
    return [...used].filter((id) => id < this.given.length).sort((a, b) => a - b);
  }
}

/**
 * Finds a model, or clauses that contradict each other.
 * @param clauses disjunctions of literals; an empty one is false
 */
export const solveSat = (variables: number, clauses: readonly ArrayLike<number>[]): Satisfaction =>
  new Search(variables, clauses).run();
