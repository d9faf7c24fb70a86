/** Sentences that several pages share: the day's verdict, what moved, and which number is better when. */
import type { SourceName } from '../../names.ts';
import { archiveSource } from '../../names.ts';
import { causeWords, eventLines } from '../writing/change.ts';
import { counted, number } from '../writing/count.ts';
import { short } from './html.ts';
import type { DayNumbers, HistoryEntry, MovedDependency, ReportDay } from './report-day.ts';

/** One number of a day. */
export interface Measure {
  readonly key: keyof DayNumbers;
  readonly name: string;
  /** Whether more of it is better. */
  readonly up: boolean;
  readonly page: string;
}

/** The numbers that move, in the order in which they are told. */
export const measures: readonly Measure[] = [
  { key: 'bootstrappable', name: 'can be bootstrapped', up: true, page: 'sources.html' },
  { key: 'supplies', name: 'still to be supplied', up: false, page: 'needed.html' },
  { key: 'edits', name: 'still to be edited', up: false, page: 'needed.html' },
  { key: 'inCycles', name: 'sources in cycles', up: false, page: 'cycles.html' },
  { key: 'largest', name: 'in the largest component', up: false, page: 'cycles.html' },
  { key: 'shortCycles', name: 'short cycles', up: false, page: 'cycles.html' },
];

/** A part of the whole; of nothing, all. */
export const percent = (part: number, whole: number): string =>
  whole === 0 ? '100 %' : `${((100 * part) / whole).toFixed(1)} %`;

/** Numbers that can be compared at all: cycles were counted up to the same length. */
const comparable = (a: DayNumbers, b: DayNumbers, key: keyof DayNumbers): boolean =>
  key !== 'shortCycles' || a.shortUpTo === b.shortUpTo;

/** One number on two days. */
export interface Difference {
  readonly measure: Measure;
  readonly before: number;
  readonly after: number;
  readonly better: boolean;
}

/** The numbers that differ and can be compared. */
export const differences = (before: DayNumbers, after: DayNumbers): readonly Difference[] =>
  measures.flatMap((measure) => {
    const [a, b] = [before[measure.key], after[measure.key]];
    if (a === b || !comparable(before, after, measure.key)) return [];
    return [{ measure, before: a, after: b, better: b > a === measure.up }];
  });

/** A number with its sign. */
export const signed = (n: number): string => `${n < 0 ? '−' : '+'}${number(Math.abs(n))}`;

/** `short cycles 36,264 → 36,263 (−1)` */
export const differenceWords = ({ measure, before, after }: Difference): string =>
  `${measure.name}: ${number(before)} → ${number(after)} (${signed(after - before)})`;

/** How a day compares with the one before. */
export type Judgement = 'first' | 'worse' | 'better' | 'mixed' | 'unchanged';

/** Better or worse than the day before? Worse is what is new and bad, whatever the numbers say. */
export function judgementOf({ change, numbers }: ReportDay): Judgement {
  if (change === null) return 'first';
  const moved = differences(change.numbers, numbers);
  const better =
    moved.some((d) => d.better) || change.events.some((e) => e.kind === 'freed') || change.removed.length > 0;
  const worse = change.worse || moved.some((d) => !d.better);
  return worse && better ? 'mixed' : worse ? 'worse' : better ? 'better' : 'unchanged';
}

/** How far it is, in one sentence. */
export function standing({ numbers }: ReportDay): string {
  const { sources, bootstrappable, supplies, edits, withProposal } = numbers;
  const now = `${number(bootstrappable)} of ${counted(sources)} can be bootstrapped (${percent(bootstrappable, sources)})`;
  if (supplies + edits === 0) return `${now}.`;
  const needs = [
    ...(edits > 0 ? [counted(edits, 'edit')] : []),
    ...(supplies > 0 ? [counted(supplies, 'supply', 'supplies')] : []),
  ].join(' and ');
  return `${now}; with ${needs} it would be ${number(withProposal)}.`;
}

const versions = (before: string, after: string): string =>
  before === after ? after : `${before || 'none'} -> ${after || 'none'}`;

/** `src:zlib 1.2 -> 1.3` */
const upload = ({ source, before, after }: MovedDependency): string =>
  `src:${short(archiveSource(source))} ${versions(before, after)}`;

/** `src:zlib 1.2 -> 1.3: it now needs graphviz, which closes a cycle in a52dec+1787` */
export const addedWords = (d: MovedDependency): string =>
  d.from === d.to
    ? `${upload(d)}: ${short(d.to)}, which was taken as given, has to be built now, which closes cycles in ${short(d.scc)}`
    : `${upload(d)}: ${d.from.startsWith('src:') ? 'it' : short(d.from)} now needs ${short(d.to)}, which closes a cycle in ${short(d.scc)}`;

/** A dependency that is gone, in a sentence. */
export const removedWords = (d: MovedDependency): string =>
  d.from === d.to
    ? `${upload(d)}: ${short(d.to)}, which had to be built, is taken as given now, which breaks cycles in ${short(d.scc)}`
    : `${upload(d)}: ${d.from.startsWith('src:') ? 'it' : short(d.from)} no longer needs ${short(d.to)}, which breaks cycles in ${short(d.scc)}`;

/** Something that has moved, in a sentence. */
export interface Moved {
  readonly bad: boolean;
  readonly text: string;
  /** Whose upload did it. */
  readonly source: SourceName;
}

/** Everything that moved on one day, one sentence each, what is bad first. */
export function movedWords(entry: Pick<HistoryEntry, 'events' | 'added' | 'removed'>): readonly Moved[] {
  const events = entry.events.map((event) => {
    const [what] = eventLines(event);
    const because = event.causes.map((c) => causeWords(c, event.kind)).join('; ');
    return {
      bad: event.kind === 'lost',
      text: short(because === '' ? what : `${what}, because of ${because}`),
      source: event.causes[0]?.change.source ?? event.members[0]!,
    };
  });
  return [
    ...events.filter((e) => e.bad),
    ...entry.added.map((d) => ({ bad: true, text: addedWords(d), source: d.source })),
    ...events.filter((e) => !e.bad),
    ...entry.removed.map((d) => ({ bad: false, text: removedWords(d), source: d.source })),
  ];
}

/** Whose uploads made it worse, or better; each once, in the order in which they are told. */
export const movers = (entry: Pick<HistoryEntry, 'events' | 'added' | 'removed'>, bad: boolean): readonly string[] => [
  ...new Set(movedWords(entry).flatMap((m) => (m.bad === bad ? [m.source] : []))),
];

/** The newest day before this one on which one of the numbers was another; undefined when none is known. */
export function since(
  history: readonly HistoryEntry[],
  entry: Pick<HistoryEntry, 'date' | 'suite' | 'architecture' | 'numbers'>,
  key: keyof DayNumbers,
): string | undefined {
  const own = history.filter(
    (h) => h.suite === entry.suite && h.architecture === entry.architecture && h.date <= entry.date,
  );
  let first: string | undefined;
  for (const h of own.toReversed()) {
    if (h.numbers[key] !== entry.numbers[key]) return first;
    first = h.date;
  }
  return undefined;
}
