/** The whole site: one value in, the files of one day out. Pure, but for the assets, which whoever writes it adds. */
import type { ReportDay } from '../report-day.ts';
import { historyPage } from './history-page.ts';
import { indexPage } from './index-page.ts';
import { neededPage } from './needed-page.ts';
import { type Page, pageText } from './page.ts';
import { sourcePage } from './source-page.ts';

/** Path below the day's directory -> content. */
export type SiteFiles = ReadonlyMap<string, string>;

export async function siteOf(day: ReportDay): Promise<SiteFiles> {
  const needed = new Map(day.needed.map((n) => [n.source, n]));
  const files = new Map<string, string>();
  const add = (page: Page) => files.set(page.path, pageText(day, page));
  add(await indexPage(day));
  add(await historyPage(day));
  add(neededPage(day));
  for (const source of day.sources) add(sourcePage(day, source, needed.get(source.name)));
  return files;
}
