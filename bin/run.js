// The entry: the TypeScript sources in a clone, the emitted JavaScript in an installed package.
import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

// Where bin/bootplan made room for a whole archive, V8 13 is told that an index beside its heap is no reason to go through
// all of that heap, and that most functions have done their work before it would pay to compile them once more. `cycles`
// ends before the last of its compilers has paid for itself at all, on a graph of thousands as on an archive; older ones
// have no other that is any good.
const v8 = Number.parseInt(process.versions.v8, 10);
if (process.execArgv.some((flag) => flag.startsWith('--initial-heap-size='))) {
  if (v8 === 13) {
    setFlagsFromString('--external-memory-accounted-in-global-limit');
    setFlagsFromString('--invocation-count-for-turbofan=30000');
  }
  if (v8 >= 13 && process.argv[2] === 'cycles') setFlagsFromString('--no-turbofan');
}
enableCompileCache?.();
const root = fileURLToPath(new URL('..', import.meta.url));
const inClone = existsSync(`${root}/src/main.ts`);
const { main } = await import(inClone ? '../src/main.ts' : '../dist/main.js');
await main(root, inClone ? 'src' : 'dist', process.argv.slice(2));
