/** The files of a metadata directory: which there are, of which kind each is, and what is wrong in each alone. */
import { type Dirent, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { exitCode, InputError } from '../../errors.ts';
import type { Diagnostic } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import { wholeText } from '../../whole-file.ts';
import { checkShape, parseYaml, type YamlFile } from '../yaml/yaml.ts';
import { leadsOut } from './beside.ts';
import type { ImageYaml, SeedYaml, SourceFile } from './project-shape.ts';
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

function onlyOne(yaml: YamlFile, key: string, other: YamlFile): Diagnostic {
  const message = `a second \`${key}\` file; the first is ${other.file}`;
  return yaml.problem(
    [key],
    { code: 'BP103', severity: 'error', message, help: 'keep one of the two' },
    { what: 'key' },
  );
}

/** The files, by their kind. */
export interface DirectoryFiles {
  /** In the order of the names of the files. */
  readonly sources: readonly SourceFile[];
  readonly seed: { readonly yaml: YamlFile; readonly value: SeedYaml } | undefined;
  readonly image: { readonly yaml: YamlFile; readonly value: ImageYaml } | undefined;
  readonly problems: readonly Diagnostic[];
}

/** Every file that is sound, and every problem of those that are not. Throws as `metadataFiles` does. */
export function readFiles(directory: string): DirectoryFiles {
  const problems: Diagnostic[] = [];
  const sources: SourceFile[] = [];
  let seed: DirectoryFiles['seed'];
  let image: DirectoryFiles['image'];
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
  return { sources, seed, image, problems };
}
