/** The whole site: one value in, the files of one day out. Pure, but for the assets, which whoever writes it adds. */

import { aboutPage, changesPage, formatsPage } from './change-pages.ts';
import { componentPage, cyclesPage } from './cycles-pages.ts';
import { graphData, graphPage } from './graph-page.ts';
import { historyPage } from './history-page.ts';
import { indexPage } from './index-page.ts';
import { maintainerPages, maintainersPage, sourcesPages, stuckPage } from './list-pages.ts';
import { neededPage } from './needed-page.ts';
import { type Page, pageText } from './page.ts';
import { planPages } from './plan-pages.ts';
import type { ReportDay } from './report-day.ts';
import { runPages } from './run-pages.ts';
import { sourcePage } from './source-page.ts';

/** Path below the day's directory -> content. */
export type SiteFiles = ReadonlyMap<string, string>;

/** Path -> content, of all pages. */
export async function siteOf(day: ReportDay): Promise<SiteFiles> {
  const needed = new Map(day.needed.map((n) => [n.source, n]));
  const files = new Map<string, string>();
  const add = (page: Page) => files.set(page.path, pageText(day, page));
  add(await indexPage(day));
  add(await historyPage(day));
  add(neededPage(day));
  add(cyclesPage(day));
  for (const scc of day.cycles.sccs) add(await componentPage(day, scc));
  add(stuckPage(day));
  for (const page of [...sourcesPages(day), ...maintainerPages(day), ...planPages(day)]) add(page);
  add(maintainersPage(day));
  add(changesPage(day));
  for (const page of await runPages(day)) add(page);
  add(graphPage(day));
  files.set('assets/graph-data.js', graphData(day));
  add(aboutPage(day));
  add(formatsPage());
  for (const source of day.sources) add(sourcePage(day, source, needed.get(source.name)));
  return files;
}
