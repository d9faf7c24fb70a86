/**
 * Cuts a project's universe down to the question asked: the targets, and everything any way of building them may need.
 */
import type { Binary, Diagnostic, Group, ImageSpec, Source, Universe } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import { nearest } from '../../text/nearest-names.ts';
import { crossProfile } from '../relations/cross.ts';
import { nameIndex, satisfying } from '../relations/provided.ts';
import type { Where } from '../relations/satisfaction.ts';
import type { YamlFile } from '../yaml/yaml.ts';
import { isCrossed } from './project-cross.ts';
import type { Assembled, ProjectOptions } from './project-shape.ts';

interface Image {
  /** The image and its variants. */
  readonly specs: readonly [ImageSpec, ...ImageSpec[]];
  readonly yaml: YamlFile;
}

/** A name where the image file has one, or ought to. */
interface Asked {
  readonly name: string | undefined;
  readonly path: readonly (string | number)[];
}

/**
 * The binaries that the image or a variant asks for by name, the kernel and the first program of its initramfs among
 * them.
 *
 * @param crossedFor the architecture of a cross build; undefined for this machine's own
 */
function imageBinaries(
  image: Image,
  byName: ReadonlyMap<string, number>,
  problems: Diagnostic[],
  crossedFor: string | undefined,
): number[] {
  const { specs, yaml } = image;
  const [spec] = specs;
  const asked = specs.flatMap(({ variant, packages }): Asked[] => {
    // What a variant does not say itself was asked for already.
    if (variant !== undefined && packages === spec.packages) return [];
    const within = variant === undefined ? [] : ['variants', variant];
    return packages.map((name, i) => ({ name, path: [...within, 'packages', i] }));
  });
  if (spec.initramfs !== undefined) asked.push({ name: spec.initramfs, path: ['initramfs'] });
  if (spec.kernel === 'source') asked.push({ name: spec.sourceKernel, path: ['source-kernel'] });
  return asked.flatMap(({ name, path }) => {
    const index = name === undefined ? undefined : byName.get(name);
    if (index !== undefined) return [index];
    const guess = name && nearest(name, byName.keys());
    const where = crossedFor === undefined ? '' : ` for ${crossedFor}`;
    const message =
      name === undefined
        ? 'the image has no `source-kernel` to build'
        : `the image wants ${name}, which no source builds${where}`;
    const declared = 'declare it in the Packages of a source';
    const ofAny = `${declared}, with \`Architecture: any\``;
    const help = guess ? `did you mean \`${guess}\`?` : crossedFor === undefined ? declared : ofAny;
    problems.push(yaml.problem(path, { code: 'BP113', severity: 'error', message, help }));
    return [];
  });
}

function targetSources(
  all: Assembled,
  image: Image | undefined,
  options: ProjectOptions,
  problems: Diagnostic[],
): Set<number> {
  const wanted = options.targets ?? 'image';
  if (wanted === 'all' || (wanted === 'image' && !image)) return new Set(all.sources.keys());
  const byName = new Map<string, number>(all.binaries.map((b, i) => [b.name, i]));
  if (wanted === 'image') {
    const tools = (options.tools ?? []).flatMap((name) => byName.get(name) ?? []);
    const asked = [
      ...imageBinaries(image!, byName, problems, isCrossed(options) ? options.architecture : undefined),
      ...tools,
    ].map((i) => all.binaries[i]!);
    return new Set(asked.flatMap((b) => b.source ?? []));
  }
  const names = new Map<string, number>(all.sources.map((s, i) => [s.name, i]));
  const found = (wanted as readonly string[]).flatMap((name) => {
    const index = names.get(name);
    if (index !== undefined) return [index];
    const guess = nearest(name, names.keys());
    const help = guess ? `did you mean ${guess}?` : `sources are: ${[...names.keys()].join(', ')}`;
    problems.push({ code: 'BP114', severity: 'error', message: `no source is named ${name}`, help });
    return [];
  });
  return new Set(found);
}

/** Grows the set of sources until every alternative of every dependency of every variant is inside; marks binaries. */
function close(
  all: Assembled,
  targets: ReadonlySet<number>,
  architecture: string,
): { sources: Set<number>; binaries: Set<number> } {
  const index = nameIndex(all.binaries, architecture);
  const sources = new Set(targets);
  const binaries = new Set<number>();
  const queue: { readonly groups: readonly Group[]; readonly where: Where }[] = [];
  const enqueue = (groups: readonly Group[], where: Where) => queue.push({ groups, where });
  const enter = (s: number) => {
    for (const v of all.sources[s]!.variants) enqueue(v.buildDepends, 'build');
    all.binaries.forEach((b, i) => {
      if (b.source === s && !binaries.has(i)) {
        binaries.add(i);
        enqueue(b.depends, 'run');
      }
    });
  };
  for (const s of targets) enter(s);
  for (let next = queue.pop(); next; next = queue.pop()) {
    const { groups, where } = next;
    for (const b of groups.flatMap((g) => g.flatMap((r) => satisfying(index, r, where)))) {
      if (binaries.has(b)) continue;
      const source = all.binaries[b]!.source;
      if (source === undefined) binaries.add(b);
      else if (!sources.has(source)) {
        sources.add(source);
        enter(source);
      }
    }
  }
  return { sources, binaries };
}

const kept = <T>(list: readonly T[], set: ReadonlySet<number>) =>
  list.map((value, old) => ({ value, old })).filter(({ old }) => set.has(old));

/** The universe of the question, re-indexed; byte order is kept. */
export function closedUniverse(
  all: Assembled,
  image: Image | undefined,
  options: ProjectOptions,
): { universe: Universe; problems: readonly Diagnostic[] } {
  const problems: Diagnostic[] = [];
  const targets = targetSources(all, image, options, problems);
  const { sources: inS, binaries: inB } = close(all, targets, options.architecture);
  const sources = kept(all.sources, inS);
  const binaries = kept(all.binaries, inB);
  const newSource = new Map(sources.map(({ old }, i) => [old, i]));
  const newBinary = new Map(binaries.map(({ old }, i) => [old, i]));
  const universe: Universe = {
    architecture: options.architecture,
    profiles: [...(options.profiles ?? []), ...(isCrossed(options) ? [crossProfile] : [])].sort(byteOrder),
    sources: sources.map(
      ({ value }): Source => ({
        ...value,
        variants: value.variants.map((v) => ({ ...v, produces: v.produces.flatMap((b) => newBinary.get(b) ?? []) })),
      }),
    ),
    binaries: binaries.map(
      ({ value }): Binary => ({
        ...value,
        source: value.source === undefined ? undefined : newSource.get(value.source),
      }),
    ),
    targets: [...targets].map((t) => newSource.get(t)!).sort((a, b) => a - b),
    seed: binaries.flatMap(({ value: { name, available } }) => (available && !all.native.has(name) ? [name] : [])),
    ...(isCrossed(options) && {
      native: {
        architecture: options.buildArchitecture!,
        binaries: binaries.flatMap(({ value: { name } }) => (all.native.has(name) ? [name] : [])),
      },
    }),
    alternatives: options.alternatives ?? 'first',
  };
  return { universe, problems };
}
