/** The day that a report is about. */
import { EnvironmentError, exitCode } from '../errors.ts';

function isDay(date: string): boolean {
  const time = Date.parse(`${date}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}

/**
 * `--date`, else the day of SOURCE_DATE_EPOCH, else today; UTC, YYYY-MM-DD.
 *
 * @throws EnvironmentError (64) for no date
 */
export function reportDate(given: string | undefined, environment: NodeJS.ProcessEnv = process.env): string {
  const epoch = environment.SOURCE_DATE_EPOCH;
  if (given === undefined && epoch !== undefined && epoch !== '') {
    const seconds = /^\d{1,11}$/.test(epoch) ? Number(epoch) : Number.NaN;
    if (seconds <= 253402300799) return new Date(seconds * 1000).toISOString().slice(0, 10);
    throw new EnvironmentError(
      `SOURCE_DATE_EPOCH=${epoch} is no number of seconds`,
      exitCode.usage,
      'seconds since 1970-01-01, or leave it unset',
    );
  }
  const date = given ?? new Date().toISOString().slice(0, 10);
  if (isDay(date)) return date;
  throw new EnvironmentError(`${date} is not a date`, exitCode.usage, 'give it as YYYY-MM-DD, for example 2026-11-21');
}
