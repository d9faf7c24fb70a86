/**
 * Whether a binary satisfies a relation: the one reading that every command shares. The universe has one architecture, as
 * a native build daemon has. The sources are deb-src-control(5), deb-control(5), apt and dpkg-checkbuilddeps(1). Where the
 * two programs disagree on a build dependency, it counts as unsatisfied, since a build needs the consent of both.
 *
 *     qualifier       a real binary satisfies it when               a provider does when
 *     none            it is of this architecture or `all`           the same
 *     `:any`          ... and is Multi-Arch: allowed                ... and is Multi-Arch: allowed
 *     `:native`       ... in Build-Depends, not Multi-Arch: foreign it is of this architecture or `all`
 *     `:ARCHITECTURE` in Build-Depends, it is of just that one      it is of this architecture or `all`, and so is the
 *                     elsewhere, `all` counts as this architecture  one that is named
 */
import type { Binary, Group, Relation } from '../../model.ts';
import { satisfies } from './version.ts';

/** Build-Depends are read by dpkg-checkbuilddeps as well; everything else, conflicts included, by apt and dpkg alone. */
export type Where = 'build' | 'run';

/** An unversioned Provides satisfies only unversioned relations; a real package's version is compared. */
const versionFits = (have: string | undefined, { op, version }: Relation): boolean =>
  op === undefined || version === undefined || (have !== undefined && satisfies(have, op, version));

function isOfArchitecture(binary: Binary, qualifier: string | undefined, architecture: string, where: Where): boolean {
  const own = binary.architecture;
  const isHere = own === architecture || own === 'all';
  switch (qualifier) {
    case undefined:
      return isHere;
    case 'any':
      return isHere && binary.multiArch === 'allowed';
    case 'native':
      return isHere && (where === 'run' || binary.multiArch !== 'foreign');
    default:
      if (where === 'build') return own === qualifier;
      return isHere ? qualifier === architecture || qualifier === 'all' : own === qualifier;
  }
}

function canProvide(binary: Binary, qualifier: string | undefined, architecture: string): boolean {
  const own = binary.architecture;
  if (own !== architecture && own !== 'all') return own === qualifier;
  if (qualifier === 'any') return binary.multiArch === 'allowed';
  return qualifier === undefined || qualifier === 'native' || qualifier === architecture;
}

/** Does it satisfy the relation by its own name? */
export const bears = (binary: Binary, relation: Relation, architecture: string, where: Where): boolean =>
  binary.name === relation.name &&
  versionFits(binary.version, relation) &&
  isOfArchitecture(binary, relation.qualifier, architecture, where);

/** Does it satisfy the relation by something that it provides? A name provided with a qualifier answers to that alone. */
export const provides = (binary: Binary, relation: Relation, architecture: string): boolean =>
  canProvide(binary, relation.qualifier, architecture) &&
  binary.provides.some(
    ({ name, qualifier, version }) =>
      name === relation.name &&
      (qualifier === undefined || qualifier === relation.qualifier) &&
      versionFits(version, relation),
  );

/** Does it satisfy the relation, by whatever name? */
export const satisfiesRelation = (binary: Binary, relation: Relation, architecture: string, where: Where): boolean =>
  bears(binary, relation, architecture, where) || provides(binary, relation, architecture);

/** Whether the answer can differ between Build-Depends and elsewhere. */
export const dependsOnPlace = ({ qualifier }: Relation): boolean => qualifier !== undefined && qualifier !== 'any';

/**
 * Which rule on qualifiers keeps a binary that has the name and a fitting version from satisfying the relation, in words;
 * undefined when no such rule does.
 */
export function misfit(binary: Binary, relation: Relation, architecture: string, where: Where): string | undefined {
  if (binary.name !== relation.name || !versionFits(binary.version, relation)) return undefined;
  if (satisfiesRelation(binary, relation, architecture, where)) return undefined;
  switch (relation.qualifier) {
    case 'any':
      return `${binary.name} is not Multi-Arch: allowed`;
    case 'native':
      return `${binary.name} is Multi-Arch: foreign, which :native leaves out`;
    default:
      return `${binary.name} is of architecture ${binary.architecture}`;
  }
}

/** The same for a group that nothing satisfies; '' when no rule on qualifiers is to blame. */
export const misfits = (group: Group, bearers: readonly Binary[], architecture: string, where: Where): string =>
  [
    ...new Set(group.flatMap((relation) => bearers.flatMap((b) => misfit(b, relation, architecture, where) ?? []))),
  ].join('; ');
