/**
 * The ledger: which build had what installed. A fold of the journal; and the proof of the rule that keeps the final
 * archive clean, made from what was recorded and not from what was planned.
 */

import { existsSync } from 'node:fs';
import { type BuildId, buildOf } from '../../build-id.ts';
import type { ActionDigest } from '../../digests.ts';
import type { InstalledBinary } from '../../events.ts';
import type { ByName, Plan } from '../../model.ts';
import type { SourceName } from '../../names.ts';
import type { RunState } from '../../run-state.ts';
import { TaintRule } from '../../stages/taint.ts';
import { wholeText } from '../../whole-file.ts';
import { recordIn } from '../files/json-record.ts';

/** One build as it was done. Says nothing of clocks, so that two runs of one plan keep the same ledger. */
export interface LedgerEntry {
  readonly build: BuildId;
  readonly source: SourceName;
  readonly version: string;
  readonly archive: string;
  readonly action: ActionDigest;
  readonly tainted: boolean;
  readonly sandboxed: boolean;
  /** Built elsewhere, and taken in: what was installed is what its .buildinfo says. */
  readonly adopted?: true;
  /** In a cross build: the compiler of the seed that made it. */
  readonly crossCompiledBy?: string;
  /** File name -> sha256. */
  readonly outputs: ByName<string>;
  readonly installed: readonly InstalledBinary[];
}

/** How everything that tells of it names a compiler that was not built here. */
const bySeed = (compiler: string): string => `the seed's ${compiler}`;

/** What is done, in the order of the plan. */
export function ledgerOf(plan: Plan, state: RunState): readonly LedgerEntry[] {
  return plan.builds.flatMap((build): LedgerEntry[] => {
    const { status, finished } = state.builds.get(build.id) ?? {};
    if (status !== 'done' || finished === undefined) return [];
    const { archive, action, how, tainted, sandboxed, crossCompiler, outputs, installed } = finished;
    const { id, source, version } = build;
    const crossed = crossCompiler === undefined ? {} : { crossCompiledBy: bySeed(crossCompiler) };
    const adopted = how === 'adopted' ? { adopted: true as const } : {};
    const made = { build: id, source, version, archive, action, tainted, sandboxed };
    return [{ ...made, ...adopted, ...crossed, outputs, installed }];
  });
}

/** The bytes of ledger.ndjson: one entry a line. */
export const formatLedger = (ledger: readonly LedgerEntry[]): string =>
  ledger.map((entry) => `${JSON.stringify(entry)}\n`).join('');

/** Source -> the compiler of the seed that made what the final archive holds of it, by the ledger as it is written. */
export function crossCompiledIn(ledger: string): ReadonlyMap<string, string> {
  const lines = existsSync(ledger) ? wholeText(ledger).split('\n').filter(Boolean) : [];
  const remedy = 'start `bootplan run` again: the ledger is written anew from the journal';
  const entries = lines.map((line, i) =>
    recordIn<LedgerEntry>(line, 'records#/$defs/ledgerEntry', `${ledger}:${i + 1}`, remedy),
  );
  return new Map(
    entries.flatMap(({ source, archive, crossCompiledBy: by }) =>
      archive === 'final' && by !== undefined ? [[source, by] as const] : [],
    ),
  );
}

/**
 * What in a ledger breaks the rule, in words; nothing when the final archive is clean. Trusts no flag: taint is decided
 * again from the installation sets, and every installed binary must be an output of the build that it names.
 *
 * @param native of the plan that made what a cross build installs for the machine that builds
 */
export function ledgerViolations(
  plan: Plan,
  ledger: readonly LedgerEntry[],
  native: readonly LedgerEntry[] = [],
): readonly string[] {
  const rule = new TaintRule(plan);
  const planned = new Map(plan.builds.map((build) => [build.id, build]));
  const entries = new Map(ledger.map((entry) => [entry.build, entry]));
  if (plan.native) for (const entry of native) entries.set(buildOf(plan.native.architecture, entry.build), entry);
  return ledger.flatMap((entry) => {
    const build = planned.get(entry.build);
    if (build === undefined) return [`${entry.build} is in the ledger and not in the plan`];
    const wrong: string[] = [];
    const residues = rule.residues(build, entry.installed);
    const tainted = residues.length > 0;
    if (tainted !== entry.tainted) wrong.push(`${entry.build} is recorded as ${entry.tainted ? '' : 'not '}tainted`);
    const names = residues.map((b) => `${b.name} of ${b.build}`).join(', ');
    if (entry.archive === 'final' && tainted) wrong.push(`${entry.build} is in final, and was built with ${names}`);
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
