/** Which builds of which architectures a command is to do. */

import { partsOf } from '../../build-id.ts';
import { EnvironmentError, exitCode, InputError } from '../../errors.ts';
import { allowedBuilds } from '../../metadata/overrides/apply-overrides.ts';
import { imageSpecOf } from '../../metadata/project/image-spec.ts';
import { isKnownArchitecture, nativeArchitecture } from '../../metadata/relations/architecture.ts';
import type { Plan, Project } from '../../model.ts';
import { requireMachines } from '../../runner/boot/machines.ts';
import { toolBuilds } from '../../runner/build/native-tools.ts';
import { knownPlan } from '../../runner/journal/known-plan.ts';
import { selectBuilds, selectionsOf } from '../../runner/run/selection.ts';
import type { Prepared } from './prepared.ts';

/** What is to be done for one architecture. */
export interface Wanted {
  readonly prepared: Prepared;
  /** With the rounds that earlier runs have added. */
  readonly known: Plan;
  /** Indices into it; undefined builds everything. */
  readonly wanted: readonly number[] | undefined;
}

/** How a user narrows what is built; what is absent narrows nothing. */
export interface BuildFilter {
  /** Names of archives. */
  readonly phase: readonly string[] | undefined;
  /** Names of sources or of builds. */
  readonly package: readonly string[] | undefined;
  /** A build: only it and what comes after it. */
  readonly from: string | undefined;
}

/** Those that names of builds speak of, `arm64/dash`: whoever mends one build need not say it twice. */
export const architecturesNamed = (names: readonly string[]): readonly string[] => [
  ...new Set(names.map((name) => partsOf(name).label ?? nativeArchitecture)),
];

/** The builds of each architecture that the flags, and the allow-lists of the overrides, leave. */
export function selectedOf(all: readonly Prepared[], flags: BuildFilter, upto?: number): readonly Wanted[] {
  const { phase: phases = [], package: names = [], from } = flags;
  const narrowed = phases.length > 0 || names.length > 0 || from !== undefined || upto !== undefined;
  const asked = { phases, names, ...(from !== undefined && { from }), ...(upto !== undefined && { upto }) };
  const plans = all.map(({ directory, plan }) => knownPlan(directory, plan));
  const selections = selectionsOf(plans, asked);
  if (!selections.ok) throw new InputError(selections.diagnostics, exitCode.usage);
  const tools = all.flatMap(({ plan }) => plan.native?.binaries ?? []);
  const wanted = all.map((prepared, i): Wanted => {
    const { overrides } = prepared;
    const plan = plans[i]!;
    const selected = selections.value[i] && selectBuilds(plan, selections.value[i]);
    const named = selected === undefined ? [] : selected.ok ? selected.value : [];
    const needed = prepared.asked ? undefined : toolBuilds(prepared.plan, tools);
    const lists = [narrowed ? named : needed, overrides && allowedBuilds(plan, overrides)].filter(
      (list) => list !== undefined,
    );
    const common = lists.reduce<readonly number[] | undefined>(
      (left, list) => (left === undefined ? list : left.filter((index) => list.includes(index))),
      undefined,
    );
    return { prepared, known: plan, wanted: common };
  });
  if (narrowed && wanted.every((one) => one.wanted?.length === 0))
    throw new EnvironmentError(
      phases.length + names.length === 0 && from === undefined && upto !== undefined
        ? `the plan has no stage builds up to stage ${upto}`
        : 'no build of the plan is all of that',
      exitCode.usage,
      'bootplan plan lists the builds',
    );
  return wanted;
}

/** The seed kernel has the name of its architecture at the end, as Debian's have: that of another one is a slip. */
function requireKernel({ image }: Project, architecture: string): void {
  if (image?.kernel !== 'seed') return;
  const { package: name } = image.seedKernel;
  const last = name?.slice(name.lastIndexOf('-') + 1);
  const fits = last !== undefined && (last === architecture || !isKnownArchitecture(last));
  if (fits) return;
  throw new EnvironmentError(
    `the image has no kernel for ${architecture}${name === undefined ? '' : `: ${name} is for ${last}`}`,
    exitCode.configuration,
    `name one for each in image.yaml: seed-kernel: {${architecture}: linux-image-..., ...}, or build without an image: --no-image`,
  );
}

/**
 * Refuses before the first build what would be missing after the last one.
 *
 * @throws InputError when there is no such variant of an image; EnvironmentError (69) when no machine can start one
 */
export function requireDeliverable(
  all: readonly Wanted[],
  { variant, image, boot }: { readonly variant: string | undefined; readonly image: boolean; readonly boot: boolean },
): void {
  if (variant !== undefined) for (const { prepared } of all) imageSpecOf(prepared.project, variant);
  if (image)
    for (const { prepared, wanted, known } of all)
      if (!wanted && prepared.asked) requireKernel(prepared.project, known.architecture);
  if (!boot) return;
  const delivered = all.filter(({ wanted, prepared }) => !wanted && prepared.asked && prepared.project.image);
  requireMachines(delivered.map(({ known }) => known.architecture));
}
