/** The daily job: read, solve, compare, write. One use case, from a request to a directory. */
import type { InputRequest } from '../../metadata/universe/read.ts';
import type { Diagnostic } from '../../model.ts';
import { reportText } from '../../reports/feeds/report-text.ts';
import type { DayNumbers } from '../../reports/site/report-day.ts';
import { siteOf } from '../../reports/site/site.ts';
import { type Judgement, judgementOf } from '../../reports/site/words.ts';
import { phase } from '../output/phase.ts';
import { dayBefore, holdReports, publishDay, type Reports, recover, thin } from './day-directory.ts';
import { readReportHistory } from './history-file.ts';
import { machineFiles } from './machine-files.ts';
import { makeDay } from './make-day.ts';
import { inputsOf, readArchive } from './read-archive.ts';
import { runOf } from './report-run.ts';
import { siteAssets } from './site-assets.ts';

/** What is reported, and where it goes. */
export interface ReportOrder {
  readonly request: InputRequest;
  readonly date: string;
  readonly suite: string;
  readonly state: string | undefined;
  readonly reports: Reports;
  readonly command: string;
  readonly version: string;
  readonly timeLimitSeconds: number | undefined;
}

/** `--json`: where the report is, and what it says in numbers. */
export interface ReportResult {
  readonly date: string;
  readonly directory: string;
  readonly latest: string;
  readonly history: string;
  readonly verdict: Judgement;
  /** Whether anything is new and bad: exit code 1. */
  readonly alarm: boolean;
  readonly since: string | null;
  readonly numbers: DayNumbers;
  readonly files: number;
  readonly bytes: number;
  /** Days that were thinned away. */
  readonly removed: readonly string[];
}

/** What was written, and what is to be said of it. */
export interface MadeReport {
  readonly result: ReportResult;
  readonly diagnostics: readonly Diagnostic[];
  /** What is to be said beside the answer. */
  readonly notes: readonly string[];
  readonly text: string;
}

/** @throws InputError, EnvironmentError; nothing is written then */
export async function makeReport(order: ReportOrder): Promise<MadeReport> {
  const { request, date, suite, reports } = order;
  phase('reading the input');
  const run = order.state === undefined ? undefined : runOf(order.state);
  const { universe, promised, archive, diagnostics } = await readArchive(request);
  const held = await holdReports(reports);
  try {
    recover(reports);
    const { entries, damaged } = readReportHistory(reports.history);
    const { day, record, entry } = await makeDay({
      universe,
      promised,
      archive,
      date,
      suite,
      command: order.command,
      version: order.version,
      inputs: await inputsOf(request),
      targets: typeof request.targets === 'string' ? request.targets : request.targets.join(' '),
      before: dayBefore(reports, date, suite, universe.architecture),
      history: entries,
      run,
      timeLimitSeconds: order.timeLimitSeconds,
    });
    phase('writing the pages');
    const files = new Map<string, string | Uint8Array>([...(await siteOf(day)), ...machineFiles(day), ...siteAssets()]);
    publishDay(reports, { date, files, record, entry });
    const removed = thin(reports, date);
    const later = entries.filter((e) => e.date > date && e.suite === suite && e.architecture === universe.architecture);
    return {
      result: {
        date,
        directory: `${reports.directory}/${date}`,
        latest: `${reports.directory}/latest`,
        history: reports.history,
        verdict: judgementOf(day),
        alarm: day.change?.worse ?? false,
        since: day.change?.date ?? null,
        numbers: day.numbers,
        files: files.size,
        bytes: [...files.values()].reduce((sum, f) => sum + Buffer.byteLength(f), 0),
        removed,
      },
      diagnostics,
      notes: [
        ...(damaged.length > 0
          ? [
              `${reports.history}: ${damaged.length === 1 ? `line ${damaged[0]} is` : `lines ${damaged.slice(0, 10).join(', ')} are`} damaged and not counted`,
            ]
          : []),
        ...(later.length > 0
          ? [
              `there are later reports, up to ${later.at(-1)!.date}: this one is about an earlier day, and \`latest\` stays`,
            ]
          : []),
      ],
      text: reportText(day, `${reports.directory}/${date}/index.html`),
    };
  } finally {
    held.release();
  }
}
