/**
 * What a .buildinfo says was installed, held against the set that the plan has for the build: name by name, version by
 * version.
 */
import type { PlannedBuild } from '../../../../model.ts';
import type { HeldAgainstPlan, InputDeb } from '../../../builder.ts';
import type { IndexedFile } from '../archive/deb-pool.ts';
import { type Present, recordedSet } from '../archive/recorded-set.ts';
import type { DebianWorkshop } from './debian-workshop.ts';

/**
 * A .buildinfo lists the closure of what the source asks for, and gives no digests: a package is taken for ours, or the
 * archive's, when name and version are. Pure.
 *
 * @param seed what the archive gives this build by the plan, besides what is in every base
 * @param base what the archive gives every build
 */
export function held(
  inputs: readonly InputDeb[],
  seed: readonly IndexedFile[],
  base: readonly IndexedFile[],
  listed: readonly Present[],
): HeldAgainstPlan {
  const { installed } = recordedSet(listed, inputs, [...base, ...seed]);
  const fitting = new Set(installed.map(({ name, version }) => `${name} ${version}`));
  const names = new Set(listed.map(({ name }) => name));
  const ours = new Map(inputs.map((input) => [input.name, `${input.version} of ${input.build}`]));
  const theirs = new Map([...base, ...seed].map(({ name, version }) => [name, `${version} of the archive`]));
  const problems = listed.flatMap(({ name, version }): string[] => {
    const planned = ours.get(name) ?? theirs.get(name);
    if (planned === undefined) return [`${name} ${version} was installed, which is not in the plan's set`];
    // A copy of the seed where a build has yielded one: the trap of version order.
    const wrong = !fitting.has(`${name} ${version}`) || (ours.has(name) && !isOurs(inputs, name, version));
    return wrong ? [`${name} ${version} was installed, and the plan has ${planned}`] : [];
  });
  for (const { name, version } of [...inputs, ...seed])
    if (!names.has(name)) problems.push(`${name} ${version} is in the plan's set, and was not installed`);
  return { installed, problems };
}

const isOurs = (inputs: readonly InputDeb[], name: string, version: string): boolean =>
  inputs.some((input) => input.name === name && input.version === version);

/** What is not as the plan has it; nothing when all is. */
export async function heldAgainstPlan(
  workshop: Pick<DebianWorkshop, 'baseFiles' | 'seedFor'>,
  build: PlannedBuild,
  inputs: readonly InputDeb[],
  listed: readonly Present[],
): Promise<HeldAgainstPlan> {
  const base = (await workshop.baseFiles()).map(({ file }) => file);
  const seed = (await workshop.seedFor(build)).map(({ file }) => file);
  return held(inputs, seed, base, listed);
}
