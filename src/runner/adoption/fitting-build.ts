/** Which build of a plan something is that was built elsewhere, and whether it is what the plan asks for. */

import { visible } from '../../diagnostics.ts';
import type { Plan, PlannedBuild } from '../../model.ts';
import { archiveSource } from '../../names.ts';
import { byteOrder } from '../../order.ts';
import { versionSuffix } from '../../stages/version-suffix.ts';
import type { Staged } from '../build/build-inputs.ts';
import type { GoodOutcome } from '../build/keep.ts';
import { misfits } from '../build/misfits.ts';
import type { Builder } from '../builder.ts';
import type { Delivery } from './delivery.ts';

/** A builder whose builds can be done elsewhere. */
export type AdoptingBuilder = Builder & Required<Pick<Builder, 'heldAgainstPlan'>>;

const same = (a: readonly string[], b: readonly string[]): boolean =>
  [...new Set(a)].sort(byteOrder).join(' ') === [...new Set(b)].sort(byteOrder).join(' ');

const profilesText = (profiles: readonly string[]): string =>
  profiles.length === 0 ? 'no profiles' : `profiles ${profiles.join(' ')}`;

/**
 * Plan indices that it can be, ascending; or why it is none of them. Pure.
 *
 * @param named the one build that is meant; undefined for any
 */
export function candidates(plan: Plan, { changes }: Delivery, named: string | undefined): readonly number[] | string {
  const { source, sourceVersion, version, profiles } = changes;
  const left = [...plan.builds.entries()].filter(([, { id }]) => named === undefined || id === named);
  if (left.length === 0) return `the plan has no build ${visible(named ?? '')}`;
  const narrow = (why: (builds: readonly PlannedBuild[]) => string, fits: (build: PlannedBuild) => boolean) => {
    const fitting = left.filter(([, build]) => fits(build));
    const missed = fitting.length === 0 ? why(left.map(([, build]) => build)) : undefined;
    left.splice(0, left.length, ...fitting);
    return missed;
  };
  const wrong =
    narrow(
      () => `${visible(source)} is no source of ${named ?? 'the plan'}`,
      (b) => archiveSource(b.source) === source,
    ) ??
    narrow(
      ([b]) => `it is of ${source} ${visible(sourceVersion)}, and the plan builds ${b!.version}`,
      (b) => b.version === sourceVersion,
    ) ??
    narrow(
      (builds) => {
        const marked = [...new Set(builds.map((b) => `${b.version}${versionSuffix(b.archive)} for ${b.archive}`))];
        return `its version is ${visible(version)}, and the plan has ${marked.join(', ')}`;
      },
      (b) => `${b.version}${versionSuffix(b.archive)}` === version,
    ) ??
    narrow(
      ([b]) =>
        `it was built with ${profilesText(profiles.map(visible))}, and ${b!.id} has ${profilesText(b!.profiles)}`,
      (b) => same(b.profiles, profiles),
    );
  return wrong ?? left.map(([index]) => index);
}

/**
 * What of a delivery is not what a build of the plan is, in words; and what would be kept of it.
 *
 * @param architecture of the plan
 */
export async function weigh(
  architecture: string,
  builder: AdoptingBuilder,
  staged: Staged,
  { buildinfo, changes, debs, beside }: Delivery,
): Promise<{ readonly problems: readonly string[]; readonly outcome: GoodOutcome }> {
  const { build, inputs } = staged;
  const { installed, problems: held } = await builder.heldAgainstPlan(build, inputs, buildinfo.installed);
  const foreign = debs
    .filter((deb) => deb.source !== changes.source || deb.sourceVersion !== build.version)
    .map(({ file, source, sourceVersion }) => `${file} says that it is of ${visible(`${source} ${sourceVersion}`)}`);
  const problems = [
    ...(buildinfo.source !== changes.source || buildinfo.version !== changes.version
      ? [`its .buildinfo is of ${visible(`${buildinfo.source} ${buildinfo.version}`)}`]
      : []),
    ...(buildinfo.architecture === architecture
      ? []
      : [`it was built on ${visible(buildinfo.architecture)}, and the plan is for ${architecture}`]),
    ...(same(buildinfo.profiles ?? build.profiles, build.profiles)
      ? []
      : [`its .buildinfo has ${profilesText(buildinfo.profiles!.map(visible))}`]),
    ...foreign,
    ...held,
    ...((await builder.declaredAway?.(build, debs)) ?? []),
    ...misfits(staged, debs, installed).map(({ message }) => message),
  ];
  const taken = { debs, installed, beside, cpuSeconds: 0, maxRssKiB: 0, sandboxed: false } as const;
  return { problems, outcome: { ok: true, adopted: true, ...taken } };
}
