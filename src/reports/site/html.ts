/** HTML text: what is put into the template is shown, never interpreted. The same rules as for XML hold. */

import { number } from '../writing/count.ts';
import { escapeXml, Markup, xml } from '../writing/xml.ts';

export { Markup };
/** Text and markup put together: text is escaped, markup is not escaped once more. */
export const html = xml;

/** Longer names are cut, and counted: nobody reads them, and a page has its limit. */
const longest = 200;

/** A name of any length as a page may have it. */
export const short = (text: string): string =>
  text.length <= longest ? text : `${text.slice(0, longest)}… (${number(text.length)} characters)`;

/** Text that is markup already, made by this program. */
export const raw = (text: string): Markup => new Markup(text);

/** Text as markup. */
export const escaped = (text: string): Markup => new Markup(escapeXml(text));

/** Pieces of markup, one after the other. */
export const joined = (parts: readonly Markup[], between = ''): Markup =>
  new Markup(parts.map((p) => p.text).join(between));

/** Lines of a text, as they stand. */
export const lines = (texts: readonly string[]): Markup =>
  joined(
    texts.map((t) => escaped(short(t))),
    '\n',
  );

/** Nothing where there is nothing to say. */
export const nothing = new Markup('');

/** The part, or nothing. */
export const when = (condition: boolean, part: () => Markup): Markup => (condition ? part() : nothing);
