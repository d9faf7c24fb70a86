import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../command-line/base-command.ts';
import { exitCode } from '../../errors.ts';
import type { PlanDifference } from '../../stages/diff.ts';

export default class PlanDiff extends BaseCommand {
  static override summary = 'What changed between two plans?';
  static override description =
    `Wishes, stuck sources and costs first; then builds added, removed and changed, and the fewest that moved.

Exit code: 0; with --exit-code 1 when the plans differ, as git does.`;
  static override examples = [
    {
      description: "What today's upload changed",
      command: '<%= config.bin %> <%= command.id %> yesterday/plan.json today/plan.json',
    },
    {
      description: 'In a script: has anything changed?',
      command: '<%= config.bin %> <%= command.id %> --exit-code --quiet old.json new.json',
    },
  ];
  static override args = {
    before: Args.string({ ignoreStdin: true, required: true, description: 'a plan.json' }),
    after: Args.string({ ignoreStdin: true, required: true, description: 'a later one' }),
  };
  static override flags = {
    all: Flags.boolean({ description: 'every difference, not only ten of a kind' }),
    waves: Flags.boolean({ description: 'tell the waves of builds too: they move in thousands for one cause' }),
    'exit-code': Flags.boolean({ description: 'exit with 1 when the plans differ' }),
  };

  async run(): Promise<PlanDifference> {
    const { args, flags } = await this.parse(PlanDiff);
    this.begin(flags);
    const { readPlan } = await import('../../stages/plan-file.ts');
    const { diffPlans } = await import('../../stages/diff.ts');
    const { planDiffText } = await import('../../reports/plan/plan-diff.ts');
    const difference = diffPlans(readPlan(args.before), readPlan(args.after));
    this.data(planDiffText(difference, { all: flags.all, waves: flags.waves }));
    if (flags['exit-code'] && !difference.same) this.exitWith(exitCode.bad);
    return difference;
  }
}
