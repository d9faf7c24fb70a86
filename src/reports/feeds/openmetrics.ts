/** OpenMetrics text for the textfile collector of node_exporter: gauges, no time of their own. */

import { entriesOf } from '../../by-name.ts';
import { visible } from '../../diagnostics.ts';
import type { ByName } from '../../model.ts';
import type { ReportDay } from '../site/report-day.ts';

const escaped = (value: string): string => visible(value).replace(/[\\"]/g, '\\$&');

interface Sample {
  readonly labels: ByName<string>;
  readonly value: number;
}

/** The file. */
export function openMetrics({ suite, architecture, numbers: n, change }: ReportDay): string {
  const base = { suite, architecture };
  const gauge = (name: string, help: string, samples: readonly Sample[]): readonly string[] => [
    `# TYPE bootplan_${name} gauge`,
    `# HELP bootplan_${name} ${help}`,
    ...samples.map(({ labels, value }) => {
      const all = entriesOf<string>({ ...base, ...labels }).map(([key, v]) => `${key}="${escaped(v)}"`);
      return `bootplan_${name}{${all.join(',')}} ${value}`;
    }),
  ];
  const state = (name: string, value: number): Sample => ({ labels: { state: name }, value });
  return `${[
    ...gauge('sources', 'Sources that the targets need, by state.', [
      state('all', n.sources),
      state('bootstrappable', n.bootstrappable),
      state('with_proposal', n.withProposal),
      state('in_cycles', n.inCycles),
    ]),
    ...gauge('largest_component', 'Sources in the largest strongly connected component.', [
      { labels: {}, value: n.largest },
    ]),
    ...gauge('components', 'Strongly connected components.', [{ labels: {}, value: n.components }]),
    ...gauge('short_cycles', 'Elementary cycles of at most so many sources.', [
      { labels: { up_to: String(n.shortUpTo) }, value: n.shortCycles },
    ]),
    ...gauge('needed', 'Supplies and edits still needed.', [
      { labels: { kind: 'supply' }, value: n.supplies },
      { labels: { kind: 'edit' }, value: n.edits },
    ]),
    ...gauge('built', 'Sources by the best archive of a run that holds each.', [
      { labels: { archive: 'stage' }, value: n.staged },
      { labels: { archive: 'interim' }, value: n.interim },
      { labels: { archive: 'final' }, value: n.final },
    ]),
    ...gauge('alarm', 'Whether something is new and bad since the day before.', [
      { labels: {}, value: change?.worse === true ? 1 : 0 },
    ]),
    '# EOF',
  ].join('\n')}\n`;
}
