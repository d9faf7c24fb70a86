/** An image file beside no recipes: what of an archive's packages goes into an image. */
import { dirname } from 'node:path';
import { EnvironmentError, exitCode, InputError } from '../../errors.ts';
import type { Project } from '../../model.ts';
import { wholeText } from '../../whole-file.ts';
import { checkShape, parseYaml } from '../yaml/yaml.ts';
import { imageSpecs } from './image-spec.ts';
import type { ImageYaml } from './project-shape.ts';

/** @throws InputError with every problem of the file; (66) when it cannot be read */
export function readImageFile(
  file: string,
  architecture: string,
): Pick<Project, 'directory' | 'image' | 'imageVariants'> {
  let text: string;
  try {
    text = wholeText(file, 'named');
  } catch (error) {
    if (error instanceof EnvironmentError) throw error;
    const message = `${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`;
    const help = 'give --image-file a YAML file with `Image:`; docs/debian.md shows one';
    throw new InputError([{ code: 'BP100', severity: 'error', message, help }], exitCode.missingInput);
  }
  const { yaml, problems } = parseYaml(file, text);
  const wrong = problems.length > 0 ? problems : checkShape(yaml, 'image');
  if (wrong.length > 0) throw new InputError(wrong);
  const [image, ...imageVariants] = imageSpecs(yaml.value as ImageYaml, 'seed', architecture);
  return { directory: dirname(file), image, imageVariants };
}
