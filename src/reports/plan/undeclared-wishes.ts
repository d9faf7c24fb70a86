/** What a plan takes from outside without a declaration that says so. */
import type { Plan } from '../../model.ts';

/** Wishes that no annotation declares as supplied. */
export function undeclaredWishes({ wishes, supplied }: Plan): readonly string[] {
  const declared = new Set((supplied ?? []).flatMap((s) => (s.declared ? [s.source] : [])));
  return wishes.filter((name) => !declared.has(name));
}
