/** What a terminal can show, as far as the environment tells. */
import { valueAt } from '../../by-name.ts';
import type { ByName } from '../../model.ts';

/**
 * As the locale says (POSIX: the first of these that is set); a machine that says nothing is taken to be of our time.
 */
export function speaksUtf8(): boolean {
  const { LC_ALL, LC_CTYPE, LANG, TERM } = process.env;
  const locale = [LC_ALL, LC_CTYPE, LANG].find((v) => v !== undefined && v !== '');
  return TERM !== 'dumb' && (locale === undefined || /utf-?8/i.test(locale));
}

/**
 * A dumb terminal cannot go back to what it has drawn; that of continuous integration is a log, redrawn line by line.
 */
export const canRedraw = ({ TERM, CI }: NodeJS.ProcessEnv = process.env): boolean =>
  TERM !== 'dumb' && (CI === undefined || CI === '' || CI === 'false');

const ascii: ByName<string> = { '…': '~', '━': '=', '✗': 'x', '▸': '>', '·': '-', '→': '>' };

/** The same line in ASCII, as wide as before. */
export const inAscii = (line: string): string => line.replace(/[…━✗▸·→]/gu, (symbol) => valueAt(ascii, symbol)!);
