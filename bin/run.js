// The entry: the TypeScript sources in a clone, the emitted JavaScript in an installed package.
import { existsSync, lstatSync, mkdirSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

// Where bin/bootplan made room for a whole archive, V8 13 is told that an index beside its heap is no reason to go
// through all of that heap, and that most functions have done their work before it would pay to compile them once more.
// `cycles` ends before the last of its compilers has paid for itself at all, on a graph of thousands as on an archive;
// older ones have no other that is any good.
const v8 = Number.parseInt(process.versions.v8, 10);
if (process.execArgv.some((flag) => flag.startsWith('--initial-heap-size='))) {
  if (v8 === 13) {
    setFlagsFromString('--external-memory-accounted-in-global-limit');
    setFlagsFromString('--invocation-count-for-turbofan=30000');
  }
  if (v8 >= 13 && process.argv[2] === 'cycles') setFlagsFromString('--no-turbofan');
}

/**
 * Where compiled code is kept for the next start: what is read there is run, so nobody else may have written it. Node's
 * own choice is one directory of that name for all users, and is made where there is no temporary directory.
 */
function ownCodeCache() {
  const user = process.getuid();
  const directory = `${tmpdir()}/bootplan-code-${user}`;
  try {
    if (!existsSync(directory)) mkdirSync(directory, { mode: 0o700 });
    const found = lstatSync(directory);
    return found.isDirectory() && found.uid === user && (found.mode & 0o022) === 0 ? directory : undefined;
  } catch {
    // No temporary directory, none for this user, or one that somebody has just made: it starts without.
    return undefined;
  }
}
// Node's own answer to this signal is a debugger, which every user of this machine could use.
process.on('SIGUSR1', () => {});
const code = ownCodeCache();
if (code !== undefined) enableCompileCache?.(code);
const root = fileURLToPath(new URL('..', import.meta.url));
const inClone = existsSync(`${root}/src/command-line/main.ts`);
const { main } = await import(inClone ? '../src/command-line/main.ts' : '../dist/command-line/main.js');
await main(root, inClone ? 'src' : 'dist', process.argv.slice(2));
