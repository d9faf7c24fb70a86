/** XML and SVG text: the one place that knows which characters it may hold, and how. */
import { valueAt } from '../../by-name.ts';
import { visible } from '../../diagnostics.ts';
import type { ByName } from '../../model.ts';

const entities: ByName<string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Any text as XML character data or as a quoted attribute value: shown, never interpreted. */
export function escapeXml(text: string): string {
  return visible(text.toWellFormed())
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, (c) => valueAt(entities, c)!);
}

/**
 * A template that escapes what is put into it, unless that is itself such a template or a list of them:
 * `` xml`<text>${name}</text>` ``.
 */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Markup | readonly Markup[];

const rendered = (part: Part): string => {
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string') return escapeXml(part);
  return typeof part === 'number' ? String(part) : part.map((p) => p.text).join('');
};

/** Markup out of a template: text in it is escaped. */
export function xml(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.reduce((text, s, i) => text + rendered(parts[i - 1]!) + s));
}
