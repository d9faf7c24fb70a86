/** The image file of a metadata directory as what the image maker is asked for: the image, then its variants. */
import { entriesOf, valueAt } from '../../by-name.ts';
import { exitCode, InputError } from '../../errors.ts';
import type { ImageSpec, Project } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import type { ImageContentsYaml, ImageYaml } from './project-shape.ts';

type Contents = Pick<ImageSpec, 'packages' | 'rootMebibytes' | 'guestBuild' | 'files'>;

/**
 * The contents of the image with those of a variant over them: a list or number replaces, files are laid over by name.
 */
function contentsOf(image: ImageContentsYaml, variant: Partial<ImageContentsYaml> = {}): Contents {
  const files = entriesOf({ ...image.files, ...variant.files });
  return {
    packages: variant.packages ?? image.packages,
    rootMebibytes: variant['root-size'] ?? image['root-size'],
    guestBuild: variant['guest-build'] ?? image['guest-build'] ?? {},
    files: Object.fromEntries(files.filter((file): file is [string, string] => file[1] !== null)),
  };
}

/**
 * The image itself first, then its variants, byte order of name. Kernel and initramfs are those of the image in all.
 * @param architecture decides on the seed kernel
 */
export function imageSpecs(
  image: ImageYaml,
  kernel: 'seed' | 'source',
  architecture: string,
): readonly [ImageSpec, ...ImageSpec[]] {
  const { 'seed-kernel': seedKernel, variants = {} } = image;
  const spec: ImageSpec = {
    name: image.Image,
    variant: undefined,
    ...contentsOf(image),
    kernel,
    seedKernel: { package: typeof seedKernel === 'string' ? seedKernel : valueAt(seedKernel ?? {}, architecture) },
    sourceKernel: image['source-kernel'],
    initramfs: image.initramfs,
  };
  const names = Object.keys(variants).sort(byteOrder);
  return [spec, ...names.map((variant) => ({ ...spec, variant, ...contentsOf(image, valueAt(variants, variant)) }))];
}

/**
 * @param variant undefined for the image itself
 * @throws InputError when there is none of that name
 */
export function imageSpecOf({ directory, image, imageVariants }: Project, variant: string | undefined): ImageSpec {
  if (image === undefined) {
    const message = `${directory} says nothing about an image`;
    throw new InputError([{ code: 'BP513', severity: 'error', message, help: 'add a file with `Image:`' }]);
  }
  const spec = variant === undefined ? image : imageVariants.find((one) => one.variant === variant);
  if (spec !== undefined) return spec;
  const names = imageVariants.map((one) => one.variant);
  const help = names.length === 0 ? 'declare it under `variants` of the image' : `its variants are ${names.join(', ')}`;
  const message = `the image ${image.name} has no variant ${variant}`;
  throw new InputError([{ code: 'BP520', severity: 'error', message, help }], exitCode.usage);
}
