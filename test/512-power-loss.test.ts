/** A power cut takes what was not flushed, names and contents alike: what counted as done is all there. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { compilerPlan } from './rig/fake-builder.ts';
import { root, scratch } from './rig/program.ts';
import type { Change } from './rig/recorded-run.ts';
import { archives, run } from './rig/run-rig.ts';

interface File {
  content: Buffer;
  /** What a flush has brought to the disk. */
  durable: Buffer;
}
type Directory = Map<string, Node>;
type Node = File | Directory | string;

/**
 * Of what a power cut does: `names` loses every name that its directory was not flushed with, `contents` only contents.
 */
type Loss = 'names' | 'contents';

/** What is on the disk when the power goes after these changes. */
function afterPowerCut(changes: readonly Change[], top: string, loss: Loss): Directory {
  const tree: Directory = new Map();
  /** Names as the disk has them. */
  const disk = new Map<Directory, Directory>([[tree, new Map()]]);
  const at = (path: string): Node | undefined =>
    relative(top, path)
      .split('/')
      .filter(Boolean)
      .reduce<Node | undefined>((node, name) => (node instanceof Map ? node.get(name) : undefined), tree);
  const put = (path: string, node: Node | undefined): void => {
    const directory = at(dirname(path)) as Directory;
    for (const names of loss === 'contents' ? [directory, disk.get(directory)!] : [directory])
      if (node === undefined) names.delete(basename(path));
      else names.set(basename(path), node);
  };
  const makeDirectory = (path: string): void => {
    if (at(path) !== undefined) return;
    makeDirectory(dirname(path));
    const made: Directory = new Map();
    disk.set(made, new Map());
    put(path, made);
  };
  for (const change of changes) {
    const { what, path } = change;
    if ('from' in change) {
      const node = at(change.from)!;
      if (what === 'rename') put(change.from, undefined);
      put(path, node);
    } else if (what === 'directory') makeDirectory(path);
    else if (what === 'file') put(path, { content: Buffer.alloc(0), durable: Buffer.alloc(0) });
    else if ('content' in change) (at(path) as File).content = Buffer.from(change.content, 'base64');
    else if ('target' in change) put(path, change.target);
    else if (what === 'remove') put(path, undefined);
    else if (what === 'flush') {
      const node = at(path);
      if (node instanceof Map) disk.set(node, new Map(node));
      else if (typeof node === 'object') node.durable = node.content;
    }
  }
  const kept = (directory: Directory): Directory =>
    new Map([...disk.get(directory)!].map(([name, node]) => [name, node instanceof Map ? kept(node) : node]));
  return kept(tree);
}

function layOut(directory: string, tree: Directory): void {
  mkdirSync(directory, { recursive: true });
  for (const [name, node] of tree) {
    const path = join(directory, name);
    if (node instanceof Map) layOut(path, node);
    else if (typeof node === 'string') symlinkSync(node, path);
    else writeFileSync(path, node.durable);
  }
}

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** What of the archives that have a name is not whole. */
function halves(directory: string): readonly string[] {
  const parent = join(directory, 'archives');
  const names = existsSync(parent) ? readdirSync(parent).filter((name) => /^[a-z]+\d*$/.test(name)) : [];
  return names.flatMap((name) => {
    const there = (file: string): string => {
      const path = join(parent, name, file);
      return existsSync(path) ? sha256(readFileSync(path)) : `${name}/${file} is missing`;
    };
    const text = (file: string): string =>
      existsSync(join(parent, name, file)) ? readFileSync(join(parent, name, file), 'utf8') : '';
    const sums = [...text('Release').matchAll(/^ (\w{64}) \d+ (\S+)$/gm)].map(([, sum, file]) => [file!, sum!]);
    const pool = [...text('Packages').matchAll(/^Filename: (.*)$(?:\n.+)*?\nSHA256: (.*)$/gm)].map(([, f, s]) => [
      f!,
      s!,
    ]);
    const wrong = [...sums, ...pool].filter(([file, sum]) => there(file!) !== sum).map(([file]) => `${name}/${file}`);
    return sums.length === 2 ? wrong : [`${name}/Release`, ...wrong];
  });
}

test.each(['names', 'contents'] as const)(
  'when the power takes %s, archives are whole, and the run goes on',
  async (loss) => {
    const parent = scratch();
    const whole = join(parent, 'whole');
    const file = join(parent, 'changes.json');
    const args = [join(root, 'test/rig/recorded-run.ts'), whole, file, ...(loss === 'contents' ? ['no-links'] : [])];
    const recorded = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(recorded.status, recorded.stderr).toBe(0);
    const changes: readonly Change[] = JSON.parse(readFileSync(file, 'utf8'));
    const expected = archives(whole);
    for (let instant = 1; instant <= changes.length; instant++) {
      const last = instant === changes.length;
      const published = changes[instant - 1]!.path === join(whole, 'archives');
      if (!last && !published && instant % 131 !== 0) continue;
      const directory = join(parent, `${instant}`);
      layOut(directory, afterPowerCut(changes.slice(0, instant), whole, loss));
      expect([instant, halves(directory)]).toEqual([instant, []]);
      if (!last && published) continue;
      const { after, builder } = await run(directory, compilerPlan());
      expect(after.status).toBe('complete');
      expect(archives(directory)).toEqual(expected);
      if (last) expect(builder.started).toEqual([]);
    }
  },
  60_000,
);
