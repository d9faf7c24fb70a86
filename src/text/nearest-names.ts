/** "Did you mean": the known word that is nearest to a mistyped one. */

/**
 * Edits from a to b: insert, delete, replace, or swap two neighbours (optimal string alignment).
 * O(|a| |b|) time, O(|b|) space.
 */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? beforeLast[j - 2]! + 1 : replace;
      row.push(Math.min(replace, swap, last[j]! + 1, row[j - 1]! + 1));
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length]!;
}

/**
 * The nearest known word within a third of the word's length (at least one edit), the first of equals; else undefined.
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  const lower = word.slice(0, 100).toLowerCase();
  let least = Math.max(1, Math.floor(lower.length / 3)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - lower.length) >= least) continue;
    const distance = editDistance(lower, candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/**
 * The nearest known words, at most five, nearest first, then in the order given; none that is farther than `nearest`.
 */
export function nearestFew(word: string, known: Iterable<string>): readonly string[] {
  const most = Math.max(1, Math.floor(word.length / 3));
  const lower = word.slice(0, 100).toLowerCase();
  return [...known]
    .filter((candidate) => Math.abs(candidate.length - lower.length) <= most)
    .map((candidate) => ({ candidate, distance: editDistance(lower, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 5)
    .map(({ candidate }) => candidate);
}
