/**
 * What "installed together" means, said as plainly as possible and checked by looking at everything: the judge of the
 * installations that bootplan finds. It shares no code with the search, but the comparison of versions.
 */
import { satisfies } from '../../src/metadata/relations/version.ts';
import type { Binary, Group, Relation, Universe, Variant } from '../../src/model.ts';

const show = (group: Group) => group.map((r) => `${r.name}${r.op ? ` (${r.op} ${r.version})` : ''}`).join(' | ');

function versionIs(have: string | undefined, relation: Relation): boolean {
  if (relation.op === undefined) return true;
  return have !== undefined && satisfies(have, relation.op, relation.version!);
}

/** Does this binary, by its own name or one it provides, satisfy the relation on a machine of one architecture? */
export function meets(
  binary: Binary,
  relation: Relation,
  architecture: string,
  where: 'build' | 'unwanted' | 'run' = 'run',
): boolean {
  const inBuild = where === 'build';
  const isNamed = relation.qualifier === 'native' || relation.qualifier === architecture;
  if (where === 'unwanted' && [architecture, 'all'].includes(binary.architecture)) {
    // dpkg heeds no qualifier of a name that is provided; apt compares the provider's own version once there is one.
    const fits = (v: string | undefined) => versionIs(v, relation) || (isNamed && versionIs(binary.version, relation));
    if (binary.provides.some((p) => p.name === relation.name && fits(p.version))) return true;
  }
  const own = binary.architecture === 'all' ? architecture : binary.architecture;
  const asked = relation.qualifier ?? 'native';
  if (own !== (asked === 'any' || asked === 'native' ? architecture : asked)) return false;
  if (asked === 'any' && binary.multiArch !== 'allowed') return false;
  const isOld = inBuild && isNamed && !versionIs(binary.version, relation);
  if (!isOld && binary.provides.some((p) => p.name === relation.name && versionIs(p.version, relation))) return true;
  if (inBuild && relation.qualifier === 'native' && binary.multiArch === 'foreign') return false;
  if (inBuild && relation.qualifier === architecture && binary.architecture === 'all') return false;
  return binary.name === relation.name && versionIs(binary.version, relation);
}

/** Everything that is wrong with installing these binaries for this build; empty when nothing is. */
export function faults(universe: Universe, variant: Variant, installation: readonly Binary[]): string[] {
  const { architecture, binaries } = universe;
  const wrong: string[] = [];
  const installed = (group: Group, where: 'build' | 'unwanted' | 'run' = 'run') =>
    installation.some((b) => group.some((r) => meets(b, r, architecture, where)));
  const buildEssential: Group = [{ name: 'build-essential' }];
  const offered = binaries.some((b) => meets(b, buildEssential[0]!, architecture));
  for (const group of [...variant.buildDepends, ...(offered ? [buildEssential] : [])]) {
    if (!installed(group, 'build')) wrong.push(`the build needs ${show(group)}`);
  }
  for (const essential of binaries.filter((b) => b.essential)) {
    const there = installation.some((b) => b.essential && b.name === essential.name);
    if (!there) wrong.push(`${essential.name} is essential`);
  }
  for (const group of variant.buildConflicts) {
    if (installed(group, 'unwanted')) wrong.push(`the build conflicts with ${show(group)}`);
  }
  for (const [i, binary] of installation.entries()) {
    for (const group of binary.depends) if (!installed(group)) wrong.push(`${binary.name} needs ${show(group)}`);
    for (const [j, other] of installation.entries()) {
      if (i === j) continue;
      if (binary.name === other.name) wrong.push(`${binary.name} is installed twice`);
      for (const group of [...binary.conflicts, ...binary.breaks]) {
        if (group.some((r) => meets(other, r, architecture))) wrong.push(`${binary.name} clashes with ${other.name}`);
      }
    }
  }
  return wrong;
}

/** Is there any installation at all? By trying every subset, so for a dozen binaries at most. */
export function someInstallation(universe: Universe, variant: Variant): boolean {
  const { binaries } = universe;
  if (binaries.length > 14) throw new Error(`${binaries.length} binaries are too many to try every subset`);
  for (let world = 0; world < 1 << binaries.length; world++) {
    const installation = binaries.filter((_, i) => (world >> i) & 1);
    if (faults(universe, variant, installation).length === 0) return true;
  }
  return false;
}
