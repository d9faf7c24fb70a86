import { BaseCommand } from '../command-line/base-command.ts';
import { stateFlag } from '../command-line/state-flag.ts';
import type { StatusReport } from '../reports/run/status.ts';

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
    const { statusOf } = await import('../application/state/status.ts');
    const { formatStatus } = await import('../reports/run/status.ts');
    const { stateDirectory, stateWords } = await import('../runner/journal/state-directory.ts');
    const directory = stateDirectory(flags.state);
    const report = statusOf(directory);
    this.data(formatStatus(report, stateWords(directory)));
    return report;
  }
}
