/** A directory as a tar archive, the same bytes for the same content: what container tools and chroots start from. */
import { imageEpoch, imageTool } from './ext4.ts';

/** Names in byte order, all owners root, all times `imageEpoch`; hard links stay links. */
export async function makeTarball(directory: string, file: string): Promise<void> {
  const same = ['--format=gnu', '--sort=name', `--mtime=@${imageEpoch}`];
  const owned = ['--owner=root:0', '--group=root:0', '--numeric-owner', '--no-acls', '--no-selinux', '--no-xattrs'];
  await imageTool('tar', ['--create', `--file=${file}`, ...same, ...owned, `--directory=${directory}`, '.']);
}
