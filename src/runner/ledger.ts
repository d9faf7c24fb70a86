/**
 * The ledger: which build had what installed. A fold of the journal; and the proof of the rule that keeps the final
 * archive clean, made from what was recorded and not from what was planned.
 */
import type { InstalledBinary } from '../events.ts';
import type { Plan, PlannedBuild } from '../model.ts';
import type { RunState } from './state.ts';

/** One build as it was done. Says nothing of clocks, so that two runs of one plan keep the same ledger. */
export interface LedgerEntry {
  readonly build: string;
  readonly source: string;
  readonly version: string;
  readonly archive: string;
  readonly action: string;
  readonly tainted: boolean;
  readonly sandboxed: boolean;
  /** File name -> sha256. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly installed: readonly InstalledBinary[];
}

/**
 * A full build is tainted while its own installation set holds a stage package, or the seed's copy of a binary that
 * this plan builds. A stage build is what taints others; of it the question is not asked.
 */
export function isTainted(
  build: PlannedBuild,
  installed: readonly InstalledBinary[],
  built: ReadonlySet<string>,
): boolean {
  if (build.stage > 0) return false;
  return installed.some((b) => b.archive.startsWith('stage') || (b.build === 'seed' && built.has(b.name)));
}

/** Names of all binaries that the plan builds. */
export const builtBinaries = (plan: Plan): ReadonlySet<string> => new Set(plan.builds.flatMap((b) => b.produces));

/** What is done, in the order of the plan. */
export function ledgerOf(plan: Plan, state: RunState): readonly LedgerEntry[] {
  return plan.builds.flatMap((build): LedgerEntry[] => {
    const { status, finished } = state.builds.get(build.id) ?? {};
    if (status !== 'done' || finished === undefined) return [];
    const { archive, action, tainted, sandboxed, outputs, installed } = finished;
    const { id, source, version } = build;
    return [{ build: id, source, version, archive, action, tainted, sandboxed, outputs, installed }];
  });
}

export const formatLedger = (ledger: readonly LedgerEntry[]): string =>
  ledger.map((entry) => `${JSON.stringify(entry)}\n`).join('');

/**
 * What in a ledger breaks the rule, in words; nothing when the final archive is clean. Trusts no flag: taint is decided
 * again from the installation sets, and every installed binary must be an output of the build that it names.
 */
export function ledgerViolations(plan: Plan, ledger: readonly LedgerEntry[]): readonly string[] {
  const built = builtBinaries(plan);
  const planned = new Map(plan.builds.map((build) => [build.id, build]));
  const entries = new Map(ledger.map((entry) => [entry.build, entry]));
  return ledger.flatMap((entry) => {
    const build = planned.get(entry.build);
    if (build === undefined) return [`${entry.build} is in the ledger and not in the plan`];
    const wrong: string[] = [];
    const tainted = isTainted(build, entry.installed, built);
    if (tainted !== entry.tainted) wrong.push(`${entry.build} is recorded as ${entry.tainted ? '' : 'not '}tainted`);
    if (entry.archive === 'final' && tainted) {
      const by = entry.installed.filter((b) => b.archive.startsWith('stage') || b.build === 'seed');
      wrong.push(
        `${entry.build} is in final, and was built with ${by.map((b) => `${b.name} of ${b.build}`).join(', ')}`,
      );
    }
    if (entry.archive === 'final' && build.stage > 0) wrong.push(`${entry.build} is a stage build in final`);
    for (const b of entry.installed) {
      if (b.build === 'seed') continue;
      const outputs = entries.get(b.build)?.outputs ?? {};
      if (!Object.values(outputs).includes(b.sha256))
        wrong.push(`${entry.build} had ${b.name} installed, which is not what ${b.build} yielded`);
    }
    return wrong;
  });
}
