/** Cuts as the facts of a program, and what its models say of elements. */
import type { ElementIndex } from '../../../indices.ts';
import { type Element, levelOf } from '../problem/blocking.ts';
import type { Cut } from './cuts.ts';

/** Cuts that hold no other cut: what hits these hits all. */
export function smallestCuts(cuts: readonly Cut[]): readonly Cut[] {
  const kept: Cut[] = [];
  const byFirst = new Map<number, Cut[]>();
  for (const cut of cuts.toSorted((a, b) => a.length - b.length)) {
    const members = new Set(cut);
    if (cut.some((e) => byFirst.get(e)?.some((other) => other.every((x) => members.has(x))))) continue;
    kept.push(cut);
    const same = byFirst.get(cut[0]!);
    if (same) same.push(cut);
    else byFirst.set(cut[0]!, [cut]);
  }
  return kept;
}

/** Cuts, the prices of the elements in them, and with `lowest` the ranks of these, as facts. */
export function factsOf(all: readonly Cut[], element: (e: ElementIndex) => Element, lowest: boolean): string {
  const cuts = smallestCuts(all);
  const known = [...new Set(cuts.flat())].sort((a, b) => a - b);
  return [
    ...cuts.map((cut, i) => `cut(${i},(${cut.join(';')})).`),
    ...known.map((e) => `price(${e},${levelOf(element(e))}).`),
    // One level below the prices and the rebuilds for each element, the lowest element highest.
    ...(lowest ? known.map((e, i) => `rank(${e},${-1 - i}).`) : []),
  ].join('\n');
}

/** `hit(12)` atoms to element numbers, ascending. */
export const elementsOf = (atoms: readonly string[]): readonly ElementIndex[] => numbersOf('hit', atoms);

/** The numbers in the atoms of one predicate, ascending. */
export function numbersOf(predicate: string, atoms: readonly string[]): readonly number[] {
  const own = atoms.filter((a) => a.startsWith(`${predicate}(`));
  return own.map((a) => Number(a.slice(predicate.length + 1, -1))).sort((a, b) => a - b);
}
