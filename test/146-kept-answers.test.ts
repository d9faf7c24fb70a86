/** The second question about the same input is answered from what was kept, and never otherwise than the first. */
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answersFor } from '../src/application/analyse.ts';
import { boldness, propose } from '../src/application/proposals/propose.ts';
import { neededEdits } from '../src/application/questions/needed-edits.ts';
import { keyOf, programFiles, recall } from '../src/application/universe/kept-answers.ts';
import { loadUniverse } from '../src/application/universe/load-universe.ts';
import type { InputRequest } from '../src/metadata/universe/read.ts';
import { resolve } from '../src/solver/graph/resolve.ts';
import { type Knowledge, noKnowledge } from '../src/solver/propose/edit-lines.ts';

let root: string;
const before = { ...process.env };
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bootplan-kept-'));
  process.env.XDG_CACHE_HOME = join(root, 'cache');
  process.env.BOOTPLAN_ANSWERS = 'on';
});
afterEach(() => {
  process.env = { ...before };
  rmSync(root, { recursive: true, force: true });
});

const stanza = (fields: Record<string, string>): string =>
  `${Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('')}\n`;

/** Two sources that need each other, one with a stage. */
function archive(needs = 'libb-dev <!stage1>'): InputRequest {
  const packages = join(root, 'Packages');
  const sources = join(root, 'Sources');
  const version = '1-1';
  const binary = (Package: string, Source: string) =>
    stanza({ Package, Source, Version: version, Architecture: 'amd64' });
  const source = (Package: string, Binary: string, depends: string) =>
    stanza({ Package, Binary, Version: version, Architecture: 'any', 'Build-Depends': depends });
  writeFileSync(packages, binary('liba-dev', 'src-a') + binary('libb-dev', 'src-b'));
  writeFileSync(sources, source('src-a', 'liba-dev', needs) + source('src-b', 'libb-dev', 'liba-dev'));
  return {
    packages: [packages],
    sources: [sources],
    fromApt: false,
    controls: [],
    annotations: [],
    architecture: undefined,
    profiles: [],
    targets: 'all',
    seed: 'none',
    archAll: 'available',
    noIndep: false,
    alternatives: 'any',
  };
}

const ask = async (request: InputRequest): Promise<string> => {
  const { universe, diagnostics } = await loadUniverse(request);
  const { plan } = await answersFor(universe);
  return JSON.stringify([plan, diagnostics]);
};

const entries = (): string[] =>
  readdirSync(join(root, 'cache/bootplan/answers')).map((name) => join(root, 'cache/bootplan/answers', name));
const writtenAt = (): number[] => entries().map((path) => statSync(path).ino);

test('the second answer is the first, and nothing is written for it', async () => {
  const request = archive();
  const first = await ask(request);
  expect(entries()).toHaveLength(2);
  const files = writtenAt();
  expect(await ask(request)).toBe(first);
  expect(writtenAt()).toEqual(files);
  process.env.BOOTPLAN_ANSWERS = 'off';
  expect(await ask(request)).toBe(first);
});

test('whoever asks once keeps nothing, and is told what is kept', async () => {
  const request = archive();
  const alone = await loadUniverse(request, true);
  expect(existsSync(join(root, 'cache'))).toBe(false);
  await ask(request);
  const kept = entries().map((path) => [path, statSync(path).ino]);
  expect(await loadUniverse(request, true)).toEqual(alone);
  expect(entries().map((path) => [path, statSync(path).ino])).toEqual(kept);
});

test('what changes at the same size is another input for whoever asks once, too', async () => {
  const request = archive('libb-dev <!stage1>');
  await ask(request);
  const other = archive('libb-dev <!stage2>');
  process.env.BOOTPLAN_ANSWERS = 'off';
  const { universe } = await loadUniverse(other, true);
  process.env.BOOTPLAN_ANSWERS = 'on';
  expect((await loadUniverse(other, true)).universe).toEqual(universe);
});

test('another input, another request and another name of a file are other questions', async () => {
  const first = await ask(archive());
  const second = await ask(archive('libb-dev'));
  expect(second).not.toBe(first);
  expect(await ask({ ...archive(), profiles: ['stage1'] })).not.toBe(first);
  expect(entries()).toHaveLength(6);
  expect(await ask(archive())).toBe(first);
});

describe('what a proposal has found is what is still needed', () => {
  const classes = boldness[3]!;
  const knot = (): InputRequest => ({ ...archive('libb-dev, doxygen'), declaredProfiles: true });
  const after = async (proposed: Partial<Knowledge>, dropped = classes) => {
    const { universe } = await loadUniverse(knot());
    await propose(universe, { classes: dropped, knowledge: { ...noKnowledge, ...proposed }, frontier: true });
    let searched = false;
    const needed = await neededEdits(
      universe,
      () => {
        searched = true;
        return resolve(universe);
      },
      undefined,
    );
    rmSync(join(root, 'cache'), { recursive: true, force: true });
    const alone = await neededEdits(universe, () => resolve(universe), undefined);
    return { searched, needed, alone };
  };

  test('where it was asked the same', async () => {
    const { searched, needed, alone } = await after({});
    expect(searched).toBe(false);
    expect(needed).toEqual(alone);
    expect(needed).toMatchObject({ supplies: 1, proved: true });
  });

  test.each([
    ['something is never dropped', { keep: new Set(['src-a']) }, classes],
    ['less may be dropped', {}, boldness[1]!],
    ['more may be dropped', {}, boldness[4]!],
  ])('and not where %s', async (_, proposed, dropped) => {
    const { searched, needed, alone } = await after(proposed, dropped);
    expect(searched).toBe(true);
    expect(needed).toEqual(alone);
  });
});

test('an entry that is cut off, changed, of another name or open to others is made again', async () => {
  const request = archive();
  const first = await ask(request);
  const spoils: ((path: string) => void)[] = [
    (path) => truncateSync(path, 100),
    (path) => truncateSync(path, 0),
    (path) => {
      const bytes = readFileSync(path);
      bytes[bytes.length - 20]! ^= 1;
      writeFileSync(path, bytes);
    },
    (path) => chmodSync(path, 0o666),
    (path) => writeFileSync(path, readFileSync(entries().find((other) => other !== path)!)),
  ];
  for (const spoil of spoils) {
    for (const path of entries()) spoil(path);
    const spoilt = writtenAt();
    expect(await ask(request)).toBe(first);
    expect(writtenAt()).not.toEqual(spoilt);
  }
});

test('a cache that cannot be written to, and none at all, are nothing to stop at', async () => {
  const request = archive();
  const first = await ask(request);
  writeFileSync(join(root, 'file'), '');
  process.env.XDG_CACHE_HOME = join(root, 'file');
  expect(await ask(request)).toBe(first);
  expect(recall(undefined)).toBeUndefined();
  expect(recall('a name that nobody gave')).toBeUndefined();
});

test('the program that an answer is kept for is all the code that its questions load', () => {
  const src = join(import.meta.dirname, '../src');
  const reached = new Set(['application/analyse.ts', 'application/universe/load-universe.ts']);
  for (const file of reached)
    for (const [, to] of readFileSync(join(src, file), 'utf8').matchAll(/ from '(\.[^']+\.ts)'/g))
      reached.add(join(dirname(file), to!));
  // What is fetched, stored and started by the runner is told to a question as its input.
  const decides = [...reached].filter((file) => !file.startsWith('runner/'));
  expect(decides.length).toBeGreaterThan(100);
  expect(decides.filter((file) => !programFiles().includes(file))).toEqual([]);
  expect(programFiles().filter((file) => file.endsWith('.lp'))).not.toEqual([]);
});

test('a file that is larger than any that is read is not digested either', () => {
  const [small, huge] = ['small', 'huge'].map((name) => join(root, name));
  for (const file of [small!, huge!]) writeFileSync(file, '');
  expect(keyOf([small!], 'x')).toMatch(/^[0-9a-f]{80}$/);
  truncateSync(huge!, 2 ** 30 + 1);
  expect(keyOf([small!, huge!], 'x')).toBeUndefined();
});
