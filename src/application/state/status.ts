/** `status`: where a run stands, one entry an architecture. */

import { archiveNames } from '../../archives.ts';
import { type ArchitectureLabel, type BuildId, buildOf } from '../../build-id.ts';
import type { ArchitectureStatus, StatusReport } from '../../reports/run/status.ts';
import { archivedPackages } from '../../runner/archive/archive.ts';
import { differencesLeft } from '../../runner/build/unsettled-builds.ts';
import { crossedArchitectures, crossedDirectory, type StateDirectory } from '../../runner/journal/state-directory.ts';
import { isHeld } from '../../runner/journal/state-lock.ts';
import { lastFailure, lookAt, nextBuild, resourcesOf } from '../../runner/run/inspect-state.ts';

/** @throws EnvironmentError (66) when nothing has been run there */
export function statusOf(directory: StateDirectory): StatusReport {
  const crossed = crossedArchitectures(directory).map((name) => standing(crossedDirectory(directory, name), name));
  return { ...standing(directory, undefined), crossed };
}

function standing(directory: StateDirectory, label: ArchitectureLabel): ArchitectureStatus {
  const standstill = lookAt(directory);
  const { plan, state } = standstill;
  const failure = lastFailure(standstill);
  const named = (id: BuildId) => buildOf(label, id);
  const having = (status: string) => [...state.builds].filter(([, b]) => b.status === status).map(([id]) => named(id));
  const { image, boot } = state;
  const next = nextBuild(standstill);
  return {
    architecture: plan.architecture,
    state: directory.root,
    // Whoever was killed could not say so.
    status: state.status === 'running' && !isHeld(directory) ? 'interrupted' : state.status,
    total: plan.builds.length,
    done: having('done').length,
    failed: having('failed'),
    blocked: having('blocked'),
    elsewhere: [...state.builds].flatMap(([id, { status, placement, step = '' }]) =>
      status === 'running' && placement ? [{ build: named(id), node: placement.node ?? '', step }] : [],
    ),
    preparing: isHeld(directory) ? (state.preparing?.what ?? null) : null,
    next: next === undefined ? null : named(next),
    lastFailure: failure
      ? {
          build: named(failure.build),
          step: failure.step,
          message: failure.message,
          said: failure.said ?? [],
          report: failure.report,
          resources: resourcesOf(failure),
        }
      : null,
    archives: archivedPackages(directory.archives, archiveNames(plan)),
    differing: differencesLeft(plan, state),
    unsettled: state.unsettled,
    image: image ? { path: image.path, sha256: image.sha256, bytes: image.bytes } : null,
    boot: boot ? { verdict: boot.verdict, cause: boot.cause, seconds: boot.seconds } : null,
  };
}
