/** One day's report as a value: what was read is solved once, and everything that the pages tell is derived from that. */
import type { Plan, Universe } from '../../model.ts';
import type { DayNumbers, HistoryEntry, Needed, ReportDay, RunDay } from '../../reports/report-day.ts';
import { cycleView } from '../../solver/cycles/cycle-view.ts';
import { cyclesOfUniverse } from '../../solver/cycles/cycles.ts';
import type { CyclesAnswer } from '../../solver/cycles/cycles-answer.ts';
import { wishesOfSet } from '../../solver/explain/wishes.ts';
import { Buildable } from '../../solver/graph/buildable.ts';
import { packageGraph } from '../../solver/graph/package-graph.ts';
import { recordOf } from '../../solver/graph/record.ts';
import { type Resolved, resolve } from '../../solver/graph/resolve.ts';
import { sccsOf } from '../../solver/graph/scc.ts';
import { checkResult } from '../../solver/install/check-result.ts';
import { indexIn } from '../../stages/first-round.ts';
import { makePlan } from '../../stages/make-plan.ts';
import type { Standing } from '../../stages/standing.ts';
import { groupStuck, stuckSources } from '../../stages/stuck.ts';
import { answersFor } from '../analyse.ts';
import { phase } from '../phase.ts';
import { changeOf, type DayRecord, type Moved, movedSince } from './day-change.ts';
import { graphPositions } from './graph-positions.ts';
import { daysIn } from './history-file.ts';
import { sourceFacts, sourceGraph } from './source-facts.ts';

/** Short cycles of up to so many sources are counted. */
const upTo = 4;
/** Moved dependencies that a line of the history keeps. */
const mostMoved = 50;

export interface DayRequest extends Pick<ReportDay, 'date' | 'suite' | 'command' | 'version' | 'inputs' | 'targets'> {
  readonly universe: Universe;
  /** All of the archive, when the universe is cut to its targets. */
  readonly archive?: Universe | undefined;
  readonly before?: DayRecord | undefined;
  readonly history: readonly HistoryEntry[];
  readonly run?: { readonly day: RunDay; readonly standing: ReadonlyMap<string, Standing> } | undefined;
  readonly timeLimitSeconds?: number | undefined;
}

export interface MadeDay {
  readonly day: ReportDay;
  readonly record: DayRecord;
  readonly entry: HistoryEntry;
}

/** What is needed besides what is declared: the fewest wishes, proved, each as the line to write. */
function neededOf(resolved: Resolved, wishes: readonly string[]): readonly Needed[] {
  if (wishes.length === 0) return [];
  const sources = wishes.map((name) => indexIn(resolved.graph.sources, name));
  return wishesOfSet(resolved, Buildable.of(resolved.graph), sources).map((w) => ({
    kind: w.drops.some((d) => d.conditional !== '') && w.purpose !== 'other' ? 'edit' : 'supply',
    source: w.source,
    version: resolved.choices.universe.sources[indexIn(resolved.graph.sources, w.source)]!.version,
    stage: w.stage,
    purpose: w.purpose,
    drops: w.drops.map(({ group, conditional, binary }) => ({ group, conditional, binary })),
    field: w.field,
    profile: w.profile,
    registered: w.registered,
    alone: w.alone,
    together: w.together,
  }));
}

/** Sources by the best archive of a run, of those that are here in the same version: a run of another archive says nothing. */
function builtBy({ sources }: Universe, run: DayRequest['run']): Pick<DayNumbers, 'staged' | 'interim' | 'final'> {
  const count = { staged: 0, interim: 0, final: 0, nothing: 0 };
  const versions = new Map(sources.map((s) => [s.name, s.version]));
  for (const { source, version } of new Map(run?.day.plan.builds.map((b) => [b.source, b]) ?? []).values())
    if (versions.get(source) === version) count[run!.standing.get(source)?.reached ?? 'nothing']++;
  return { staged: count.staged, interim: count.interim, final: count.final };
}

/** Sources that a plan speaks of, and of them those that it does not reach. */
function spokenOf(plan: Plan): { readonly all: ReadonlySet<string>; readonly stuck: ReadonlySet<string> } {
  const stuck = new Set(plan.stuck.map((s) => s.source));
  return { all: new Set([...plan.builds.map((b) => b.source), ...stuck]), stuck };
}

/** @param declared the plan with what is declared @param granted the plan with what is still needed */
function numbersOf(cycles: CyclesAnswer, whole: CyclesAnswer | undefined, declared: Plan, granted: Plan) {
  const { inSccs, sccs, largest } = cycles.counts;
  const counted = cycles.sccs.map((s) => s.shortCycles);
  const { all, stuck } = spokenOf(declared);
  const still = spokenOf(granted).stuck;
  return {
    sources: all.size,
    bootstrappable: all.size - stuck.size,
    withProposal: [...all].filter((name) => !still.has(name)).length,
    inCycles: inSccs,
    components: sccs,
    largest,
    shortCycles: counted.reduce((sum, c) => sum + c.counts.reduce((a, b) => a + b, 0), 0),
    shortUpTo: counted.length === 0 ? upTo : Math.min(...counted.map((c) => c.upTo)),
    archiveSources: whole?.counts.sources ?? 0,
    archiveInCycles: whole?.counts.inSccs ?? 0,
  };
}

/** What is solved of a day, before it is told: the numbers, the record that the next day is compared with, the line of the history. */
interface Solved {
  readonly resolved: Resolved;
  readonly declared: Plan;
  /** With everything granted that is still needed. */
  readonly plan: Plan;
  readonly cycles: CyclesAnswer;
  readonly whole: CyclesAnswer | undefined;
  readonly needed: readonly Needed[];
  readonly record: DayRecord;
  readonly entry: HistoryEntry;
  readonly moved: Moved | undefined;
}

type NumbersRequest = Pick<
  DayRequest,
  'universe' | 'archive' | 'date' | 'suite' | 'before' | 'run' | 'timeLimitSeconds'
>;

/** The numbers of a day without its pages: what the history needs. */
export async function makeNumbers(request: NumbersRequest): Promise<Solved> {
  const { universe, date, suite, before, run, timeLimitSeconds } = request;
  const { architecture } = universe;
  // As it was read: what was ruled out on the way to the plan is no change of the archive.
  const { whole: resolved, plan: declared } = await answersFor(universe, { timeLimitSeconds });
  const isStuck = declared.stuck.length > 0;
  if (isStuck) phase(`looking for what is still needed for ${declared.stuck.length} stuck sources`);
  const granted = isStuck ? await makePlan(resolved, { wishes: 'last-resort', timeLimitSeconds }) : undefined;
  const plan = granted?.plan ?? declared;
  phase('counting cycles');
  const cycles = cyclesOfUniverse(resolved, { upTo });
  const whole = request.archive && cyclesOfUniverse(resolve(request.archive), { upTo: 2 });
  const needed = neededOf(resolved, plan.wishes);
  const numbers: DayNumbers = {
    ...numbersOf(cycles, whole, declared, plan),
    supplies: needed.filter((n) => n.kind === 'supply').length,
    edits: needed.filter((n) => n.kind === 'edit').length,
    ...builtBy(universe, run),
  };
  const record: DayRecord = {
    format: 1,
    date,
    suite,
    architecture,
    numbers,
    sccs: cycles.sccs.map(({ id, sources }) => ({ id, sources })),
    selfCycles: cycles.selfCycles.map(({ source }) => ({ source })),
    record: recordOf(
      resolved.graph,
      universe.sources.map((s) => s.version),
    ),
  };
  const moved = before && movedSince(before, cycles, record.record);
  const entry: HistoryEntry = {
    format: 1,
    date,
    suite,
    architecture,
    numbers,
    events: moved?.events ?? [],
    added: moved?.added.slice(0, mostMoved) ?? [],
    removed: moved?.removed.slice(0, mostMoved) ?? [],
  };
  return { resolved, declared, plan, cycles, whole, needed, record, entry, moved };
}

/** Everything from one reading: about twice the time of `bootplan plan` on the same input. */
export async function makeDay(request: DayRequest): Promise<MadeDay> {
  const { universe, date, suite, before, history, run } = request;
  const { resolved, declared, plan, cycles, whole, needed, record, entry, moved } = await makeNumbers(request);
  phase('telling each source why');
  const graph = sourceGraph(resolved);
  const fullGraph = packageGraph(resolved.graph, 'full');
  const day: ReportDay = {
    format: 1,
    date,
    suite,
    architecture: universe.architecture,
    command: request.command,
    version: request.version,
    inputs: request.inputs,
    targets: request.targets,
    numbers: entry.numbers,
    cycles,
    archive: whole === undefined ? null : { counts: whole.counts, sccs: whole.sccs },
    check: checkResult(universe, { scope: 'full', failuresOnly: true, installations: false }),
    view: cycleView(fullGraph, sccsOf(fullGraph)),
    graph,
    positions: graphPositions(graph),
    plan,
    costs: plan.costs,
    stuck: groupStuck(stuckSources(declared)),
    needed,
    sources: sourceFacts({ resolved, cycles, plan, graph }),
    change: before === undefined || moved === undefined ? null : changeOf(before, moved),
    history: daysIn([...history, entry]),
    run: run?.day ?? null,
  };
  return { day, record, entry };
}
