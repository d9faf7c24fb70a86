import * as Flags from '@oclif/core/flags';
import { RunCommand } from '../command-line/run-command.ts';
import { runFlags } from '../command-line/run-flags.ts';
import { exitCode } from '../errors.ts';

interface StageResult {
  readonly status: string;
  readonly built: readonly string[];
  readonly failed: readonly string[];
  readonly blocked: readonly string[];
  readonly wouldBuild?: readonly string[];
}

export default class Stage extends RunCommand {
  static override summary = 'Build everything up to and with the last stage-N build of the plan.';
  static override description = 'Each stage goes into an archive of its own.';

  static override examples = [
    { description: 'The first stage of the embedded mini-distribution', command: '<%= config.bin %> stage --upto 1' },
    { description: 'What would that build?', command: '<%= config.bin %> stage --upto 1 --dry-run' },
  ];

  static override flags = {
    ...runFlags,
    upto: Flags.integer({ required: true, min: 1, helpValue: 'N', description: 'the stage to stop after' }),
  };

  async run(): Promise<StageResult> {
    const { flags } = await this.parse(Stage);
    this.begin(flags);
    const { selectedOf } = await import('../application/run/wanted-builds.ts');
    const prepared = await this.prepare(flags);
    const all = selectedOf([prepared], flags, flags.upto);
    const wanted = all[0]!.wanted!;
    if (flags['dry-run']) {
      const wouldBuild = await this.dryRun(all, 0, flags.replan);
      return { status: 'none', built: [], failed: [], blocked: [], wouldBuild };
    }
    const { build } = await import('../application/run/build.ts');
    const { withSessions } = await import('../application/run/sessions.ts');
    const request = await this.buildRequest(flags);
    return withSessions(all, await this.sessionsRequest(flags), this, async ([one], shared) => {
      const { state, isGood } = await build(one!, request, shared, this);
      if (!isGood) this.exitWith(exitCode.bad);
      const ids = wanted.map((index) => prepared.plan.builds[index]!.id);
      const having = (status: string) => ids.filter((id) => state.builds.get(id)?.status === status);
      const [built, failed, blocked] = [having('done'), having('failed'), having('blocked')];
      this.data(`${built.length} of ${ids.length} builds up to stage ${flags.upto} are done`);
      return { status: state.status, built, failed, blocked };
    });
  }
}
