/** Where each page lies, and how one page leads to another. Names of files are computed: no name is ever a path. */
import type { SourceName } from '../../names.ts';

const plain = /^[A-Za-z0-9][A-Za-z0-9+.-]{0,100}$/;

/** A number that differs between names, for those that cannot be a file's name (FNV-1a, 52 bits of it twice). */
function digest(name: string): string {
  let [a, b] = [0x811c9dc5, 0x1000193];
  for (let i = 0; i < name.length; i++) {
    a = Math.imul(a ^ name.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ name.charCodeAt(i), 0x5bd1e995);
  }
  return [a, b].map((n) => (n >>> 0).toString(16).padStart(8, '0')).join('');
}

/** The name of a file for any name: itself where it is plain, else its letters and a number of its own. */
export const fileName = (name: string): string =>
  plain.test(name) ? name : `${name.replace(/[^A-Za-z0-9]+/g, '_').slice(0, 40)}_${digest(name)}`;

/** The page of a source. */
export const sourcePath = (name: string): string => `source/${fileName(name)}.html`;
/** A bug report that waits to be checked and sent. */
export const bugPath = (source: SourceName): string => `bugs/${fileName(source)}.txt`;
/** The page of a component. */
export const componentPath = (id: string): string => `component/${fileName(id)}.html`;

/** The address of a maintainer decides, so that two spellings of a name share a page. */
export function maintainerPath(maintainer: string): string {
  const address = /<([^<>]*)>\s*$/.exec(maintainer)?.[1] ?? maintainer;
  return `maintainer/${fileName(address.replace('@', '-at-'))}.html`;
}

/** How a page says where another is. */
export function relative(from: string, to: string): string {
  const up = '../'.repeat(from.split('/').length - 1);
  return `${up}${to.split('/').map(encodeURIComponent).join('/').replaceAll('%2B', '+').replace('%23', '#')}`;
}
