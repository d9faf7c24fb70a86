/** The plan: waves, critical path, and every build; with what is still needed granted, and saying so. */
import type { Plan, PlannedBuild } from '../../model.ts';
import { counted, namesAndMore, number } from '../writing/count.ts';
import { html, joined, short, when } from './html.ts';
import { Links, type Page } from './page.ts';
import type { ReportDay } from './report-day.ts';
import { table } from './table.ts';

const perPage = 1200;
/** Waves that the table tells. */
const mostWaves = 1500;

/** The longest chain of builds that wait for each other, first to last. */
export function criticalPath({ builds }: Plan): readonly PlannedBuild[] {
  let at = builds.reduce<number>((best, b, i) => (best < 0 || b.wave > builds[best]!.wave ? i : best), -1);
  const path: PlannedBuild[] = [];
  while (at >= 0) {
    const build = builds[at]!;
    path.push(build);
    at = build.wave === 0 ? -1 : (build.needs.find((n) => builds[n]!.wave === build.wave - 1) ?? -1);
  }
  return path.reverse();
}

const whyWords: Readonly<Record<PlannedBuild['why'], string>> = {
  stage: 'stage build',
  full: 'full build',
  rebuild: 'rebuild',
  compare: 'comparison',
};

/** The plan, in as many pages as it takes. */
export function planPages(day: ReportDay): readonly Page[] {
  const { plan } = day;
  const { builds, costs, wishes, stuck } = plan;
  const count = (why: PlannedBuild['why']) => builds.filter((b) => b.why === why).length;
  const waves = [...Map.groupBy(builds, (b) => b.wave)].sort(([a], [b]) => a - b);
  const parts = Math.ceil(builds.length / perPage);
  const pathOf = (i: number) => `plan-${i + 1}.html`;
  const proved = plan.status === 'optimal';
  const links = new Links('plan.html', day);
  const path = criticalPath(plan);
  const first: Page = {
    path: 'plan.html',
    title: 'Plan',
    verdict: `${counted(count('stage'), 'stage build')}, ${counted(count('full'), 'full build')}, ${counted(count('rebuild'), 'rebuild')} and ${counted(count('compare'), 'comparison')} in ${counted(waves.length, 'wave')}${proved ? ', proved to be the fewest' : '; not all of it is proved to be the fewest'}.`,
    also: [
      ['plan.json', 'plan.json'],
      ['the bare order', 'plan.order'],
    ],
    body: html`
${when(wishes.length > 0, () => html`<p><b>This plan does not exist yet:</b> it takes everything as granted that is ${links.page('needed.html', 'still needed')}, ${counted(day.numbers.edits, 'edit')} and ${counted(wishes.length, 'supply', 'supplies')}.</p>`)}
${when(stuck.length > 0, () => html`<p>It does not reach everything: ${links.page('stuck.html', 'who is stuck')}.</p>`)}
<section aria-labelledby="costs"><h2 id="costs">What it costs</h2>
${table(
  'Costs',
  [{ title: 'What' }, { title: 'How many', numeric: true }, { title: 'Proved' }],
  costs.map((c) => [
    { wishes: 'supplies', stageBuilds: 'stage builds', rebuilds: 'rebuilds' }[c.criterion],
    c.value,
    c.value === c.lowerBound ? 'yes: no fewer suffice' : `at least ${number(c.lowerBound)}`,
  ]),
)}</section>
<section aria-labelledby="critical"><h2 id="critical">Critical path (${counted(path.length, 'build')})</h2>
<p>No number of machines makes the whole shorter than these one after the other.</p>
<ol class="columns">${joined(path.slice(0, 400).map((b) => html`<li>${links.source(b.source, short(b.id))} <span>${b.archive}</span></li>`))}</ol></section>
<section aria-labelledby="waves"><h2 id="waves">Waves</h2>
<p>Builds of one wave can run side by side.</p>
${table(
  'Waves',
  [
    { title: 'Wave', numeric: true },
    { title: 'Builds', numeric: true },
    { title: 'Stage builds', numeric: true },
    { title: 'Builds of it' },
  ],
  waves.slice(0, mostWaves).map(([wave, own]) => [
    wave,
    own.length,
    own.filter((b) => b.stage > 0).length,
    namesAndMore(
      own.map((b) => short(b.id)),
      6,
    ),
  ]),
)}</section>
<section aria-labelledby="builds"><h2 id="builds">Every build</h2>
<p>${
      builds.length === 0
        ? 'None.'
        : joined(
            Array.from({ length: parts }, (_, i) =>
              links.page(
                pathOf(i),
                `${number(i * perPage + 1)} to ${number(Math.min(builds.length, (i + 1) * perPage))}`,
              ),
            ),
            ' · ',
          )
    }</p></section>`,
  };
  const rest = Array.from({ length: parts }, (_, i): Page => {
    const own = new Links(pathOf(i), day);
    const part = builds.slice(i * perPage, (i + 1) * perPage);
    return {
      path: pathOf(i),
      title: `Plan, part ${i + 1} of ${parts}`,
      verdict: `Builds ${number(i * perPage + 1)} to ${number(i * perPage + part.length)} of ${number(builds.length)}, in the order of the plan.`,
      body: html`<p>${own.page('plan.html', 'The plan as a whole')}</p>
${table(
  'Builds',
  [
    { title: 'Place', numeric: true },
    { title: 'Build' },
    { title: 'Wave', numeric: true },
    { title: 'Goes to' },
    { title: 'Why' },
    { title: 'Tainted by', numeric: true },
  ],
  part.map((b, k) => [
    i * perPage + k + 1,
    html`${own.source(b.source)}${b.id.length === b.source.length ? '' : ` ${short(b.id.slice(b.source.length))}`}`,
    b.wave,
    b.archive,
    whyWords[b.why],
    b.taintedBy.length,
  ]),
)}`,
    };
  });
  return [first, ...rest];
}
