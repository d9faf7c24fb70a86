/**
 * A whole run with the fake builder that writes down what it does to its state directory, call by call:
 * `node test/rig/recorded-run.ts DIRECTORY FILE [no-links]`. Without links, the cache seems to be on another file
 * system.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { resolve } from 'node:path';

/** One change of the state directory; `content` is all that the file holds after it, in base64. */
export type Change =
  | { readonly what: 'directory' | 'file' | 'remove' | 'flush'; readonly path: string }
  | { readonly what: 'content'; readonly path: string; readonly content: string }
  | { readonly what: 'rename' | 'link'; readonly from: string; readonly path: string }
  | { readonly what: 'symlink'; readonly target: string; readonly path: string };

type Call = (...args: unknown[]) => unknown;

async function record(directory: string, links: boolean): Promise<readonly Change[]> {
  const changes: Change[] = [];
  const real = { ...fs };
  const calls = fs as unknown as Record<string, Call>;
  const open = new Map<unknown, string>();
  const within = (path: unknown): path is string => typeof path === 'string' && resolve(path).startsWith(directory);
  const there = (path: unknown): boolean =>
    within(path) && real.lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  let depth = 0;
  /** @param of the argument that names what may or may not have been there before */
  const watch = (
    name: string,
    of: number,
    after: (args: unknown[], before: boolean, result: unknown) => void,
  ): void => {
    const call = calls[name]!;
    calls[name] = (...args) => {
      const before = there(args[of]);
      depth++;
      try {
        const result = call(...args);
        if (depth === 1) after(args, before, result);
        return result;
      } finally {
        depth--;
      }
    };
  };
  const hold = (path: string): void => {
    if (there(path)) changes.push({ what: 'content', path, content: real.readFileSync(path, 'base64') });
  };
  const made = (path: unknown, before: boolean): void => {
    if (!within(path)) return;
    if (!before) changes.push({ what: 'file', path: resolve(path) });
    hold(resolve(path));
  };
  watch('openSync', 0, ([path], before, descriptor) => {
    if (!within(path)) return;
    open.set(descriptor, resolve(path));
    if (!before) changes.push({ what: 'file', path: resolve(path) });
  });
  for (const name of ['writeSync', 'ftruncateSync']) watch(name, 0, ([fd]) => open.has(fd) && hold(open.get(fd)!));
  for (const name of ['fsyncSync', 'fdatasyncSync'])
    watch(name, 0, ([fd]) => open.has(fd) && changes.push({ what: 'flush', path: open.get(fd)! }));
  watch('closeSync', 0, ([fd]) => open.delete(fd));
  watch('writeFileSync', 0, ([path], before) => made(path, before));
  watch('copyFileSync', 1, ([, path], before) => made(path, before));
  watch('mkdirSync', 0, ([path]) => within(path) && changes.push({ what: 'directory', path: resolve(path) }));
  const moved = (what: 'rename' | 'link') => (args: unknown[]) => {
    const [from, path] = args as [string, string];
    if (within(path)) changes.push({ what, from: resolve(from), path: resolve(path) });
  };
  watch('renameSync', 1, moved('rename'));
  watch('linkSync', 1, moved('link'));
  watch('symlinkSync', 1, (args) => {
    const [target, path] = args as [string, string];
    if (within(path)) changes.push({ what: 'symlink', target, path: resolve(path) });
  });
  for (const name of ['rmSync', 'rmdirSync'])
    watch(name, 0, ([path], before) => before && changes.push({ what: 'remove', path: resolve(path as string) }));
  if (!links)
    calls.linkSync = () => {
      throw Object.assign(new Error('EXDEV'), { code: 'EXDEV' });
    };
  syncBuiltinESMExports();
  const { run } = await import('./run-rig.ts');
  const { compilerPlan } = await import('./fake-builder.ts');
  await run(directory, compilerPlan());
  return changes;
}

if (process.argv[1] === import.meta.filename) {
  const [, , directory, file, links] = process.argv;
  const { writeFileSync } = fs;
  writeFileSync(file!, JSON.stringify(await record(directory!, links !== 'no-links')));
}
