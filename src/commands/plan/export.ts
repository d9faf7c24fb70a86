import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../../command-line/base-command.ts';
import type { ExportFormat } from '../../stages/export.ts';

/** `--json`: the text, as it would be printed. */
export interface ExportResult {
  readonly format: ExportFormat;
  readonly builds: number;
  readonly text: string;
}

const formats = ['order', 'sbuild', 'wanna-build'] as const satisfies readonly ExportFormat[];

export default class PlanExport extends BaseCommand {
  static override summary = 'Write a plan as a job list for sbuild or wanna-build, or as a plain order';
  static override description =
    `The job lists are shell scripts; what only the site knows (its chroot, its archives, how it uploads) comes from the
environment, and the head of each script says how. docs/export.md explains them.`;
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
  };

  async run(): Promise<ExportResult> {
    const { args, flags } = await this.parse(PlanExport);
    this.begin(flags);
    const { readPlan } = await import('../../stages/plan-file.ts');
    const { exportPlan } = await import('../../stages/export.ts');
    const { versionSuffix } = await import('../../stages/version-suffix.ts');
    const plan = readPlan(args.plan);
    const format = flags.format as ExportFormat;
    const text = exportPlan(plan, format, versionSuffix);
    this.data(text);
    return { format, builds: plan.builds.length, text };
  }
}
