/** A build that does not begin, since a file that it needs cannot be had: a failure like any other. */

import { join } from 'node:path';
import { buildFileName } from '../../build-id.ts';
import type { InputError } from '../../errors.ts';
import type { PlannedBuild } from '../../model.ts';
import { publishText } from '../files/publish.ts';
import type { Session } from '../journal/session.ts';
import { stateWords } from '../journal/state-directory.ts';
import { stepMarker } from '../recipe/step-marker.ts';
import { type Circumstances, failureReport, writeFailureReport } from './failure-report.ts';

/** What is told of it besides what it lacks. */
export interface UnfetchedOptions extends Pick<Circumstances, 'blocks' | 'label' | 'projectFlagsText'> {
  /** Directory for failure reports; none are written without it. */
  readonly reports: string | undefined;
}

const step = 'fetch';

/** Tells of it in its log, in a report, and as an event. */
export function tellUnfetched(
  session: Session,
  build: PlannedBuild,
  { diagnostics }: InputError,
  { reports, ...circumstances }: UnfetchedOptions,
): void {
  const log = join(session.directory.logs, `${buildFileName(build.id)}.log`);
  const [first, ...others] = diagnostics.map(({ message }) => message);
  const helps = [...new Set(diagnostics.flatMap(({ help }) => help ?? []))].map((help) => `help: ${help}`);
  const said = [...others, ...helps];
  const logTail = `${stepMarker}${step}\n${[first, ...said].join('\n')}\n`;
  publishText(log, logTail);
  const message = `${first}${others.length === 0 ? '' : ` (and ${others.length} more)`}`;
  const failure = {
    ...{ ok: false as const, step, command: '', exitCode: 0, signal: undefined, message },
    ...{ workdir: '', env: {}, logTail, cpuSeconds: 0, maxRssKiB: 0, retriable: false },
  };
  const report = failureReport({ build, action: '', installed: [] }, failure, {
    ...circumstances,
    ...{ seconds: 0, attempt: 1, log, at: stateWords(session.directory) },
  });
  session.emit({
    type: 'build-failed',
    build: build.id,
    step,
    exitCode: 0,
    message,
    ...(said.length > 0 && { said }),
    ...(reports !== undefined && { report: writeFailureReport(reports, report) }),
    retriable: false,
  });
}
