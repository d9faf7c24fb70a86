import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { AnalysingCommand } from '../../command-line/analysing-command.ts';
import { inputFlags, requestOf } from '../../command-line/input-flags.ts';
import { counted } from '../../reports/writing/count.ts';

/** `--json`: which days were written. */
export interface HistoryImportResult {
  readonly history: string;
  readonly imported: readonly string[];
  readonly known: readonly string[];
}

const { metadata: _, packages: __, sources: ___, 'from-apt': ____, control: _____, ...rest } = inputFlags;

export default class HistoryImport extends AnalysingCommand {
  static override summary = 'Older indices into the history of reports, so that its graphs begin in the past.';
  static override description =
    `Takes directories with the indices of one day each, its date in their names, as a mirror of snapshots has them
(20261120T000000Z, 2026-11-20), or a directory of such. Each is solved and compared with the one before, and becomes a line
of the history; pages are not written. Days that the history has already stay as they are.`;
  static override examples = [
    {
      description: 'Every snapshot below a directory',
      command:
        '<%= config.bin %> <%= command.id %> snapshots/ --targets essential --suite sid --history reports/history.ndjson',
    },
    {
      description: 'Two days',
      command: '<%= config.bin %> <%= command.id %> 2026-11-19 2026-11-20 --history reports/history.ndjson',
    },
  ];
  static override strict = false;
  static override args = {
    directory: Args.string({ ignoreStdin: true, description: 'directories of indices; default: this one' }),
  };
  static override flags = {
    ...rest,
    history: Flags.string({ helpValue: 'FILE', default: 'reports/history.ndjson', description: 'the history' }),
    suite: Flags.string({ helpValue: 'NAME', default: '', description: 'what the archive is called' }),
  };

  async run(): Promise<HistoryImportResult> {
    const { flags, argv } = await this.parse(HistoryImport);
    this.begin(flags);
    const { importHistory } = await import('../../application/report/import-history.ts');
    const request = requestOf({
      ...flags,
      metadata: undefined,
      packages: ['.'],
      sources: ['.'],
      'from-apt': false,
      control: [],
    });
    const directories = argv.length === 0 ? ['.'] : (argv as string[]);
    const result = await importHistory(directories, request, { history: flags.history, suite: flags.suite });
    const kept = result.known.length > 0 ? `, ${counted(result.known.length, 'day')} of it stood there before` : '';
    this.data(`${counted(result.imported.length, 'day')} added to ${result.history}${kept}`);
    return result;
  }
}
