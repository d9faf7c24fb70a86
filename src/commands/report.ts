import { join } from 'node:path';
import * as Flags from '@oclif/core/flags';
import type { ReportResult } from '../application/report/make-report.ts';
import { AnalysingCommand } from '../command-line/analysing-command.ts';
import { inputFlags, requestOf } from '../command-line/input-flags.ts';
import { reportDate } from '../command-line/report-date.ts';
import { exitCode } from '../errors.ts';

export default class Report extends AnalysingCommand {
  static override summary = 'The daily report: a site of static pages, the history, and mail for whom it concerns.';
  static override description =
    `Reads the metadata once, solves it once, compares it with the day before, and writes REPORTS/DATE/ whole or not at all;
then REPORTS/latest leads there, and REPORTS/history.ndjson has one line more. Days older than ninety days keep one report
a week; the history keeps all. Nothing is sent: the mail lies in DATE/mail/. See docs/report.md.

Exit code: 0 when nothing is new and bad since the day before, 1 when something is.`;
  static override examples = [
    {
      description: 'Every day, from a timer or cron',
      command: '<%= config.bin %> <%= command.id %> --from-apt --targets essential --suite sid --output reports/',
    },
    {
      description: 'The embedded small distribution, with what was built of it',
      command: '<%= config.bin %> <%= command.id %> --metadata metadata/minidistro --state .bootplan --output reports/',
    },
  ];
  static override flags = {
    ...inputFlags,
    state: Flags.string({ helpValue: 'DIR', description: 'tell of the run in that state directory, too' }),
    output: Flags.string({ helpValue: 'DIR', default: 'reports', description: 'where the days lie' }),
    history: Flags.string({
      helpValue: 'FILE',
      description: 'the history; default: history.ndjson there. Reports of several architectures may share one',
    }),
    suite: Flags.string({ helpValue: 'NAME', default: '', description: 'what the archive is called' }),
    date: Flags.string({
      helpValue: 'YYYY-MM-DD',
      description: 'the day this is about; default: that of SOURCE_DATE_EPOCH, or today, UTC',
    }),
    'time-limit': Flags.integer({
      min: 1,
      helpValue: 'SECONDS',
      description: 'take the best answer found after so long; it says what is not proved',
    }),
  };

  async run(): Promise<ReportResult> {
    const { flags } = await this.parse(Report);
    this.begin(flags);
    const request = requestOf(flags);
    const { makeReport } = await import('../application/report/make-report.ts');
    const made = await makeReport({
      request,
      date: reportDate(flags.date),
      suite: flags.suite,
      state: flags.state,
      reports: { directory: flags.output, history: flags.history ?? join(flags.output, 'history.ndjson') },
      command: `bootplan report ${this.argv.join(' ')}`,
      version: this.config.version,
      timeLimitSeconds: flags['time-limit'],
    });
    this.remarks(made.diagnostics);
    for (const line of made.notes) this.talk(line);
    this.data(made.text);
    this.exitWith(made.result.alarm ? exitCode.bad : exitCode.good);
    return made.result;
  }
}
