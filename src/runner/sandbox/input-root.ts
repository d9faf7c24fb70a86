/** The / of one build: its layers stacked by an overlay; where that is not possible, linked or copied into one tree. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError, exitCode } from '../../errors.ts';
import { removeTree } from '../files/remove-tree.ts';
import { runProcess } from '../process.ts';
import { buildUser, mayDropTo } from './user.ts';

/** In the order in which they are tried. */
export type Assembly = 'overlay' | 'hardlink' | 'copy';

const environment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/** Can this user stack directories of this file system? Answered by doing it. */
export async function overlayWorks(directory: string): Promise<boolean> {
  mkdirSync(directory, { recursive: true });
  const probe = mkdtempSync(join(directory, 'probe-'));
  for (const name of ['a', 'b', 'merged']) mkdirSync(join(probe, name));
  const user = mayDropTo(buildUser) ? [] : ['--user', '--map-root-user'];
  const mount = 'mount -t overlay -o ro,lowerdir=a:b bootplan merged';
  const args = [...user, '--mount', '--propagation', 'private', 'sh', '-c', mount];
  const ended = await runProcess('unshare', args, { cwd: probe, env: environment, repeatable: true });
  rmSync(probe, { recursive: true, force: true });
  return ended.exitCode === 0;
}

/** The layers of a root, and where they lie. */
export interface InputRoot {
  readonly layersIn: string;
  readonly layers: readonly string[];
}

/** As many as the kernel stacks. */
const mostStacked = 500;

/** The layers under short names, by links: the kernel takes all their names together in 4 KiB. */
function stacked(root: InputRoot, directory: string): InputRoot {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const layers = root.layers.map((_, i) => String(i));
  for (const [i, name] of root.layers.entries()) symlinkSync(join(root.layersIn, name), join(directory, layers[i]!));
  return { layersIn: directory, layers };
}

/**
 * One tree from all layers, the lowest first, so that a higher one wins. Links cost no space, but need one file system.
 */
async function merged(root: InputRoot, directory: string, how: 'hardlink' | 'copy'): Promise<boolean> {
  await removeTree(directory);
  mkdirSync(directory, { recursive: true });
  const flag = how === 'hardlink' ? '-afl' : '-af';
  const sources = [...root.layers].reverse().map((name) => `${join(root.layersIn, name)}/.`);
  const ended = await runProcess('cp', [flag, '--no-preserve=ownership', ...sources, directory], { env: environment });
  return ended.exitCode === 0;
}

/**
 * The input root in the given or the best possible way, made of or by what is in `directory`.
 * @throws EnvironmentError when not even copying works: the disk is full
 */
export async function assemble(root: InputRoot, directory: string, ways: readonly Assembly[]): Promise<InputRoot> {
  for (const way of ways) {
    if (way === 'overlay') {
      if (root.layers.length <= mostStacked) return stacked(root, directory);
      continue;
    }
    if (await merged(root, directory, way)) return { layersIn: join(directory, '..'), layers: [nameOf(directory)] };
  }
  const help = 'free some space; bootplan doctor shows where';
  throw new EnvironmentError('the input root cannot be put together', exitCode.disk, help);
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
