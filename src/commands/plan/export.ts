import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../command-line/base-command.ts';
import { exitCode } from '../../errors.ts';
import type { ExportFormat } from '../../stages/export.ts';

/** `--json`: the text, as it would be printed. */
export interface ExportResult {
  readonly format: ExportFormat;
  readonly builds: number;
  readonly text: string;
  /** What no build of the plan makes before it is installed: of which source, and before which build. */
  readonly outside: readonly {
    readonly source: string;
    readonly binaries: readonly string[];
    readonly before: string;
  }[];
  /** Sources that no plan reaches; the list does not build them. */
  readonly stuck: readonly string[];
}

const formats = ['order', 'sbuild', 'wanna-build'] as const satisfies readonly ExportFormat[];

export default class PlanExport extends BaseCommand {
  static override summary = 'Write a plan as a job list for sbuild or wanna-build, or as a plain order';
  static override description =
    `The job lists are shell scripts; what only the site knows (its chroot, its archives, how it uploads) comes from the
environment, and the head of each script says how. What the plan needs from outside (its wishes), and what it leaves out
(what is stuck), is named there as well. docs/export.md explains them.

Exit code: 0, or 1 when something is stuck, or has to come from outside and --allow-wishes does not say that this is known.`;
  static override examples = [
    {
      description: 'Build a plan with sbuild',
      command: '<%= config.bin %> <%= command.id %> plan.json --format sbuild > plan.sh',
    },
    {
      description: 'The order, for reading',
      command: '<%= config.bin %> <%= command.id %> plan.json --format order | column -t',
    },
  ];
  static override args = { plan: Args.string({ ignoreStdin: true, required: true, description: 'a plan.json' }) };
  static override flags = {
    format: Flags.string({ options: formats, default: 'order', description: 'for whom' }),
    'allow-wishes': Flags.boolean({ description: 'what is needed from outside is known, and no bad answer' }),
  };

  async run(): Promise<ExportResult> {
    const { args, flags } = await this.parse(PlanExport);
    this.begin(flags);
    const { readPlan } = await import('../../stages/plan-file.ts');
    const { exportPlan } = await import('../../stages/export.ts');
    const { outsideOf } = await import('../../stages/outside.ts');
    const { counted } = await import('../../reports/writing/count.ts');
    const { versionSuffix } = await import('../../stages/version-suffix.ts');
    const plan = readPlan(args.plan);
    const format = flags.format as ExportFormat;
    const text = exportPlan(plan, format, versionSuffix);
    this.data(text);
    const outside = outsideOf(plan).supplies.map(({ source, binaries, before }) => ({
      source,
      binaries,
      before: plan.builds[before]!.id,
    }));
    const stuck = [...new Set(plan.stuck.map((s) => s.source))];
    if (outside.length > 0)
      this.talk(`${counted(outside.length)} must come from outside; the head of the list says before which build`);
    if (stuck.length > 0) this.talk(`${counted(stuck.length)} of the plan cannot be built, and are not in the list`);
    const isBad = stuck.length > 0 || (plan.wishes.length > 0 && !flags['allow-wishes']);
    this.exitWith(isBad ? exitCode.bad : exitCode.good);
    return { format, builds: plan.builds.length, text, outside, stuck };
  }
}
