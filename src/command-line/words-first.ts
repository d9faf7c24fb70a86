/**
 * `--sources FILE... godo`: which words belong to a flag that takes several files, and which are the command's own.
 * oclif gives such a flag every word up to the next flag.
 */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';

function isFile(path: string): boolean {
  try {
    return !statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Where `-C` will have gone when files are opened. */
export function startOf(argv: readonly string[]): string {
  const at = argv.findIndex((word) => word === '-C' || word === '--directory');
  const joined = argv.flatMap((word) => /^(?:-C|--directory=)(.+)$/.exec(word)?.[1] ?? []);
  return resolve((at >= 0 ? argv[at + 1] : joined[0]) ?? '.');
}

/** What `--targets` takes alone. */
const wholeSets: ReadonlySet<string> = new Set(['all', 'essential']);

/**
 * The same words in an order that oclif reads as the user meant them: a file flag keeps its first word, and those that
 * follow while they are files or look like paths, `--targets` a whole set alone; the first that is neither is a word of
 * the command, as all after it up to the next flag.
 *
 * @param fileFlags the flags that take several files, with their dashes
 */
export function wordsFirst(argv: readonly string[], fileFlags: ReadonlySet<string>): readonly string[] {
  const start = startOf(argv);
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const words: string[] = [];
  const rest: string[] = [];
  let taking: 'nothing' | 'first' | 'files' | 'targets' | 'words' = 'nothing';
  for (const word of argv.slice(0, end)) {
    if (word.startsWith('-')) taking = fileFlags.has(word) ? 'first' : word === '--targets' ? 'targets' : 'nothing';
    else if (taking === 'targets' && wholeSets.has(word)) {
      rest.push(word);
      taking = 'words';
      continue;
    } else if (taking === 'first') taking = 'files';
    else if (taking === 'files' && !word.includes('/') && !isFile(resolve(start, word))) taking = 'words';
    (taking === 'words' ? words : rest).push(word);
  }
  return [...words, ...rest, ...argv.slice(end)];
}
