/**
 * The boot loader for a BIOS, out of its Debian packages: what of it gets into an image is not this machine's, but a
 * seed, named and hashed as the kernel is.
 */
import { join } from 'node:path';
import { EnvironmentError, exitCode } from '../../errors.ts';
import { isNative, nativeArchitecture } from '../../metadata/relations/architecture.ts';
import { imageTool } from './ext4.ts';
import type { KernelPackage } from './kernel.ts';

/** The program that installs it, and its boot sector. */
export const syslinuxPackages = ['syslinux', 'syslinux-common'] as const;

/** The parts of syslinux, as files of this machine. */
export interface Syslinux {
  /** Host path of the program that puts it on a FAT file system. */
  readonly program: string;
  /** Host path of what goes into the first sector of the disk. */
  readonly bootSector: string;
}

/**
 * @param into a directory, made when it is not there
 * @throws EnvironmentError on a machine that cannot run it
 */
export async function unpackSyslinux(packages: readonly KernelPackage[], into: string): Promise<Syslinux> {
  if (!isNative('amd64'))
    throw new EnvironmentError(
      `the boot loader for a BIOS is installed by a program for amd64, and this machine is ${nativeArchitecture}`,
      exitCode.configuration,
      'make the image for UEFI: bootplan image --firmware uefi',
    );
  for (const { path } of packages) await imageTool('dpkg-deb', ['-x', path, into]);
  return { program: join(into, 'usr/bin/syslinux'), bootSector: join(into, 'usr/lib/syslinux/mbr/mbr.bin') };
}
