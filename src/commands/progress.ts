import { join } from 'node:path';
import * as Flags from '@oclif/core/flags';
import type { ProgressResult } from '../application/questions/progress.ts';
import { AnalysingCommand } from '../command-line/analysing-command.ts';
import { inputFlags, requestOf } from '../command-line/input-flags.ts';
import { solveFlags } from '../command-line/solve-flags.ts';
import { stateFlag } from '../command-line/state-flag.ts';
import { EnvironmentError, exitCode } from '../errors.ts';

export default class Progress extends AnalysingCommand {
  static override summary = 'Which part of the sources can be bootstrapped, which part has been, and what moved that?';
  static override description =
    `Appends one line to a history file per call and draws the history: in the terminal, and as SVG with --svg. What moved
the line since the call before is named with the change that did it: what is no longer broken automatically, what is
freed. Called twice on one day, the later call says where the day ended; what both found stays. docs/progress.md has
the format.`;
  static override examples = [
    {
      description: 'The daily call, from cron or a timer',
      command:
        '<%= config.bin %> <%= command.id %> --packages Packages.xz --sources Sources.xz --targets essential --history amd64.ndjson --svg amd64.svg',
    },
    {
      description: 'How far the run in this directory is, without writing anything down',
      command: '<%= config.bin %> <%= command.id %> --metadata metadata/minidistro --dry-run',
    },
  ];
  static override flags = {
    ...inputFlags,
    ...solveFlags,
    ...stateFlag,
    history: Flags.string({
      helpValue: 'FILE',
      description: 'the history file; default: progress.ndjson in the state directory',
    }),
    date: Flags.string({ helpValue: 'YYYY-MM-DD', description: 'the day this is about; default: today, UTC' }),
    svg: Flags.string({ helpValue: 'FILE', description: 'draw the history there too' }),
    ascii: Flags.boolean({
      description: 'no block characters in the terminal graph; the default where the locale is not UTF-8',
    }),
    width: Flags.integer({
      min: 40,
      helpValue: 'COLUMNS',
      description: 'width of the graph; default: of the terminal, or 80',
    }),
    all: Flags.boolean({ description: 'everything that ever moved the line, not only the last ten' }),
    'dry-run': Flags.boolean({ char: 'n', description: 'show, and write nothing to the history' }),
  };

  async run(): Promise<ProgressResult> {
    const { flags } = await this.parse(Progress);
    this.begin(flags);
    const date = dateOf(flags.date);
    const { requirePlace, writeWhole } = await import('../application/output/outputs.ts');
    if (flags.svg !== undefined) requirePlace(flags.svg);
    const { measureProgress } = await import('../application/questions/progress.ts');
    const { speaksUtf8 } = await import('../application/output/terminal.ts');
    const { progressText } = await import('../reports/archive/progress.ts');
    const { days, ...result } = await measureProgress({
      date,
      history: flags.history ?? join(flags.state, 'progress.ndjson'),
      state: flags.state,
      universe: () => this.universe(requestOf(flags)),
      timeLimitSeconds: flags['time-limit'],
      isRemembered: !flags['dry-run'],
    });
    const { uncounted } = result;
    if (uncounted.length > 0) {
      const few = uncounted.length > 5 ? [...uncounted.slice(0, 5), `${uncounted.length - 5} more`] : uncounted;
      this.talk(
        `the state directory ${flags.state} is of another plan; not counted of what it has built: ${few.join(', ')}`,
      );
    }
    if (flags.svg !== undefined) {
      const { progressSvg } = await import('../reports/archive/progress-svg.ts');
      await writeWhole(flags.svg, progressSvg(days));
      this.talk(`wrote ${flags.svg}`);
    }
    const ascii = flags.ascii || !speaksUtf8();
    this.data(progressText(days, { width: flags.width ?? process.stdout.columns ?? 80, ascii, all: flags.all }));
    return { ...result, days: days.map((d) => ({ date: d.date, ...d.shares })) };
  }
}

function dateOf(given: string | undefined): string {
  const date = given ?? new Date().toISOString().slice(0, 10);
  const time = Date.parse(`${date}T00:00:00Z`);
  if (/^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(date))
    return date;
  throw new EnvironmentError(`${date} is not a date`, exitCode.usage, 'give it as YYYY-MM-DD, for example 2026-11-21');
}
