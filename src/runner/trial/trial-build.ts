/** What came of one build of a trial: as it is kept by content, and as it is told. */
import type { Source } from '../../model.ts';
import type { BuildOutcome } from '../builder.ts';
import { tailOf } from '../sandbox/log-follower.ts';
import type { PackageAccess } from './access-trace.ts';
import { builtPackage } from './built-package.ts';
import { endOf } from './failure-cause.ts';
import type { BuiltPackage } from './output-change.ts';

/** An outcome without packages. */
export type FailedBuild = Extract<BuildOutcome, { ok: false }>;

/** One build to be tried. */
export interface TrialOrder {
  readonly source: Source;
  /** Active in it. */
  readonly profiles: readonly string[];
  /** Of the full build, as they are written. */
  readonly dropped: readonly string[];
  /** `NAME=VALUE`: what the environment of debian/rules has besides. */
  readonly switches: readonly string[];
  /** With access times. */
  readonly traced: boolean;
}

/** What came of a build, as it is kept. */
export interface TrialBuild {
  readonly format: 1;
  readonly ok: boolean;
  /** The step that failed, by sbuild's name, or `apt` when the rest cannot be installed; '' when none did. */
  readonly step: string;
  readonly message: string;
  /** The last lines of the log of a build that failed. */
  readonly tail: readonly string[];
  readonly cpuSeconds: number;
  readonly packages: readonly BuiltPackage[];
  readonly accesses: readonly PackageAccess[];
}

/** What a build is told as. */
export interface TrialResult extends TrialBuild {
  /** Nothing was built: it was kept from an earlier time. */
  readonly isKept: boolean;
  /** Its time was over before its end: that says nothing. */
  readonly isLate?: boolean;
  /** '' when nothing was built. */
  readonly log: string;
}

/** @param log of the build @param workDirectory for one temporary file */
export async function keptOf(
  outcome: BuildOutcome,
  log: string,
  workDirectory: string,
  accesses: readonly PackageAccess[],
): Promise<TrialBuild> {
  const { cpuSeconds } = outcome;
  if (!outcome.ok) {
    const { step, message } = outcome;
    const tail = endOf(writtenBySteps(log));
    return { format: 1, ok: false, step, message, tail, cpuSeconds, packages: [], accesses: [] };
  }
  const packages: BuiltPackage[] = [];
  for (const deb of outcome.debs) packages.push(await builtPackage(deb.name, deb.path, workDirectory));
  return { format: 1, ok: true, step: '', message: '', tail: [], cpuSeconds, packages, accesses };
}

/** Far more than builds write behind what failed. */
const logBytes = 1 << 22;

/** The end of a log, without what was written when the steps had ended. */
function writtenBySteps(log: string): string {
  const text = tailOf(log, logBytes);
  const end = text.lastIndexOf('\n>>> end ');
  return end < 0 ? text : text.slice(0, end);
}
