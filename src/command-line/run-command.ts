/** What `run` and `stage` share: how the flags become requests, and how a run's end becomes an exit code. */
import { join, resolve } from 'node:path';
import type { BuildRequest } from '../application/run/build.ts';
import type { SessionsRequest } from '../application/run/sessions.ts';
import type { Wanted } from '../application/run/wanted-builds.ts';
import { EnvironmentError, exitCode } from '../errors.ts';
import { stoppedBy } from '../runner/scheduling/interruption.ts';
import { ProjectCommand, projectWords } from './project-command.ts';
import { overridesAsked, type RunFlags } from './run-flags.ts';

/** One of the two. */
export abstract class RunCommand extends ProjectCommand {
  /** By the events of the run. */
  private stdoutTaken = false;

  /** Says what would be built; starts nothing. */
  protected async dryRun(all: readonly Wanted[], rounds: number, replan: boolean): Promise<readonly string[]> {
    const { dryRun, dryRunText } = await import('../application/run/dry-run.ts');
    const would = await dryRun(all, replan, this);
    this.data(dryRunText(would));
    if (all.some(({ wanted }) => wanted === undefined) && would.builds.length > 0 && rounds > 0)
      this.talk(
        `builds that have not settled by then are built again, in at most ${rounds} more rounds; only the run can tell which`,
      );
    return would.builds.map(({ build }) => build);
  }

  /** The state directories, the view and the way to stop that the flags ask for; sets the exit code of a stop. */
  protected async sessionsRequest(flags: RunFlags): Promise<SessionsRequest> {
    const { elsewhere, limitsOf } = await import('../application/run/resource-limits.ts');
    const { openCluster } = await import('../application/machines/cluster.ts');
    const { EventStream } = await import('../application/output/event-stream.ts');
    const file = this.eventsFile(flags.events);
    return {
      command: `bootplan ${this.id}`,
      limits: limitsOf(flags, flags.executor === undefined ? undefined : elsewhere),
      cluster: openCluster(flags, join(this.config.root, 'bin/bootplan')),
      keepGoing: flags['keep-going'] ?? true,
      replan: flags.replan,
      quiet: this.quiet,
      openEvents: (lost) => (file === undefined ? undefined : new EventStream(file, { lost })),
      ended: ({ signal, eventsAreWhole }) => {
        if (!eventsAreWhole) this.exitWith(exitCode.disk);
        if (signal === undefined) return;
        this.talk('stopped; the same command goes on from here');
        this.exitWith(stoppedBy[signal]);
      },
    };
  }

  protected async buildRequest(flags: RunFlags): Promise<BuildRequest> {
    const { elsewhere, limitsOf } = await import('../application/run/resource-limits.ts');
    return {
      limits: limitsOf(flags, flags.executor === undefined ? undefined : elsewhere),
      timeoutSeconds: flags.timeout,
      goOnUnfetched: flags['keep-going'] === true,
      replan: flags.replan,
      rounds: flags.rounds ?? 0,
      signKey: flags.sign,
      reports: flags.report,
      ...(flags['report-dir'] !== undefined && { reportDirectory: resolve(flags['report-dir']) }),
      projectFlagsText: projectWords(flags),
      overridesAsked: (plan) => overridesAsked(plan, flags),
    };
  }

  /** @throws EnvironmentError (64) when stdout would have to hold two things */
  private eventsFile(file: string | undefined): string | undefined {
    this.stdoutTaken = file === '-';
    if (this.stdoutTaken && this.jsonEnabled()) {
      const help = 'leave --json out, or give --events a file';
      throw new EnvironmentError('--events - and --json cannot share stdout', exitCode.usage, help);
    }
    return file === undefined || file === '-' ? file : resolve(file);
  }

  /** Beside events on stdout the last words are talk. */
  protected override data(text: string): void {
    if (this.stdoutTaken) this.talk(text.trimEnd());
    else super.data(text);
  }
}
