/**
 * What earlier solutions proved, by content: a group whose problem is letter for letter the same, names included, is
 * not solved again. After one source changed, only the group it is in is.
 */
import { createHash } from 'node:crypto';
import type { DependencyGraph } from '../../../model.ts';
import type { Hit } from '../hitting-set/hitting-set.ts';
import type { Blocking } from '../problem/blocking.ts';

/** sha256 of a blocking problem with the names of its sources. Linear in its size. */
export function problemKey({ elements, nodes, goal }: Blocking, graph: DependencyGraph): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(elements.map((e) => [graph.sources[e.source], e.stage])));
  for (const { label, rules } of nodes) {
    hash.update(`\n${label}`);
    for (const { gate, needs } of rules) hash.update(`;${gate}:${needs.join()}`);
  }
  hash.update(`\n${goal.join()}`);
  return hash.digest('hex');
}

/** Hand the same one to every call of `solve`; it only grows. */
export class SolveMemory {
  private readonly hits = new Map<string, Hit>();
  /** Groups solved, and groups remembered, since this was made. */
  solved = 0;
  remembered = 0;

  recall(key: string): Hit | undefined {
    const hit = this.hits.get(key);
    if (hit === undefined) return undefined;
    this.remembered++;
    return { ...hit, rounds: 0 };
  }

  keep(key: string, hit: Hit): void {
    this.solved++;
    if (hit.status === 'optimal') this.hits.set(key, hit);
  }
}
