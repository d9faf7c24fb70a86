/** What a state directory tells to someone who only looks: no lock taken, nothing changed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildId, buildFileName } from '../../build-id.ts';
import { EnvironmentError, exitCode } from '../../errors.ts';
import type { EventOf } from '../../events.ts';
import type { Plan } from '../../model.ts';
import { type RunState, replay } from '../../run-state.ts';
import { readPlan } from '../../stages/plan-file.ts';
import type { FailureReport } from '../build/failure-report.ts';
import { decodeActionResult } from '../cache/action-result.ts';
import { bytesOfRecord, readRecord } from '../files/json-record.ts';
import { readJournal } from '../journal/journal.ts';
import type { StateDirectory } from '../journal/state-directory.ts';

/** A plan, and how far its run has come. */
export interface Standstill {
  readonly plan: Plan;
  readonly state: RunState;
}

/** @throws EnvironmentError (66) when nothing has been run there */
export function lookAt(directory: StateDirectory): Standstill {
  if (!existsSync(directory.plan) || !existsSync(directory.journal))
    throw new EnvironmentError(
      `nothing has been run in ${directory.root}`,
      exitCode.missingInput,
      'bootplan run starts one; --state DIR names another directory',
    );
  const plan = readPlan(directory.plan);
  return { plan, state: replay(readJournal(directory.journal)) };
}

/** The build that a run would start next: the first in the plan that is not done, with everything it needs done. */
export function nextBuild({ plan, state }: Standstill): BuildId | undefined {
  const done = plan.builds.map(({ id }) => state.builds.get(id)?.status === 'done');
  return plan.builds.find((build, i) => !done[i] && build.needs.every((n) => done[n]))?.id;
}

/** The bad end that came last, of those not mended since. */
export const lastFailure = ({ state }: Standstill): EventOf<'build-failed'> | undefined =>
  [...state.builds.values()]
    .flatMap(({ status, failure }) => (status === 'failed' && failure ? [failure] : []))
    .sort((a, b) => b.seq - a.seq)[0];

/** What a failed build had used, and whether that is to blame; null when no report was written or it is gone. */
export interface FailureResources {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Of its largest process. */
  readonly maxRssKiB: number;
  /** Signal, memory, disk: the machine, not the source. */
  readonly overloaded: boolean;
}

/** What a failed build had used, by its report; null when that is gone. */
export function resourcesOf({ report, retriable }: EventOf<'build-failed'>): FailureResources | null {
  if (report === undefined || !existsSync(report)) return null;
  const remedy = 'delete it: only what the build used is lost';
  const { resources } = readRecord<FailureReport>(report, 'failure-report', remedy);
  return { ...resources, overloaded: retriable };
}

/** Host path of the latest log of a build: of this machine's last try, else the one that came with the result. */
export function logOf(directory: StateDirectory, { state }: Standstill, build: BuildId): string | undefined {
  const { finished } = state.builds.get(build) ?? {};
  const own = join(directory.logs, `${buildFileName(build)}.log`);
  if (existsSync(own)) return own;
  const path = finished && join(directory.cache, 'ac', finished.action);
  const result = path && existsSync(path) ? decodeActionResult(bytesOfRecord(path) ?? Buffer.alloc(0)) : undefined;
  return result && join(directory.cache, 'cas', result.log.sha256);
}
