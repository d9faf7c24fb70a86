/**
 * A directory of YAML files, one per source, as a Project: the universe for the solver, the recipes for the runner.
 * All problems of all files are reported together. Format: docs/metadata.md, metadata/schema/.
 */

import { type Dirent, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { hasErrors, resultOf } from '../../diagnostics.ts';
import { exitCode, InputError } from '../../errors.ts';
import type { Diagnostic, Project, Result, SeedBinary } from '../../model.ts';
import { binaryName } from '../../names.ts';
import { byteOrder } from '../../order.ts';
import { wholeText } from '../../whole-file.ts';
import { checkShape, parseYaml, type YamlFile } from '../yaml/yaml.ts';
import { leadsOut } from './beside.ts';
import { imageSpecs } from './image-spec.ts';
import { closedUniverse } from './project-closure.ts';
import { isCrossed } from './project-cross.ts';
import type { ImageYaml, ProjectOptions, SeedYaml, SourceFile } from './project-shape.ts';
import { assembleSources } from './project-sources.ts';
import { fieldProblems, type SourceYaml } from './yaml-source.ts';

/**
 * The metadata files of a directory, byte order; anything else belongs to the recipes, or to editors (`.#dash.yaml`).
 *
 * @throws InputError (66) when there is none; (65) naming every link among them that leads out of the directory: what
 *   is wrong in a file is shown with its line, and the directory may be somebody else's
 */
export function metadataFiles(directory: string): readonly string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOTDIR' ? 'is not a directory' : 'cannot be read';
    const message = `metadata directory ${directory} ${why}`;
    const help = 'give --metadata a directory with one YAML file per source';
    throw new InputError([{ code: 'BP100', severity: 'error', message, help }], exitCode.missingInput);
  }
  const names = entries.filter((e) => !e.isDirectory() && /^[^.].*\.ya?ml$/.test(e.name)).map((e) => e.name);
  if (names.length === 0) {
    const message = `metadata directory ${directory} has no .yaml file`;
    const help = 'write one YAML file per source in it; docs/metadata.md shows how';
    throw new InputError([{ code: 'BP100', severity: 'error', message, help }], exitCode.missingInput);
  }
  const outside = names.sort(byteOrder).flatMap((name): Diagnostic[] => {
    if (!leadsOut(directory, name)) return [];
    const message = `${join(directory, name)} is a link that leads out of the metadata`;
    return [{ code: 'BP523', severity: 'error', message, help: 'put the file itself there, in the place of the link' }];
  });
  if (outside.length > 0) throw new InputError(outside);
  return names.map((n) => join(directory, n));
}

const kinds = [
  ['Source', 'source'],
  ['Seed', 'seed'],
  ['Image', 'image'],
] as const;

/** Which schema a file wants, by the first of the three keys it has. */
function kindOf(yaml: YamlFile): 'source' | 'seed' | 'image' | undefined {
  if (typeof yaml.value !== 'object' || yaml.value === null) return undefined;
  return kinds.find(([key]) => Object.hasOwn(yaml.value as object, key))?.[1];
}

/** Which kind of metadata a file is, and in what it does not fit the schema of that kind, or of any. */
export function fileShape(yaml: YamlFile): {
  readonly kind: ReturnType<typeof kindOf>;
  readonly problems: readonly Diagnostic[];
} {
  const kind = kindOf(yaml);
  if (kind !== undefined) return { kind, problems: checkShape(yaml, kind) };
  const help = 'a source file has `Source:`, the seed file `Seed:`, the image file `Image:`';
  const diagnostic = {
    code: 'BP104',
    severity: 'error',
    message: 'neither a source, a seed nor an image',
    help,
  } as const;
  return { kind, problems: [yaml.problem([], diagnostic, { length: 1 })] };
}

/** The finished system builds what was crossed natively; what does not fit there is no matter of this build. */
function onItself(...[files, seed, options]: Parameters<typeof assembleSources>): NonNullable<Project['onItself']> {
  const { sources, recipes } = assembleSources(files, seed, { ...options, buildArchitecture: options.architecture });
  return { sources, recipes };
}

function onlyOne(yaml: YamlFile, key: string, other: YamlFile): Diagnostic {
  const message = `a second \`${key}\` file; the first is ${other.file}`;
  return yaml.problem(
    [key],
    { code: 'BP103', severity: 'error', message, help: 'keep one of the two' },
    { what: 'key' },
  );
}

/** Reads and checks a metadata directory. Throws InputError only when the directory itself is missing or empty. */
export async function readProject(directory: string, options: ProjectOptions): Promise<Result<Project>> {
  return read(directory, options);
}

function read(directory: string, options: ProjectOptions): Result<Project> {
  const problems: Diagnostic[] = [];
  const sources: SourceFile[] = [];
  let seed: { yaml: YamlFile; value: SeedYaml } | undefined;
  let image: { yaml: YamlFile; value: ImageYaml } | undefined;
  for (const file of metadataFiles(directory)) {
    const { yaml, problems: syntax } = parseYaml(relative('.', file) || file, wholeText(file));
    problems.push(...syntax);
    if (syntax.length > 0) continue;
    const { kind, problems: shape } = fileShape(yaml);
    problems.push(...shape);
    if (shape.length > 0) continue;
    if (kind === 'source') {
      const value = yaml.value as SourceYaml;
      problems.push(...fieldProblems(yaml, value));
      sources.push({ yaml, value });
    } else if (kind === 'seed') {
      if (seed) problems.push(onlyOne(yaml, 'Seed', seed.yaml));
      else seed = { yaml, value: yaml.value as SeedYaml };
    } else if (image) problems.push(onlyOne(yaml, 'Image', image.yaml));
    else image = { yaml, value: yaml.value as ImageYaml };
  }
  // Relations between files are judged only when the files themselves are sound: one cause, one message.
  if (hasErrors(problems)) return { ok: false, diagnostics: problems };

  const seeds: readonly SeedBinary[] = (seed?.value.Seed ?? []).map((s) => ({
    name: binaryName(s.Package),
    version: s.Version,
    packages: s.debian,
  }));
  const kernel = options.kernel ?? image?.value.kernel ?? 'seed';
  const buildArchitecture = options.buildArchitecture ?? options.architecture;
  const native = isCrossed(options)
    ? assembleSources(sources, seed, { ...options, architecture: buildArchitecture })
    : undefined;
  if (native && hasErrors(native.problems)) return { ok: false, diagnostics: [...problems, ...native.problems] };
  const assembled = assembleSources(sources, seed, options, native);
  problems.push(...assembled.problems);
  if (hasErrors(problems)) return { ok: false, diagnostics: problems };

  const [spec, ...variants] = image ? imageSpecs(image.value, kernel, options.architecture) : [];
  const closed = closedUniverse(assembled, spec && { specs: [spec, ...variants], yaml: image!.yaml }, options);
  problems.push(...closed.problems);
  const project: Project = {
    directory,
    buildArchitecture,
    universe: closed.universe,
    recipes: assembled.recipes,
    ...(native && { onItself: onItself(sources, seed, options) }),
    seeds,
    image: spec,
    imageVariants: variants,
  };
  return resultOf(project, problems);
}
