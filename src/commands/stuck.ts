import * as Flags from '@oclif/core/flags';
import type { StuckResult } from '../application/questions/stuck.ts';
import { AnalysingCommand } from '../command-line/analysing-command.ts';
import { inputFlags, requestOf } from '../command-line/input-flags.ts';
import { solveFlags } from '../command-line/solve-flags.ts';
import { stateFlag } from '../command-line/state-flag.ts';
import { exitCode } from '../errors.ts';
import { namesOf } from '../reports/formats/format.ts';
import { stuckFormats } from '../reports/formats/stuck-formats.ts';

export default class StuckCommand extends AnalysingCommand {
  static override summary = 'Which sources are stuck in bootstrap mode, and why?';
  static override description =
    `By the metadata: a cycle that nothing declared breaks, a dependency that nothing provides. By a run, when the state
directory holds one: a failed stage build, a rebuild still owed, a stage package still in use. Grouped by shared reason.
Without metadata the run's own plan is asked.

Exit code: 0 when none is stuck, 1 when one is.`;
  static override examples = [
    {
      description: 'What nobody can build with the stages this archive declares',
      command: '<%= config.bin %> <%= command.id %> --packages Packages.xz --sources Sources.xz --targets essential',
    },
    {
      description: 'Whom to write to, as dd-list writes it',
      command:
        '<%= config.bin %> <%= command.id %> --packages Packages.xz --sources Sources.xz --format dd-list --uploaders',
    },
  ];
  static override flags = {
    ...inputFlags,
    ...solveFlags,
    ...stateFlag,
    format: Flags.string({
      options: namesOf(stuckFormats),
      default: 'text',
      description: 'how to print the answer',
    }),
    uploaders: Flags.boolean({ description: 'with dd-list: list under uploaders too' }),
    all: Flags.boolean({ description: 'every source of a group, not only ten' }),
  };

  async run(): Promise<StuckResult> {
    const { flags } = await this.parse(StuckCommand);
    this.begin(flags);
    const { findStuck } = await import('../application/questions/stuck.ts');
    const given = flags.metadata !== undefined || flags['from-apt'] || flags.packages.length + flags.sources.length > 0;
    const { result, groups, maintained, stateFlag } = await findStuck({
      state: flags.state,
      given,
      universe: () => this.universe(requestOf(flags)),
      timeLimitSeconds: flags['time-limit'],
    });
    const { uploaders, all } = flags;
    const format = stuckFormats[flags.format as keyof typeof stuckFormats];
    this.data(format.text({ result, groups, maintained, uploaders, all, stateFlag }));
    this.exitWith(result.stuck === 0 ? exitCode.good : exitCode.bad);
    return result;
  }
}
