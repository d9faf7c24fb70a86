/**
 * Records of every kind, changed by somebody who can make their seals: whatever they say, they are refused with their
 * own exit code, or made anew, and nothing outside is touched. `BOOTPLAN_RECORDS` says how many of each kind.
 */

import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { namedBuild } from '../src/build-id.ts';
import { describe as failureOf } from '../src/command-line/failure.ts';
import { exitCode } from '../src/errors.ts';
import type { RunEvent } from '../src/events.ts';
import { replay } from '../src/run-state.ts';
import { readArchive } from '../src/runner/archive/archive-index.ts';
import { crossCompiledIn } from '../src/runner/archive/ledger.ts';
import { seedMaterials, seedsUsed } from '../src/runner/archive/seeds-used.ts';
import { expectedOf } from '../src/runner/build/expected-of.ts';
import { decodeActionResult, encodeActionResult, sealLength, sealOf } from '../src/runner/cache/action-result.ts';
import { Cache } from '../src/runner/cache/cache.ts';
import { collectGarbage, verifyCache } from '../src/runner/cache/cache-care.ts';
import type { AptRoot } from '../src/runner/fetch/apt-root.ts';
import { SeedStore } from '../src/runner/fetch/seed.ts';
import { digestOfSeed } from '../src/runner/fetch/seed-record.ts';
import { sha256 } from '../src/runner/files/digest.ts';
import { treeDigest } from '../src/runner/files/file-tree.ts';
import { rememberedGuestBuild } from '../src/runner/image/guest-build.ts';
import { seedKernel } from '../src/runner/image/kernel-package.ts';
import { readJournal } from '../src/runner/journal/journal.ts';
import { knownPlan } from '../src/runner/journal/known-plan.ts';
import { type StateDirectory, stateDirectory } from '../src/runner/journal/state-directory.ts';
import { logOf, lookAt, resourcesOf } from '../src/runner/run/inspect-state.ts';
import { verifyRun } from '../src/runner/verify/verification.ts';
import { planOf } from './rig/fake-builder.ts';
import { files, scratch } from './rig/program.ts';
import { archives, run } from './rig/run-rig.ts';

const records = Number(process.env.BOOTPLAN_RECORDS ?? 40);
/** Every so many of them a whole run goes on with what is there. */
const runEach = 20;

const plan = planOf([{ source: 'libc' }, { source: 'cc', installs: ['libc'] }, { source: 'sh', installs: ['cc'] }]);
const parent = scratch();
const pristine = join(parent, 'pristine');
const directory = join(parent, 'state');
const outside = ['victim', 'other'].map((name) => join(parent, name));
const state: StateDirectory = stateDirectory(directory);
let whole: Record<string, string>;
let sentinel: string[];

beforeAll(async () => {
  await run(pristine, plan, { sh: { fail: { step: 'build', times: 1 } } }, { reports: join(pristine, 'failures') });
  await run(pristine, plan);
  whole = archives(pristine);
  for (const path of outside) files(path, { 'cron.d': 'mine', 'file_1_all.deb': 'mine', 'deep/er': 'mine' });
  sentinel = await Promise.all(outside.map((path) => treeDigest(path)));
  // Where apt refuses to work: no record has it fetch anything.
  vi.stubEnv('XDG_CACHE_HOME', '/nowhere/"');
});
afterEach(async () => {
  expect(await Promise.all(outside.map((path) => treeDigest(path)))).toEqual(sentinel);
});

/** Numbers below a limit, the same for the same seed. */
function dice(seed: number): (below: number) => number {
  let at = seed * 2654435761;
  return (below) => {
    at = (at + 0x6d2b79f5) | 0;
    let t = Math.imul(at ^ (at >>> 15), 1 | at);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const up = `${'../'.repeat(12)}${parent.slice(1)}/victim/`;
const texts = [
  '',
  '.',
  '..',
  '/',
  '-',
  '--',
  `${up}cron.d`,
  `${up}file_1_all.deb`,
  `${join(parent, 'victim')}/cron.d`,
  '../victim',
  `../../../victim/deep/er_1_amd64.deb`,
  '-oAcquire::http::Proxy-Auto-Detect_/tmp/x.sh_all.deb',
  '-oDir=x_1_all.deb',
  'a_1%2f..%2fvictim_all.deb',
  'cc_1.0-1+bp1_amd64.deb',
  'libc_9_amd64.deb',
  '\u001b[2J\u001b]0;x\u0007',
  '\0',
  'a\nb',
  '\u202ex',
  '__proto__',
  'constructor',
  'toString',
  'x'.repeat(5000),
  '7'.repeat(64),
  '7'.repeat(63),
  'cc<stage1>',
  'cc#2',
  'stage1/../..',
  'final',
  '1e999',
];
const others = [null, 0, -1, 1, 1.5, 1e300, 2 ** 53, true, false, [], {}, [[]], [null], { a: 1 }];

/** A copy of a value with one to three changes somewhere in it. */
function mutated<T>(value: T, roll: (below: number) => number): T {
  const copy = structuredClone(value);
  const any = (): unknown => (roll(3) > 0 ? texts[roll(texts.length)] : structuredClone(others[roll(others.length)]));
  const change = (at: object): void => {
    const keys = Object.keys(at);
    const key = keys[roll(keys.length)];
    const inside = key === undefined ? undefined : (at as Record<string, unknown>)[key];
    if (typeof inside === 'object' && inside !== null && roll(4) > 0) {
      change(inside);
      return;
    }
    const set = (name: string, to: unknown): void =>
      void Object.defineProperty(at, name, { value: to, enumerable: true, configurable: true, writable: true });
    const kind = roll(6);
    if (Array.isArray(at)) {
      if (kind === 0) at.push(any());
      else if (kind === 1) at.splice(roll(at.length + 1), 1);
      else if (at.length > 0) at[roll(at.length)] = any();
      return;
    }
    if (kind === 0 || key === undefined) set(texts[roll(texts.length)]!, any());
    else if (kind === 1) delete (at as Record<string, unknown>)[key];
    else if (kind === 2) {
      delete (at as Record<string, unknown>)[key];
      set(texts[roll(texts.length)]!, inside);
    } else set(key, any());
  };
  if (typeof copy !== 'object' || copy === null || roll(20) === 0) return any() as T;
  for (let i = 0; i <= roll(3); i++) change(copy);
  return copy;
}

/** What a damaged record may end in. */
const refusals = new Set<number>([exitCode.badInput, exitCode.disk]);

/** Does something that may be refused; 0 when it was not. */
async function outcome(act: () => unknown, seed: number, also: readonly number[] = []): Promise<number> {
  try {
    await act();
    return exitCode.good;
  } catch (error) {
    const { exit, text } = failureOf(error);
    expect([...refusals, ...also], `record ${seed}: ${text}`).toContain(exit);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are the point
    expect(text, `record ${seed}`).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
    return exit;
  }
}

/** The state as it was, with nothing left of the record before. */
function fresh(): void {
  rmSync(directory, { recursive: true, force: true });
  cpSync(pristine, directory, { recursive: true, verbatimSymlinks: true });
}

/** The next run, sometimes: it heals what it can, and then everything is as it was. */
async function goOn(seed: number): Promise<void> {
  if (seed % runEach !== 0) return;
  const code = await outcome(() => run(directory, plan, {}, { replan: true }), seed);
  if (code === exitCode.good) expect(archives(directory), `record ${seed}`).toEqual(whole);
}

const each = async (act: (roll: (below: number) => number, seed: number) => Promise<void>): Promise<void> => {
  for (let seed = 1; seed <= records; seed++) await act(dice(seed), seed);
};
const limit = 60_000 + records * 4000;

const sealedResult = (message: Uint8Array): Buffer => Buffer.concat([message, sealOf(message)]);

test(
  'results in the cache',
  async () => {
    fresh();
    const cache = new Cache(state.cache);
    const { action } = replay(readJournal(state.journal)).builds.get(namedBuild('cc'))!.finished!;
    const path = cache.actionPath(action);
    const bytes = readFileSync(path);
    const result = decodeActionResult(bytes)!;
    const message = bytes.subarray(0, bytes.length - sealLength);
    const seen = new Set<string>();
    await each(async (roll, seed) => {
      let changed: Uint8Array;
      if (roll(2) === 0) {
        const [deb, text] = [{ ...result.debs[0]! }, texts[roll(texts.length)]!];
        const field = (['name', 'version', 'file', 'sha256', 'contentSha256'] as const)[roll(5)]!;
        const log = roll(5) === 0 ? { ...result.log, sha256: text } : result.log;
        changed = encodeActionResult({ ...result, log, debs: [{ ...deb, [field]: text }] });
      } else {
        const cut = [roll(message.length), roll(message.length)].sort((a, b) => a - b) as [number, number];
        const between = [Buffer.from(texts[roll(texts.length)]!), Buffer.from([roll(256), roll(256)]), Buffer.alloc(0)];
        const parts = [message.subarray(0, cut[0]), between[roll(3)]!, message.subarray(roll(2) ? cut[0] + 1 : cut[1])];
        changed = sealedResult(Buffer.concat(parts));
      }
      if (Buffer.from(changed).equals(bytes)) return;
      writeFileSync(path, changed);
      const care = roll(8);
      if (care === 0) await verifyCache(cache);
      if (care === 1) await collectGarbage(cache, 2 ** 40, new Set());
      if (care === 2) logOf(state, lookAt(state), namedBuild('cc'));
      if (seed % runEach === 0) await goOn(seed);
      else if (existsSync(path)) {
        const answer = await new Cache(state.cache).find(action, expectedOf(plan, plan.builds[1]!));
        seen.add(answer.found);
        // What is believed has the names of the build; it is in numbers and digests that it may differ.
        if (answer.found === 'hit') expect(answer.result.debs.map(({ file }) => file)).toEqual([result.debs[0]!.file]);
      }
      if (!existsSync(path)) fresh();
    });
    expect(seen).toContain('damaged');
  },
  limit,
);

const sealedLine = (event: unknown): string => {
  const open = (JSON.stringify(event) ?? 'null').slice(0, -1);
  return `${open},"crc32":"${crc32(open).toString(16).padStart(8, '0')}"}\n`;
};

test(
  'journals',
  async () => {
    fresh();
    const events: readonly RunEvent[] = readJournal(state.journal);
    const codes = new Set<number>();
    await each(async (roll, seed) => {
      if (seed % runEach === 0) fresh();
      const at = roll(events.length);
      const changed = mutated(events[at]!, roll);
      writeFileSync(state.journal, events.map((event, i) => sealedLine(i === at ? changed : event)).join(''));
      codes.add(
        await outcome(async () => {
          const standing = lookAt(state);
          await verifyRun(state, standing);
          for (const id of standing.state.builds.keys()) logOf(state, standing, id);
          for (const { failure } of standing.state.builds.values()) if (failure) resourcesOf(failure);
        }, seed),
      );
      await goOn(seed);
    });
    expect([...codes]).toContain(exitCode.disk);
  },
  limit,
);

test(
  'plans',
  async () => {
    fresh();
    const written = JSON.parse(readFileSync(state.plan, 'utf8'));
    const codes = new Set<number>();
    await each(async (roll, seed) => {
      if (seed % runEach === 0) fresh();
      writeFileSync(state.plan, JSON.stringify(mutated(written, roll)));
      codes.add(
        await outcome(async () => {
          await verifyRun(state, lookAt(state));
        }, seed),
      );
      knownPlan(state, plan);
      await goOn(seed);
    });
    expect([...codes]).toContain(exitCode.badInput);
  },
  limit,
);

test(
  'records of the seed',
  async () => {
    const [names, packages] = [['tools'], ['dash']];
    const debs = ['dash_0.5.12-2_amd64.deb', 'libc6_2%3a2.36-9_amd64.deb'].map((file, i) => ({
      file,
      sha256: String(i).repeat(64),
      bytes: 12,
    }));
    const asked: string[] = [];
    const apt = {
      directory: join(parent, 'apt'),
      run: async (_: string, args: readonly string[]) => {
        const names = args.slice(args.indexOf('--') + 1);
        expect(args).toContain('--');
        asked.push(...names);
        return { exitCode: 100, stdout: '', stderr: '' };
      },
    } as unknown as AptRoot;
    await each(async (roll, seed) => {
      const place = join(parent, 'seeds');
      files(join(place, 'cache/debs'), { 'dash_0.5.12-2_amd64.deb': 'x' });
      const changed = mutated({ names, packages, debs }, roll);
      const list = Array.isArray(changed?.debs) ? changed.debs : [];
      const digest = await Promise.resolve()
        .then(() => digestOfSeed(list as typeof debs))
        .catch(() => '0'.repeat(64));
      const record = typeof changed === 'object' && changed !== null ? { ...changed, digest } : changed;
      files(place, { 'seed/tools.json': JSON.stringify(record) });
      await outcome(() => seedsUsed(join(place, 'seed'), new Set([digest])), seed);
      await outcome(() => seedMaterials(join(place, 'seed'), names), seed);
      const store = new SeedStore(join(place, 'cache'), join(place, 'seed'));
      // 66: what a well-formed record names is not to be had.
      const get = () => store.get([{ name: 'tools', version: '1', packages } as never], async () => apt);
      await outcome(get, seed, [exitCode.missingInput]);
    });
    expect(asked.filter((name) => name.startsWith('-') || name.includes('/'))).toEqual([]);
    expect(asked.length).toBeGreaterThan(0);
  },
  limit,
);

test(
  'records of kernels',
  async () => {
    const downloads = join(parent, 'downloads');
    const file = 'linux-image-6_6.1_amd64.deb';
    const record = { name: 'linux-image-6', version: '6.1', sha256: sha256('a kernel'), file };
    await each(async (roll, seed) => {
      files(downloads, { [file]: 'a kernel', 'linux_amd64.kernel.json': JSON.stringify(mutated(record, roll)) });
      // 78: another one would be asked for.
      await outcome(
        async () => expect((await seedKernel('amd64', 'linux', downloads)).path).toBe(join(downloads, file)),
        seed,
        [exitCode.configuration],
      );
    });
  },
  limit,
);

test(
  'ledgers, reports of failures, notes of images, statements and indices of archives',
  async () => {
    fresh();
    const [ledger, ...lines] = [state.ledger, ...readFileSync(state.ledger, 'utf8').trim().split('\n')];
    const image = join(state.image, 'x.qcow2');
    const proof = { source: 'cc', version: '1', files: 2, sha256: '7'.repeat(64) };
    const failed = readJournal(state.journal).find((event) => event.type === 'build-failed');
    if (failed?.type !== 'build-failed') throw new Error('nothing has failed');
    const report = failed.report!.replace(pristine, directory);
    const told = JSON.parse(readFileSync(report, 'utf8'));
    const statement = join(state.provenance, 'cc.json');
    const stated = JSON.parse(readFileSync(statement, 'utf8'));
    const index = join(state.archives, 'final/Packages');
    const stanzas = readFileSync(index, 'utf8');
    await each(async (roll, seed) => {
      const at = roll(lines.length);
      const changed = lines.map((line, i) => (i === at ? JSON.stringify(mutated(JSON.parse(line), roll)) : line));
      writeFileSync(ledger, `${changed.join('\n')}\n`);
      await outcome(() => crossCompiledIn(ledger), seed);
      writeFileSync(report, JSON.stringify(mutated(told, roll)));
      await outcome(() => resourcesOf({ ...failed, report }), seed);
      mkdirSync(state.image, { recursive: true });
      writeFileSync(`${image}.guest-build.json`, JSON.stringify(mutated(proof, roll)));
      await outcome(() => rememberedGuestBuild(image), seed);
      writeFileSync(statement, JSON.stringify(mutated(stated, roll)));
      const fields = stanzas.split('\n');
      const line = roll(fields.length);
      fields[line] = `${fields[line]!.split(':')[0]}: ${texts[roll(texts.length)]}`;
      writeFileSync(index, fields.join('\n'));
      await outcome(() => {
        for (const { path } of readArchive(join(state.archives, 'final')))
          expect(path.startsWith(join(state.archives, 'final/pool/'))).toBe(true);
      }, seed);
      const { problems } = await verifyRun(state, lookAt(state));
      expect(problems.length, `record ${seed}`).toBeGreaterThan(0);
      await goOn(seed);
      if (seed % runEach === 0) expect((await verifyRun(state, lookAt(state))).problems).toEqual([]);
    });
  },
  limit,
);
