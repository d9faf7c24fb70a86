/** What the files of an image are called, and which of them are images of a kind. */
import type { Firmware } from './firmware.ts';

/** What tells images of one metadata directory apart. */
export interface ImageKind {
  /** Undefined for the image itself. */
  readonly variant: string | undefined;
  readonly architecture: string;
  readonly firmware: Firmware;
}

/** No name of an image, variant or architecture has a low line, so it shows where the variant begins. */
const marked = (variant: string | undefined): string => (variant === undefined ? '' : `_${variant}`);

/** `small`, `small_minimal`. */
export const imageTitle = ({
  name,
  variant,
}: {
  readonly name: string;
  readonly variant: string | undefined;
}): string => name + marked(variant);

/** `small-amd64.qcow2`, `small_minimal-amd64-uefi.qcow2`. */
export const imageFile = (name: string, kind: ImageKind): string =>
  `${imageTitle({ name, variant: kind.variant })}-${kind.architecture}${kind.firmware === 'uefi' ? '-uefi' : ''}.qcow2`;

/** Those of a directory that are images of this kind, whatever image they are of. */
export function imagesOfKind(files: readonly string[], kind: ImageKind): readonly string[] {
  const wanted = imageFile('', kind);
  return files.filter((file) => file.endsWith(wanted) && !file.slice(0, -wanted.length).includes('_'));
}

/** `root-amd64.ext4`, `root_minimal-amd64.tar`: the root file system that images of one variant share. */
export const rootFile = ({ variant, architecture }: Omit<ImageKind, 'firmware'>, type: 'ext4' | 'tar'): string =>
  `root${marked(variant)}-${architecture}.${type}`;
