/** The end of a build's log with the keys of sbuild's, which the tools of build daemons read. */
import type { SourceName } from '../../../../names.ts';

/** What the summary tells. */
export interface SummaryFacts {
  readonly source: SourceName;
  /** Of the source. */
  readonly version: string;
  /** Of the packages, with the mark of their archive. */
  readonly builtVersion: string;
  readonly architecture: string;
  readonly profiles: readonly string[];
  /** `any`, `all`, `binary`. */
  readonly type: string;
  readonly archive: string;
  readonly seconds: number;
  /** The step that failed, by sbuild's name; '' when none did. */
  readonly failedIn: string;
}

const line = `+${'-'.repeat(78)}+`;

/** sbuild has these stages; a step that it does not know counts as the build. */
const stages: ReadonlySet<string> = new Set(['install-deps', 'unpack', 'build']);

/** The word of sbuild for the step of ours that failed. */
export const failStage = (step: string): string => (stages.has(step) ? step : 'build');

/** Pure. */
export function summaryOf(facts: SummaryFacts): string {
  const { source, version, builtVersion, architecture, profiles, type, archive, seconds, failedIn } = facts;
  const rows: readonly (readonly [string, string])[] = [
    ['Build Architecture', architecture],
    ...(profiles.length > 0 ? [['Build Profiles', profiles.join(' ')] as const] : []),
    ['Build Type', type],
    ['Build-Time', String(Math.round(seconds))],
    ['Distribution', archive],
    ...(failedIn === '' ? [] : [['Fail-Stage', failStage(failedIn)] as const]),
    ['Host Architecture', architecture],
    ['Job', `${source}_${version}`],
    ['Machine Architecture', architecture],
    ['Package', source],
    ['Source-Version', version],
    ['Status', failedIn === '' ? 'successful' : failedIn === 'build' ? 'attempted' : 'given-back'],
    ['Version', builtVersion],
  ];
  const text = rows.map(([key, value]) => `${key}: ${value}\n`).join('');
  return `\n${line}\n| Summary${' '.repeat(70)}|\n${line}\n\n${text}`;
}
