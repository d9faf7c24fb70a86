/**
 * Can the build dependencies of a source be installed together? Exact, for every source: first the greedy witness,
 * which settles nearly all, then a complete search. Each yes has an installation, each no a reason.
 */
import { Bug } from '../errors.ts';
import type { Source, Universe, Variant } from '../model.ts';
import { type Cause, Cone } from './install-cone.ts';
import { type Demand, demandOf, impliedNeeds } from './install-demand.ts';
import { GreedyInstaller } from './install-greedy.ts';
import { type InstallRules, installRules } from './install-rules.ts';
import { solveSat } from './sat.ts';

/** Indices of binaries installed together, ascending: closed under needs and free of clashes. */
export type Installation = { readonly installable: true; readonly installation: Int32Array };

/**
 * A reason, from the build outwards: needs that have to be fulfilled and clashes that forbid it. It holds on its own,
 * no part of it can be left out, and no other reason ends nearer to the build.
 */
export type Refusal = { readonly installable: false; readonly reason: readonly Cause[] };

export type Verdict = { readonly source: Source; readonly variant: Variant } & (Installation | Refusal);

/** The complete search, over everything that could be drawn in. */
export function search(rules: InstallRules, demand: Demand): Installation | Refusal {
  const cone = new Cone(rules, demand);
  while (cone.grow());
  const answer = solveSat(cone.binaries.length, cone.clauses);
  if (!answer.satisfiable) return { installable: false, reason: reasonOf(rules, demand) };
  const installation = Int32Array.from(cone.binaries.filter((_, variable) => answer.model[variable] === 1)).sort();
  return { installable: true, installation };
}

/** The nearest contradiction, with everything left out that it does not take. */
function reasonOf(rules: InstallRules, demand: Demand): readonly Cause[] {
  const cone = new Cone(rules, demand);
  for (;;) {
    const answer = solveSat(cone.binaries.length, cone.clauses);
    if (!answer.satisfiable) return shrink(cone, answer.core).map((clause) => cone.causes[clause]!);
    if (!cone.grow()) throw new Bug('a contradiction found once was not found again');
  }
}

/** Leaves out one clause after the other, the farthest first, as long as the rest still contradict each other. */
function shrink(cone: Cone, core: readonly number[]): readonly number[] {
  let kept = core;
  for (const clause of core.toReversed()) {
    const rest = kept.filter((other) => other !== clause);
    const answer = solveSat(
      cone.binaries.length,
      rest.map((other) => cone.clauses[other]!),
    );
    if (!answer.satisfiable) kept = rest;
  }
  return kept;
}

/** Which builds are asked about: the full ones, one stage, or all. */
export type Scope = 'full' | 'all' | number;

const inScope = (scope: Scope, { stage }: Variant): boolean =>
  scope === 'all' || stage === (scope === 'full' ? 0 : scope);

/**
 * The verdicts, one after the other, sources in byte order and stages ascending.
 * @param sources indices of the sources asked about; all when left out
 */
export function* checkBuilds(universe: Universe, scope: Scope, sources?: ReadonlySet<number>): Generator<Verdict> {
  const rules = installRules(universe);
  const implied = impliedNeeds(rules);
  const base = search(rules, { needs: implied, forbidden: [] });
  const greedy = base.installable ? new GreedyInstaller(rules, base.installation) : undefined;
  const settle = (variant: Variant): Installation | Refusal => {
    if (greedy === undefined) return base; // what every build needs cannot be had
    const demand = demandOf(rules, variant, implied, universe.alternatives);
    const installation = greedy.install(demand);
    return installation === undefined ? search(rules, demand) : { installable: true, installation };
  };
  for (const [index, source] of universe.sources.entries()) {
    if (sources !== undefined && !sources.has(index)) continue;
    for (const variant of source.variants) {
      if (inScope(scope, variant)) yield { source, variant, ...settle(variant) };
    }
  }
}
