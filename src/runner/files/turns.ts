/** Work that may be long, in short turns: between them timers and signals are heard, however much there is to do. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Interrupted } from '../../errors.ts';
import { heededSignal } from '../heeding.ts';

/** Pieces of work in a turn at most, and milliseconds where a piece takes long, as on a slow disk. */
const mostPieces = 200;
const mostMilliseconds = 20;
/** The clock is not looked at for every piece. */
const piecesBetweenLooks = 8;

/** Counts pieces of work, and says when others are to be let in. */
export class Turns {
  private readonly signal = heededSignal();
  private pieces = 0;
  private began = performance.now();

  /** Asked after every piece of work: has everybody else waited long enough? Then `next` has to follow. */
  get isOver(): boolean {
    this.pieces++;
    if (this.pieces >= mostPieces) return true;
    return this.pieces % piecesBetweenLooks === 0 && performance.now() - this.began > mostMilliseconds;
  }

  /** Lets everybody else do what waits. @throws Interrupted when the signal is given that the work is done under */
  async next(): Promise<void> {
    await nextTurn();
    if (this.signal?.aborted) throw new Interrupted('work on a tree was ended');
    this.pieces = 0;
    this.began = performance.now();
  }
}

/** Does one piece of work for each, in turns. */
export async function inTurns<T>(all: Iterable<T>, work: (one: T) => void): Promise<void> {
  const turns = new Turns();
  for (const one of all) {
    work(one);
    if (turns.isOver) await turns.next();
  }
}

/** Sorted in one turn. */
const shortRun = 2 ** 12;

/** A sorted copy. O(n log n), and stable. */
export async function sortedInTurns<T>(all: readonly T[], compare: (a: T, b: T) => number): Promise<readonly T[]> {
  if (all.length <= shortRun) return all.toSorted(compare);
  const turns = new Turns();
  let runs: (readonly T[])[] = [];
  for (let at = 0; at < all.length; at += shortRun) {
    runs.push(all.slice(at, at + shortRun).sort(compare));
    await turns.next();
  }
  while (runs.length > 1) {
    const longer: (readonly T[])[] = [];
    for (let i = 0; i < runs.length; i += 2) longer.push(await merged(runs[i]!, runs[i + 1] ?? [], compare, turns));
    runs = longer;
  }
  return runs[0]!;
}

async function merged<T>(
  a: readonly T[],
  b: readonly T[],
  compare: (a: T, b: T) => number,
  turns: Turns,
): Promise<readonly T[]> {
  const both: T[] = [];
  for (let [i, j] = [0, 0]; i < a.length || j < b.length; ) {
    const fromFirst = j === b.length || (i < a.length && compare(a[i]!, b[j]!) <= 0);
    both.push(fromFirst ? a[i++]! : b[j++]!);
    if (turns.isOver) await turns.next();
  }
  return both;
}
