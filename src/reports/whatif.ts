/** What a change would change, in words. */
import { visible } from '../diagnostics.ts';
import type { Consequences } from '../stages/consequences.ts';
import { number } from './count.ts';
import { buildDiffText } from './plan-diff.ts';

const words = { wishes: 'wishes', stageBuilds: 'stage builds', rebuilds: 'rebuilds' } as const;

const some = (names: readonly string[], all: boolean): string => {
  const shown = all ? names : names.slice(0, 10);
  const more = names.length - shown.length;
  return `${shown.map(visible).join(', ')}${more > 0 ? ` and ${number(more)} more; --all shows them` : ''}`;
};

const size = ({ id, size: n }: { readonly id: string; readonly size: number }) => `${visible(id)} (${number(n)})`;

function sccLine({ id, size: n, became }: Consequences['sccs'][number]): string {
  const was = `the cycle ${visible(id)} (${number(n)})`;
  if (became.length === 0) return `${was} is gone`;
  return became.length === 1
    ? `${was} becomes ${size(became[0]!)}`
    : `${was} falls apart into ${number(became.length)}: ${became.slice(0, 5).map(size).join(', ')}${became.length > 5 ? ', ...' : ''}`;
}

/** @param what the change, in words */
export function whatifText(what: string, c: Consequences, all: boolean): string {
  const facts = [
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
  return `${[`With ${visible(what)}:`, '', ...facts, ...plan].join('\n')}\n`;
}
