/** Binaries that are never there although no source that is stuck would have to build them. */
import { isVertex, type SourceVertex } from '../../indices.ts';
import type { DependencyGraph } from '../../model.ts';
import { onceFor } from '../../once.ts';
import { unbuiltWords } from '../../text/shortage.ts';
import { reversed, successors } from '../graph/csr.ts';

/** 1 for binaries that some variant of their source yields. */
const yielded = onceFor((graph: DependencyGraph): Uint8Array => {
  const found = new Uint8Array(graph.binaries.length);
  for (const variants of graph.variants) for (const { yields } of variants) for (const b of yields) found[b] = 1;
  return found;
});

/**
 * Why a binary is never there, in words; undefined when its source is what has to be waited for.
 *
 * @param isDone whether the full build of a source can be done
 * @param isThere whether a binary is there when everything that can be built is
 */
export function whyNever(
  graph: DependencyGraph,
  binary: number,
  isDone: (source: SourceVertex) => boolean,
  isThere: (binary: number) => boolean,
): string | undefined {
  if (isThere(binary)) return undefined;
  const maker = graph.madeBy[binary]!;
  if (!isVertex(maker)) return unbuiltWords();
  if (yielded(graph)[binary] === 0)
    return `no build of src:${graph.sources[maker]!} yields it with the active profiles`;
  return isDone(maker) ? 'only a stage yields it, and that cannot be built' : undefined;
}

/** Sources whose full build would have such a binary installed, ascending. Linear in the graph. */
export function sourcesWithout(graph: DependencyGraph, isAbsent: (binary: number) => boolean): readonly number[] {
  const absent = new Set([...graph.binaries.keys()].filter(isAbsent));
  if (absent.size === 0) return [];
  const users = reversed(graph.runtime);
  for (const b of absent) for (const user of successors(users, b)) absent.add(user);
  return [...graph.variants.keys()].filter((s) => graph.variants[s]![0]!.needs.some((b) => absent.has(b)));
}
