/** Where a step belongs in variants of a recipe that have not all of its steps. */

/**
 * One order that all lists agree with, where there is one; what they leave open stays as first seen. Where they
 * contradict each other some order still comes out: a caller who minds has to compare.
 */
export function mergedOrder(lists: readonly (readonly string[])[]): readonly string[] {
  const left = new Set(lists.flat());
  const before = new Map([...left].map((name) => [name, new Set<string>()]));
  for (const list of lists) for (const [i, name] of list.slice(1).entries()) before.get(name)!.add(list[i]!);
  const order: string[] = [];
  while (left.size > 0) {
    const names = [...left];
    const next = names.find((name) => ![...before.get(name)!].some((b) => left.has(b))) ?? names[0]!;
    left.delete(next);
    order.push(next);
  }
  return order;
}

/**
 * Where in a list something belongs that has place `at` in `order`: after the last of those before it that the list
 * has.
 */
export function placeOf(list: readonly string[], at: number, order: readonly string[]): number {
  for (let i = at - 1; i >= 0; i--) {
    const found = list.indexOf(order[i]!);
    if (found >= 0) return found + 1;
  }
  return 0;
}
