/**
 * A cross build as Debian has it: built on one architecture for another, the profile `cross` active. What a source
 * needs of the building machine's own architecture (`make:native`) becomes a binary that is there from the start, under
 * a name of its own (`make:amd64`), with everything it needs at run time; the plan of that architecture builds it.
 *
 * A source that is `Architecture: all` as a whole is built as on the building machine itself, and comes out as the same
 * files: where that machine's own plan has built it, they are taken from the cache.
 */

import type { Binary, Group, Relation } from '../../model.ts';
import { type BinaryName, binaryName } from '../../names.ts';
import { nameIndex, satisfying } from '../relations/provided.ts';
import { formatGroup } from '../relations/relation.ts';
import type { ProjectOptions } from './project-shape.ts';

/** Whether the machine that builds is of another architecture. */
export const isCrossed = ({ architecture, buildArchitecture }: ProjectOptions): boolean =>
  buildArchitecture !== undefined && buildArchitecture !== architecture;

/** `make` of amd64 in a universe for another architecture. */
export const nativeName = (name: string, architecture: string): BinaryName => binaryName(`${name}:${architecture}`);

/** The other way round; what has a plain name keeps it. */
export const plainName = (name: BinaryName): BinaryName => binaryName(name.replace(/:.*$/, ''));

/** What the machine that builds has, under the names that a crossed universe gives it. */
export class NativeBinaries {
  /** Under the names of the crossed universe, byte order of the plain names. */
  readonly copies: readonly Binary[];
  private readonly architecture: string;
  private readonly seeds: ReadonlySet<string>;
  private readonly byName: ReadonlyMap<string, Binary>;
  private readonly index: ReturnType<typeof nameIndex>;

  /** @param binaries everything that is built on or for the building machine's architecture, and its seed */
  constructor(architecture: string, binaries: readonly Binary[]) {
    this.architecture = architecture;
    this.seeds = new Set(binaries.filter((b) => b.available).map((b) => b.name));
    this.byName = new Map(binaries.map((b) => [b.name, b]));
    const rename = (r: Relation): Relation => ({ ...r, name: nativeName(r.name, architecture) });
    this.copies = binaries
      .filter((b) => !b.available)
      .map((b) => ({
        ...b,
        name: nativeName(b.name, architecture),
        // As good for every architecture that is built for: it is for the machine that builds.
        architecture: 'all',
        source: undefined,
        depends: b.depends.map((g) => g.map((r) => (this.seeds.has(r.name) ? r : rename(r)))),
        provides: b.provides.map(rename),
        conflicts: [],
        breaks: [],
        available: true,
      }));
    this.index = nameIndex(this.copies, architecture);
  }

  /**
   * A build dependency as the crossed universe has it. Without a qualifier it means the architecture that is built for,
   * but for what is good on any: Multi-Arch: foreign, and what is Architecture: all and nowhere else.
   *
   * @param ofHost is there a binary of this name for the architecture that is built for?
   */
  relation(r: Relation, ofHost: (name: string) => boolean): Relation {
    const { qualifier, ...plain } = r;
    if (this.seeds.has(r.name)) return plain;
    const own = this.byName.get(r.name);
    const native =
      qualifier === 'native' ||
      qualifier === this.architecture ||
      (qualifier === 'any' && own?.multiArch === 'allowed') ||
      (qualifier === undefined && (own?.multiArch === 'foreign' || (own?.architecture === 'all' && !ofHost(r.name))));
    return native ? { ...plain, name: nativeName(r.name, this.architecture) } : r;
  }

  /** A build dependency of what is built as on the building machine itself. */
  ownRelation({ qualifier: _, ...plain }: Relation): Relation {
    return this.seeds.has(plain.name) ? plain : { ...plain, name: nativeName(plain.name, this.architecture) };
  }

  /** Build dependencies as the crossed universe has them, and what their native members need at run time. */
  groups(groups: readonly Group[], asCrossed: (relation: Relation) => Relation): readonly Group[] {
    const all = new Map<string, Group>();
    const queue = groups.map((group) => group.map(asCrossed));
    for (const group of queue) {
      const text = formatGroup(group);
      if (all.has(text)) continue;
      all.set(text, group);
      const first = group.flatMap((r) => satisfying(this.index, r, 'run').slice(0, 1))[0];
      if (first !== undefined) queue.push(...this.copies[first]!.depends.map((g) => [...g]));
    }
    return [...all.values()];
  }
}
