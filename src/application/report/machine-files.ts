/** What lies beside the pages for programs, and the mail. */

import { schemaText } from '../../metadata/yaml/schema.ts';
import { checkDose } from '../../reports/archive/check-dose.ts';
import { cyclesDot, cyclesGraphml } from '../../reports/archive/cycles-graph.ts';
import { atomFeed } from '../../reports/feeds/atom.ts';
import { badgeSvg } from '../../reports/feeds/badge.ts';
import { junitXml } from '../../reports/feeds/junit.ts';
import { listMail, maintainerMails } from '../../reports/feeds/mail.ts';
import { openMetrics } from '../../reports/feeds/openmetrics.ts';
import { reportText } from '../../reports/feeds/report-text.ts';
import { stuckReason } from '../../reports/plan/stuck.ts';
import { proposalAnnotations } from '../../reports/proposals/proposal-annotations.ts';
import { proposalBug } from '../../reports/proposals/proposal-bug.ts';
import { chromeTrace } from '../../reports/run/chrome-trace.ts';
import { timelineOf } from '../../reports/run/run-timeline.ts';
import { bugPath } from '../../reports/site/links.ts';
import type { ReportDay } from '../../reports/site/report-day.ts';
import { ddList } from '../../reports/writing/dd-list.ts';
import { exportPlan } from '../../stages/export.ts';
import { formatPlan } from '../../stages/plan-format.ts';
import { versionSuffix } from '../../stages/version-suffix.ts';
import { withBlanks } from '../../text/blanks.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;

/** One entry a source, at most: only what a maintainer can act on. */
const tracker = (day: ReportDay): string =>
  json({
    format: 1,
    date: day.date,
    suite: day.suite,
    architecture: day.architecture,
    sources: day.sources
      .filter((s) => s.place !== 'free')
      .map((s) => ({
        source: s.name,
        version: s.version,
        status: s.place,
        stuck: s.stuck,
        component: s.scc,
        line: s.ownLines[0]?.group ?? '',
        page: `source/${s.name}.html`,
      })),
  });

/**
 * The answer for programs: everything but what each source's page tells, the graph and the plan, which have files of
 * their own.
 */
function reportJson(day: ReportDay): string {
  const { format, date, suite, architecture, command, version, inputs, targets, numbers, needed, change, costs } = day;
  const { sccs, ...cycles } = day.cycles;
  const brief = sccs.map(({ id, size, unbroken, shortCycles: { upTo, counts } }) => ({
    id,
    size,
    unbroken: unbroken.length,
    upTo,
    counts,
  }));
  const groups = day.stuck.map(({ kind, because, sources }) => ({
    ...withBlanks({ kind, because }),
    sources: sources.map((s) => s.source),
  }));
  return json({
    format,
    date,
    suite,
    architecture,
    command,
    version,
    inputs,
    targets,
    numbers,
    counts: cycles.counts,
    components: brief,
    costs,
    stuck: groups,
    needed,
    change,
  });
}

function peopleOf(day: ReportDay, names: ReadonlySet<string>): string {
  const sources = day.sources.filter((s) => names.has(s.name));
  return ddList(
    sources.map(({ name, maintainer, uploaders }) => ({ source: name, maintainer, uploaders })),
    { uploaders: true },
  );
}

/** Path below the day's directory -> content. */
export function machineFiles(day: ReportDay): ReadonlyMap<string, string> {
  const reason = new Map(
    day.stuck.flatMap((g) =>
      g.sources.map((s) => [s.source, { kind: g.kind, text: stuckReason(g, (n) => n) }] as const),
    ),
  );
  const files = new Map([
    ['report.json', reportJson(day)],
    ['tracker.json', tracker(day)],
    ['report-files.schema.json', schemaText('report-files')],
    ['cycles.json', json(day.cycles)],
    ['cycles.graphml', cyclesGraphml(day.view)],
    ['cycles.dot', cyclesDot(day.cycles, day.view)],
    ['cycles.dd-list', peopleOf(day, new Set(day.cycles.sccs.flatMap((s) => s.sources)))],
    [
      'stuck.json',
      json(day.stuck.map(({ sources, ...g }) => ({ ...withBlanks(g), sources: sources.map((s) => s.source) }))),
    ],
    ['stuck.dd-list', peopleOf(day, new Set(reason.keys()))],
    ['needed.json', json(day.needed)],
    ['needed.dd-list', peopleOf(day, new Set(day.needed.map((n) => n.source)))],
    ['changes.json', json(day.change)],
    ['history.json', json(day.history)],
    ['plan.json', formatPlan(day.plan)],
    ['plan.order', exportPlan(day.plan, 'order', versionSuffix)],
    ['dose.yaml', checkDose(day.check, true)],
    [
      'junit.xml',
      junitXml(
        'bootstrap',
        day.sources.map((s) => ({
          name: s.name,
          seconds: 0,
          failure: reason.get(s.name)?.text ?? '',
          kind: reason.get(s.name)?.kind ?? '',
        })),
      ),
    ],
    ['metrics.prom', openMetrics(day)],
    ['feed.xml', atomFeed(day)],
    ['badge.svg', badgeSvg(day)],
    ['report.txt', reportText(day, 'index.html')],
    ['mail/list.txt', listMail(day)],
  ]);
  if (day.proposal !== null) {
    files.set('annotations.yaml', proposalAnnotations(day.proposal));
    for (const edit of day.proposal.edits) files.set(bugPath(edit.source), proposalBug(day.proposal, edit));
  }
  for (const [name, mail] of maintainerMails(day)) files.set(`mail/${name}`, mail);
  if (day.run !== null) {
    const timeline = timelineOf(day.run.plan, day.run.events);
    files.set('run.trace.json', chromeTrace(timeline));
    files.set(
      'run.junit.xml',
      junitXml(
        'run',
        timeline.bars.map((b) => ({
          name: b.build,
          seconds: Math.round((b.to - b.from) * 10) / 10,
          failure: b.message,
          kind: b.how,
        })),
      ),
    );
  }
  return files;
}
