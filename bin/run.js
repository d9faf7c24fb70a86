// The entry: the TypeScript sources in a clone, the emitted JavaScript in an installed package.
import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache?.();
const root = fileURLToPath(new URL('..', import.meta.url));
const inClone = existsSync(`${root}/src/main.ts`);
const { main } = await import(inClone ? '../src/main.ts' : '../dist/main.js');
await main(root, inClone ? 'src' : 'dist', process.argv.slice(2));
