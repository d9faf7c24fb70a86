import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { AnalysingCommand } from '../command-line/analysing-command.ts';
import { crossFlags, inputFlags, requestOf } from '../command-line/input-flags.ts';
import { solveFlags } from '../command-line/solve-flags.ts';
import { type FiledExplained, filedExplained } from '../reports/plan/explained.ts';

export default class Explain extends AnalysingCommand {
  static override summary = 'Why is a source where it is, which line would change that, and what would it free?';
  static override description =
    `For a source in a cycle: the shortest cycle through it, step by step, who could break it and how. For one that
waits: for what. For any other: where the plan builds it, and why there. Every step is checked against the metadata
before it is printed. docs/explain.md has the details.`;
  static override examples = [
    {
      description: 'Why graphviz is in a cycle, and what its maintainer could change',
      command: '<%= config.bin %> <%= command.id %> graphviz --packages Packages.xz --sources Sources.xz',
    },
    {
      description: 'The text of a bug report about it; nothing is sent',
      command: '<%= config.bin %> <%= command.id %> graphviz --packages Packages.xz --sources Sources.xz --bug',
    },
  ];
  static override args = {
    source: Args.string({ ignoreStdin: true, required: true, description: 'a source package, with or without src:' }),
  };
  static override flags = {
    ...inputFlags,
    ...crossFlags,
    ...solveFlags,
    plan: Flags.file({ helpValue: 'FILE', description: 'tell places in this plan, instead of solving' }),
    bug: Flags.boolean({ description: 'print a bug report for its maintainer instead' }),
  };

  async run(): Promise<FiledExplained> {
    const { args, flags } = await this.parse(Explain);
    this.begin(flags);
    const universe = await this.universe(requestOf(flags));
    const { explainSource } = await import('../application/questions/explain.ts');
    const { bugText, explainText } = await import('../reports/plan/explain.ts');
    const request = { name: args.source, planFile: flags.plan, timeLimitSeconds: flags['time-limit'] };
    const explained = await explainSource(universe, request);
    this.data(flags.bug ? bugText(explained) : explainText(explained));
    return filedExplained(explained);
  }
}
