import type { ArchitectureLabel } from '../build-id.ts';
import { BaseCommand } from '../command-line/base-command.ts';
import { stateFlag } from '../command-line/state-flag.ts';
import type { ArchitectureStatus, StatusReport } from '../reports/status.ts';
import type { StateDirectory } from '../runner/journal/state-directory.ts';

export default class Status extends BaseCommand {
  static override summary = 'Say where a run stands.';
  static override description =
    'What is done, what failed and where its report is, what would come next. Looks only, also while a run is on.';

  static override examples = [
    { description: 'Where the run in this directory stands', command: '<%= config.bin %> status' },
    {
      description: 'The report of the last failure, for a program',
      command: '<%= config.bin %> status --json | jq -r .lastFailure.report',
    },
  ];

  static override flags = { ...stateFlag };

  async run(): Promise<StatusReport> {
    const { flags } = await this.parse(Status);
    this.begin(flags);
    const { crossedArchitectures, crossedDirectory, stateDirectory, stateWords } = await import(
      '../runner/journal/state-directory.ts'
    );
    const { formatStatus } = await import('../reports/status.ts');
    const directory = stateDirectory(flags.state);
    const crossed = await Promise.all(
      crossedArchitectures(directory).map((name) => this.standing(crossedDirectory(directory, name), name)),
    );
    const report = { ...(await this.standing(directory, undefined)), crossed };
    this.data(formatStatus(report, stateWords(directory)));
    return report;
  }

  private async standing(directory: StateDirectory, label: ArchitectureLabel): Promise<ArchitectureStatus> {
    const { archivedPackages } = await import('../runner/archive/archive.ts');
    const { archiveNames } = await import('../stages/archives.ts');
    const { buildOf } = await import('../build-id.ts');
    const { lastFailure, lookAt, nextBuild, resourcesOf } = await import('../runner/run/inspect-state.ts');
    const { differencesLeft } = await import('../runner/build/unsettled-builds.ts');
    const { isHeld } = await import('../runner/journal/state-lock.ts');
    const standstill = lookAt(directory);
    const { plan, state } = standstill;
    const failure = lastFailure(standstill);
    const named = (id: string) => buildOf(label, id);
    const having = (status: string) =>
      [...state.builds].filter(([, b]) => b.status === status).map(([id]) => named(id));
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
      elsewhere: [...state.builds].flatMap(([id, { status, node, step = '' }]) =>
        status === 'running' && node !== undefined ? [{ build: named(id), node, step }] : [],
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
}
