/** `init`: a small distribution that works, to start from: copied from the template, its locks put in. */
import { copyFileSync, cpSync, existsSync, globSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Bug, EnvironmentError, exitCode } from '../../errors.ts';
import { byteOrder } from '../../order.ts';
import { relock } from '../../runner/fetch/relock.ts';

/** What is copied, and where to. */
export interface InitRequest {
  /** Where it goes; made, when its parent is there. */
  readonly directory: string;
  /** The directory `metadata` that comes with bootplan. */
  readonly metadata: string;
  /** Only name the files. */
  readonly onlyLooks: boolean;
}

/** `--json`: the files, below the directory, byte order. */
export interface InitResult {
  readonly directory: string;
  readonly files: readonly string[];
}

/**
 * Nothing is downloaded, and nothing is written over.
 *
 * @throws EnvironmentError (64) when there is something already
 */
export async function initDistribution({ directory, metadata, onlyLooks }: InitRequest): Promise<InitResult> {
  const there = statSync(directory, { throwIfNoEntry: false });
  if (there !== undefined && (!there.isDirectory() || readdirSync(directory).length > 0))
    throw new EnvironmentError(
      `${directory} is there already, and not empty`,
      exitCode.usage,
      'name a directory that is not there yet: nothing is written over',
    );
  const template = join(metadata, 'template');
  // One init for the initramfs: that of the mini-distribution.
  const init = 'src/bootplan-init/init.c';
  const found = globSync('**/*', { cwd: template }).filter((path) => statSync(join(template, path)).isFile());
  const files = [...found, init].sort(byteOrder);
  if (onlyLooks) return { directory, files };
  if (!existsSync(directory)) mkdirSync(directory);
  cpSync(template, directory, { recursive: true });
  mkdirSync(dirname(join(directory, init)));
  copyFileSync(join(metadata, 'minidistro/init/init.c'), join(directory, init));
  const neverAsked = () => Promise.reject(new Bug('the template locks nothing but files of its own'));
  const { missing } = await relock(directory, neverAsked, true);
  if (missing.length > 0) throw new Bug(`the template lacks ${missing.map(({ what }) => what).join(', ')}`);
  return { directory, files };
}
