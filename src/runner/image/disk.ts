/** The disk of an image: what starts it, and its root file system. */
import { join } from 'node:path';
import { type BootContents, efiLoader, makeBiosBoot, makeUefiBoot } from './boot-partition.ts';
import type { Firmware } from './firmware.ts';
import type { KernelPackage } from './kernel.ts';
import { makeBiosDisk, makeUefiDisk } from './partition.ts';
import { unpackSyslinux } from './syslinux.ts';

/** What both partitions hold. */
export interface DiskContents {
  readonly contents: BootContents;
  /** The file system of the second partition. */
  readonly root: string;
  /** Where the boot loader is from: syslinux, or systemd-boot for UEFI. */
  readonly loaders: readonly KernelPackage[];
  /** Of disk, boot partition and root partition; a BIOS disk has none. */
  readonly uuids: readonly [string, string, string];
  readonly firmware: Firmware;
  readonly architecture: string;
}

/** Makes the raw disk in the scratch directory of its contents, and says where. */
export async function makeDisk(request: DiskContents): Promise<string> {
  const { contents, root, loaders, uuids, firmware, architecture } = request;
  const { scratch } = contents;
  const [boot, disk] = [join(scratch, 'boot.fat'), join(scratch, 'disk.raw')];
  if (firmware === 'bios') {
    const { program, bootSector } = await unpackSyslinux(loaders, join(scratch, 'loader'));
    await makeBiosBoot(boot, { ...contents, program });
    await makeBiosDisk(disk, { boot, root, bootSector, signature: contents.serial });
  } else {
    const loader = await efiLoader(loaders[0]!.path, scratch, architecture);
    await makeUefiBoot(boot, { ...contents, loader, architecture });
    await makeUefiDisk(disk, { boot, root, uuids });
  }
  return disk;
}
