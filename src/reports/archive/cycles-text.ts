/** The cycles in words: verdict, reasons, what to do, where to read on. 80 columns, no colour. */
import { buildWords } from '../../build-id.ts';
import { visible } from '../../diagnostics.ts';
import type { BreakSet } from '../../solver/break/solution/break-set.ts';
import type { BaselineAnswer } from '../../solver/cycles/baseline.ts';
import type { CyclesAnswer, SccAnswer } from '../../solver/cycles/cycles-answer.ts';
import { chainLines } from '../writing/chain.ts';
import { eventLines } from '../writing/change.ts';
import { counted, number } from '../writing/count.ts';

/** Never more of anything without saying how many there are. */
const most = 10;

const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);

/** A table whose first columns are text and whose others are numbers, as wide as they need to be. */
function table(head: readonly string[], rows: readonly (readonly string[])[], texts = 1): readonly string[] {
  const width = head.map((h, i) => rows.reduce((widest, r) => Math.max(widest, r[i]!.length), h.length));
  return [head, ...rows].map((row) =>
    `  ${row.map((cell, i) => (i < texts ? cell.padEnd(width[i]!) : cell.padStart(width[i]!))).join('  ')}`.trimEnd(),
  );
}

/** The first lines of a list, and how many are left out. */
function firstOf<T>(list: readonly T[], lines: (item: T) => readonly string[], what: string): readonly string[] {
  const left = list.length - most;
  return [...list.slice(0, most).flatMap(lines), ...(left > 0 ? [`  ... and ${number(left)} more ${what}`] : [])];
}

/** The answer in its first sentences. */
export function verdictLines(answer: CyclesAnswer): readonly string[] {
  const { counts, fixpoint } = answer;
  const { sources, sccs, inSccs, largest } = counts;
  if (sccs === 0) {
    const waiting =
      counts.behindCycles > 0
        ? `; ${counted(counts.behindCycles, 'source waits', 'sources wait')} for something missing`
        : '';
    return [`No cycles: ${counted(sources, 'source')} in ${counted(fixpoint.length, 'wave')}${waiting}.`];
  }
  const inThem = `${number(inSccs)} of ${counted(sources, 'source')} ${inSccs === 1 ? 'is' : 'are'} in`;
  const size = sccs === 1 ? '' : `; the largest holds ${number(largest)}`;
  const before = `${counted(counts.beforeCycles, 'source')} can be built before any cycle, in ${counted(fixpoint.length, 'wave')}`;
  const behind = `${counted(counts.behindCycles, 'more waits', 'more wait')} behind`;
  return [`Cycles: ${inThem} ${counted(sccs, 'SCC')}${size}.`, `${before}; ${behind}.`];
}

/** Whether declared stages break an SCC; nothing is known about the stages of a given graph. */
function broken({ unbroken, size }: SccAnswer, input: CyclesAnswer['input']): string {
  if (input === 'graph') return '-';
  if (unbroken.length === 0) return 'yes';
  return unbroken.length === size ? 'no' : `${number(size - unbroken.length)} of ${number(size)}`;
}

function cyclesOf({ shortCycles: { upTo, counts } }: SccAnswer): string {
  return upTo === 0 ? 'too many to count' : `${number(sum(counts))} (up to ${upTo})`;
}

function sccTable(answer: CyclesAnswer): readonly string[] {
  const rows = answer.sccs
    .slice(0, most)
    .map((scc) => [visible(scc.id), number(scc.size), cyclesOf(scc), broken(scc, answer.input)]);
  const more = answer.sccs.length - most;
  return [
    '',
    ...table(['SCC', 'sources', 'cycles (of sources)', 'freed by stages'], rows),
    ...(more > 0 ? [`  ... and ${number(more)} more SCCs`] : []),
  ];
}

function members(answer: CyclesAnswer): readonly string[] {
  return answer.sccs.slice(0, 3).flatMap((scc) => {
    const [first] = scc.shortest;
    if (!first) return [];
    const title = `Why ${visible(scc.id)} (one of its shortest cycles):`;
    return ['', title, ...chainLines(first, 2 * most).map((l) => `  ${l}`)];
  });
}

function throughTable(answer: CyclesAnswer): readonly string[] {
  const all = answer.sccs.flatMap((scc) => scc.shortCycles.through).sort((a, b) => b.cycles - a.cycles);
  if (all.length === 0) return [];
  const rows = all.slice(0, most).map((t) => [`src:${visible(t.source)}`, visible(t.dependency), number(t.cycles)]);
  return [
    '',
    `Most short cycles go through (${counted(all.length, 'build dependency', 'build dependencies')} in all):`,
    ...table(['source', 'build dependency', 'cycles'], rows, 2),
  ];
}

const selfTypes = {
  1: 'build-depends on its own binary',
  2: 'its own binary is installed, whatever alternative is taken',
  3: 'its own binary is installed by the alternatives chosen',
} as const;

function selfCycles(answer: CyclesAnswer): readonly string[] {
  if (answer.selfCycles.length === 0) return [];
  const line = ({ source, type }: CyclesAnswer['selfCycles'][number]) => [
    `  src:${visible(source)}${type === undefined ? '' : `  type ${type}: ${selfTypes[type]}`}`,
  ];
  const title = `${counted(answer.selfCycles.length, 'source needs a binary of its own', 'sources need a binary of their own')}:`;
  return ['', title, ...firstOf(answer.selfCycles, line, 'self-cycles')];
}

/** Members of one SCC often wait for all the others, so equal intervals share a line. */
function blocking(answer: CyclesAnswer): readonly string[] {
  const shared = new Map<
    string,
    { readonly min: number; readonly max: number; readonly first: string; more: number }
  >();
  for (const { source, min, max } of answer.blocks) {
    const known = shared.get(`${min} ${max}`);
    if (known) known.more++;
    else shared.set(`${min} ${max}`, { min, max, first: source, more: 0 });
  }
  const ranked = [...shared.values()].sort((a, b) => b.min - a.min || b.max - a.max);
  if (ranked.length === 0) return [];
  const interval = ({ min, max }: { min: number; max: number }) =>
    min === max ? number(min) : `${number(min)} to ${number(max)}`;
  const who = ({ first, more }: { first: string; more: number }) =>
    `src:${visible(first)}${more > 0 ? ` and ${counted(more, 'more', 'more')}, each` : ''}`;
  const rows = ranked.slice(0, most).map((b) => [who(b), interval(b)]);
  const left = ranked.slice(most).reduce((n, b) => n + b.more + 1, 0);
  const more = left > 0 ? [`  ... and ${counted(left, 'source')} that fewer wait for`] : [];
  return ['', 'Most sources wait for:', ...table(['source', 'sources that wait'], rows), ...more];
}

function missing(answer: CyclesAnswer): readonly string[] {
  if (answer.unsatisfied.length === 0) return [];
  const line = ({ source, stage, group, why }: CyclesAnswer['unsatisfied'][number]) => [
    `  src:${buildWords(visible(source), stage)}  ${visible(group)}: ${visible(why)}`,
  ];
  const title = `${counted(answer.unsatisfied.length, 'build dependency', 'build dependencies')} that nothing satisfies:`;
  return ['', title, ...firstOf(answer.unsatisfied, line, 'of them')];
}

/** What is new, named; then what is gone. */
export function changeLines(change: BaselineAnswer): readonly string[] {
  const names = (title: string, list: readonly string[]) =>
    list.length === 0 ? [] : [title, ...firstOf(list, (n) => [`  src:${visible(n)}`], 'sources')];
  const { newMembers, goneMembers, newSelfCycles, goneSelfCycles, merged, newDependencies, noLongerBroken } = change;
  const lines = [
    ...names(`${counted(newMembers.length, 'source is', 'sources are')} new in an SCC:`, newMembers),
    ...names(`${counted(newSelfCycles.length, 'source needs itself', 'sources need themselves')} now:`, newSelfCycles),
    ...merged.map((m) => `${visible(m.id)} has grown together from ${m.from.map(visible).join(', ')}`),
    ...(newDependencies.length === 0
      ? []
      : [
          `${counted(newDependencies.length, 'new dependency closes', 'new dependencies close')} a cycle:`,
          ...firstOf(
            newDependencies,
            (d) => [`  ${visible(d.from)} needs ${visible(d.to)}, in ${visible(d.scc)}`],
            'of them',
          ),
        ]),
    ...firstOf(
      noLongerBroken,
      (r) => eventLines({ kind: 'lost', ...r }).map((l, i) => (i === 0 ? l : `  ${l}`)),
      'cycles',
    ),
    ...names(`${counted(goneMembers.length, 'source is', 'sources are')} in no SCC any more:`, goneMembers),
    ...names(
      `${counted(goneSelfCycles.length, 'source needs itself', 'sources need themselves')} no more:`,
      goneSelfCycles,
    ),
  ];
  return lines.length === 0 ? ['Nothing changed since the baseline.'] : lines;
}

/** How many sources have to be reduced at least, and whether that is proved; or whom no reduction frees. */
export function breakVerdict({ status, size, lowerBound, stuck = [] }: BreakSet): string {
  if (stuck.length > 0) {
    const kept = `What may be dropped does not break every cycle: ${counted(stuck.length, 'source')} cannot be freed`;
    return size === 0 ? `${kept}.` : `${kept}; ${counted(size, 'source')} to reduce for the others:`;
  }
  if (size === 0) return 'Nothing has to be reduced.';
  const gap = ((size - lowerBound) / size) * 100;
  const proof =
    status === 'optimal'
      ? 'proved to be the fewest'
      : size === lowerBound
        ? 'proved to be the fewest, but maybe not the alphabetically lowest'
        : `at least ${number(lowerBound)} are needed, ${gap.toFixed(0)} % are not proved`;
  return `${counted(size, 'source')} to reduce, and no cycle is left (${proof}):`;
}

const breakLines = (set: BreakSet): readonly string[] => [
  '',
  breakVerdict(set),
  ...firstOf(set.sources, (s) => [`  ${visible(s)}`], 'sources'),
  ...(set.stuck === undefined || set.stuck.length === 0
    ? []
    : ['Cannot be freed:', ...firstOf(set.stuck, (s) => [`  ${visible(s)}`], 'sources')]),
];

/** The answer as a whole, what is new since an earlier one included. */
export function cyclesText(answer: CyclesAnswer, change?: BaselineAnswer, breaking?: BreakSet): string {
  const first = answer.sccs[0]?.sources[0];
  const next =
    first === undefined || answer.input === 'graph'
      ? []
      : ['', `next, on the same input: bootplan explain ${visible(first)}    all of it: bootplan cycles --json`];
  const lines = [
    ...(change ? [...changeLines(change), ''] : []),
    ...verdictLines(answer),
    ...(answer.sccs.length === 0 ? [] : sccTable(answer)),
    ...(breaking ? breakLines(breaking) : []),
    ...members(answer),
    ...throughTable(answer),
    ...selfCycles(answer),
    ...blocking(answer),
    ...missing(answer),
    ...next,
  ];
  return `${lines.join('\n')}\n`;
}
