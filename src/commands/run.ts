import * as Flags from '@oclif/core/flags';
import { exitCode } from '../errors.ts';
import type { RunSummary } from '../reports/run-summary.ts';
import type { Session } from '../runner/run/session.ts';
import type { RunState } from '../runner/run/state.ts';
import type { Prepared } from './base.project.ts';
import { RunCommand, runFlags } from './base.run.ts';

type RunResult = RunSummary | { readonly wouldBuild: readonly string[] };

/** What is to come of a complete run. */
interface Delivery {
  readonly image: boolean;
  readonly boot: boolean;
  readonly kill: AbortSignal;
  /** Tells what begins. */
  readonly say: (line: string) => void;
}

export default class Run extends RunCommand {
  static override summary = 'Build everything that the plan says, make the image and prove that it boots.';
  static override description =
    `Every stage goes into its own archive; rebuilds follow until the final archive is clean and has settled; the image is made from it alone.
Stopped or failed, the same command goes on where it was.

Exit code: 0 when the image has passed its self-test, 1 when a build failed, something is stuck or the image does not boot.`;

  static override examples = [
    { description: 'the embedded mini-distribution, from source to a booted image', command: '<%= config.bin %> run' },
    { description: 'mend one recipe, build that package alone', command: '<%= config.bin %> run --package dash' },
  ];

  static override flags = {
    ...runFlags,
    rounds: Flags.integer({
      default: 3,
      min: 0,
      helpValue: 'N',
      description: 'at most so many more rounds for what the comparison has not found settled',
    }),
    image: Flags.boolean({ default: true, allowNo: true, description: 'make the image when everything is built' }),
    boot: Flags.boolean({ default: true, allowNo: true, description: 'start the image and judge it' }),
  };

  async run(): Promise<RunResult> {
    const { flags } = await this.parse(Run);
    this.begin(flags);
    const prepared = await this.prepare(flags);
    const wanted = await this.selected(prepared, flags);
    if (flags['dry-run']) return { wouldBuild: await this.dryRun(prepared, wanted, flags.rounds) };
    return this.withSession(prepared, flags, async (session, stop, say) => {
      const state = await this.build(prepared, flags, session, stop, wanted);
      const deliver = state.status === 'complete' && wanted === undefined && !stop.drain.aborted;
      const image = deliver && flags.image && prepared.project.image !== undefined;
      const summary = await this.deliver(prepared, session, { image, boot: flags.boot, kill: stop.kill, say });
      const { formatRunSummary } = await import('../reports/run-summary.ts');
      this.data(formatRunSummary(summary));
      if (summary.violations.length > 0 || summary.boot?.verdict === 'fail') this.exitWith(exitCode.bad);
      return summary;
    });
  }

  private async deliver(
    prepared: Prepared,
    session: Session,
    { image, boot, kill, say }: Delivery,
  ): Promise<RunSummary> {
    const summary = await this.summary(prepared, session.state);
    if (!image) return summary;
    const { deliverBoot, deliverImage } = await import('../runner/run/deliver.ts');
    const { machineArguments, qemuProgram } = await import('../runner/boot/qemu.ts');
    say('making the image');
    const { shellWord } = await import('../stages/export.ts');
    const made = await deliverImage(session, prepared.project);
    const { path, sha256, bytes, architecture, kernel } = made;
    const machine = machineArguments({ image: path, accelerator: 'tcg', mebibytes: 256 });
    const start = [qemuProgram(architecture), ...machine, '-nographic'].map(shellWord).join(' ');
    const from = kernel.from === 'seed' ? 'seed, not built from source here' : 'built from source';
    if (boot) say(`starting the image; its self-test builds ${made.guestBuild?.source ?? 'and runs a program'} there`);
    const shown = { path, sha256, bytes, kernel: `${kernel.name} ${kernel.version} (${from})`, start };
    const verdict = boot ? await deliverBoot(session, made, kill) : undefined;
    return {
      ...summary,
      image: shown,
      boot: verdict
        ? {
            verdict: verdict.verdict,
            cause: verdict.cause,
            fix: verdict.fix.join('; '),
            guestBuild: verdict.guestBuild,
            seconds: verdict.seconds,
          }
        : null,
    };
  }

  private async summary({ directory }: Prepared, state: RunState): Promise<RunSummary> {
    const { archivedPackages } = await import('../runner/archive/archive.ts');
    const { ledgerOf, ledgerViolations } = await import('../runner/archive/ledger.ts');
    const { archiveNames } = await import('../runner/archive/publication.ts');
    const { differencesLeft } = await import('../runner/run/settled.ts');
    const { readPlan } = await import('../stages/plan-file.ts');
    const { seedsUsed } = await import('../runner/fetch/seeds-used.ts');
    const plan = readPlan(directory.plan);
    const done = plan.builds.filter(({ id }) => state.builds.get(id)?.status === 'done');
    const having = (status: string) => [...state.builds].filter(([, b]) => b.status === status).map(([id]) => id);
    const countOf = (why: string): number => done.filter((build) => build.why === why).length;
    return {
      status: state.status,
      stageBuilds: countOf('stage'),
      fullBuilds: countOf('full'),
      rebuilds: countOf('rebuild'),
      comparisons: countOf('compare'),
      failed: having('failed'),
      blocked: having('blocked'),
      rounds: state.rounds,
      differing: differencesLeft(plan, state),
      unsettled: state.unsettled,
      violations: ledgerViolations(plan, ledgerOf(plan, state)),
      archives: archivedPackages(directory.archives, archiveNames(plan)),
      seed: seedsUsed(directory.seed),
      image: null,
      boot: null,
    };
  }
}
