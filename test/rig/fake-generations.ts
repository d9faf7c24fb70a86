/**
 * Scripts whose packages depend on what their inputs hold, generation by generation; and, in a process of its own, a
 * run of them to be killed when a build starts: `node test/rig/fake-generations.ts DIRECTORY BUILD`.
 */
import { readFileSync } from 'node:fs';
import type { BuildRequest } from '../../src/runner/builder.ts';
import { compilerPlan, type Script } from './fake-builder.ts';
import { run } from './run-rig.ts';

/** The content of a package, from what its inputs say between { and }, by name. */
export const generations =
  (make: (inputs: Readonly<Record<string, string>>) => string) =>
  ({ inputs }: BuildRequest): string =>
    `{${make(Object.fromEntries(inputs.map(({ name, path }) => [name, /\{(.*?)\}/.exec(readFileSync(path, 'latin1'))![1]!])))}}`;

/**
 * A compiler whose code gets better each time it compiles itself, until there is nothing left to gain in the given
 * generation; its library and the shell hold what that compiler makes of them.
 */
export function settling(generation: number): Record<string, Script> {
  const compiler = generations(({ cc = '0' }) => String(Math.min(generation, Number(cc) + 1)));
  const others = generations(({ cc = 'the seed' }) => `by cc ${cc}`);
  return {
    'libc<stage1>': { content: others },
    'libc#*': { content: others },
    'sh#*': { content: others },
    'cc<stage1>': { content: compiler },
    'cc#*': { content: compiler },
  };
}

if (process.argv[1] === import.meta.filename)
  await run(process.argv[2]!, compilerPlan(), settling(5), { rounds: 3, jobs: 1 }, (event) => {
    if (event.type === 'build-started' && event.build === process.argv[3]) console.log('started');
  });
