/**
 * Which of several drops a build bears, found with few builds: the smallest set to keep by delta debugging (Zeller and
 * Hildebrandt, "Simplifying and isolating failure-inducing input", 2002, algorithm ddmin), the drops being what is
 * minimised away.
 */

/** What a set of kept lines led to. */
export interface Tried {
  /** Of the numbers 0 to `count - 1`, ascending: the lines that were not dropped. */
  readonly kept: readonly number[];
  readonly works: boolean;
}

/** What has to stay, and how sure that is. */
export interface Bisection {
  /** The lines that have to stay, ascending. With all of them the build is the full one. */
  readonly kept: readonly number[];
  /** No line of `kept` can be dropped as well: each was tried, or follows from a smaller drop that failed. */
  readonly isMinimal: boolean;
  /** In the order in which they were tried. */
  readonly tried: readonly Tried[];
}

const isSubset = (few: readonly number[], many: readonly number[]): boolean => {
  const all = new Set(many);
  return few.every((n) => all.has(n));
};

/**
 * Keeping more never breaks a build that keeping less does not: what follows from a build that was tried is not tried
 * again. O(n²) builds where every line matters, O(k log n) where k of n do.
 *
 * @param count of lines that are proposed to be dropped; keeping all of them is known to work
 * @param works builds with these lines kept and the others dropped
 * @param isSpent no further call of `works` is allowed
 */
export async function leastKept(
  count: number,
  works: (kept: readonly number[]) => Promise<boolean>,
  isSpent: () => boolean,
): Promise<Bisection> {
  const tried: Tried[] = [];
  /** undefined: the budget is spent. */
  const ask = async (kept: readonly number[]): Promise<boolean | undefined> => {
    if (kept.length === count || tried.some((t) => t.works && isSubset(t.kept, kept))) return true;
    if (tried.some((t) => !t.works && isSubset(kept, t.kept))) return false;
    if (isSpent()) return undefined;
    const answer = await works(kept);
    tried.push({ kept, works: answer });
    return answer;
  };
  let kept: readonly number[] = Array.from({ length: count }, (_, i) => i);
  const none = await ask([]);
  if (none !== false) return { kept: none ? [] : kept, isMinimal: none === true, tried };
  let parts = 2;
  while (kept.length > 1) {
    const found = await smaller(kept, Math.min(parts, kept.length), ask);
    if (found === undefined) return { kept, isMinimal: false, tried };
    if (found.length < kept.length) {
      kept = found;
      parts = Math.max(2, Math.min(parts - 1, kept.length));
    } else if (parts >= kept.length) break;
    else parts = Math.min(kept.length, parts * 2);
  }
  return { kept, isMinimal: true, tried };
}

/**
 * Tries each part alone, then all but each part. Returns the whole when none works, undefined when the budget is spent
 * first.
 */
async function smaller(
  kept: readonly number[],
  parts: number,
  ask: (kept: readonly number[]) => Promise<boolean | undefined>,
): Promise<readonly number[] | undefined> {
  const cut = (i: number): number => Math.floor((i * kept.length) / parts);
  const piece = (i: number): readonly number[] => kept.slice(cut(i), cut(i + 1));
  const rest = (i: number): readonly number[] => [...kept.slice(0, cut(i)), ...kept.slice(cut(i + 1))];
  const numbers = Array.from({ length: parts }, (_, i) => i);
  const candidates = parts === 2 ? numbers.map(piece) : [...numbers.map(piece), ...numbers.map(rest)];
  for (const candidate of candidates) {
    const answer = await ask(candidate);
    if (answer === undefined) return undefined;
    if (answer) return candidate;
  }
  return kept;
}
