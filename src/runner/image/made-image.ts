/** What the making of an image yields. */

import type { FileDigest } from '../../digests.ts';
import type { ByName } from '../../model.ts';
import type { Firmware } from './firmware.ts';
import type { GuestBuild } from './guest-build.ts';

/** The root file system for containers and chroots: no kernel, no initramfs. */
export interface Tarball {
  readonly path: string;
  readonly sha256: FileDigest;
  readonly bytes: number;
}

/** An image that is there. */
export interface MadeImage {
  readonly path: string;
  readonly sha256: FileDigest;
  readonly bytes: number;
  readonly architecture: string;
  readonly firmware: Firmware;
  /** False when nothing had changed. */
  readonly made: boolean;
  /** What its guest has to build for a boot check to pass. */
  readonly guestBuild: GuestBuild | null;
  readonly tarball: Tarball | null;
  /** File name in the directory of the image -> sha256: the image, what it was made of and what tells of it. */
  readonly files: ByName<string>;
  /** What is installed, byte order. */
  readonly packages: readonly { readonly name: string; readonly version: string; readonly sha256: FileDigest }[];
  /** Where the kernel comes from; a seed kernel was not built from source here. */
  readonly kernel: {
    readonly from: 'seed' | 'source';
    readonly name: string;
    readonly version: string;
    readonly sha256: FileDigest;
  };
}
