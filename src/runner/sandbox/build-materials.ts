/** What a build needs that is no package of ours, gathered for another machine. */
import type { FetchItem, SeedBinary } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import type { Seed } from '../fetch/seed-record.ts';

/** The parts of the seed and of the sources that one build takes along. */
export interface BuildMaterials {
  /** Names of the seed binaries that it asks for. */
  readonly asked: readonly string[];
  /** Those, and the others that are installed. */
  readonly binaries: readonly SeedBinary[];
  /** What they were when they were put together. */
  readonly seeds: readonly Seed[];
  /** Packages of the seeds: file name -> host path. */
  readonly debs: ReadonlyMap<string, string>;
  readonly sources: readonly { readonly item: FetchItem; readonly path: string }[];
}

/** What the materials are asked for, and who gives them. */
export interface MaterialsAsked {
  /** Seed binaries that the build asks for by name, and all that are installed. */
  readonly asked: readonly SeedBinary[];
  readonly installed: readonly SeedBinary[];
  readonly seedOf: (binaries: readonly SeedBinary[]) => Promise<Seed>;
  readonly debsOf: (seed: Seed) => Promise<ReadonlyMap<string, string>>;
  readonly sources: BuildMaterials['sources'];
}

/**
 * The seed that is asked for names the compiler; the one that is installed is what the build sees. Often both are one.
 */
export async function materialsOf({
  asked,
  installed,
  seedOf,
  debsOf,
  sources,
}: MaterialsAsked): Promise<BuildMaterials> {
  const seeds = new Map<string, Seed>();
  for (const binaries of [asked, installed]) {
    if (binaries.length === 0) continue;
    const seed = await seedOf(binaries);
    seeds.set(seed.names.join('+'), seed);
  }
  const debs = new Map<string, string>();
  for (const seed of seeds.values()) for (const [file, path] of await debsOf(seed)) debs.set(file, path);
  const binaries = [...new Map([...asked, ...installed].map((one) => [one.name, one])).values()];
  const sorted = binaries.sort((a, b) => byteOrder(a.name, b.name));
  return { asked: asked.map((s) => s.name), binaries: sorted, seeds: [...seeds.values()], debs, sources };
}
