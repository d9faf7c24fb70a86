/** Two generations of one source, side by side: the proof that nothing of the seed is left in the newer. */

import type { FileDigest } from '../../digests.ts';
import type { AbiChange } from '../../events.ts';
import type { PlanIndex } from '../../indices.ts';
import type { Plan } from '../../model.ts';
import type { BinaryName } from '../../names.ts';
import { byteOrder } from '../../order.ts';
import { installationSet } from '../../stages/installation-set.ts';
import { previousRound } from '../../stages/waits.ts';
import type { ActionResult } from '../cache/action-result.ts';
import { contentsOf } from '../files/deb-contents.ts';
import type { SharedLibrary } from '../formats/elf-dynamic.ts';
import type { Session } from '../journal/session.ts';
import { abiChanges } from './abi-change.ts';
import type { Results } from './build-inputs.ts';
import { contentOf } from './unsettled-builds.ts';

/** Two results of one source, held against each other. */
export interface Compared {
  /**
   * `tcc_1_amd64.deb` when only control data or the packing differs, `tcc: /usr/bin/tcc` for a file that is not the
   * same in both, or is in one alone. Empty when all is bit-identical.
   */
  readonly differing: readonly string[];
  readonly abi: readonly AbiChange[];
}

/**
 * Names what differs. Packages of the same version must be equal as files; across versions (the earlier one was
 * tainted) what they install must be.
 *
 * @param path host path of a content of the cache
 * @param scratch a directory for temporary files
 */
export async function compare(
  earlier: ActionResult,
  later: ActionResult,
  path: (sha256: FileDigest) => string,
  scratch: string,
): Promise<Compared> {
  const before = new Map(earlier.debs.map((deb) => [deb.name, deb]));
  const names = [...new Set([...before.keys(), ...later.debs.map((deb) => deb.name)])].sort(byteOrder);
  const differing: string[] = [];
  const libraries: Record<'before' | 'after', SharedLibrary[]> = { before: [], after: [] };
  for (const name of names) {
    const [a, b] = [before.get(name), later.debs.find((deb) => deb.name === name)];
    if (a === undefined || b === undefined) differing.push(`${name}: only one of the two builds yields it`);
    else if (a.contentSha256 !== b.contentSha256) {
      const [was, is] = [await contentsOf(path(a.sha256), scratch), await contentsOf(path(b.sha256), scratch)];
      const files = [...new Set([...was.files.keys(), ...is.files.keys()])].sort(byteOrder);
      differing.push(...files.filter((f) => was.files.get(f) !== is.files.get(f)).map((f) => `${name}: ${f}`));
      libraries.before.push(...was.libraries);
      libraries.after.push(...is.libraries);
    } else if (a.version === b.version && a.sha256 !== b.sha256) differing.push(b.file);
  }
  return { differing, abi: abiChanges(libraries.before, libraries.after) };
}

/** Binaries of other sources that both builds had installed, with other contents. Byte order. */
function inputsThatChanged(plan: Plan, results: Results, earlier: number, later: number): readonly string[] {
  const of = (index: PlanIndex): Map<BinaryName, string | undefined> =>
    new Map(
      installationSet(plan, index).map(({ binary, build }) => [
        binary,
        build === 'seed' ? 'seed' : contentOf(results, build, binary),
      ]),
    );
  const [before, after] = [of(earlier), of(later)];
  const own = plan.builds[later]!.produces;
  return [...after.keys()].filter((binary) => before.get(binary) !== after.get(binary) && !own.includes(binary));
}

/** Notes the outcome of every comparison build that has not been compared since it or the one before was built. */
export async function compareRounds(session: Session, plan: Plan, results: Results): Promise<void> {
  for (const [index, build] of plan.builds.entries()) {
    const previous = build.why === 'compare' ? previousRound(plan, index) : undefined;
    const [earlier, later] = [results.get(previous ?? -1), results.get(index)];
    if (previous === undefined || earlier === undefined || later === undefined) continue;
    if (session.state.comparisons.has(build.id)) continue;
    const { differing, abi } = await compare(earlier, later, (d) => session.cache.blobPath(d), session.directory.work);
    const against = plan.builds[previous]!.id;
    const changedInputs = inputsThatChanged(plan, results, previous, index);
    const identical = differing.length === 0;
    session.emit({ type: 'comparison', build: build.id, against, identical, differing, changedInputs, abi });
  }
}
