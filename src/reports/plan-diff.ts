/** The difference of two plans as text: one line per fact, `+` for what is new, `-` for what is gone. */
import { visible } from '../diagnostics.ts';
import type { PlanDifference, SetDifference } from '../stages/diff.ts';
import { number } from './count.ts';

const shown = 10;

function section(title: string, lines: readonly string[], all: boolean): readonly string[] {
  if (lines.length === 0) return [];
  const cut = all ? lines : lines.slice(0, shown);
  const more = lines.length - cut.length;
  return [
    `${title} (${number(lines.length)})`,
    ...cut.map((l) => `  ${l}`),
    ...(more > 0 ? [`  ... and ${number(more)} more; --all shows them`] : []),
  ];
}

const setLines = ({ added, removed }: SetDifference): readonly string[] => [
  ...removed.map((n) => `- ${visible(n)}`),
  ...added.map((n) => `+ ${visible(n)}`),
];

const words = { wishes: 'wishes', stageBuilds: 'stage builds', rebuilds: 'rebuilds' } as const;

const told = (cost: number | null): string => (cost === null ? 'unknown' : number(cost));

/** @param all show every line of a section, not only the first ten */
export function planDiffText(d: PlanDifference, all: boolean): string {
  if (d.same) return 'The two plans are the same.\n';
  const facts = [
    ...(d.architecture.before === d.architecture.after
      ? []
      : [`architecture ${visible(d.architecture.before)} -> ${visible(d.architecture.after)}`]),
    ...(d.status.before === d.status.after ? [] : [`status ${d.status.before} -> ${d.status.after}`]),
    ...d.costs.map((c) => `${words[c.criterion]} ${told(c.before)} -> ${told(c.after)}`),
  ];
  const sections = [
    section('result', facts, true),
    ...buildSections(d, all),
    section('wishes', setLines(d.wishes), all),
    section('stuck', setLines(d.stuck), all),
    section('seed', setLines(d.seed), all),
  ];
  return joined(sections);
}

function buildSections({ builds }: PlanDifference, all: boolean): readonly (readonly string[])[] {
  const moved = builds.moved.map((m) => `${visible(m.build)}: ${number(m.from)} -> ${number(m.to)}`);
  const changed = builds.changed.map((c) => `${visible(c.build)}: ${c.what.map(visible).join('; ')}`);
  return [section('builds', setLines(builds), all), section('moved', moved, all), section('changed', changed, all)];
}

const joined = (sections: readonly (readonly string[])[]): string =>
  `${sections
    .filter((s) => s.length > 0)
    .map((s) => s.join('\n'))
    .join('\n\n')}\n`;

/** The builds alone, for a report that says the rest in its own words. */
export const buildDiffText = (d: PlanDifference, all: boolean): string => joined(buildSections(d, all));
