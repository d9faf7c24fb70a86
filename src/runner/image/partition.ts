/**
 * Disks with two partitions, FAT to boot from and the root file system, made in files, without privileges or mounts.
 */
import {
  closeSync,
  ftruncateSync,
  openSync,
  readSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { imageTool } from './ext4.ts';

/** A file for the boot partition. */
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

/** A disk as it will be: where its partitions are, and what goes into them. Offsets are bytes. */
interface Layout {
  /** For sfdisk. */
  readonly table: readonly string[];
  readonly bytes: number;
  readonly contents: readonly { readonly from: string; readonly at: number }[];
}

/** The files that become the partitions. */
export interface DiskParts {
  /** Boot partition and root partition, each a file. */
  readonly boot: string;
  readonly root: string;
}

async function makeDisk(file: string, { table, bytes, contents }: Layout): Promise<void> {
  const disk = openSync(file, 'w');
  ftruncateSync(disk, bytes);
  closeSync(disk);
  await imageTool('sfdisk', ['-q', file], `${table.join('\n')}\n`);
  const opened = openSync(file, 'r+');
  for (const { from, at } of contents) pour(from, opened, at);
  closeSync(opened);
}

/** Boot sector, partition table in the dos format; the boot partition at 1 MiB, the root partition after it. */
export async function makeBiosDisk(
  file: string,
  { boot, root, bootSector, signature }: DiskParts & { readonly bootSector: string; readonly signature: string },
): Promise<void> {
  const [bootBytes, rootBytes] = [statSync(boot).size, statSync(root).size];
  const rootAt = mebibyte + bootBytes;
  const table = [
    'label: dos',
    `label-id: 0x${signature}`,
    `start=${mebibyte / sector}, size=${bootBytes / sector}, type=c, bootable`,
    `start=${rootAt / sector}, size=${rootBytes / sector}, type=83`,
  ];
  const contents = [
    { from: bootSector, at: 0 },
    { from: boot, at: mebibyte },
    { from: root, at: rootAt },
  ];
  await makeDisk(file, { table, bytes: rootAt + rootBytes, contents });
}

/**
 * A GPT, with its copy at the end: EFI system partition at 1 MiB, root partition after it. `uuids`: disk, ESP, root.
 */
export async function makeUefiDisk(
  file: string,
  { boot, root, uuids }: DiskParts & { uuids: readonly [string, string, string] },
): Promise<void> {
  const [bootBytes, rootBytes] = [statSync(boot).size, statSync(root).size];
  const rootAt = mebibyte + bootBytes;
  const table = [
    'label: gpt',
    `label-id: ${uuids[0]}`,
    `start=${mebibyte / sector}, size=${bootBytes / sector}, type=U, uuid=${uuids[1]}, name=boot`,
    `start=${rootAt / sector}, size=${rootBytes / sector}, type=L, uuid=${uuids[2]}, name=root`,
  ];
  const contents = [
    { from: boot, at: mebibyte },
    { from: root, at: rootAt },
  ];
  await makeDisk(file, { table, bytes: rootAt + rootBytes + mebibyte, contents });
}
