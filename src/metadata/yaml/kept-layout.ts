/**
 * A changed YAML text in the layout of the one before. Whoever writes a document anew writes all of it in one style;
 * here only the lines that say something else are new, and the others stay as somebody has written them.
 */
import { diffArrays } from 'diff';

/** Pairs of lines that correspond: a longest common subsequence. O(lines × differences). */
function matched(
  a: readonly string[],
  b: readonly string[],
  same: (x: string, y: string) => boolean,
): readonly (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  let [i, j] = [0, 0];
  for (const { added, removed, count } of diffArrays([...a], [...b], { comparator: same })) {
    if (!added && !removed) for (let k = 0; k < count; k++) pairs.push([i + k, j + k]);
    if (!added) i += count;
    if (!removed) j += count;
  }
  return pairs;
}

const loose = (line: string): string => line.trim().replace(/\s+/g, ' ');
const indentOf = (line: string): number => line.length - line.trimStart().length;

/** Moves lines right or left; what is not indented as far stays at the margin. */
function moved(lines: readonly string[], by: number): readonly string[] {
  if (by === 0) return lines;
  return lines.map((line) =>
    by > 0 ? (line === '' ? line : ' '.repeat(by) + line) : line.slice(Math.min(-by, indentOf(line))),
  );
}

/**
 * @param original as somebody has written it
 * @param before the same document, written anew
 * @param after the changed document, written anew in the same way
 */
export function keptLayout(original: string, before: string, after: string): string {
  const [o, b, n] = [original, before, after].map((text) => text.split('\n')) as [string[], string[], string[]];
  const ofOriginal = new Map(matched(b, o, (x, y) => loose(x) === loose(y)));
  const unchanged = matched(b, n, (x, y) => x === y);
  const anchors = unchanged.flatMap(([i, j]) => {
    const k = ofOriginal.get(i);
    return k === undefined ? [] : [{ o: k, b: i, n: j }];
  });
  const made: string[] = [];
  let last = { o: -1, b: -1, n: -1 };
  for (const anchor of [...anchors, { o: o.length, b: b.length, n: n.length }]) {
    const [own, is] = [o.slice(last.o + 1, anchor.o), n.slice(last.n + 1, anchor.n)];
    const by = last.o < 0 ? 0 : indentOf(o[last.o]!) - indentOf(b[last.b]!);
    // Unchanged lines that the original spells otherwise: it keeps its spelling where that stands in one piece.
    const kept = new Map(unchanged.filter(([i]) => i > last.b && i < anchor.b));
    const ends = [...kept.values()];
    const [first, final] = [ends[0] ?? 0, ends.at(-1) ?? 0];
    const gone = Array.from({ length: anchor.b - last.b - 1 }, (_, i) => last.b + 1 + i).filter((i) => !kept.has(i));
    const dropped = gone.map((i) => ofOriginal.get(i));
    if (gone.length === 0 && is.length === 0) made.push(...own);
    else if (ends.length > 0 && final - first + 1 === ends.length && !dropped.includes(undefined))
      made.push(
        ...moved(n.slice(last.n + 1, first), by),
        ...own.filter((_, i) => !dropped.includes(last.o + 1 + i)),
        ...moved(n.slice(final + 1, anchor.n), by),
      );
    else made.push(...moved(is, by));
    if (anchor.o < o.length) made.push(o[anchor.o]!);
    last = anchor;
  }
  return made.join('\n');
}
