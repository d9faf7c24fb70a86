/**
 * Can the build dependencies of a source be installed together? Exact, for every source: first the greedy witness,
 * which settles nearly all, then a complete search. Each yes has an installation, each no a reason.
 */
import { architectureMatches } from '../../metadata/relations/architecture.ts';
import type { Source, Variant } from '../../model.ts';
import { demandOf, impliedNeeds } from './install-demand.ts';
import { GreedyInstaller } from './install-greedy.ts';
import type { InstallRules } from './install-rules.ts';
import { type Installation, type Refusal, search } from './install-search.ts';

/** Which of the builds -B and -A of a source that cannot be built as a whole can be done by itself. */
export type Parts = Readonly<Record<'arch' | 'all', boolean>>;

/** The verdict on one build: how it can be installed, or why it cannot. */
export type Verdict = { readonly source: Source; readonly variant: Variant; readonly parts?: Parts } & (
  | Installation
  | Refusal
);

/** A source without Architecture (no index has one) is built everywhere. */
const isBuiltOn = (architecture: string, { architectures }: Source): boolean =>
  architectures.length === 0 || architectures.some((a) => a === 'all' || architectureMatches(architecture, a));

/** Which builds are asked about: the full ones, one stage, or all. */
export type Scope = 'full' | 'all' | number;

const inScope = (scope: Scope, { stage }: Variant): boolean =>
  scope === 'all' || stage === (scope === 'full' ? 0 : scope);

/**
 * The verdicts, one after the other, sources in byte order and stages ascending. Sources that this architecture does
 * not build have none.
 * @param sources indices of the sources asked about; all when left out
 */
export function* checkBuilds(rules: InstallRules, scope: Scope, sources?: ReadonlySet<number>): Generator<Verdict> {
  const { universe } = rules;
  const implied = impliedNeeds(rules);
  const base = search(rules, { needs: implied, forbidden: [] });
  const greedy = base.installable ? new GreedyInstaller(rules, base.installation) : undefined;
  const settle = (variant: Variant): Installation | Refusal => {
    if (greedy === undefined) return base; // what every build needs cannot be had
    // The base has what is implied.
    const asked = demandOf(rules, variant, [], universe.alternatives);
    const installation = greedy.install(asked);
    if (installation !== undefined) return { installable: true, installation };
    const demand = { ...asked, needs: [...asked.needs, ...implied] };
    return search(rules, demand, undefined, undefined, greedy.isInBase);
  };
  for (const [index, source] of universe.sources.entries()) {
    if (sources !== undefined && !sources.has(index)) continue;
    if (!isBuiltOn(universe.architecture, source)) continue;
    for (const variant of source.variants) {
      if (!inScope(scope, variant)) continue;
      const answer = settle(variant);
      const parts = answer.installable ? undefined : variant.parts;
      const can = (part: 'arch' | 'all') => settle({ ...variant, ...parts![part] }).installable;
      yield { source, variant, ...answer, ...(parts && { parts: { arch: can('arch'), all: can('all') } }) };
    }
  }
}
