/** The difference of two plans as text: one line per fact, `+` for what is new, `-` for what is gone. */
import { visible } from '../../diagnostics.ts';
import type { PlanDifference, SetDifference } from '../../stages/diff.ts';
import { number } from '../writing/count.ts';

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

/** How much is shown. */
export interface PlanDiffView {
  /** Show every line of a section, not only the first ten. */
  readonly all: boolean;
  /** Tell waves too: one line more in an early package moves thousands of them, and says nothing about its cause. */
  readonly waves: boolean;
}

/**
 * What people act on comes first: wishes, stuck sources and costs, then what changed in the builds, then their order.
 */
export function planDiffText(d: PlanDifference, view: PlanDiffView): string {
  if (d.same) return 'The two plans are the same.\n';
  const { all } = view;
  const costs = d.costs.map((c) => `${words[c.criterion]} ${told(c.before)} -> ${told(c.after)}`);
  const facts = [
    ...(d.architecture.before === d.architecture.after
      ? []
      : [`architecture ${visible(d.architecture.before)} -> ${visible(d.architecture.after)}`]),
    ...(d.status.before === d.status.after ? [] : [`status ${d.status.before} -> ${d.status.after}`]),
  ];
  const sections = [
    section('wishes', setLines(d.wishes), all),
    section('stuck', setLines(d.stuck), all),
    section('costs', costs, true),
    section('result', facts, true),
    section('seed', setLines(d.seed), all),
    ...buildSections(d, view),
  ].filter((s) => s.length > 0);
  return sections.length > 0 ? joined(sections) : 'The two plans differ in their waves alone; --waves shows them.\n';
}

/** What is said of one build without its wave. */
const withoutWave = (what: readonly string[]): readonly string[] => what.filter((w) => !w.startsWith('wave '));

function buildSections({ builds }: PlanDifference, { all, waves }: PlanDiffView): readonly (readonly string[])[] {
  const moved = builds.moved.map((m) => `${visible(m.build)}: ${number(m.from)} -> ${number(m.to)}`);
  const changed = builds.changed
    .map(({ build, what }) => ({ build, what: waves ? what : withoutWave(what) }))
    .filter(({ what }) => what.length > 0)
    .map(({ build, what }) => `${visible(build)}: ${what.map(visible).join('; ')}`);
  return [section('builds', setLines(builds), all), section('changed', changed, all), section('moved', moved, all)];
}

const joined = (sections: readonly (readonly string[])[]): string =>
  `${sections
    .filter((s) => s.length > 0)
    .map((s) => s.join('\n'))
    .join('\n\n')}\n`;

/** The builds alone, for a report that says the rest in its own words. */
export const buildDiffText = (d: PlanDifference, view: PlanDiffView): string => joined(buildSections(d, view));
