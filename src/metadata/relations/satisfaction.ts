/**
 * Whether a binary satisfies a relation: the one reading that every command shares. The universe has one architecture,
 * as a native build daemon has. The sources are deb-src-control(5), deb-control(5), apt and dpkg-checkbuilddeps(1).
 * Where the two programs disagree on a build dependency, it counts as unsatisfied, since a build needs the consent of
 * both.
 *
 *     qualifier       a real binary satisfies it when               a provider does when
 *     none            it is of this architecture or `all`           the same
 *     `:any`          ... and is Multi-Arch: allowed                ... and is Multi-Arch: allowed
 *     `:native`       ... in Build-Depends, not Multi-Arch: foreign it is of this architecture or `all`
 *     `:ARCHITECTURE` in Build-Depends, it is of just that one      it is of this architecture or `all`, and so is the
 *                     elsewhere, `all` counts as this architecture  one that is named
 *
 * A version of a name that is provided is compared with the one that it is provided in. In Build-Depends apt compares
 * it with the provider's own once the name has `:native` or `:ARCHITECTURE`, and dpkg does not: there both have to fit.
 *
 * In Build-Conflicts the consent of both turns round: what one of the two programs takes for unwanted is. dpkg heeds no
 * qualifier of a name that is provided.
 */
import type { Binary, Group, Relation } from '../../model.ts';
import { satisfies } from './version.ts';

/**
 * Build-Depends and Build-Conflicts (`unwanted`) are read by dpkg-checkbuilddeps as well; everything else by apt and
 * dpkg alone.
 */
export type Where = 'build' | 'unwanted' | 'run';

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
      return isHere && (where !== 'build' || binary.multiArch !== 'foreign');
    default:
      if (where === 'build') return own === qualifier;
      return isHere ? qualifier === architecture || qualifier === 'all' : own === qualifier;
  }
}

function canProvide(binary: Binary, qualifier: string | undefined, architecture: string, where: Where): boolean {
  const own = binary.architecture;
  if (own !== architecture && own !== 'all') return own === qualifier;
  if (where === 'unwanted') return true;
  if (qualifier === 'any') return binary.multiArch === 'allowed';
  return qualifier === undefined || qualifier === 'native' || qualifier === architecture;
}

/** Does it satisfy the relation by its own name? */
export const bears = (binary: Binary, relation: Relation, architecture: string, where: Where): boolean =>
  binary.name === relation.name &&
  versionFits(binary.version, relation) &&
  isOfArchitecture(binary, relation.qualifier, architecture, where);

/**
 * Does it satisfy the relation by something that it provides? A name provided with a qualifier answers to that alone.
 */
export const provides = (binary: Binary, relation: Relation, architecture: string, where: Where): boolean =>
  canProvide(binary, relation.qualifier, architecture, where) &&
  binary.provides.some(
    ({ name, qualifier, version }) =>
      name === relation.name &&
      (qualifier === undefined || qualifier === relation.qualifier) &&
      providedVersionFits(binary.version, version, relation, architecture, where),
  );

function providedVersionFits(
  own: string,
  provided: string | undefined,
  relation: Relation,
  architecture: string,
  where: Where,
): boolean {
  const fits = versionFits(provided, relation);
  if (where === 'run' || (relation.qualifier !== 'native' && relation.qualifier !== architecture)) return fits;
  return where === 'build' ? fits && versionFits(own, relation) : fits || versionFits(own, relation);
}

/** Does it satisfy the relation, by whatever name? */
export const satisfiesRelation = (binary: Binary, relation: Relation, architecture: string, where: Where): boolean =>
  bears(binary, relation, architecture, where) || provides(binary, relation, architecture, where);

/** Whether the answer there can be another one than for what is needed at run time. */
export const dependsOnPlace = ({ qualifier }: Relation, where: Where): boolean =>
  where !== 'run' && qualifier !== undefined && (where === 'unwanted' || qualifier !== 'any');

/**
 * Which rule on qualifiers keeps a binary that has the name and a fitting version from satisfying the relation, in
 * words; undefined when no such rule does.
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
