/** Where a file of an image lies on this machine while the tree of its root file system is made. */
import { lstatSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { visible } from '../../diagnostics.ts';
import { InputError } from '../../errors.ts';

const help = 'nothing can be put there: name another place in `files` of image.yaml, or change the package that has it';

const refused = (name: string, what: string): InputError =>
  new InputError([{ code: 'BP519', severity: 'error', message: `${visible(name)} in the image is ${what}`, help }]);

function whereItLeads(link: string): string | undefined {
  try {
    return realpathSync(link);
  } catch {
    return undefined;
  }
}

const clean = (name: string): string =>
  name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/') || '.';

function below(root: string, name: string): string {
  if (name === '.') return root;
  const path = join(below(root, dirname(name)), basename(name));
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) mkdirSync(path);
  if (found === undefined || found.isDirectory()) return path;
  if (!found.isSymbolicLink()) throw refused(name, 'no directory');
  const real = whereItLeads(path);
  if (real?.startsWith(`${root}/`) && lstatSync(real).isDirectory()) return real;
  throw refused(name, 'a link that leads to no directory of it');
}

/**
 * A directory inside the tree, wherever the links lead that packages have brought; made when it is not there.
 * @throws InputError when a part of the way is no directory of the tree
 */
export function directoryInTree(tree: string, name: string): string {
  mkdirSync(tree, { recursive: true });
  return below(realpathSync(tree), clean(name));
}

/**
 * The path for a new file. Its directory is there, and nothing that it would be written through.
 * @throws InputError when a part of the way is no directory of the tree, or the end of it is one
 */
export function placeInTree(tree: string, name: string): string {
  const path = join(directoryInTree(tree, dirname(clean(name))), basename(name));
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) throw refused(name, 'a directory');
  rmSync(path, { force: true });
  return path;
}
