/**
 * The control file of a binary, as its package will carry it: what concerns this architecture, in Debian's field order.
 */

import type { BinarySplit, Group, Relation } from '../../model.ts';
import { binaryName } from '../../names.ts';
import { reduceGroups } from '../relations/reduce.ts';
import { formatGroups, parseGroups } from '../relations/relation.ts';
import { compareVersions } from '../relations/version.ts';
import type { Declared } from './project-shape.ts';
import { fieldText, type SourceYaml } from './yaml-source.ts';

/**
 * Versions are marked by the archive that a package goes to, and the metadata does not know which. In relations these
 * words stand for the mark of the package itself, and for that of the final archive.
 */
export const ownMark = '%mark%';
/** Stands for the mark of the archive, which is known only when the package is made. */
export const finalMark = '%final-mark%';

const relationFields = ['Pre-Depends', 'Depends', 'Provides', 'Conflicts', 'Breaks'] as const;
const textFields = ['Section', 'Priority', 'Multi-Arch'] as const;

/**
 * A relation to exactly the version of a binary of this distribution means the one that is built here, whose version
 * has a mark. Other binaries of the source have the mark of the package itself; another source's may have any.
 */
function marked(relation: Relation, ours: ReadonlyMap<string, Declared>, file: Declared['file']): Relation {
  const target = ours.get(relation.name);
  if (relation.version === undefined || target?.file === undefined) return relation;
  if (compareVersions(relation.version, target.binary.version) !== 0) return relation;
  const by = (mark: string): Relation => ({ ...relation, version: `${relation.version}${mark}` });
  if (relation.op === '=') return target.file === file ? by(ownMark) : { ...relation, op: '>=' };
  return relation.op === '<=' || relation.op === '>>' ? by(finalMark) : relation;
}

/**
 * @param ours the binaries of the whole distribution by name
 * @param host the architecture that it is for
 * @param profiles those that are active in every build
 */
export function splitOf(
  source: SourceYaml,
  declared: Declared,
  ours: ReadonlyMap<string, Declared>,
  host: string,
  profiles: ReadonlySet<string>,
): BinarySplit {
  const b = declared.yaml!;
  const relations = (field: (typeof relationFields)[number]): string => {
    const groups = reduceGroups(parseGroups(fieldText(b[field])).groups, host, profiles);
    if (field === 'Provides') return formatGroups(groups);
    return formatGroups(groups.map((group): Group => group.map((r) => marked(r, ours, declared.file))));
  };
  const optional = [
    ...textFields.map(
      (f) => [f, fieldText((b[f] ?? (f === 'Multi-Arch' ? undefined : source[f])) as string | undefined)] as const,
    ),
    ...relationFields.map((f) => [f, relations(f)] as const),
  ].filter(([, text]) => text !== '');
  const control: (readonly [string, string])[] = [
    ['Package', b.Package],
    ...(b.Package === source.Source ? [] : [['Source', source.Source] as const]),
    ['Version', source.Version],
    ['Architecture', declared.binary.architecture],
    ['Maintainer', source.Maintainer],
    ...(b.Essential ? [['Essential', 'yes'] as const] : []),
    ...optional,
    ['Description', b.Description],
  ];
  return { name: binaryName(b.Package), files: b.files ?? [], control: Object.fromEntries(control) };
}
