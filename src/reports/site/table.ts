/** Tables: sorted usefully as they stand, sortable and searchable where scripts run, the same content without. */

import { counted, number } from '../writing/count.ts';
import { html, joined, Markup, nothing, when } from './html.ts';

/** The head of a column. */
export interface Column {
  readonly title: string;
  /** Numbers stand to the right, and are sorted as such. */
  readonly numeric?: boolean;
}

/** What a cell shows, and what it is sorted by where that is something else. */
export type Cell = string | number | Markup | { readonly show: Markup; readonly sort: number | string };

const cellOf = (cell: Cell, numeric: boolean): Markup => {
  if (typeof cell === 'number') return html`<td class="n" data-sort="${cell}">${number(cell)}</td>`;
  const kind = numeric ? html` class="n"` : nothing;
  if (typeof cell === 'string') return html`<td${kind}>${cell}</td>`;
  if (cell instanceof Markup) return html`<td${kind}>${cell}</td>`;
  return html`<td${kind} data-sort="${cell.sort}">${cell.show}</td>`;
};

/**
 * @param caption what the rows are, in the plural: said to those who hear the page
 * @param search from so many rows on, there is a field to search in
 */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  { search = 12, id = '' }: { readonly search?: number; readonly id?: string } = {},
): Markup {
  if (rows.length === 0) return html`<p class="none">None.</p>`;
  const head = columns.map((c) =>
    c.numeric === true ? html`<th scope="col" class="n">${c.title}</th>` : html`<th scope="col">${c.title}</th>`,
  );
  const body = rows.map(
    (row) => html`<tr>${joined(row.map((cell, i) => cellOf(cell, columns[i]!.numeric === true)))}</tr>\n`,
  );
  const marks = rows.length >= search ? html` data-search="${caption}"` : nothing;
  const name = when(id !== '', () => html` id="${id}"`);
  // Of a short table its heading says enough to those who see it.
  const title =
    rows.length >= search
      ? html`<caption>${caption}: ${counted(rows.length, 'row')}</caption>`
      : html`<caption class="hidden">${caption}</caption>`;
  return html`<div class="wide" tabindex="0" role="group" aria-label="${caption}"><table${name}${marks}>${title}<thead><tr>${joined(head)}</tr></thead><tbody>
${joined(body)}</tbody></table></div>`;
}
