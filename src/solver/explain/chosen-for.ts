/** Which binary stands for one member of Build-Depends. */
import type { Group } from '../../model.ts';
import type { Resolved } from '../graph/resolve.ts';

/** The binary chosen for a group of a variant, by index into the universe, or -1. */
export function chosenFor(resolved: Resolved, needs: Int32Array, group: Group): number {
  const { satisfying } = resolved.choices.providers;
  for (const relation of group) for (const c of satisfying(relation, 'build')) if (needs.includes(c)) return c;
  return -1;
}
