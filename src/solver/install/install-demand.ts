/** What a build asks to be installed: its build dependencies, and what every build daemon has. */

import { askedAlternatives } from '../../metadata/relations/asked-alternatives.ts';
import { crossToolchain } from '../../metadata/relations/cross.ts';
import type { Group, Universe, Variant } from '../../model.ts';
import type { Clash, InstallRules } from './install-rules.ts';
import type { Need } from './need.ts';

/** What has to be installed, and what must not be. */
export interface Demand {
  readonly needs: readonly Need[];
  readonly forbidden: readonly Clash[];
}

const buildEssential: Group = [{ name: 'build-essential', qualifier: 'native' }];

/**
 * What is installed for every build, asked for or not: each Essential binary (one version of each name), and
 * build-essential where the universe has it (a small distribution may do without); for another architecture its cross
 * toolchain, without which nothing is built.
 */
export function impliedNeeds(rules: InstallRules): readonly Need[] {
  const versions = new Map<string, number[]>();
  rules.universe.binaries.forEach(({ name, essential }, i) => {
    if (essential) versions.set(name, [...(versions.get(name) ?? []), i]);
  });
  const needs: Need[] = [...versions].map(([name, candidates]) => ({
    group: [{ name }],
    candidates: Int32Array.from(candidates),
  }));
  const tools = rules.needOf(buildEssential);
  const { architecture, buildArchitecture } = rules.universe;
  const cross = buildArchitecture === undefined ? [] : [rules.needOf([{ name: crossToolchain(architecture) }])];
  return [...cross, ...(tools.candidates.length === 0 ? [] : [tools]), ...needs];
}

/** The demand of one variant; `implied` is what every build daemon has. */
export function demandOf(
  rules: InstallRules,
  variant: Variant,
  implied: readonly Need[],
  alternatives: Universe['alternatives'],
): Demand {
  const asked = variant.buildDepends.map((group) => askedAlternatives(group, alternatives));
  return {
    needs: [...asked.map((group) => rules.needOf(group, 'build')), ...implied],
    forbidden: variant.buildConflicts.map((group) => rules.clashOf('Build-Conflicts', group)),
  };
}
