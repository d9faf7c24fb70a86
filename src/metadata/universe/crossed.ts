/**
 * A universe of two architectures: what is built is for the one, and builds on the other, whose binaries are all there.
 * Every question about qualifiers and Multi-Arch is answered here, by names: a binary for the host is `NAME:HOST`, one
 * for the building machine, or for all, is NAME (as apt prints them), and what satisfies a relation across
 * architectures provides the name by which that relation asks. So all that reads a universe of one architecture reads
 * this one.
 *
 *     asked in a build for the host         satisfied by
 *     `b`                                   b for the host; b of any architecture that is Multi-Arch: foreign
 *     `b:native`                            b for the building machine, or for all, that is not Multi-Arch: foreign
 *     `b:any`                               b of any architecture that is Multi-Arch: allowed
 *     asked at run time: `b`                b of the same architecture, where `all` is the building machine's; what is
 *                                           foreign
 */

import type { Binary, Group, Relation, Source, Universe, Variant } from '../../model.ts';
import { type BinaryName, binaryName } from '../../names.ts';
import { byteOrder } from '../../order.ts';
import type { BinaryRecord } from '../control/packages.ts';
import { crossToolchain } from '../relations/cross.ts';
import { compareVersions } from '../relations/version.ts';

type Side = 'host' | 'native';

type Unsourced = BinaryRecord['binary'];

/** One reading of the relations of one side, each group worked out once: an archive repeats them. */
class Reader {
  private readonly host: string;
  private readonly native: string;
  /**
   * Names of which every copy is Multi-Arch: foreign, with one for the building machine or for all: that one is taken.
   */
  private readonly isForeign: (name: string) => boolean;
  private readonly known = new Map<string, Map<Group, Group>>();

  constructor(host: string, native: string, isForeign: (name: string) => boolean) {
    this.host = host;
    this.native = native;
    this.isForeign = isForeign;
  }

  nameOn(name: string, side: Side): BinaryName {
    return binaryName(side === 'host' ? `${name}:${this.host}` : name);
  }

  private named({ name, qualifier }: Relation, side: Side, inBuild: boolean): string {
    switch (qualifier) {
      case undefined:
        return this.nameOn(name, side === 'host' && this.isForeign(name) ? 'native' : side);
      case 'any':
        return `${name}:any`;
      case 'native':
        return inBuild ? `${name}:native` : this.nameOn(name, side);
      case this.host:
        return this.nameOn(name, 'host');
      case this.native:
        return name;
      default:
        return `${name}:${qualifier}`;
    }
  }

  private groups(
    key: string,
    groups: readonly Group[],
    read: (relation: Relation) => readonly string[],
  ): readonly Group[] {
    let known = this.known.get(key);
    if (known === undefined) {
      known = new Map();
      this.known.set(key, known);
    }
    return groups.map((group) => {
      let answer = known.get(group);
      if (answer === undefined) {
        // Not interned: a name with an architecture in it reads like another relation.
        answer = group.flatMap((relation) => {
          const { qualifier: _, ...plain } = relation;
          return read(relation).map((name) => ({ ...plain, name }));
        });
        known.set(group, answer);
      }
      return answer;
    });
  }

  depends(groups: readonly Group[], side: Side): readonly Group[] {
    return this.groups(side, groups, (r) => [this.named(r, side, false)]);
  }

  buildDepends(groups: readonly Group[]): readonly Group[] {
    return this.groups('build', groups, (r) => [this.named(r, 'host', true)]);
  }

  /** What is not to be there of any architecture, unless one is named. */
  conflicts(groups: readonly Group[]): readonly Group[] {
    return this.groups('conflicts', groups, (r) =>
      r.qualifier === undefined || r.qualifier === 'any'
        ? [r.name, this.nameOn(r.name, 'host')]
        : [this.named(r, 'native', false)],
    );
  }

  /** By which names others may ask for it. */
  provides(b: Unsourced, side: Side, asked: ReadonlySet<string>): readonly Relation[] {
    const { name, version, multiArch } = b;
    const other = side === 'host' ? 'native' : 'host';
    const own: Relation[] = [];
    const answer = (as: string, by: Omit<Relation, 'name'>) => own.push({ ...by, name: as });
    const exactly = { op: '=', version } as const;
    const isNative = side === 'native' && asked.has(name);
    if (multiArch === 'foreign') answer(this.nameOn(name, other), exactly);
    if (multiArch === 'allowed') answer(`${name}:any`, exactly);
    if (isNative && multiArch !== 'foreign') answer(`${name}:native`, exactly);
    for (const p of b.provides) {
      const { name: virtual, qualifier, ...by } = p;
      if (qualifier !== undefined) {
        answer(this.named(p, side, false), by);
        continue;
      }
      answer(this.nameOn(virtual, side), by);
      if (multiArch === 'foreign') answer(this.nameOn(virtual, other), by);
      if (multiArch === 'allowed') answer(`${virtual}:any`, by);
      if (side === 'native' && asked.has(virtual)) answer(`${virtual}:native`, by);
    }
    return own;
  }
}

/** Names that Build-Depends ask for with `:native`. */
function askedNative(sources: readonly Source[]): ReadonlySet<string> {
  const names = new Set<string>();
  const look = (groups: readonly Group[]) => {
    for (const g of groups) for (const r of g) if (r.qualifier === 'native') names.add(r.name);
  };
  for (const { variants } of sources) {
    for (const { buildDepends, buildConflicts, parts } of variants) {
      for (const list of [buildDepends, buildConflicts]) look(list);
      for (const part of parts ? [parts.arch, parts.all] : []) {
        look(part.buildDepends);
        look(part.buildConflicts);
      }
    }
  }
  return names;
}

/** Whether all copies of a name are foreign, and one of them is the building machine's. */
function foreignNames(binaries: readonly Unsourced[], native: readonly Unsourced[]): (name: string) => boolean {
  const foreign = new Set<string>();
  const other = new Set<string>();
  for (const b of native) (b.multiArch === 'foreign' ? foreign : other).add(b.name);
  for (const b of binaries) {
    if (b.multiArch !== 'foreign') other.add(b.name);
    else if (b.architecture === 'all') foreign.add(b.name);
  }
  return (name) => foreign.has(name) && !other.has(name);
}

const inOrder = (x: Unsourced, y: Unsourced): number =>
  byteOrder(x.name, y.name) || byteOrder(x.architecture, y.architecture) || compareVersions(y.version, x.version);

/** Each version of a native binary once. */
function natives(records: readonly BinaryRecord[], architecture: string): readonly Unsourced[] {
  const own = records.filter(({ binary }) => binary.architecture === architecture).map(({ binary }) => binary);
  own.sort(inOrder);
  return own.filter((b, i) => i === 0 || inOrder(own[i - 1]!, b) !== 0);
}

/**
 * @param universe for the host, read with the profile of cross builds, with what is for all architectures, no seed in
 * it
 * @param records of all binaries that were read
 */
export function crossedUniverse(universe: Universe, records: readonly BinaryRecord[], build: string): Universe {
  const { architecture: host } = universe;
  const native = natives(records, build);
  const reader = new Reader(host, build, foreignNames(universe.binaries, native));
  const asked = askedNative(universe.sources);
  const translated = (b: Unsourced, side: Side) => ({
    name: reader.nameOn(b.name, side),
    multiArchName: b.name,
    depends: reader.depends(b.depends, side),
    conflicts: reader.conflicts(b.conflicts),
    breaks: reader.conflicts(b.breaks),
    provides: reader.provides(b, side, asked),
  });
  const drafts = [
    ...universe.binaries.map((b, was): { readonly binary: Binary; readonly was: number } => {
      const isHost = b.architecture !== 'all';
      const side = isHost ? 'host' : 'native';
      return { binary: { ...b, ...translated(b, side), essential: !isHost && b.essential }, was };
    }),
    ...native.map((b): { readonly binary: Binary; readonly was: number } => ({
      // As good for every architecture that is built for: it is for the machine that builds.
      binary: { ...b, ...translated(b, 'native'), architecture: 'all', source: undefined, available: true },
      was: -1,
    })),
  ].sort((x, y) => inOrder(x.binary, y.binary));
  const now = new Int32Array(universe.binaries.length);
  drafts.forEach(({ was }, b) => {
    if (was >= 0) now[was] = b;
  });
  const binaries = drafts.map(({ binary }) => binary);
  const names = new Set(binaries.map((b) => b.name));
  const base = binaries.filter((b) => b.essential).map((b) => b.name);
  const tools = ['build-essential', crossToolchain(host)].map(binaryName).filter((name) => names.has(name));
  return {
    ...universe,
    buildArchitecture: build,
    sources: universe.sources.map((s) => ({ ...s, variants: s.variants.map((v) => crossedVariant(v, reader, now)) })),
    binaries,
    seed: [...new Set([...universe.seed.map((name) => reader.nameOn(name, 'host')), ...base, ...tools])].sort(
      byteOrder,
    ),
  };
}

function crossedVariant(variant: Variant, reader: Reader, now: Int32Array): Variant {
  const fields = ({ buildDepends, buildConflicts }: Pick<Variant, 'buildDepends' | 'buildConflicts'>) => ({
    buildDepends: reader.buildDepends(buildDepends),
    buildConflicts: reader.buildDepends(buildConflicts),
  });
  return {
    ...variant,
    ...fields(variant),
    ...(variant.parts && { parts: { arch: fields(variant.parts.arch), all: fields(variant.parts.all) } }),
    produces: variant.produces.map((b) => now[b]!).sort((a, b) => a - b),
  };
}
