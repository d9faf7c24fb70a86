/** The tree of a root file system: what it is made of, and the directory, made at most once. */
import { join } from 'node:path';
import type { IndexedDeb } from '../archive/archive-index.ts';
import { sha256File } from '../files/digest.ts';
import { refuseClashes } from './clashes.ts';
import type { GuestBuildParts } from './guest-build.ts';
import { checkArchitectures, laidMode, makeRoot } from './rootfs.ts';

/** What the tree is made of. */
export interface RootContents {
  readonly packages: readonly IndexedDeb[];
  /** Path in the image -> host path, byte order. */
  readonly files: ReadonlyMap<string, string>;
  readonly guestBuild: GuestBuildParts | undefined;
  readonly architecture: string;
  /** Globs of paths that two packages may have. */
  readonly duplicates: readonly string[];
}

/** The tree of one image; who asks first has it made. */
export class RootTree {
  private readonly contents: RootContents;
  private readonly scratch: string;
  private made: Promise<string> | undefined;

  /** @param scratch a directory that holds the tree as long as this object is used */
  constructor(contents: RootContents, scratch: string) {
    this.contents = contents;
    this.scratch = scratch;
  }

  /** Names everything in the tree by its digest. */
  async inputs(): Promise<readonly unknown[]> {
    const { packages, files, guestBuild } = this.contents;
    const laid = await Promise.all(
      [...files].map(async ([name, from]) => [name, await sha256File(from), laidMode(from)]),
    );
    return [packages.map((deb) => deb.sha256), laid, ...(guestBuild === undefined ? [] : [guestBuild.inputs])];
  }

  /** @throws InputError when packages do not go together, or a program in them is for another machine */
  directory(): Promise<string> {
    this.made ??= this.make();
    return this.made;
  }

  private async make(): Promise<string> {
    const { packages, files, guestBuild, architecture, duplicates } = this.contents;
    await refuseClashes(packages, duplicates, this.scratch);
    const tree = join(this.scratch, 'root');
    await makeRoot(tree, packages, files);
    await guestBuild?.write(tree);
    await checkArchitectures(tree, architecture, 'root file system');
    return tree;
  }
}
