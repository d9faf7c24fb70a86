/**
 * A smallest part of a list that still has a property which more members never take away: no member of it can be left
 * out. After U. Junker, "QuickXplain: preferred explanations and relaxations for over-constrained problems" (2004).
 */

/**
 * Asks O(k log(n / k) + k) times for a part of k of n members.
 *
 * @param all has the property
 * @param has whether some members have it together; kept when members are added
 */
export function smallestPart<T>(all: readonly T[], has: (members: readonly T[]) => boolean): readonly T[] {
  const within = (behind: readonly T[], list: readonly T[], isNew: boolean): readonly T[] => {
    if (isNew && has(behind)) return [];
    if (list.length <= 1) return list;
    const middle = list.length >> 1;
    const [first, second] = [list.slice(0, middle), list.slice(middle)];
    const ofSecond = within([...behind, ...first], second, true);
    const ofFirst = within([...behind, ...ofSecond], first, ofSecond.length > 0);
    return [...ofFirst, ...ofSecond];
  };
  return has([]) ? [] : within([], all, false);
}
