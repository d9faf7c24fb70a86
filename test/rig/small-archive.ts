/**
 * Small archives as deb822 text, for tests: the same text goes to bootplan, to a universe in memory, and to dose. Left
 * out: `Version: 1` and `Architecture: amd64` of a binary, `Architecture: any` of a source.
 */

import { parseGroups } from '../../src/metadata/relations/relation.ts';
import { compareVersions } from '../../src/metadata/relations/version.ts';
import type { Binary, Group, Source, Universe } from '../../src/model.ts';
import { binaryName, sourceName } from '../../src/names.ts';
import { byteOrder } from '../../src/order.ts';

export interface SmallArchive {
  readonly packages: string;
  readonly sources: string;
  readonly universe: Universe;
}

type Stanza = ReadonlyMap<string, string>;

const stanzasOf = (text: string, defaults: readonly (readonly [string, string])[]): Stanza[] =>
  text
    .split(/\n\s*\n/)
    .map((part) => [...part.matchAll(/^\s*([A-Za-z-]+):(.*)$/gm)].map((m) => [m[1]!, m[2]!.trim()] as const))
    .filter((fields) => fields.length > 0)
    .map((fields) => new Map([fields[0]!, ...defaults, ...fields]));

const print = (stanzas: readonly Stanza[]): string =>
  stanzas.map((stanza) => `${[...stanza].map(([name, value]) => `${name}: ${value}\n`).join('')}\n`).join('');

function groups(stanza: Stanza, ...fields: readonly string[]): readonly Group[] {
  return fields.flatMap((field) => {
    const { groups, problems } = parseGroups(stanza.get(field) ?? '');
    if (problems.length > 0) throw new Error(`${problems[0]!.message} in ${field}: ${stanza.get(field)}`);
    return groups;
  });
}

const binaryOf = (stanza: Stanza): Binary => ({
  name: binaryName(stanza.get('Package')!),
  version: stanza.get('Version')!,
  architecture: stanza.get('Architecture')!,
  source: undefined,
  multiArch: stanza.get('Multi-Arch') as Binary['multiArch'],
  essential: stanza.get('Essential') === 'yes',
  priority: stanza.get('Priority') ?? 'optional',
  section: 'misc',
  depends: groups(stanza, 'Pre-Depends', 'Depends'),
  conflicts: groups(stanza, 'Conflicts'),
  breaks: groups(stanza, 'Breaks'),
  provides: groups(stanza, 'Provides').flat(),
  available: false,
  origin: { file: 'Packages', line: 1 },
});

const sourceOf = (stanza: Stanza): Source => ({
  name: sourceName(stanza.get('Package')!),
  version: stanza.get('Version')!,
  maintainer: stanza.get('Maintainer') ?? 'Nobody <nobody@example.org>',
  uploaders: [],
  architectures: stanza.get('Architecture')!.split(' '),
  section: 'misc',
  variants: [
    {
      stage: 0,
      profiles: [],
      notation: 'full',
      buildDepends: groups(stanza, 'Build-Depends'),
      buildConflicts: groups(stanza, 'Build-Conflicts'),
      produces: [],
    },
  ],
  origin: { file: 'Sources', line: 1 },
});

/** Build dependencies are taken as they stand: no conditions. */
export function smallArchive(packages: string, sources: string): SmallArchive {
  const binaryStanzas = stanzasOf(packages, [
    ['Version', '1'],
    ['Architecture', 'amd64'],
  ]);
  const sourceStanzas = stanzasOf(sources, [
    ['Version', '1'],
    ['Architecture', 'any'],
  ]);
  const binaries = binaryStanzas.map(binaryOf);
  binaries.sort(
    (a, b) =>
      byteOrder(a.name, b.name) || byteOrder(a.architecture, b.architecture) || compareVersions(b.version, a.version),
  );
  const built = sourceStanzas.map(sourceOf).sort((a, b) => byteOrder(a.name, b.name));
  const universe: Universe = {
    architecture: 'amd64',
    profiles: [],
    sources: built,
    binaries,
    targets: built.map((_, i) => i),
    seed: [],
    alternatives: 'any',
  };
  return { packages: print(binaryStanzas), sources: print(sourceStanzas), universe };
}
