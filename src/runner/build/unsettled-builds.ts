/** What of the final archive has not come to rest: built with contents that were replaced, or not twice the same. */

import type { BuildId } from '../../build-id.ts';
import type { EventOf, Unsettled } from '../../events.ts';
import type { Plan } from '../../model.ts';
import type { BinaryName, SourceName } from '../../names.ts';
import { byteOrder } from '../../order.ts';
import type { RunState } from '../../run-state.ts';
import { installationSet } from '../../stages/installation-set.ts';
import type { Results } from './build-inputs.ts';

/** The sha256 of what one binary of one build installs; undefined when it is not built. */
export const contentOf = (results: Results, build: number, binary: string): string | undefined =>
  results.get(build)?.debs.find((deb) => deb.name === binary)?.contentSha256;

/** A build that is not bit-identical with the round before. */
export interface Difference {
  readonly build: BuildId;
  readonly against: string;
  readonly files: readonly string[];
  /** Binaries of other sources it was built with that were not the same in the round before. */
  readonly changedInputs: readonly string[];
}

/** What the latest comparison of each source says of differences; earlier rounds are history. Byte order of source. */
export function differencesLeft(plan: Plan, state: RunState): readonly Difference[] {
  const last = new Map<string, EventOf<'comparison'>>();
  for (const { id, source } of plan.builds) {
    const comparison = state.comparisons.get(id);
    if (comparison !== undefined) last.set(source, comparison);
  }
  return [...last]
    .sort(([a], [b]) => byteOrder(a, b))
    .flatMap(([, { build, against, identical, differing, changedInputs = [] }]) =>
      identical ? [] : [{ build, against, files: differing, changedInputs }],
    );
}

/**
 * The last final build of every source that has not settled, in byte order of source. Settled is what was built with
 * the contents that the newest final builds of the same binaries have, and whose comparison with the round before, if
 * there was one, found it identical. A binary that no final build yields counts as it was. O(sizes of their
 * installation sets).
 *
 * @param results of all final builds, and of their inputs
 */
export function unsettled(plan: Plan, results: Results, comparisons: RunState['comparisons']): readonly Unsettled[] {
  const last = new Map<SourceName, number>();
  const newest = new Map<BinaryName, number>();
  for (const [index, { source, archive, produces }] of plan.builds.entries()) {
    if (archive !== 'final') continue;
    last.set(source, index);
    for (const binary of produces) newest.set(binary, index);
  }
  return [...last]
    .sort(([a], [b]) => byteOrder(a, b))
    .flatMap(([source, index]): Unsettled[] => {
      const build = plan.builds[index]!.id;
      const replaced = installationSet(plan, index).flatMap(({ binary, build: origin }) => {
        const by = newest.get(binary);
        if (origin === 'seed' || by === undefined) return [];
        const same = contentOf(results, origin, binary) === contentOf(results, by, binary);
        return same ? [] : [{ binary, build: plan.builds[origin]!.id, by: plan.builds[by]!.id }];
      });
      const differs = comparisons.get(build)?.identical === false;
      return differs || replaced.length > 0 ? [{ source, build, differs, replaced }] : [];
    });
}
