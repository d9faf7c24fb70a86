/**
 * Declared stages that can be built and break nothing, since their binaries are taken to need what the full ones need.
 */
import type { BinaryName, SourceName } from '../../names.ts';
import type { Buildable } from '../graph/buildable.ts';
import { successors } from '../graph/csr.ts';
import type { Resolved } from '../graph/resolve.ts';

/** One stage, and the first thing that keeps it from being of use. */
export interface StageObstacle {
  readonly source: SourceName;
  readonly stage: number;
  /** A binary that the stage yields and that cannot be installed. */
  readonly binary: BinaryName;
  /** What it is taken to need at run time and cannot have, byte order. */
  readonly needs: readonly string[];
  /** The line of an annotations file that says that the stage's binaries do without. */
  readonly annotation: string;
}

/** Linear in the run-time needs of what the sources yield. @param sources indices into `Universe.sources` */
export function stageObstacles(
  { graph }: Resolved,
  buildable: Buildable,
  sources: Iterable<number>,
): readonly StageObstacle[] {
  const found: StageObstacle[] = [];
  for (const s of sources) {
    if (buildable.reaches(s)) continue;
    const source = graph.sources[s]!;
    for (const { stage, yields } of graph.variants[s]!.slice(1)) {
      if (yields.length === 0 || !yields.every((b) => buildable.has(b))) continue;
      const own = new Set(yields);
      const binary = yields.find((b) => !buildable.installable(b));
      if (binary === undefined) continue;
      const needs = new Set<string>();
      for (const b of yields)
        for (const next of successors(graph.runtime, b))
          if (!own.has(next) && !buildable.installable(next)) needs.add(graph.binaries[next]!);
      if (needs.size === 0) continue;
      const names = [...needs].sort();
      const annotation = `${source}: {stage${stage}-without-depends: [${names.join(', ')}]}`;
      found.push({ source, stage, binary: graph.binaries[binary]!, needs: names, annotation });
    }
  }
  return found;
}
