/** A plan for reading: the verdict first, then the builds by archive, the costs with their proof, and what is stuck. */
import { buildId } from '../../build-id.ts';
import { visible } from '../../diagnostics.ts';
import type { Cost, Plan, PlannedBuild } from '../../model.ts';
import type { Wish } from '../../solver/explain/wishes.ts';
import type { StuckGroup } from '../../stages/stuck.ts';
import { chainLines } from '../writing/chain.ts';
import { counted, inWords, namesAndMore, number } from '../writing/count.ts';
import { firstNames, paragraph } from '../writing/paragraph.ts';
import { besides, hasDetail, stuckHeading } from './stuck.ts';
import { undeclaredWishes } from './undeclared-wishes.ts';
import { crossedWishLines, wishLines, wishList } from './wishes.ts';

/** A plan of no more builds than these is shown whole. */
const wholePlan = 100;

function verdict(plan: Plan): string {
  const of = (why: PlannedBuild['why']) => plan.builds.filter((b) => b.why === why).length;
  const parts = [
    counted(of('stage'), 'stage build'),
    counted(of('full'), 'full build'),
    counted(of('rebuild'), 'rebuild'),
    counted(of('compare'), 'comparison'),
  ];
  const wishes = undeclaredWishes(plan).length;
  const supplies = plan.wishes.length - wishes;
  const ground = [
    ...(supplies > 0 ? [`${counted(supplies, 'declared supply', 'declared supplies')}`] : []),
    ...(wishes > 0 ? [`${counted(wishes, 'wish', 'wishes')} that nobody has declared`] : []),
    ...(plan.given === undefined ? [] : [`${counted(plan.given.length)} from outside for good`]),
  ];
  const wished = ground.length > 0 ? `, on ${inWords(ground)}` : '';
  if (plan.stuck.length > 0) {
    const stuck = counted(plan.stuck.length, 'source gets', 'sources get');
    return `No complete plan: ${stuck} no clean full build. The rest: ${parts.join(', ')}${wished}.`;
  }
  const proof = plan.status === 'optimal' ? ', proved to be the fewest' : '; not all is proved to be the fewest';
  return `A plan${wished}: ${parts.join(', ')}${proof}.`;
}

const criteria: Readonly<Record<Cost['criterion'], string>> = {
  wishes: 'wishes',
  stageBuilds: 'stage builds',
  rebuilds: 'rebuilds',
};

function costLine({ criterion, value, lowerBound }: Cost): string {
  const proof = value === lowerBound ? 'proved' : `at least ${number(lowerBound)}, gap ${number(value - lowerBound)}`;
  return `  ${criteria[criterion].padEnd(12)}  ${number(value).padStart(6)}  ${proof}`;
}

/**
 * Builds in the order of the plan, a heading whenever the reason changes; of many, the first ten after each heading.
 */
function buildLines(builds: readonly PlannedBuild[], all: boolean): readonly string[] {
  const headings: Readonly<Record<PlannedBuild['why'], string>> = {
    stage: 'First round',
    full: 'First round',
    rebuild: 'Rebuilds, since what they were built with was not clean',
    compare: 'Comparison: built again, and to be the same bit for bit',
  };
  const width = builds.reduce((widest, b) => Math.max(widest, visible(b.id).length), 0);
  const digits = String(builds.length).length;
  const most = all || builds.length <= wholePlan ? builds.length : 10;
  let heading = '';
  let shown = 0;
  const rows = builds.flatMap((b, i) => {
    const lines = headings[b.why] === heading ? [] : ['', `${headings[b.why]}:`];
    if (lines.length > 0) shown = 0;
    heading = headings[b.why];
    if (shown++ >= most) {
      const isLast = headings[builds[i + 1]?.why ?? 'compare'] !== heading || i === builds.length - 1;
      return isLast ? [`  ${' '.repeat(digits)}  ... and ${number(shown - most)} more`] : [];
    }
    const taint = namesAndMore(b.taintedBy.map((t) => visible(builds[t]!.id)));
    const given = b.archive === 'interim' ? '  (installs what no build here made)' : '';
    const why = taint !== '' ? `  (${taint} installed)` : given;
    lines.push(`  ${String(i + 1).padStart(digits)}  ${visible(b.id).padEnd(width)}  ${b.archive}${why}`);
    return lines;
  });
  return most < builds.length ? [...rows, '', '--all shows every build, --format order the bare order.'] : rows;
}

function stuckLines(group: StuckGroup): readonly string[] {
  const shortest = group.sources.reduce((a, b) => (b.chain.length < a.chain.length ? b : a));
  const names = namesAndMore(
    group.sources.map((s) => visible(s.source)),
    8,
  );
  return [
    ...paragraph(`${stuckHeading(group)}: ${names}`, {
      rest: '  ',
      width: 98,
    }),
    ...(group.kind === 'missing' ? besides(group) : chainLines(shortest.chain)).map((l) => `    ${l}`),
    ...(hasDetail(group) ? paragraph(visible(shortest.detail ?? ''), { first: '    ', rest: '    ', width: 98 }) : []),
  ];
}

/**
 * @param stuck the stuck sources of this plan, grouped
 * @param suggestions the fewest wishes that would free them, best first; of very many only some
 * @param wishes how many there are
 * @param all every build, wish and name, not only the first of many
 */
export function planText(
  plan: Plan,
  stuck: readonly StuckGroup[],
  suggestions: readonly Wish[],
  wishes = suggestions.length,
  all = false,
  stuckAnyway = 0,
): string {
  const whole = stuckAnyway === 0 ? 'all of it' : `all but ${counted(stuckAnyway)}`;
  const shownGroups = 10;
  const lines: string[] = [...paragraph(verdict(plan))];
  const named = (title: string, names: readonly string[]) =>
    lines.push('', ...paragraph(`${title}: ${firstNames(names.map(visible), all)}`, { rest: '  ' }));
  if (plan.wishes.length > 0) named(`Wishes (${number(plan.wishes.length)})`, plan.wishes);
  if (plan.given !== undefined)
    named(
      `From outside for good, as annotations say (${number(plan.given.length)})`,
      plan.given.map((g) => g.source),
    );
  if (stuck.length > 0) {
    lines.push('', 'Stuck:', ...stuck.slice(0, shownGroups).flatMap((g) => stuckLines(g).map((l) => `  ${l}`)));
    if (stuck.length > shownGroups)
      lines.push(`  ... and ${number(stuck.length - shownGroups)} more reasons: bootplan stuck`);
  }
  if (suggestions.length > 0) {
    lines.push(
      '',
      `What would help, ${counted(wishes, 'wish', 'wishes')} for ${whole}${wishes > suggestions.length ? `; of the first ${suggestions.length}` : ''}:`,
      ...wishList(suggestions, all),
      ...(suggestions.some((w) => w.undroppable.length > 0)
        ? ['Lines that people can drop instead, on the same input: bootplan propose']
        : []),
    );
    lines.push(
      '',
      `The first, for src:${visible(suggestions[0]!.source)}:`,
      ...(plan.native ? crossedWishLines : wishLines)(suggestions[0]!).map((l) => `  ${l}`),
    );
  }
  lines.push('', 'Costs:', ...plan.costs.map(costLine));
  if (plan.unused.length > 0) {
    const unused = plan.unused.map((u) => buildId(u.source, u.stage));
    named(`Declared, and not used by this plan (${number(unused.length)})`, unused);
  }
  return `${[...lines, ...buildLines(plan.builds, all)].join('\n')}\n`;
}
