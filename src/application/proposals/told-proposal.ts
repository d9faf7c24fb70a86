/** A proposal as it is told: every line, stage and supply by its names, with what each of them moves. */
import { Bug } from '../../errors.ts';
import { isRegisteredProfile } from '../../metadata/relations/formula.ts';
import { formatGroup } from '../../metadata/relations/relation.ts';
import type { Plan, Universe } from '../../model.ts';
import { archiveSource } from '../../names.ts';
import { byteOrder } from '../../order.ts';
import { conditionProfile } from '../../solver/explain/asking-line.ts';
import type { EditClass } from '../../solver/explain/edit-class.ts';
import { isImplied } from '../../solver/explain/implied-dependencies.ts';
import { EditEffects } from '../../solver/propose/edit-effects.ts';
import type { EditGround } from '../../solver/propose/edit-ground.ts';
import type { EditLine } from '../../solver/propose/edit-lines.ts';
import type { EditProblem } from '../../solver/propose/edit-problem.ts';
import type { EditHit } from '../../solver/propose/edit-search.ts';
import type { Edited } from '../../solver/propose/edited-universe.ts';
import { costsOf } from '../../solver/propose/frontier.ts';
import type { NeverBuilt } from '../../solver/propose/never-built.ts';
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
import { lastDeclared, type StagesInUse } from '../../solver/propose/stages-in-use.ts';

/** What the plan installs of what nothing builds. */
export function giftsIn({ sources }: Universe, plan: Plan, never: readonly NeverBuilt[]): Pick<Proposal, 'given'> {
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

/** All that was found, in numbers. */
interface FoundProposal {
  readonly ground: EditGround;
  readonly problem: EditProblem;
  readonly hit: EditHit;
  readonly edited: Edited;
  /** With all that is proposed. */
  readonly plan: Plan;
  readonly stages: StagesInUse;
  readonly frontier: readonly FrontierRow[];
  readonly classes: readonly EditClass[];
}

/** @throws Bug when the plan wishes what is not proposed */
export function toldProposal(found: FoundProposal): Proposal {
  const { ground, problem, hit, edited, plan, stages: inUse, frontier, classes } = found;
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
        ...(line.switches.length > 0 && { switches: line.switches }),
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
      ...effects.withoutLinesOf(source, lines),
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
