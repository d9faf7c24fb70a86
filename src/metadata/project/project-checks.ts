/** What does not fit together between the files of a metadata directory, each at its line. */
import type { Binary, Diagnostic, Group, Source } from '../../model.ts';
import { nearest } from '../../text/nearest-names.ts';
import { isProvided, nameIndex } from '../relations/provided.ts';
import { formatGroup } from '../relations/relation.ts';
import type { Path, YamlFile } from '../yaml/yaml.ts';
import type { Declared, SourceFile } from './project-shape.ts';
import { groupsAt } from './yaml-source.ts';

/** Names that are there twice, each at its second place; of a source that is, only the source. */
export function duplicates(
  files: readonly SourceFile[],
  declared: readonly Declared[],
  seed: YamlFile | undefined,
): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const firstSource = new Map<string, YamlFile>();
  const again = new Set<SourceFile>();
  for (const file of files) {
    const { yaml, value } = file;
    const first = firstSource.get(value.Source);
    if (first) {
      again.add(file);
      const message = `source ${value.Source} is declared twice; first in ${first.file}`;
      problems.push(
        yaml.problem(['Source'], { code: 'BP112', severity: 'error', message, help: 'keep one of the two files' }),
      );
    } else firstSource.set(value.Source, yaml);
  }
  const firstBinary = new Map<string, string>();
  for (const d of declared) {
    if (d.file && again.has(d.file)) continue;
    const where = d.file?.yaml ?? seed;
    const first = firstBinary.get(d.binary.name);
    if (first !== undefined && where) {
      const message = `binary ${d.binary.name} is declared twice; first in ${first}`;
      problems.push(
        where.problem(d.place, { code: 'BP112', severity: 'error', message, help: 'a binary comes from one source' }),
      );
    } else firstBinary.set(d.binary.name, where?.file ?? '');
  }
  return problems;
}

/**
 * Dependencies that nothing at all can satisfy, at the line that asks for them.
 *
 * @param asBuilt a build dependency as written -> as it is asked for by a build
 * @param inForce what is left of a dependency of a binary on this architecture
 */
export function unprovided(
  files: readonly SourceFile[],
  sources: readonly Source[],
  binaries: readonly Binary[],
  asBuilt: (group: Group, file: SourceFile) => Group,
  inForce: (group: Group, file: SourceFile) => readonly Group[],
  architecture: string,
  crossed: boolean,
): Diagnostic[] {
  const index = nameIndex(binaries, architecture);
  const problems: Diagnostic[] = [];
  const judge = (
    yaml: YamlFile,
    path: Path,
    value: unknown,
    live: (group: string) => boolean,
    meant: (group: Group) => Group | undefined,
  ) => {
    const texts =
      typeof value === 'string'
        ? [{ at: path, text: value }]
        : ((value as readonly string[] | undefined) ?? []).map((text, i) => ({ at: [...path, i], text }));
    for (const { at, text } of texts) {
      for (const group of groupsAt(yaml, at, text).groups) {
        const wanted = meant(group);
        if (
          wanted === undefined ||
          isProvided(index, wanted, path[0] === 'Packages' ? 'run' : 'build') ||
          !live(wanted[0]!.name)
        )
          continue;
        const name = group[0]!.name;
        const known = binaries.filter((b) => b.name === name).map((b) => b.version);
        const guess = nearest(
          name,
          binaries.map((b) => b.name),
        );
        const help =
          known.length > 0
            ? group.some((r) => r.qualifier === 'any') &&
              !binaries.some((b) => b.name === name && b.multiArch === 'allowed')
              ? `${name} is not Multi-Arch: allowed, so nothing satisfies :any; ask for ${name}`
              : `${name} is here in version ${known.join(', ')}`
            : guess
              ? `did you mean \`${guess}\`?`
              : `add a source that builds ${name}, or put it in the seed`;
        const message = `nothing provides ${formatGroup(group)}${crossed ? ` for ${architecture}` : ''}`;
        problems.push(
          yaml.problem(
            at,
            { code: 'BP115', severity: 'error', message, help },
            { offset: Math.max(0, text.indexOf(name)), length: name.length },
          ),
        );
      }
    }
  };
  files.forEach((file, s) => {
    const { yaml, value } = file;
    // A group that architecture or profiles switch off in every variant asks for nothing.
    const asked = new Set(sources[s]!.variants.flatMap((v) => v.buildDepends.flatMap((g) => g.map((r) => r.name))));
    for (const [field, relations] of Object.entries(value)) {
      if (/build-depends/i.test(field))
        judge(
          yaml,
          [field],
          relations,
          (name) => asked.has(name),
          (group) => asBuilt(group, file),
        );
    }
    value.Packages.forEach((b, i) => {
      for (const field of ['Pre-Depends', 'Depends'] as const)
        judge(
          yaml,
          ['Packages', i, field],
          b[field],
          () => true,
          (group) => inForce(group, file)[0],
        );
    });
  });
  return problems;
}
