/** `propose`: lines to change and sources to supply that let everything be built, proved, and closed by a plan. */
import { buildId } from '../../build-id.ts';
import { Bug } from '../../errors.ts';
import { isRegisteredProfile } from '../../metadata/relations/formula.ts';
import { formatGroup } from '../../metadata/relations/relation.ts';
import type { Choice, Plan, Universe } from '../../model.ts';
import { archiveSource, type SourceName } from '../../names.ts';
import { byteOrder } from '../../order.ts';
import { conditionProfile } from '../../solver/explain/asking-line.ts';
import { type EditClass, editClasses, knownClasses } from '../../solver/explain/edit-class.ts';
import { isImplied } from '../../solver/explain/implied-dependencies.ts';
import { resolve } from '../../solver/graph/resolve.ts';
import { EditEffects } from '../../solver/propose/edit-effects.ts';
import type { EditGround } from '../../solver/propose/edit-ground.ts';
import type { EditLine, Knowledge } from '../../solver/propose/edit-lines.ts';
import { type EditProblem, editProblem } from '../../solver/propose/edit-problem.ts';
import { cheapestEdits, type EditHit } from '../../solver/propose/edit-search.ts';
import { type Edited, editedUniverse } from '../../solver/propose/edited-universe.ts';
import { costsOf, frontierRow } from '../../solver/propose/frontier.ts';
import { groundOfProposal, type NeverBuilt } from '../../solver/propose/never-built.ts';
import type {
  FreeStage,
  FrontierRow,
  Proposal,
  ProposedEdit,
  ProposedGift,
  ProposedLine,
  ProposedStage,
  ProposedSupply,
} from '../../solver/propose/proposal.ts';
import { cutsNamed, type NamedCut, namedCuts } from '../../solver/propose/remembered-cuts.ts';
import { lastDeclared, StagesInUse } from '../../solver/propose/stages-in-use.ts';
import { triedLines } from '../../solver/propose/tried-lines.ts';
import { makePlan, type Planned } from '../../stages/make-plan.ts';
import { withStageNames } from '../../stages/stage-names.ts';
import { phase, secondsLeft } from '../output/phase.ts';
import { keepNeededEdits } from '../questions/needed-edits.ts';

/** How bold a proposal may be, and what it may rely on. */
export interface ProposeRequest {
  /** Most plausible first: the last row of the frontier is the answer. */
  readonly classes: readonly EditClass[];
  readonly knowledge: Knowledge;
  /** Also what fewer classes would cost. */
  readonly frontier: boolean;
  readonly timeLimitSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The sets of classes of which a frontier tells, each bolder than the one before. */
export const boldness: readonly (readonly EditClass[])[] = [
  [],
  ['documentation'],
  ['documentation', 'tests'],
  ['documentation', 'tests', 'bindings', 'biarch'],
  ['documentation', 'tests', 'bindings', 'biarch', 'features'],
];

interface Solved {
  readonly problem: EditProblem;
  readonly hit: EditHit;
}

/** A proposal, and the plan that shows that it is enough. */
export interface Closed {
  readonly proposal: Proposal;
  /** With all of it; its stages have the numbers that the proposal gives them. */
  readonly plan: Plan;
}

/** @param universe with the stages that build profiles declare */
export async function propose(universe: Universe, request: ProposeRequest): Promise<Proposal> {
  return (await proposeAndPlan(universe, request)).proposal;
}

/** The same with the plan that it leads to. */
export async function proposeAndPlan(whole: Universe, request: ProposeRequest): Promise<Closed> {
  const { classes, knowledge } = request;
  phase('choosing alternatives and providers');
  const { ground, given } = groundOfProposal(whole, resolve(whole));
  const { universe } = ground.resolved.choices;
  const solve = async (allowed: readonly EditClass[], learned: readonly NamedCut[]): Promise<Solved> => {
    phase('looking for the fewest supplies and edits');
    const seconds = secondsLeft(request.timeLimitSeconds);
    const deadline = seconds === undefined ? undefined : Date.now() + seconds * 1000;
    const problem = editProblem(ground, new Set(allowed), knowledge);
    const supposed = cutsNamed(universe, problem, learned);
    return { problem, hit: await cheapestEdits(problem, { deadline, signal: request.signal }, supposed) };
  };
  const rows = request.frontier ? boldness.filter((row) => row.every((c) => classes.includes(c))) : [];
  if (rows.at(-1)?.length !== classes.filter((c) => !knownClasses.has(c)).length) rows.push(classes);
  // Where less may be dropped, what is left of a cut is one too: the boldest row comes first, the others begin with its
  // cuts.
  const best = await solve(rows.at(-1)!, []);
  keepNeededEdits(whole, rows.at(-1)!, knowledge, { ...best, ground });
  const frontier = [frontierRow(rows.at(-1)!, best.problem, best.hit)];
  let learned = namedCuts(universe, best.problem, best.hit.cuts);
  for (const allowed of rows.slice(0, -1).reverse()) {
    const row = await solve(allowed, learned);
    learned = namedCuts(universe, row.problem, row.hit.cuts);
    frontier.unshift(frontierRow(allowed, row.problem, row.hit));
  }
  const { problem, hit } = best;
  const edited = editedUniverse(
    ground,
    hit.set.map((e) => problem.meaning[e]!),
  );
  const planned = await makePlan(resolve(edited.universe), {
    wishes: 'none',
    timeLimitSeconds: secondsLeft(request.timeLimitSeconds),
    signal: request.signal,
  });
  phase('telling the answer');
  const stages = new StagesInUse(universe, edited, planned.solution);
  const gifts = giftsIn(universe, planned.plan, given);
  const answer = { ...told(ground, problem, hit, edited, planned, stages, frontier, classes), ...gifts };
  const named = new Map(
    [...answer.edits, ...answer.declared].flatMap((e) => e.stages.map((s) => [buildId(e.source, s.stage), s])),
  );
  const nameOf = (source: SourceName, stage: number) => named.get(buildId(source, stages.numberOf(source, stage)));
  const isDeclared = ({ source, stage }: Choice) => stages.isDeclared(source, stage);
  return {
    proposal: knowledge.evidence.size === 0 ? answer : { ...answer, tried: triedLines(universe, knowledge) },
    plan: withStageNames({ ...planned.plan, unused: planned.plan.unused.filter(isDeclared) }, nameOf),
  };
}

/** What the plan installs of what nothing builds. */
function giftsIn({ sources }: Universe, plan: Plan, never: readonly NeverBuilt[]): Pick<Proposal, 'given'> {
  const installed = new Set(plan.given?.map((g) => archiveSource(g.source)));
  const given = never.flatMap(({ source, group, why }): readonly ProposedGift[] => {
    const { name, version, maintainer } = sources[source]!;
    return installed.has(archiveSource(name)) ? [{ source: name, version, maintainer, group, why }] : [];
  });
  return given.length === 0 ? {} : { given };
}

/** A name of the line that no kept line has, or the whole line. */
const nameOf = (line: EditLine, kept: ReadonlySet<string>): string =>
  line.group.map((r) => r.name).find((n) => !kept.has(n)) ?? line.text;

function told(
  ground: EditGround,
  problem: EditProblem,
  hit: EditHit,
  edited: Edited,
  { plan }: Planned,
  inUse: StagesInUse,
  frontier: readonly FrontierRow[],
  classes: readonly EditClass[],
): Proposal {
  const { universe } = ground.resolved.choices;
  const number = new Map(universe.sources.map((s, i) => [s.name, i]));
  const effects = new EditEffects(ground, problem, hit.set);
  const stagesFor = (source: number): readonly ProposedStage[] => {
    const { name, variants } = universe.sources[source]!;
    const made = edited.made.get(source);
    return inUse.of(name).map((stage) => {
      const m = made?.get(stage);
      const base = m?.base ?? variants.find((v) => v.stage === stage)!;
      const dropped = m?.dropped ?? [];
      const gone = new Set(dropped.map((l) => l.text));
      const kept = new Set(
        base.buildDepends
          .filter((g) => !gone.has(formatGroup(g)) && !isImplied(universe, g))
          .flatMap((g) => g.map((r) => r.name)),
      );
      const to = inUse.numberOf(name, stage);
      const own = dropped.map((l) => conditionProfile(universe.sources[source]!, to, l.profile, base));
      return {
        stage: to,
        profiles: [...new Set([...base.profiles, ...own])].sort(byteOrder),
        drops: [...new Set(dropped.map((l) => nameOf(l, kept)))].sort(byteOrder),
        omits: (m?.omits ?? []).map((b) => universe.binaries[b]!.name).sort(byteOrder),
      };
    });
  };
  const edits = [...edited.lines].map(([source, lines]): ProposedEdit => {
    const { name, version, maintainer, uploaders } = universe.sources[source]!;
    const stages = stagesFor(source);
    const stage = stages[0]?.stage ?? lastDeclared(universe.sources[source]!) + 1;
    const made = edited.made.get(source)!;
    const used = inUse.of(name).flatMap((s) => made.get(s) ?? []);
    const proposed = lines.map((line): ProposedLine => {
      const { base } = used.find((m) => m.dropped.includes(line)) ?? [...made.values()][0]!;
      const profile = conditionProfile(universe.sources[source]!, stage, line.profile, base);
      return {
        group: line.text,
        conditional: formatGroup(line.group.map((r) => ({ ...r, formula: [[`!${profile}`]] }))),
        binary: universe.binaries[line.binary]!.name,
        kind: line.kind,
        profile,
        registered: isRegisteredProfile(profile) && !profile.startsWith('pkg.'),
        because: line.because,
        cycles: effects.cyclesThrough(line),
      };
    });
    return {
      source: name,
      version,
      maintainer,
      uploaders,
      lines: proposed.sort((a, b) => b.cycles - a.cycles || byteOrder(a.group, b.group)),
      stages,
      cycles: proposed.reduce((sum, l) => sum + l.cycles, 0),
      leaving: effects.leaving(lines),
      together: effects.withoutLinesOf(source),
    };
  });
  const supplies = hit.set.flatMap((e): ProposedSupply[] => {
    const m = problem.meaning[e]!;
    if (m.kind !== 'supply') return [];
    const { name, version, maintainer } = universe.sources[m.source]!;
    const { chain, itself } = effects.cycleWithout(m.source);
    return [{ source: name, version, maintainer, chain, itself, together: effects.withoutSupply(m.source) }];
  });
  const declared = [...inUse.sources]
    .map((name) => number.get(name)!)
    .filter((s) => !edited.lines.has(s))
    .sort((a, b) => a - b)
    .map((s): FreeStage => ({ source: universe.sources[s]!.name, stages: stagesFor(s) }))
    .filter((f) => f.stages.length > 0);
  const costs = costsOf(hit);
  const wrong = plan.wishes.filter((w) => !supplies.some((s) => s.source === w));
  if (wrong.length > 0) throw new Bug(`the plan of a proposal wishes ${wrong.join(', ')} beside it`);
  const { least, index, required } = ground;
  const wanted = [...required.keys()].filter((s) => required[s] === 1);
  return {
    format: 1,
    architecture: universe.architecture,
    status: hit.status,
    classes,
    costs,
    supplies: supplies.sort((a, b) => b.together - a.together || byteOrder(a.source, b.source)),
    edits: edits.sort((a, b) => b.cycles - a.cycles || b.together - a.together || byteOrder(a.source, b.source)),
    declared,
    frontier,
    plan: {
      status: plan.status,
      costs: plan.costs,
      stuck: plan.stuck.map((s) => s.source),
      full: plan.builds.filter((b) => b.stage === 0 && b.round === 1).length,
    },
    sources: wanted.length,
    without: wanted.filter((s) => least.built[index.firstOf[s]!] === 1).length,
  };
}

/** All classes up to and with the boldest one named. */
export const classesUpTo = (boldest: EditClass | 'none'): readonly EditClass[] =>
  boldest === 'none' ? [] : editClasses.slice(0, editClasses.indexOf(boldest) + 1).filter((c) => !knownClasses.has(c));
