/** The shapes a metadata directory goes through on its way to a Project: types only. */
import type { Binary, ByName, Diagnostic, Recipe, Source } from '../../model.ts';
import type { Path, YamlFile } from '../yaml/yaml.ts';
import type { BinaryYaml, SourceYaml } from './yaml-source.ts';

/** What a directory is read for. */
export interface ProjectOptions {
  /** What is built for. */
  readonly architecture: string;
  /** What it is built on; the same when not given. */
  readonly buildArchitecture?: string;
  /** Active in every variant. */
  readonly profiles?: readonly string[];
  readonly noIndep?: boolean;
  readonly alternatives?: 'first' | 'any';
  /** Overrides the image's own choice: the seed's kernel, or one built from source. */
  readonly kernel?: 'seed' | 'source';
  /** `image` (the default): what the image needs; `all`; or source names. */
  readonly targets?: 'image' | 'all' | readonly string[];
  /** Binaries that cross builds for other architectures need of this one: their sources are targets, too. */
  readonly tools?: readonly string[];
}

/** The content of seed.yaml, checked against its schema. */
export interface SeedYaml {
  readonly Seed: readonly { readonly Package: string; readonly Version: string; readonly debian: readonly string[] }[];
}

/** What variants of an image may have of their own. */
export interface ImageContentsYaml {
  readonly packages: readonly string[];
  readonly 'root-size': number;
  readonly 'guest-build'?: ByName<string>;
  /** In a variant null leaves out a file that the image has. */
  readonly files?: ByName<string | null>;
}

/** The content of the image's file, checked against its schema. */
export interface ImageYaml extends ImageContentsYaml {
  readonly Image: string;
  readonly kernel: 'seed' | 'source';
  readonly 'seed-kernel'?: string | ByName<string>;
  readonly 'source-kernel'?: string;
  readonly initramfs?: string;
  readonly variants?: ByName<Partial<ImageContentsYaml>>;
}

/** The file of one source, checked against its schema. */
export interface SourceFile {
  readonly yaml: YamlFile;
  readonly value: SourceYaml;
}

/** A binary before it has an index. */
export interface Declared {
  readonly file: SourceFile | undefined;
  readonly place: Path;
  readonly binary: Omit<Binary, 'source'>;
  readonly yaml: BinaryYaml | undefined;
}

/** All files together, before anything is left out. */
export interface Assembled {
  readonly sources: readonly Source[];
  readonly binaries: readonly Binary[];
  readonly recipes: ReadonlyMap<string, Recipe>;
  /** Names of the binaries that are not the seed's but another architecture's. */
  readonly native: ReadonlySet<string>;
  readonly problems: readonly Diagnostic[];
}
