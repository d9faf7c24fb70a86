/**
 * What build daemons read of a group in Build-Depends: its first alternative alone (sbuild and wanna-build drop the
 * others, so that two builds of one source install the same), with later relations to the same name, which are about
 * its version. `any` takes the group as it is written, as apt-get build-dep does.
 */
import type { Group, Universe } from '../../model.ts';

const known = new WeakMap<Group, Group>();

/** The same group always gives the same one, so that it can be a key. */
export function askedAlternatives(group: Group, alternatives: Universe['alternatives']): Group {
  const [first] = group;
  if (alternatives === 'any' || group.length < 2 || group.every(({ name }) => name === first!.name)) return group;
  let asked = known.get(group);
  if (asked === undefined) {
    asked = group.filter(({ name }) => name === first!.name);
    known.set(group, asked);
  }
  return asked;
}
