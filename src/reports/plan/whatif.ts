/** What a change would change, in words. */
import { visible } from '../../diagnostics.ts';
import type { UncountedProfiles } from '../../solver/explain/uncounted-profiles.ts';
import type { Distance } from '../../solver/propose/gradient.ts';
import type { Consequences } from '../../stages/consequences.ts';
import { number } from '../writing/count.ts';
import { firstNames, paragraph } from '../writing/paragraph.ts';
import { buildDiffText } from './plan-diff.ts';

/** The consequences of a change, and what is still needed with it. */
export interface WhatifAnswer extends Consequences {
  readonly distance: Distance;
  /** Profiles that the change speaks of, and that a plan counts once an annotation makes them a stage. */
  readonly uncounted: readonly UncountedProfiles[];
}

const words = { wishes: 'wishes', stageBuilds: 'stage builds', rebuilds: 'rebuilds' } as const;

const some = (names: readonly string[], all: boolean): string => firstNames(names.map(visible), all);

const size = ({ id, size: n }: { readonly id: string; readonly size: number }) => `${visible(id)} (${number(n)})`;

function sccLine({ id, size: n, became }: Consequences['sccs'][number]): string {
  const was = `the cycle ${visible(id)} (${number(n)})`;
  if (became.length === 0) return `${was} is gone`;
  return became.length === 1
    ? `${was} becomes ${size(became[0]!)}`
    : `${was} falls apart into ${number(became.length)}: ${became.slice(0, 5).map(size).join(', ')}${became.length > 5 ? ', ...' : ''}`;
}

const step = (what: string, before: number, after: number): string => `${what} ${number(before)} -> ${number(after)}`;

/** How far it is until everything can be built: what moves also where nothing is freed yet. */
function distanceLines({ knot, upTo, cycles, touched, edits }: Distance): readonly string[] {
  const through = `short cycles (of up to ${upTo} sources) through ${some(touched, false)}`;
  return [
    ...(upTo > 0 && touched.length > 0 ? [step(through, cycles.before, cycles.after)] : []),
    step('sources in the largest knot', knot.before, knot.after),
    ...(edits === undefined ? [] : editLines(edits)),
  ];
}

function editLines({ before, after }: NonNullable<Distance['edits']>): readonly string[] {
  const proved = before.proved && after.proved ? '' : ' (not proved)';
  return [
    step('sources that stages and build profiles let be built', before.buildable, after.buildable),
    `${step('still needed for the whole: supplies', before.supplies, after.supplies)}; ${step(
      'sources to edit',
      before.edited,
      after.edited,
    )}; ${step('lines', before.lines, after.lines)}${proved}`,
  ];
}

/** What a plan does not count before an annotation names it. */
const uncountedLines = (uncounted: readonly UncountedProfiles[]): readonly string[] =>
  uncounted.flatMap(({ source, profiles, groups, annotation }) => [
    '',
    ...paragraph(
      `src:${visible(source)} leaves out ${groups.map(visible).join(', ')} under ${profiles.map(visible).join(', ')}. A plan counts that once an annotations file makes it a stage:`,
    ),
    `  ${visible(annotation)}`,
  ]);

/** @param what the change, in words */
export function whatifText(what: string, c: WhatifAnswer, all: boolean): string {
  const facts = [
    ...distanceLines(c.distance),
    ...c.sccs.map(sccLine),
    ...c.newSccs.map((s) => `a new cycle: ${size(s)}`),
    ...(c.freed.length > 0 ? [`freed (${number(c.freed.length)}): ${some(c.freed, all)}`] : []),
    ...(c.lost.length > 0 ? [`stuck by it (${number(c.lost.length)}): ${some(c.lost, all)}`] : []),
    `stuck sources ${number(c.stuck.before)} -> ${number(c.stuck.after)}`,
    ...c.costs
      .filter((cost) => cost.before !== cost.after || !cost.proved)
      .map(
        (cost) =>
          `${words[cost.criterion]} ${number(cost.before)} -> ${number(cost.after)}${cost.proved ? '' : ' (not proved)'}`,
      ),
  ];
  const builds = buildDiffText(c.plan, { all, waves: false }).trimEnd();
  const plan = c.plan.same
    ? ['the plan stays the same']
    : builds === ''
      ? ['the builds of the plan stay the same']
      : ['', 'in the plan', ...builds.split('\n')];
  return `${[`With ${visible(what)}:`, '', ...facts, ...plan, ...uncountedLines(c.uncounted)].join('\n')}\n`;
}
