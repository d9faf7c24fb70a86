/**
 * What is new since the day before: uploads, dependencies that joined or left a cycle, what was lost and what was
 * freed.
 */
import { archiveSource, type SourceName, sourceName } from '../../names.ts';
import { byteOrder } from '../../order.ts';
import type { DayChange, DayNumbers, MovedDependency } from '../../reports/site/report-day.ts';
import { type BaselineAnswer, compareWithBaseline, dependenciesOnlyIn, isWorse } from '../../solver/cycles/baseline.ts';
import type { CyclesAnswer } from '../../solver/cycles/cycles-answer.ts';
import { Buildable } from '../../solver/graph/buildable.ts';
import { type GraphRecord, graphOf } from '../../solver/graph/record.ts';
import { movements, type ProgressEvent } from '../../stages/progress.ts';

/** What a day leaves behind so that the next can say what changed. */
export interface DayRecord {
  readonly format: 1;
  readonly date: string;
  readonly suite: string;
  readonly architecture: string;
  readonly numbers: DayNumbers;
  readonly sccs: readonly { readonly id: string; readonly sources: readonly string[] }[];
  readonly selfCycles: readonly { readonly source: string }[];
  readonly record: GraphRecord;
}

/** By source of the archive: its parts have its version. */
const versionsOf = ({ sources, versions }: GraphRecord): ReadonlyMap<SourceName, string> =>
  new Map(sources.map((name, i) => [archiveSource(name), versions[i]!]));

const makersOf = ({ sources, binaries, madeBy }: GraphRecord): ReadonlyMap<string, SourceName> =>
  new Map(binaries.flatMap((name, i) => (sources[madeBy[i]!] === undefined ? [] : [[name, sources[madeBy[i]!]!]])));

/**
 * The source whose upload moved each dependency: the one it starts from, or the one that builds the binary it starts
 * from. A binary that was given on the other day, and is to be built now, is a need of everybody's that nobody has
 * written. It is known by this: sources that nobody has touched need it. It is told once, as of the source that builds
 * it.
 *
 * @param holder the graph that has the dependencies @param other the one that has not
 */
function attributed(
  moved: readonly { readonly from: string; readonly to: string; readonly scc: string }[],
  holder: GraphRecord,
  other: GraphRecord,
  before: ReadonlyMap<SourceName, string>,
  after: ReadonlyMap<SourceName, string>,
): readonly MovedDependency[] {
  const makers = makersOf(holder);
  const known = new Set<string>(other.binaries);
  const makerOf = (binary: string) => makers.get(binary) ?? sourceName('');
  const made = (source: SourceName) => {
    const name = archiveSource(source);
    return { source, before: before.get(name) ?? '', after: after.get(name) ?? '' };
  };
  const owner = (from: string) => made(from.startsWith('src:') ? sourceName(from.slice(4)) : makerOf(from));
  const wasGiven = new Set<string>();
  for (const { from, to } of moved) {
    const own = owner(from);
    if (!known.has(to) && own.before === own.after) wasGiven.add(to);
  }
  const told = new Map<string, MovedDependency>();
  for (const d of moved) {
    const one = wasGiven.has(d.to) ? { ...d, from: d.to, ...made(makerOf(d.to)) } : { ...d, ...owner(d.from) };
    const key = `${one.from}\n${one.to}`;
    if (!told.has(key)) told.set(key, one);
  }
  return [...told.values()];
}

/**
 * Of more sources than these the causes are not searched for: each takes a walk over the graph, and nobody reads all.
 */
const mostExplained = 60;

const stuckIn = (record: GraphRecord): ReadonlySet<SourceName> => {
  const graph = graphOf(record);
  const buildable = Buildable.of(graph);
  return new Set(graph.sources.filter((_, s) => !buildable.reaches(s)));
};

/** What was lost and freed, with its causes where it is not too much; else who, in one event. */
function eventsBetween(before: GraphRecord, after: GraphRecord): readonly ProgressEvent[] {
  const [old, now] = [stuckIn(before), stuckIn(after)];
  const only = (a: ReadonlySet<SourceName>, b: ReadonlySet<SourceName>) => [...a].filter((name) => !b.has(name));
  const [lost, freed] = [only(now, old), only(old, now)];
  if (lost.length + freed.length <= mostExplained) return movements(before, after);
  const there = new Set<string>(after.sources);
  const together = (kind: ProgressEvent['kind'], names: readonly SourceName[]): readonly ProgressEvent[] => {
    const members = names.filter((name) => there.has(name)).sort(byteOrder);
    return members.length === 0 ? [] : [{ kind, members, cycle: false, causes: [], behind: [] }];
  };
  return [...together('lost', lost), ...together('freed', freed)];
}

/** What has moved since the day before. */
export interface Moved {
  readonly cycles: BaselineAnswer;
  readonly events: readonly ProgressEvent[];
  readonly added: readonly MovedDependency[];
  readonly removed: readonly MovedDependency[];
  readonly uploads: DayChange['uploads'];
}

/** @param answer today's cycles @param record today's graph */
export function movedSince(before: DayRecord, answer: CyclesAnswer, record: GraphRecord): Moved {
  const cycles = compareWithBaseline(before, answer, record);
  const [old, now] = [versionsOf(before.record), versionsOf(record)];
  const members = new Set(answer.sccs.flatMap((c) => c.sources));
  const gone = dependenciesOnlyIn(record, before.record, members, before.sccs);
  const names = [...new Set([...old.keys(), ...now.keys()])].sort(byteOrder);
  return {
    cycles,
    events: eventsBetween(before.record, record),
    added: attributed(cycles.newDependencies, record, before.record, old, now),
    removed: attributed(gone, before.record, record, old, now),
    uploads: names.flatMap((source) => {
      const [was, is] = [old.get(source) ?? '', now.get(source) ?? ''];
      return was === is ? [] : [{ source, before: was, after: is }];
    }),
  };
}

/** What was lost counts as bad whether it is in a cycle or waits for something that is gone. */
export const changeOf = (before: DayRecord, moved: Moved): DayChange => ({
  date: before.date,
  numbers: before.numbers,
  ...moved,
  worse: isWorse(moved.cycles) || moved.events.some((e) => e.kind === 'lost'),
});
