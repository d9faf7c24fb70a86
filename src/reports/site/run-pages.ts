/** A run from its journal: the timeline with what each build unlocked, the ledger, the map of taint, the boot check. */
import { isStageArchive } from '../../archives.ts';
import { type BuildId, usageKey } from '../../build-id.ts';
import { type GanttBar, gantt } from '../pictures/gantt.ts';
import { duration } from '../run/live.ts';
import { type Bar, type Timeline, timelineOf } from '../run/run-timeline.ts';
import { counted, number } from '../writing/count.ts';
import { html, joined, type Markup, short, when } from './html.ts';
import { figure, Links, type Page } from './page.ts';
import type { ReportDay } from './report-day.ts';
import { table } from './table.ts';

/** Bars that a picture has; of more, the longest. The table has all. */
const mostBars = 80;
const mostRows = 2000;

const hows: Readonly<Record<Bar['how'], string>> = {
  run: 'built',
  cache: 'found in the cache',
  cutoff: 'left out: its inputs came out the same',
  adopted: 'adopted: built elsewhere',
  failed: '✗ failed',
};

const colourOf = (b: Bar): string =>
  b.how === 'failed'
    ? 'var(--red)'
    : isStageArchive(b.archive)
      ? 'var(--orange)'
      : b.build.includes('#')
        ? 'var(--green)'
        : 'var(--blue)';

async function picture({ bars }: Timeline): Promise<Markup> {
  const long = [...bars].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, mostBars);
  const shown = bars.filter((b) => long.includes(b));
  const rows = shown.map((b): GanttBar => ({ name: short(b.build), from: b.from, to: b.to, colour: colourOf(b) }));
  const rest = bars.length - shown.length;
  return figure(
    await gantt(rows),
    `Orange: stage builds. Blue: first full builds. Green: rebuilds and comparisons. Red: failed.${rest > 0 ? ` The ${number(shown.length)} longest; ${number(rest)} more are in the table.` : ''}`,
  );
}

const some = (names: readonly string[], most = 6): string =>
  `${names.slice(0, most).map(short).join(', ')}${names.length > most ? ` and ${number(names.length - most)} more` : ''}`;

function bootWords({ image, boot }: Timeline): Markup {
  if (image === null) return html`<p>No image was made.</p>`;
  const made = html`<p>Image ${short(image.path.split('/').at(-1)!)}, ${(image.bytes / 1048576).toFixed(1)} MiB, sha256 <code>${short(image.sha256)}</code>.</p>`;
  if (boot === null) return html`${made}<p>It was not started.</p>`;
  return html`${made}<p>${boot.verdict === 'pass' ? html`<b>✓ booted, self-test passed</b>, after ${boot.seconds.toFixed(1)} s.` : html`<b class="bad">✗ the boot check failed</b>: ${short(boot.cause)}`}</p>`;
}

async function runPage(t: Timeline, planned: readonly BuildId[]): Promise<Page> {
  const begun = new Set(t.bars.map((b) => b.build));
  const waiting = planned.filter((b) => !begun.has(b));
  const failed = t.bars.filter((b) => b.how === 'failed');
  const rows = t.bars.slice(0, mostRows).map((b) => [
    short(b.build),
    hows[b.how],
    { show: html`${duration(b.from)}`, sort: b.from },
    { show: html`${duration(b.to - b.from)}`, sort: b.to - b.from },
    { show: html`${b.cpuSeconds.toFixed(1)} s`, sort: b.cpuSeconds },
    {
      show: html`${b.unlocked.length === 0 ? '' : `${number(b.unlocked.length)}: ${some(b.unlocked)}`}`,
      sort: b.unlocked.length,
    },
  ]);
  return {
    path: 'run.html',
    title: 'Run',
    verdict: `${number(t.bars.length - failed.length)} of ${counted(planned.length, 'build')} done, ${number(failed.length)} failed, ${number(t.blocked.length)} blocked; the run is ${t.status}${t.boot === null ? '' : t.boot.verdict === 'pass' ? ', and its image boots' : ', and its image does not boot'}.`,
    also: [
      ['for Perfetto and chrome://tracing', 'run.trace.json'],
      ['as JUnit XML', 'run.junit.xml'],
      ['the ledger and the map of taint', 'ledger.html'],
    ],
    body: html`
${when(failed.length > 0, () => html`<section aria-labelledby="failed"><h2 id="failed">Failed first</h2><ul>${joined(failed.slice(0, 50).map((b) => html`<li><b>${short(b.build)}</b> in ${short(b.message)}; <code>bootplan log '${short(b.build)}'</code></li>`))}</ul></section>`)}
<section aria-labelledby="boot"><h2 id="boot">Boot</h2>${bootWords(t)}</section>
<section aria-labelledby="timeline"><h2 id="timeline">Timeline</h2>
<p>${t.startedAt === '' ? 'Nothing happened yet.' : `Begun ${t.startedAt.slice(0, 19).replace('T', ' ')} UTC; ${duration(t.seconds)} from the first event to the last.`}</p>
${t.bars.length === 0 ? html`` : await picture(t)}
${table('Builds', [{ title: 'Build' }, { title: 'How' }, { title: 'Begun after (min:s)', numeric: true }, { title: 'Took (min:s)', numeric: true }, { title: 'CPU', numeric: true }, { title: 'Unlocked' }], rows)}</section>
${when(
  t.blocked.length > 0,
  () =>
    html`<section aria-labelledby="blocked"><h2 id="blocked">Blocked</h2>${table(
      'Blocked builds',
      [{ title: 'Build' }, { title: 'By' }],
      t.blocked.slice(0, mostRows).map((b) => [short(b.build), some(b.by)]),
    )}</section>`,
)}
${when(waiting.length > 0, () => html`<section aria-labelledby="waiting"><h2 id="waiting">Not begun, or not ended</h2><p>${some(waiting, 100)}</p></section>`)}
<section aria-labelledby="compared"><h2 id="compared">Compared with the round before</h2>
${table(
  'Comparisons',
  [{ title: 'Build' }, { title: 'With' }, { title: 'Outcome' }],
  t.comparisons
    .slice(0, mostRows)
    .map((c) => [
      short(c.build),
      short(c.against),
      c.identical ? '✓ bit-identical' : `✗ differs: ${some(c.differing)}`,
    ]),
)}</section>`,
  };
}

/** Which reduced or seed package was there when which full build was made, and whether that was put right. */
function ledgerPage(day: ReportDay, t: Timeline): Page {
  const done = t.bars.filter((b) => b.how !== 'failed');
  const links = new Links('ledger.html', day);
  const tainted = done.filter((b) => b.tainted);
  const clean = new Set(done.filter((b) => b.archive === 'final').map((b) => usageKey(b.build)));
  const by = new Map<string, string[]>();
  for (const b of tainted)
    for (const i of new Set(b.installed.filter((x) => isStageArchive(x.archive)).map((x) => x.build)))
      by.set(i, [...(by.get(i) ?? []), b.build]);
  const open = tainted.filter((b) => !clean.has(usageKey(b.build)));
  return {
    path: 'ledger.html',
    title: 'Ledger and map of taint',
    verdict: `${number(tainted.length)} of ${counted(done.length, 'build')} had something reduced installed; ${open.length === 0 ? 'every one of them has a clean successor' : `${number(open.length)} of them ${open.length === 1 ? 'has' : 'have'} no clean successor yet`}.`,
    body: html`
<p>What the journal of the run recorded, not what was planned. ${links.page('run.html', 'The run')}</p>
<section aria-labelledby="map"><h2 id="map">Who taints whom</h2>
${table(
  'Stage packages',
  [{ title: 'Stage build' }, { title: 'Was installed during', numeric: true }, { title: 'These' }],
  [...by].map(([build, whom]) => [short(build), whom.length, some(whom, 12)]),
)}</section>
<section aria-labelledby="ledger"><h2 id="ledger">Ledger</h2>
${table(
  'Builds',
  [
    { title: 'Build' },
    { title: 'Archive' },
    { title: 'Tainted' },
    { title: 'In a sandbox' },
    { title: 'Installed', numeric: true },
    { title: 'From the seed', numeric: true },
  ],
  done
    .slice(0, mostRows)
    .map((b) => [
      short(b.build),
      b.archive,
      b.tainted ? (clean.has(usageKey(b.build)) ? '◐ yes, and built clean since' : '● yes') : 'no',
      b.how === 'adopted' ? 'not known: adopted' : b.sandboxed ? 'yes' : '✗ NO',
      b.installed.length,
      b.installed.filter((i) => i.build === 'seed').length,
    ]),
)}</section>`,
  };
}

/** None where there is no run. */
export async function runPages(day: ReportDay): Promise<readonly Page[]> {
  if (day.run === null) return [];
  const timeline = timelineOf(day.run.plan, day.run.events);
  const planned = day.run.plan.builds.map((b) => b.id);
  return [await runPage(timeline, planned), ledgerPage(day, timeline)];
}
