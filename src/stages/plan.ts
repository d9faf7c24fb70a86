/** Solution -> Plan: every build in order, with what it has installed, what it needs, and why it is built. */
import { noVertex } from '../indices.ts';
import type { Plan, Solution, Stuck, Universe } from '../model.ts';
import { byteOrder } from '../order.ts';
import type { Resolved } from '../solver/graph/resolve.ts';
import { demandOf } from '../solver/install/install-demand.ts';
import { InstallWorld } from '../solver/install/install-world.ts';
import { firstRound, indexIn, type Step } from './first-round.ts';
import { type AskedFor, type LaidOut, Layout, setWords, suppliesOf } from './layout.ts';
import { neverClean } from './never-clean.ts';

/** A plan, and what its making has found that no solution on the graph can see. */
export interface Draft {
  readonly plan: Plan;
  /** Builds that are in the solution, and that conflicts forbid at every moment. */
  readonly refused: ReturnType<typeof firstRound>['refused'];
  /** Sources that are built, and never clean. */
  readonly neverClean: readonly Stuck[];
  readonly world: InstallWorld;
}

/** What in a set fulfils each group of Build-Depends: the first candidate that is installed. */
function askedFor({ choices: { universe } }: Resolved, { rules }: InstallWorld): AskedFor {
  return ({ source, stage }, isInstalled) => {
    const variant = universe.sources[source]!.variants.find((v) => v.stage === stage)!;
    const { needs } = demandOf(rules, variant, [], universe.alternatives);
    return needs.map(({ candidates }) => candidates.find(isInstalled)!);
  };
}

/**
 * The plan of a solution (rules M4, M7, M8). First round; then every tainted full build whose inputs can now be clean
 * again, once: by then each of its inputs has a full build, so one rebuild is enough and nothing is built a third time
 * on account of the direct rule; then one comparison round: every source that a stage or a wish started is built again,
 * from the newest full builds, its own kind among them.
 */
export function draftPlan(resolved: Resolved, solution: Solution): Draft {
  const { graph } = resolved;
  const { universe } = resolved.choices;
  const { steps: first, world, refused } = firstRound(resolved, solution);
  const layout = new Layout(resolved, solution, first);
  for (const step of first) layout.add(step);
  const interim = new Set(layout.builds.flatMap((b) => (b.archive === 'interim' ? [b.step.source] : [])));
  // From here on full builds are all there is to install, where they will do, and the same in every round.
  const fulls = first.flatMap((s) => (s.stage === 0 ? universe.sources[s.source]!.variants[0]!.produces : []));
  const given = [...resolved.given.keys()].filter((b) => resolved.given[b] === 1);
  // What a wish stands for is there for good where nothing builds its source.
  const built = new Set(first.flatMap((s) => (s.stage === 0 ? [s.source] : [])));
  const wishedOnly = new Set(solution.wishes.map((name) => indexIn(graph.sources, name)).filter((s) => !built.has(s)));
  const forGood = [...resolved.binaryOf].filter((b) => wishedOnly.has(universe.binaries[b]!.source ?? noVertex));
  const settled = new InstallWorld(world.rules, [...given, ...fulls, ...forGood]);
  const later = (step: Step): Step => {
    const variant = universe.sources[step.source]!.variants[0]!;
    const clean = settled.install(variant);
    const answer = clean.installable ? clean : world.install(variant);
    return answer.installable ? { ...step, set: answer.installation } : step;
  };
  const started = new Set([...solution.wishes, ...solution.choices.map((c) => c.source)]);
  const isStarted = ({ source }: Step) => started.has(graph.sources[source]!);
  const full = first
    .filter((s) => s.stage === 0 && (interim.has(s.source) || isStarted(s)))
    .sort((a, b) => a.source - b.source)
    .map(later);
  const again = full.filter((s) => interim.has(s.source) && layout.isClean(s));
  for (const s of again) layout.add({ ...s, round: 2, why: 'rebuild' });
  const rebuilt = new Set(again.map((s) => s.source));
  for (const s of full.filter((s) => isStarted(s) && layout.isClean(s)))
    layout.add({ ...s, round: rebuilt.has(s.source) ? 3 : 2, why: 'compare' });
  const asked = askedFor(resolved, world);
  const directly = (b: LaidOut): readonly number[] => {
    const installed = new Set(b.step.set);
    return [...asked(b.step, (x) => installed.has(x)), ...world.base];
  };
  const costs = costsOf(solution, again.length);
  const words = setWords(resolved, layout, world.base, asked);
  const supplied = suppliesOf(graph, solution.wishes);
  const plan: Plan = {
    format: 1,
    architecture: universe.architecture,
    status: statusOf(solution, costs),
    costs,
    builds: layout.builds.map((b) => {
      const { step: _, needs, taintedBy, wave, why, ...build } = b;
      return { ...build, ...words.wordsOf(b), needs, taintedBy, wave, why };
    }),
    runtime: words.runtime,
    ...(words.environment.length > 0 && { environment: words.environment }),
    wishes: solution.wishes,
    ...(supplied.length > 0 && { supplied }),
    ...givenIn(universe, layout),
    stuck: solution.stuck.toSorted((a, b) => byteOrder(a.source, b.source)),
    unused: solution.unused,
    seed: universe.seed,
    ...(universe.native && { native: universe.native }),
    sccs: solution.sccs,
  };
  return { plan, refused, neverClean: neverClean(layout, world.rules, graph, directly), world };
}

/** What builds install of what comes from outside for good. */
function givenIn({ given = [], binaries }: Universe, { builds }: Layout): Pick<Plan, 'given'> {
  if (given.length === 0) return {};
  const installed = new Set(builds.flatMap(({ step }) => [...step.set].map((b) => binaries[b]!.name)));
  const used = given.flatMap(({ source, binaries: names }) => {
    const own = names.filter((name) => installed.has(name));
    return own.length === 0 ? [] : [{ source, binaries: own }];
  });
  return used.length === 0 ? {} : { given: used };
}

/**
 * The solver counts rebuilds on one choice of alternatives, and without the seed's copies. Those copies, and
 * the essential packages that every build has installed, can only taint more builds. Where the plan still has fewer
 * rebuilds than the solver's lower bound, that bound does not hold and counts as 0.
 */
function costsOf(solution: Solution, rebuilds: number): Plan['costs'] {
  return solution.costs.map((c) =>
    c.criterion === 'rebuilds' ? { ...c, value: rebuilds, lowerBound: rebuilds < c.lowerBound ? 0 : c.lowerBound } : c,
  );
}

function statusOf({ status, stuck }: Solution, costs: Plan['costs']): Plan['status'] {
  if (stuck.length > 0) return 'none';
  return status === 'optimal' && costs.some((c) => c.value !== c.lowerBound) ? 'bounded' : status;
}
