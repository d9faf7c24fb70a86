/** Compares the packages of a build with what the plan expects, wherever it was built. */
import type { InstalledBinary } from '../../events.ts';
import type { OutputDeb } from '../builder.ts';
import { isNamedAs } from '../cache/expected-result.ts';
import type { Staged } from './build-inputs.ts';

/** One thing that is not as the plan expects it. */
export interface Misfit {
  /** The step of a build that is to blame. */
  readonly step: 'install-deps' | 'collect';
  readonly message: string;
}

/**
 * Everything that keeps it out of the archive that the plan has for it; empty when it fits. Pure.
 *
 * @param installed what was really there, where that is known
 */
export function misfits(
  { build, taints, expected }: Pick<Staged, 'build' | 'taints' | 'expected'>,
  debs: readonly Pick<OutputDeb, 'name' | 'version' | 'file'>[],
  installed: readonly InstalledBinary[] | undefined,
): readonly Misfit[] {
  const found: Misfit[] = [];
  const residues = build.archive === 'final' && installed ? taints(installed) : [];
  if (residues.length > 0) {
    const names = residues.map(({ name, version, build: from }) => `${name} ${version} of ${from}`);
    found.push({
      step: 'install-deps',
      message: `a build for final must not have these installed: ${names.join(', ')}`,
    });
  }
  const yielded = new Set(debs.map((deb) => deb.name));
  const missing = build.produces.filter((name) => !yielded.has(name));
  if (missing.length > 0)
    found.push({ step: 'collect', message: `the plan says it yields ${missing.join(', ')}, and it did not` });
  const strange = debs.filter((deb) => build.produces.includes(deb.name) && !isNamedAs(deb, expected));
  if (strange.length > 0) {
    const names = strange.map(({ name, version, file }) => `${name} ${version} (${file})`).join(', ');
    const message = `neither version nor architecture is what the plan asks for: ${names}`;
    found.push({ step: 'collect', message });
  }
  return found;
}
