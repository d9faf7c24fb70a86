/** What a run has done for one architecture, as it is told at its end. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { archiveNames } from '../../archives.ts';
import { type BuildId, buildOf } from '../../build-id.ts';
import type { ArchitectureSummary } from '../../reports/run/run-summary.ts';
import type { RunState } from '../../run-state.ts';
import { archivedPackages } from '../../runner/archive/archive.ts';
import { ledgerOf, ledgerViolations } from '../../runner/archive/ledger.ts';
import { seedsUsed } from '../../runner/archive/seeds-used.ts';
import { differencesLeft } from '../../runner/build/unsettled-builds.ts';
import { stateDirectory } from '../../runner/journal/state-directory.ts';
import { readPlan } from '../../stages/plan-file.ts';
import type { Prepared } from './prepared.ts';

/** @param native the state of this machine's own architecture, whose builds made the tools of the others */
export function summariseRun(
  { directory, label, plan: base }: Prepared,
  state: RunState,
  native: RunState,
): ArchitectureSummary {
  const plan = existsSync(directory.plan) ? readPlan(directory.plan) : base;
  const parent = stateDirectory(join(directory.cache, '..'));
  const tools = label === undefined ? [] : ledgerOf(readPlan(parent.plan), native);
  const ledger = ledgerOf(plan, state);
  const done = plan.builds.filter(({ id }) => state.builds.get(id)?.status === 'done');
  const having = (status: string) => [...state.builds].filter(([, b]) => b.status === status).map(([id]) => id);
  const installed = done.flatMap(({ id }) => state.builds.get(id)?.finished?.installed ?? []);
  const seeds = new Set(installed.flatMap(({ archive, sha256 }) => (archive === 'seed' ? [sha256] : [])));
  const countOf = (why: string): number => done.filter((build) => build.why === why).length;
  const named = (build: BuildId): BuildId => buildOf(label, build);
  return {
    architecture: plan.architecture,
    status: state.status,
    stageBuilds: countOf('stage'),
    fullBuilds: countOf('full'),
    rebuilds: countOf('rebuild'),
    comparisons: countOf('compare'),
    failed: having('failed').map(named),
    blocked: having('blocked').map(named),
    rounds: state.rounds,
    differing: differencesLeft(plan, state),
    unsettled: state.unsettled,
    violations: ledgerViolations(plan, ledger, tools),
    crossCompiled: ledger.flatMap(({ build, crossCompiledBy: by }) =>
      by === undefined ? [] : [{ build: named(build), by }],
    ),
    archives: archivedPackages(directory.archives, archiveNames(plan)),
    seed: seedsUsed(directory.seed, seeds),
    image: null,
    boot: null,
  };
}
