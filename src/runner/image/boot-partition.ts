/** What a firmware starts: the FAT partition with a boot loader, its configuration, the kernel and the initramfs. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { valueAt } from '../../by-name.ts';
import type { ByName } from '../../model.ts';
import { imageTool } from './ext4.ts';
import { makeFat } from './partition.ts';

/** What the firmware's partition holds. */
export interface BootContents {
  /** Host paths. */
  readonly kernel: string;
  readonly initramfs: string;
  readonly commandLine: string;
  /** Volume serial number, eight hexadecimal digits. */
  readonly serial: string;
  /** A directory for temporary files. */
  readonly scratch: string;
}

const kernelFiles = ({ kernel, initramfs }: BootContents) => [
  { name: 'vmlinuz', path: kernel },
  { name: 'initrd.img', path: initramfs },
];

function textFile(scratch: string, name: string, lines: readonly string[]): string {
  const path = join(scratch, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/** For a BIOS: syslinux, whose `program` installs it on a FAT file system in a file. */
export async function makeBiosBoot(file: string, contents: BootContents & { readonly program: string }): Promise<void> {
  const configuration = textFile(contents.scratch, 'syslinux.cfg', [
    'SERIAL 0 115200',
    'DEFAULT linux',
    'PROMPT 0',
    'LABEL linux',
    '  KERNEL /vmlinuz',
    '  INITRD /initrd.img',
    `  APPEND ${contents.commandLine}`,
  ]);
  const files = [{ name: 'syslinux.cfg', path: configuration }, ...kernelFiles(contents)];
  await makeFat(file, files, contents.serial);
  await imageTool(contents.program, ['--install', file]);
}

/** UEFI's word for an architecture: EFI/BOOT/BOOT<it>.EFI is where it looks on a disk that it has never seen before. */
const efiNames: ByName<string> = { amd64: 'x64', arm64: 'aa64' };

/** systemd-boot, out of its Debian package. */
export async function efiLoader(deb: string, scratch: string, architecture: string): Promise<string> {
  const directory = join(scratch, 'loader');
  await imageTool('dpkg-deb', ['-x', deb, directory]);
  return join(directory, `usr/lib/systemd/boot/efi/systemd-boot${valueAt(efiNames, architecture)}.efi`);
}

/** Where the kernel writes; init writes to the last one. */
export const consoleParameters = (architecture: string): string =>
  architecture === 'arm64' ? 'console=ttyAMA0' : 'console=tty0 console=ttyS0';

/** For UEFI: systemd-boot under the name that firmware looks for, and one entry. */
export async function makeUefiBoot(
  file: string,
  contents: BootContents & { readonly loader: string; readonly architecture: string },
): Promise<void> {
  const settings = textFile(contents.scratch, 'loader.conf', ['timeout 0', 'default linux.conf']);
  const entry = textFile(contents.scratch, 'linux.conf', [
    'title linux',
    'linux /vmlinuz',
    'initrd /initrd.img',
    `options ${contents.commandLine}`,
  ]);
  const files = [
    { name: `EFI/BOOT/BOOT${valueAt(efiNames, contents.architecture)?.toUpperCase()}.EFI`, path: contents.loader },
    { name: 'loader/loader.conf', path: settings },
    { name: 'loader/entries/linux.conf', path: entry },
    ...kernelFiles(contents),
  ];
  await makeFat(file, files, contents.serial);
}
