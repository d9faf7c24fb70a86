/**
 * Clauses, the literals that hold, and what follows from them: unit propagation with two watched literals per clause
 * (Moskewicz et al. 2001). Going back costs only what is undone; the watches stay.
 */

/** The literal that says that the variable is true. */
export const positive = (variable: number): number => variable << 1;
/** The literal that says that the variable is false. */
export const negative = (variable: number): number => (variable << 1) | 1;
/** The variable that a literal speaks of. */
export const variableOf = (literal: number): number => literal >> 1;
/** Whether a literal says that its variable is false. */
export const isNegative = (literal: number): boolean => (literal & 1) === 1;

/** In the place of a clause: nothing made the literal hold but a decision. */
export const noClause = -1;

/** The value of a literal that is false, in a typed array of this solver alone: 1 holds, 0 is open. */
export const isFalse = -1;

/** The state of one search. */
export class Trail {
  /** Positions 0 and 1 are watched, so a clause changes its order. */
  readonly clauses: number[][] = [];
  /** The literals that hold, in the order in which they came to hold. */
  readonly literals: number[] = [];
  /** Literal -> 1 when it holds, `isFalse` when it is false, 0 while it is open. */
  readonly value: Int8Array;
  /** Variable -> the number of decisions before it was assigned. */
  readonly level: Int32Array;
  /** Variable -> the clause that forced it, or `noClause`. */
  readonly reason: Int32Array;
  /** Per decision: how many literals held before it. */
  private readonly marks: number[] = [];
  /** Literal -> clauses to look at when it becomes false. */
  private readonly watches: (number[] | undefined)[];
  private propagated = 0;

  constructor(variables: number) {
    this.value = new Int8Array(2 * variables);
    this.level = new Int32Array(variables);
    this.reason = new Int32Array(variables).fill(noClause);
    this.watches = new Array(2 * variables);
  }

  get decisions(): number {
    return this.marks.length;
  }

  levelOf(literal: number): number {
    return this.level[variableOf(literal)]!;
  }

  /** Adds a clause without duplicate literals. From two literals on it is watched; its first two should be open. */
  add(clause: number[]): number {
    const id = this.clauses.push(clause) - 1;
    if (clause.length > 1) {
      this.watch(clause[0]!, id);
      this.watch(clause[1]!, id);
    }
    return id;
  }

  private watch(literal: number, clause: number): void {
    const watching = this.watches[literal];
    if (watching === undefined) this.watches[literal] = [clause];
    else watching.push(clause);
  }

  assign(literal: number, reason: number): void {
    this.value[literal] = 1;
    this.value[literal ^ 1] = isFalse;
    this.level[variableOf(literal)] = this.decisions;
    this.reason[variableOf(literal)] = reason;
    this.literals.push(literal);
  }

  decide(literal: number): void {
    this.marks.push(this.literals.length);
    this.assign(literal, noClause);
  }

  /** Undoes every decision after the first `level`. */
  backTo(level: number): void {
    const mark = this.marks[level];
    if (mark === undefined) return;
    for (const literal of this.literals.splice(mark)) {
      this.value[literal] = 0;
      this.value[literal ^ 1] = 0;
    }
    this.propagated = mark;
    this.marks.length = level;
  }

  /** Draws every consequence; returns a clause that became false, if one did. */
  propagate(): number {
    while (this.propagated < this.literals.length) {
      const conflict = this.refute(this.literals[this.propagated++]! ^ 1);
      if (conflict !== noClause) return conflict;
    }
    return noClause;
  }

  private refute(literal: number): number {
    const watching = this.watches[literal];
    if (watching === undefined) return noClause;
    let kept = 0;
    let conflict = noClause;
    for (const id of watching) {
      const clause = this.clauses[id]!;
      if (clause[0] === literal) {
        clause[0] = clause[1]!;
        clause[1] = literal;
      }
      const other = clause[0]!;
      if (conflict === noClause && this.value[other] !== 1) {
        if (this.watchAnother(id, clause)) continue;
        if (this.value[other] === isFalse) conflict = id;
        else this.assign(other, id);
      }
      watching[kept++] = id;
    }
    watching.length = kept;
    return conflict;
  }

  /** Puts a literal that is not false in the place of the refuted one at position 1. */
  private watchAnother(id: number, clause: number[]): boolean {
    for (let k = 2; k < clause.length; k++) {
      const literal = clause[k]!;
      if (this.value[literal] === isFalse) continue;
      clause[k] = clause[1]!;
      clause[1] = literal;
      this.watch(literal, id);
      return true;
    }
    return false;
  }
}
