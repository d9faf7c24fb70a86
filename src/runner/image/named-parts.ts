/** Packages that an image needs by name, and that only its own file can name. */
import { InputError } from '../../errors.ts';
import type { ImageSpec } from '../../model.ts';

/** @throws InputError when the image takes its kernel from the seed and names none for the architecture */
export function seedKernelOf({ seedKernel }: ImageSpec, architecture: string): string {
  if (seedKernel.package !== undefined) return seedKernel.package;
  const message = `the image names no seed kernel for ${architecture}`;
  const help = `add its Debian package to image.yaml: seed-kernel: {${architecture}: PACKAGE}`;
  throw new InputError([{ code: 'BP516', severity: 'error', message, help }]);
}

/** The package that holds the first program of the initramfs. @throws InputError when the image names none */
export function firstProgramOf({ initramfs }: ImageSpec): string {
  if (initramfs !== undefined) return initramfs;
  const message = 'the image names no package whose program runs first';
  const help = 'name it in image.yaml: initramfs: PACKAGE';
  throw new InputError([{ code: 'BP528', severity: 'error', message, help }]);
}
