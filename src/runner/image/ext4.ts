/** The root file system: ext4 from a directory, without privileges, the same bytes for the same content. */

import { rmSync, writeFileSync } from 'node:fs';
import { EnvironmentError, exitCode } from '../../errors.ts';
import type { ByName } from '../../model.ts';
import { runProcess } from '../process.ts';

/** Every time in an image: 2023-01-01T00:00:00Z. FAT has no earlier year than 1980, so zero would not do. */
export const imageEpoch = 1672531200;

/** What makes e2fsprogs, mtools and others write `imageEpoch` where they would write the time of day. */
export const imageEnvironment: ByName<string> = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
  TZ: 'UTC',
  SOURCE_DATE_EPOCH: String(imageEpoch),
  E2FSPROGS_FAKE_TIME: String(imageEpoch),
  MTOOLS_SKIP_CHECK: '1',
  DEBUGFS_PAGER: 'cat',
};

/** Runs one of the tools that make an image, under the image's own time. @throws EnvironmentError with its words */
export async function imageTool(program: string, args: readonly string[], input?: string): Promise<string> {
  const ended = await runProcess(program, args, { env: imageEnvironment, ...(input !== undefined && { input }) });
  if (ended.exitCode !== 0) {
    const said = `${ended.stderr}\n${ended.stdout}`.trim();
    throw new EnvironmentError(
      `${program} failed: ${said}`,
      exitCode.disk,
      'is the disk full? is root-size too small?',
    );
  }
  return ended.stdout;
}

const firstFreeInode = 11;
const rootInode = 2;

/**
 * `mke2fs -d` copies owners and ctime from the directory, where ctime cannot be set. So every used inode is rewritten
 * afterwards: all times become `imageEpoch`, all owners root. In a new file system the used inodes are the
 * first ones.
 */
async function normalise(file: string, owners: 'root' | 'kept'): Promise<void> {
  const summary = await imageTool('dumpe2fs', ['-h', file]);
  const number = (field: string): number => Number(new RegExp(`^${field}:\\s*(\\d+)`, 'm').exec(summary)?.[1]);
  const used = number('Inode count') - number('Free inodes');
  const time = `${new Date(imageEpoch * 1000).toISOString().replace(/\D/g, '').slice(0, 14)}`;
  const times = ['atime', 'ctime', 'mtime', 'crtime'].flatMap((t) => [`${t} ${time}`, `${t}_extra 0`]);
  const settings = [...times, ...(owners === 'root' ? ['uid 0', 'gid 0'] : [])];
  const inodes = [rootInode, ...Array.from({ length: used - firstFreeInode + 1 }, (_, i) => firstFreeInode + i)];
  const script = `${file}.inodes`;
  writeFileSync(script, inodes.flatMap((inode) => settings.map((setting) => `sif <${inode}> ${setting}\n`)).join(''));
  await imageTool('debugfs', ['-w', '-f', script, file]);
  rmSync(script);
}

/** How large the file system is, and its name. */
export interface Ext4Options {
  readonly mebibytes: number;
  readonly uuid: string;
}

/** Writes the file system of a directory to `file`, and has e2fsck look at it. */
export async function makeExt4(directory: string, file: string, options: Ext4Options): Promise<void> {
  const extended = `hash_seed=${options.uuid},lazy_itable_init=0,lazy_journal_init=0,root_owner=0:0`;
  const shape = ['-q', '-F', '-t', 'ext4', '-I', '256', '-m', '0', '-L', 'root', '-U', options.uuid, '-E', extended];
  await imageTool('mke2fs', [...shape, '-d', directory, file, `${options.mebibytes}M`]);
  await finishExt4(file, 'root');
}

/** Sets the times of a new file system, its owners when all are to be root, and has e2fsck look at it. */
export async function finishExt4(file: string, owners: 'root' | 'kept'): Promise<void> {
  await normalise(file, owners);
  await imageTool('e2fsck', ['-f', '-n', file]);
}
