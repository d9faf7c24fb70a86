/**
 * A disk that plain `qemu-system-x86_64 -drive` boots by its BIOS: partition 1 is FAT with syslinux, the kernel and the
 * initramfs; partition 2 is the root file system. All of it is made in files, without privileges or mounts.
 */
import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError, exitCode } from '../errors.ts';
import { imageTool } from './ext4.ts';

export interface BootFile {
  /** Path on the boot partition, with slashes. */
  readonly name: string;
  /** Host path. */
  readonly path: string;
}

const sector = 512;
const mebibyte = 1 << 20;
const zeros = Buffer.alloc(mebibyte);

/** Room for the files, the allocation tables and what a later kernel may need more. */
function fatMebibytes(files: readonly BootFile[]): number {
  const bytes = files.reduce((sum, file) => sum + statSync(file.path).size, 0);
  return Math.max(16, Math.ceil((bytes * 1.1) / mebibyte) + 2);
}

/** A FAT file system that holds the files; `serial` is eight hexadecimal digits. */
export async function makeFat(file: string, files: readonly BootFile[], serial: string): Promise<void> {
  const mebibytes = fatMebibytes(files);
  writeFileSync(file, '');
  truncateSync(file, mebibytes * mebibyte);
  const geometry = ['-h', '64', '-s', '32', '-t', String(mebibytes)];
  await imageTool('mformat', ['-i', file, '-v', 'BOOT', '-N', serial, ...geometry, '::']);
  const directories = new Set<string>();
  for (const { name } of files)
    for (let at = name.indexOf('/'); at >= 0; at = name.indexOf('/', at + 1)) directories.add(name.slice(0, at));
  for (const directory of directories) await imageTool('mmd', ['-i', file, `::${directory}`]);
  for (const { name, path } of files) await imageTool('mcopy', ['-i', file, path, `::${name}`]);
}

/** Copies a whole file into another one, at an offset. Holes stay holes. */
function pour(from: string, into: number, offset: number): void {
  const source = openSync(from, 'r');
  const length = statSync(from).size;
  const buffer = Buffer.alloc(mebibyte);
  for (let at = 0; at < length; at += mebibyte) {
    const piece = buffer.subarray(0, readSync(source, buffer, 0, mebibyte, at));
    if (!piece.equals(zeros.subarray(0, piece.length))) writeSync(into, piece, 0, piece.length, offset + at);
  }
  closeSync(source);
}

export interface DiskOptions {
  /** Eight hexadecimal digits: the signature of the disk, and the serial number of the boot partition. */
  readonly signature: string;
  readonly boot: string;
  readonly root: string;
}

function bootCode(): string {
  const found = ['/usr/lib/syslinux/mbr/mbr.bin', '/usr/lib/SYSLINUX/mbr.bin'].find((path) => existsSync(path));
  if (found === undefined)
    throw new EnvironmentError(
      'the boot sector of syslinux is not installed',
      exitCode.missingTool,
      'sudo apt-get install syslinux-common',
    );
  return found;
}

/** The raw disk: boot sector, partition table in the dos format, boot partition at 1 MiB, root partition after it. */
export async function makeBiosDisk(file: string, options: DiskOptions): Promise<void> {
  const [bootBytes, rootBytes] = [statSync(options.boot).size, statSync(options.root).size];
  const disk = openSync(file, 'w');
  ftruncateSync(disk, mebibyte + bootBytes + rootBytes);
  closeSync(disk);
  const table = [
    'label: dos',
    `label-id: 0x${options.signature}`,
    `start=${mebibyte / sector}, size=${bootBytes / sector}, type=c, bootable`,
    `start=${(mebibyte + bootBytes) / sector}, size=${rootBytes / sector}, type=83`,
  ];
  await imageTool('sfdisk', ['-q', file], `${table.join('\n')}\n`);
  const opened = openSync(file, 'r+');
  pour(bootCode(), opened, 0);
  pour(options.boot, opened, mebibyte);
  pour(options.root, opened, mebibyte + bootBytes);
  closeSync(opened);
}

/** The boot partition for BIOS: FAT with syslinux, its configuration, the kernel and the initramfs. */
export async function makeBiosBoot(
  file: string,
  scratch: string,
  options: {
    readonly kernel: string;
    readonly initramfs: string;
    readonly commandLine: string;
    readonly signature: string;
  },
): Promise<void> {
  const configuration = join(scratch, 'syslinux.cfg');
  writeFileSync(
    configuration,
    `SERIAL 0 115200\nDEFAULT linux\nPROMPT 0\nTIMEOUT 0\nLABEL linux\n  KERNEL /vmlinuz\n  INITRD /initrd.img\n  APPEND ${options.commandLine}\n`,
  );
  const files = [
    { name: 'syslinux.cfg', path: configuration },
    { name: 'vmlinuz', path: options.kernel },
    { name: 'initrd.img', path: options.initramfs },
  ];
  await makeFat(file, files, options.signature);
  await imageTool('syslinux', ['--install', file]);
}
