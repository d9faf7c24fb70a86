/** A failed build as data: it holds everything that is needed to find the cause. */

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type ArchitectureLabel, type BuildId, buildOf } from '../../build-id.ts';
import { valueAt } from '../../by-name.ts';
import type { ActionDigest } from '../../digests.ts';
import { makeDirectories } from '../../directories.ts';
import type { InstalledBinary } from '../../events.ts';
import type { ByName } from '../../model.ts';
import type { SourceName } from '../../names.ts';
import type { BuildOutcome } from '../builder.ts';
import { publishText } from '../files/publish.ts';
import { endedBySignal } from '../process.ts';
import type { Staged } from './build-inputs.ts';

type Failure = Extract<BuildOutcome, { readonly ok: false }>;

/** The content of the report's file (metadata/schema/failure.schema.json). */
export interface FailureReport {
  readonly format: 1;
  /** UTC, ISO 8601. */
  readonly occurredAt: string;
  readonly build: BuildId;
  readonly source: SourceName;
  readonly version: string;
  /** '' of a build that has not begun for want of a file: what it would have been built from is not known. */
  readonly action: ActionDigest | '';
  readonly phase: {
    /** The archive it was for: `stage1`, ..., `interim`, `final`. */
    readonly name: string;
    readonly stage: number;
    readonly profiles: readonly string[];
    /** Where a build installs to, inside the sandbox. */
    readonly installDestination: string;
  };
  readonly step: { readonly name: string; readonly strategy: string; readonly workdir: string };
  readonly command: string;
  /** -1 when a signal ended it. */
  readonly exitCode: number;
  /** Its name; '' when none ended it. */
  readonly signal: string;
  readonly message: string;
  readonly environment: ByName<string>;
  readonly installationSet: readonly InstalledBinary[];
  readonly log: string;
  readonly logTail: string;
  readonly resources: { readonly seconds: number; readonly cpuSeconds: number; readonly maxRssKiB: number };
  readonly attempt: number;
  /** True when the evidence says load, not the source: trying again alone may help. */
  readonly retriable: boolean;
  /** Builds of the plan that need this one's outcome, directly or not. */
  readonly blocks: readonly BuildId[];
  /** The next command to type. */
  readonly help: readonly string[];
}

/** What is told of a failure besides the failure itself. */
export interface Circumstances {
  readonly seconds: number;
  readonly attempt: number;
  readonly log: string;
  readonly blocks: readonly BuildId[];
  readonly label: ArchitectureLabel;
  /** What a command needs to find the state directory: ` --state DIR`, or nothing. */
  readonly at: string;
  /** What names the project besides: ` --metadata DIR`, or nothing. */
  readonly projectFlagsText: string;
}

/** Puts a report together. Pure. */
export function failureReport(
  { build, action, installed }: Pick<Staged, 'build' | 'installed'> & Pick<FailureReport, 'action'>,
  failure: Failure,
  circumstances: Circumstances,
): FailureReport {
  const { id, source, version, archive, stage, profiles } = build;
  const { seconds, attempt, log, blocks, label, at, projectFlagsText } = circumstances;
  const name = buildOf(label, id);
  return {
    format: 1,
    occurredAt: new Date().toISOString(),
    build: name,
    source,
    version,
    action,
    phase: { name: archive, stage, profiles, installDestination: valueAt(failure.env, 'D') ?? '' },
    step: { name: failure.step, strategy: 'sandbox', workdir: failure.workdir },
    command: failure.command,
    exitCode: failure.exitCode ?? endedBySignal,
    signal: failure.signal ?? '',
    message: failure.message,
    environment: failure.env,
    installationSet: failure.installed ?? installed,
    log,
    logTail: failure.logTail,
    resources: { seconds, cpuSeconds: failure.cpuSeconds, maxRssKiB: failure.maxRssKiB },
    attempt,
    retriable: failure.retriable,
    blocks: blocks.map((blocked) => buildOf(label, blocked)),
    help: [
      `bootplan log '${name}'${at}`,
      ...['shell', 'run --package'].map((command) => `bootplan ${command} '${name}'${at}${projectFlagsText}`),
    ],
  };
}

/** Writes it as `<UTC>-<phase>-<source>-<step>-<8 hex>.json`; returns the path. */
export function writeFailureReport(directory: string, report: FailureReport): string {
  makeDirectories(directory);
  const time = report.occurredAt.replace(/[-:.]/g, '');
  const slug = (text: string): string => text.replace(/[^A-Za-z0-9+.]+/g, '_').slice(0, 60);
  const parts = [time, report.phase.name, slug(report.source), slug(report.step.name), randomBytes(4).toString('hex')];
  const path = join(directory, `${parts.join('-')}.json`);
  publishText(path, `${JSON.stringify(report, null, 2)}\n`);
  return path;
}
