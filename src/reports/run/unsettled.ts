/** What has not settled, in words. */
import type { BuildId } from '../../build-id.ts';
import type { Unsettled } from '../../events.ts';

/** A build that is not bit-identical with the round before. */
export interface ShownDifference {
  readonly build: BuildId;
  readonly against: string;
  readonly files: readonly string[];
  readonly changedInputs: readonly string[];
}

/** Only what came of equal inputs is the fault of the recipe. */
export function differenceLine({ build, against, files, changedInputs }: ShownDifference): string {
  const differs = `${build} differs from ${against}`;
  return changedInputs.length === 0
    ? `not reproducible: ${differs}: ${files.join(', ')}`
    : `changed with ${changedInputs.join(', ')}: ${differs}: ${files.join(', ')}`;
}

/** `sh was built with libc of libc#2 (now of libc#3)` */
export function unsettledText({ build, differs, replaced }: Unsettled): string {
  const inputs = replaced.map(({ binary, build: of, by }) => `${binary} of ${of} (now of ${by})`);
  const parts = [
    ...(differs ? ['is not as the round before'] : []),
    ...(inputs.length > 0 ? [`was built with ${inputs.join(', ')}`] : []),
  ];
  return `${build} ${parts.join(' and ')}`;
}
