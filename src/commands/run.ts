import * as Flags from '@oclif/core/flags';
import { architecturesFlag } from '../command-line/project-command.ts';
import { RunCommand } from '../command-line/run-command.ts';
import { runFlags } from '../command-line/run-flags.ts';
import { exitCode } from '../errors.ts';
import type { RunSummary } from '../reports/run/run-summary.ts';

type RunResult = RunSummary | { readonly wouldBuild: readonly string[] };

export default class Run extends RunCommand {
  static override summary = 'Build everything that the plan says, make the image and prove that it boots.';
  static override description =
    `Every stage goes into its own archive; rebuilds follow until the final archive is clean and has settled; the image is made from it alone.
Stopped or failed, the same command goes on where it was.

Exit code: 0 when the image has passed its self-test, 1 when a build failed, something is stuck or the image does not boot.`;

  static override examples = [
    { description: 'The embedded mini-distribution, from source to a booted image', command: '<%= config.bin %> run' },
    { description: 'Two images of it, the second cross-built', command: '<%= config.bin %> run --arch amd64,arm64' },
    { description: 'Mend one recipe, build that package alone', command: '<%= config.bin %> run --package dash' },
  ];

  static override flags = {
    ...runFlags,
    ...architecturesFlag,
    rounds: Flags.integer({
      default: 3,
      min: 0,
      helpValue: 'N',
      description: 'at most so many more rounds for what the comparison has not found settled',
    }),
    image: Flags.boolean({ default: true, allowNo: true, description: 'make the image when everything is built' }),
    variant: Flags.string({ helpValue: 'NAME', description: 'make this variant of the image' }),
    boot: Flags.boolean({ default: true, allowNo: true, description: 'start the image and judge it' }),
  };

  async run(): Promise<RunResult> {
    const { flags } = await this.parse(Run);
    this.begin(flags);
    const { architecturesNamed, requireDeliverable, selectedOf } = await import('../application/run/wanted-builds.ts');
    const architectures =
      flags.arch ?? architecturesNamed([...(flags.package ?? []), ...(flags.from ? [flags.from] : [])]);
    const { ownMachines } = await import('../application/machines/machines.ts');
    const own = ownMachines(flags.executor, flags['executor-config']);
    const all = selectedOf(await this.prepareAll(flags, architectures, own), flags);
    requireDeliverable(all, {
      variant: flags.variant || undefined,
      image: flags.image,
      boot: flags.image && flags.boot && !flags['dry-run'],
    });
    if (flags['dry-run']) return { wouldBuild: await this.dryRun(all, flags.rounds, flags.replan) };
    const { withSessions } = await import('../application/run/sessions.ts');
    const { runAndDeliver } = await import('../application/run.ts');
    const { formatRunSummary } = await import('../reports/run/run-summary.ts');
    const { image, boot } = flags;
    const variant = flags.variant || undefined;
    const request = { ...(await this.buildRequest(flags)), image, boot, variant };
    return withSessions(all, await this.sessionsRequest(flags), this, async (working, shared) => {
      const { summary, isGood } = await runAndDeliver(working, request, shared, this);
      this.data(formatRunSummary(summary));
      if (!isGood) this.exitWith(exitCode.bad);
      return summary;
    });
  }
}
