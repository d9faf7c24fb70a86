/**
 * One day's report as a value: what was read is solved once, and everything that the pages tell is derived from that.
 */
import type { Plan, Universe } from '../../model.ts';
import type { DayNumbers, HistoryEntry, Needed, ReportDay, RunDay } from '../../reports/site/report-day.ts';
import { cycleView } from '../../solver/cycles/cycle-view.ts';
import { cyclesOfUniverse } from '../../solver/cycles/cycles.ts';
import type { CyclesAnswer } from '../../solver/cycles/cycles-answer.ts';
import { packageGraph } from '../../solver/graph/package-graph.ts';
import { recordOf } from '../../solver/graph/record.ts';
import { type Resolved, resolve } from '../../solver/graph/resolve.ts';
import { sccsOf } from '../../solver/graph/scc.ts';
import { checkResult } from '../../solver/install/check-result.ts';
import { noKnowledge } from '../../solver/propose/edit-lines.ts';
import type { Proposal } from '../../solver/propose/proposal.ts';
import type { Standing } from '../../stages/standing.ts';
import { groupStuck, stuckSources } from '../../stages/stuck.ts';
import { answersFor } from '../analyse.ts';
import { phase } from '../output/phase.ts';
import { classesUpTo, proposeAndPlan } from '../proposals/propose.ts';
import { changeOf, type DayRecord, type Moved, movedSince } from './day-change.ts';
import { graphPositions } from './graph-positions.ts';
import { daysIn } from './history-file.ts';
import { sourceFacts, sourceGraph } from './source-facts.ts';

/** Short cycles of up to so many sources are counted. */
const upTo = 4;
/** Moved dependencies that a line of the history keeps. */
const mostMoved = 50;

/** What the day is about, read already. */
export interface DayRequest extends Pick<ReportDay, 'date' | 'suite' | 'command' | 'version' | 'inputs' | 'targets'> {
  readonly universe: Universe;
  /** The same with the stages that build profiles promise; without it, what is declared is all there is. */
  readonly promised?: Universe | undefined;
  /** All of the archive, when the universe is cut to its targets. */
  readonly archive?: Universe | undefined;
  readonly before?: DayRecord | undefined;
  readonly history: readonly HistoryEntry[];
  readonly run?: { readonly day: RunDay; readonly standing: ReadonlyMap<string, Standing> } | undefined;
  readonly timeLimitSeconds?: number | undefined;
}

/** The day, and what the next one is compared with. */
export interface MadeDay {
  readonly day: ReportDay;
  readonly record: DayRecord;
  readonly entry: HistoryEntry;
}

/** What people would have to do, those first who can do it in the archive itself. */
const neededOf = (proposal: Proposal | undefined): readonly Needed[] =>
  proposal === undefined
    ? []
    : [
        ...proposal.edits.map((e) => ({ kind: 'edit' as const, ...e })),
        ...proposal.supplies.map((s) => ({ kind: 'supply' as const, ...s })),
      ];

/**
 * Sources by the best archive of a run, of those that are here in the same version: a run of another archive says
 * nothing.
 */
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

/** @param declared the plan with what is declared */
function numbersOf(
  cycles: CyclesAnswer,
  whole: CyclesAnswer | undefined,
  declared: Plan,
  proposal: Proposal | undefined,
): Omit<DayNumbers, 'staged' | 'interim' | 'final'> {
  const { inSccs, sccs, largest } = cycles.counts;
  const counted = cycles.sccs.map((s) => s.shortCycles);
  const { all, stuck } = spokenOf(declared);
  const still = new Set(proposal?.plan.stuck ?? stuck);
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
    supplies: proposal?.supplies.length ?? 0,
    edits: proposal?.edits.length ?? 0,
  };
}

/**
 * What is solved of a day, before it is told: the numbers, the record that the next day is compared with, the line of
 * the history.
 */
interface Solved {
  readonly resolved: Resolved;
  readonly declared: Plan;
  /** With everything granted that is still needed. */
  readonly plan: Plan;
  readonly cycles: CyclesAnswer;
  readonly whole: CyclesAnswer | undefined;
  readonly proposal: Proposal | undefined;
  readonly record: DayRecord;
  readonly entry: HistoryEntry;
  readonly moved: Moved | undefined;
}

type NumbersRequest = Pick<
  DayRequest,
  'universe' | 'promised' | 'archive' | 'date' | 'suite' | 'before' | 'run' | 'timeLimitSeconds'
>;

/** The numbers of a day without its pages: what the history needs. */
export async function makeNumbers(request: NumbersRequest): Promise<Solved> {
  const { universe, date, suite, before, run, timeLimitSeconds } = request;
  const { architecture } = universe;
  // As it was read: what was ruled out on the way to the plan is no change of the archive.
  const { whole: resolved, plan: declared } = await answersFor(universe, { timeLimitSeconds });
  const isStuck = declared.stuck.length > 0;
  if (isStuck) phase(`looking for what is still needed for ${declared.stuck.length} stuck sources`);
  const closed = isStuck
    ? await proposeAndPlan(request.promised ?? universe, {
        classes: classesUpTo('biarch'),
        knowledge: noKnowledge,
        frontier: false,
        timeLimitSeconds,
      })
    : undefined;
  const plan = closed?.plan ?? declared;
  phase('counting cycles');
  const cycles = cyclesOfUniverse(resolved, { upTo });
  const whole = request.archive && cyclesOfUniverse(resolve(request.archive), { upTo: 2 });
  const proposal = closed?.proposal;
  const numbers: DayNumbers = { ...numbersOf(cycles, whole, declared, proposal), ...builtBy(universe, run) };
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
  return { resolved, declared, plan, cycles, whole, proposal, record, entry, moved };
}

/** Everything from one reading: about twice the time of `bootplan plan` on the same input. */
export async function makeDay(request: DayRequest): Promise<MadeDay> {
  const { universe, date, suite, before, history, run } = request;
  const { resolved, declared, plan, cycles, whole, proposal, record, entry, moved } = await makeNumbers(request);
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
    needed: neededOf(proposal),
    proposal: proposal ?? null,
    sources: sourceFacts({ resolved, cycles, plan, graph, added: moved?.added ?? [] }),
    change: before === undefined || moved === undefined ? null : changeOf(before, moved),
    history: daysIn([...history, entry]),
    run: run?.day ?? null,
  };
  return { day, record, entry };
}
