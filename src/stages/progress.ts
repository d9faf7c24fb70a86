/** How far a bootstrap is: one entry per day, and what moved since the entry before. Pure folds. */

import type { Plan } from '../model.ts';
import type { SourceName } from '../names.ts';
import { type Regression, regressions } from '../solver/cycles/regression.ts';
import type { GraphRecord } from '../solver/graph/record.ts';
import type { Standing } from './standing.ts';

/** Something that moved the line, with its cause. `lost`: no longer broken automatically. `freed`: can be built now. */
export interface ProgressEvent extends Regression {
  readonly kind: 'lost' | 'freed';
}

/** One line of the history file. */
export interface ProgressEntry {
  readonly format: 1;
  /** UTC, YYYY-MM-DD. */
  readonly date: string;
  readonly architecture: string;
  /** Sources that the targets need: 100 %. */
  readonly sources: number;
  /** Of them, those that a plan reaches with what is declared. */
  readonly plannable: number;
  /** Of them, by the best archive that holds each: exclusive, so their sum is what has been built at all. */
  readonly built: { readonly staged: number; readonly interim: number; readonly final: number };
  readonly largestScc: number;
  /** Since the entry before; empty in the first. */
  readonly events: readonly ProgressEvent[];
}

/** What is no longer broken automatically, and what is freed, with the changes that did it. */
export function movements(before: GraphRecord, after: GraphRecord): readonly ProgressEvent[] {
  const lost = regressions(before, after).map((r) => ({ kind: 'lost' as const, ...r }));
  // Freed is lost, read backwards; the versions are still told in the order of time.
  const freed = regressions(after, before).map((r) => ({
    kind: 'freed' as const,
    ...r,
    causes: r.causes.map((c) => ({ change: c.change, before: c.after, after: c.before })),
  }));
  return [...lost, ...freed];
}

/** Where a universe stands today; `previous` is what it was when the last entry was written. */
export function progressEntry(facts: {
  readonly date: string;
  readonly plan: Plan;
  readonly standing: ReadonlyMap<SourceName, Standing>;
  readonly record: GraphRecord;
  readonly previous: GraphRecord | undefined;
}): ProgressEntry {
  const { date, plan, standing, record, previous } = facts;
  const wanted = new Set([...plan.builds.map((b) => b.source), ...plan.stuck.map((s) => s.source)]);
  const reached = [...standing.values()].map((s) => s.reached);
  const count = (which: Standing['reached']) => reached.filter((r) => r === which).length;
  return {
    format: 1,
    date,
    architecture: plan.architecture,
    sources: wanted.size,
    plannable: wanted.size - new Set(plan.stuck.map((s) => s.source)).size,
    built: { staged: count('staged'), interim: count('interim'), final: count('final') },
    largestScc: plan.sccs.reduce((most, s) => Math.max(most, s.size), 0),
    events: previous === undefined ? [] : movements(previous, record),
  };
}

/** A day of the graph. */
export interface Day {
  readonly date: string;
  /** Days since 1970-01-01, for distances. */
  readonly number: number;
  readonly entry: ProgressEntry;
  /** Of all the entries of that day, in order. */
  readonly events: readonly ProgressEvent[];
}

const dayNumber = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;

/**
 * One day per date, ascending. Of several entries of one date the last says where things stood; the events of all of
 * them are kept, since each entry tells what moved since the entry before it.
 */
export function daysOf(entries: readonly ProgressEntry[]): readonly Day[] {
  const perDate = Map.groupBy(entries, (e) => e.date);
  return [...perDate]
    .map(([date, same]) => ({
      date,
      number: dayNumber(date),
      entry: same.at(-1)!,
      events: same.flatMap((e) => e.events),
    }))
    .sort((a, b) => a.number - b.number);
}

/** The lines of the graph, in percent of the sources; each contains the ones after it but the first. */
export interface Shares {
  readonly plannable: number;
  readonly built: number;
  readonly full: number;
  readonly clean: number;
}

/** The shares of an entry, in percent of its sources. */
export function sharesOf({ sources, plannable, built }: ProgressEntry): Shares {
  const percent = (n: number) => (sources === 0 ? 100 : (100 * n) / sources);
  return {
    plannable: percent(plannable),
    built: percent(built.staged + built.interim + built.final),
    full: percent(built.interim + built.final),
    clean: percent(built.final),
  };
}
