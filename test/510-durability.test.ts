/** What is on the disk is whole, or is not there: journal, lock, cache. */

import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { namedBuild } from '../src/build-id.ts';
import { actionDigest, contentDigest } from '../src/digests.ts';
import { binaryName } from '../src/names.ts';
import { type ActionResult, decodeActionResult, encodeActionResult } from '../src/runner/cache/action-result.ts';
import { Cache } from '../src/runner/cache/cache.ts';
import { cacheInfo } from '../src/runner/cache/cache-care.ts';
import { hold } from '../src/runner/files/file-lock.ts';
import { publishCopy, publishText, writeAll } from '../src/runner/files/publish.ts';
import { takeScratch } from '../src/runner/files/scratch.ts';
import { openJournal, readJournal } from '../src/runner/journal/journal.ts';
import { Session } from '../src/runner/journal/session.ts';
import { crossedDirectory, ownWork, stateDirectory } from '../src/runner/journal/state-directory.ts';
import { runPlan } from '../src/runner/run/run.ts';
import { compilerPlan, FakeBuilder, planOf } from './rig/fake-builder.ts';
import { generations } from './rig/fake-generations.ts';
import { bootplan, root, scratch } from './rig/program.ts';
import { archives, dispatcherOf, run, usual } from './rig/run-rig.ts';

test('a journal cut off at any byte is read up to its last whole line, and goes on from there', () => {
  const path = join(scratch(), 'journal.ndjson');
  const journal = openJournal(path);
  for (const step of ['unpack', 'configure', 'build'])
    journal.append({ type: 'step-started', build: namedBuild('cc'), step });
  journal.close();
  const whole = readFileSync(path);
  for (let length = whole.length; length >= 0; length--) {
    writeFileSync(path, whole.subarray(0, length));
    const lines = whole.subarray(0, length).filter((byte) => byte === 0x0a).length;
    expect(readJournal(path)).toHaveLength(lines);
    const more = openJournal(path);
    more.append({ type: 'step-started', build: namedBuild('cc'), step: 'install' });
    more.close();
    expect(readJournal(path).map((event) => event.seq)).toEqual([...Array(lines + 1).keys()]);
  }
});

test('a journal that was tampered with is refused with the line', () => {
  const path = join(scratch(), 'journal.ndjson');
  const at = new Date(0).toISOString();
  writeFileSync(path, `{"seq":0,"at":"${at}","type":"run-finished","status":"complete"}\n{"seq":7}\n`);
  expect(() => readJournal(path)).toThrow('journal.ndjson:2: not the event number 1');
});

test('a journal with any bit flipped tells what it told before, or less, or is refused with the line', () => {
  const path = join(scratch(), 'journal.ndjson');
  const journal = openJournal(path);
  for (const step of ['unpack', 'build']) journal.append({ type: 'step-started', build: namedBuild('cc'), step });
  journal.close();
  const whole = readFileSync(path);
  const events = readJournal(path);
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const flipped = Uint8Array.from(whole);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    writeFileSync(path, flipped);
    const told = (() => {
      try {
        return readJournal(path);
      } catch (error) {
        expect(String(error)).toMatch(/journal\.ndjson:\d: not the event number \d of a journal/);
        return [];
      }
    })();
    expect(told).toMatchObject(events.slice(0, told.length));
  }
});

test('a clock that jumps back changes no order and no duration', async () => {
  const directory = scratch();
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2030-01-01') });
  try {
    const back = () => {
      vi.setSystemTime(new Date('1999-12-31'));
      return 'content';
    };
    const { events } = await run(directory, compilerPlan(), { cc: { content: back } });
    const years = events.map((event) => event.at.slice(0, 4));
    expect(new Set(years)).toEqual(new Set(['2030', '1999']));
    expect(events.map((event) => event.seq)).toEqual([...events.keys()]);
    for (const event of events) if (event.type === 'build-finished') expect(event.seconds).toBeGreaterThanOrEqual(0);
  } finally {
    vi.useRealTimers();
  }
});

test('of two at once the second is told who is first, and a dead one is in nobody’s way', async () => {
  const directory = scratch();
  const state = stateDirectory(directory);
  const hold = `const { Session } = await import('${root}src/runner/journal/session.ts');
    const { stateDirectory } = await import('${root}src/runner/journal/state-directory.ts');
    await Session.open(stateDirectory(${JSON.stringify(directory)}), 'bootplan run');
    console.log('held');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', hold], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const refused = Session.open(state, 'bootplan stage');
  await expect(refused).rejects.toMatchObject({
    exit: 75,
    message: expect.stringContaining(`in use by process ${child.pid}, \`bootplan run\`, since `),
  });
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  expect(existsSync(state.lock)).toBe(true);
  const session = await Session.open(state, 'bootplan stage');
  await session.close();
  expect(existsSync(state.lock)).toBe(false);
});

test('a holder that has not yet said who it is, or whose file is a dead one’s, is waited for until it has', async () => {
  const directory = scratch();
  const state = stateDirectory(directory);
  const holder = (await hold(state.lock, 0))!;
  for (const before of [
    '',
    JSON.stringify({ pid: await aDeadProcess(), since: 'yesterday', command: 'bootplan run' }),
  ]) {
    holder.say(before);
    const refused = Session.open(state, 'bootplan stage').catch((error: Error) => error);
    await pause(150);
    holder.say(JSON.stringify({ pid: process.pid, since: 'now', command: 'bootplan image' }));
    expect(await refused).toMatchObject({ exit: 75, message: expect.stringContaining(`process ${process.pid}, `) });
  }
  holder.release();
});

async function aDeadProcess(): Promise<number> {
  const child = spawn('true');
  await new Promise((resolve) => child.once('exit', resolve));
  return child.pid!;
}

const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 });
const packageName = fc.stringMatching(/^[a-z0-9][a-z0-9+.-]{1,9}$/);
const anyResult: fc.Arbitrary<ActionResult> = fc.record({
  debs: fc.array(
    fc.record({
      name: packageName.map(binaryName),
      version: fc.stringMatching(/^[0-9][A-Za-z0-9.+~-]{0,9}$/),
      file: packageName.map((name) => `${name}_1_amd64.deb`),
      sha256: hex,
      bytes: fc.maxSafeNat(),
      contentSha256: hex.map(contentDigest),
    }),
  ),
  log: fc.record({ sha256: hex, bytes: fc.nat() }),
  cpuSeconds: fc.nat(1e6).map((ms) => ms / 1000),
  sandboxed: fc.boolean(),
});

test('an action result comes back as it was, and no flipped bit passes', () => {
  fc.assert(
    fc.property(anyResult, fc.nat(), fc.nat(7), (result, place, bit) => {
      const bytes = encodeActionResult(result);
      expect(decodeActionResult(bytes)).toEqual(result);
      const at = place % bytes.length;
      bytes[at] = bytes[at]! ^ (1 << bit);
      expect(decodeActionResult(bytes)).toBeUndefined();
    }),
  );
});

test('a flipped bit anywhere in the cache is found, said, and healed', async () => {
  const directory = scratch();
  const { state } = await run(directory, compilerPlan());
  const whole = archives(directory);
  const files = ['ac', 'cas'].flatMap((part) =>
    readdirSync(join(state.cache, part)).map((f) => join(state.cache, part, f)),
  );
  expect(files.length).toBeGreaterThan(40);
  for (const [i, file] of files.entries()) {
    const bytes = readFileSync(file);
    if (bytes.length === 0) continue;
    bytes[(i * 7919) % bytes.length]! ^= 1 << (i % 8);
    chmodSync(file, 0o644);
    writeFileSync(file, bytes);
    if (i % 8 > 0 && i < files.length - 1) continue;
    const healed = await run(directory, compilerPlan());
    expect(healed.after.status).toBe('complete');
    expect(archives(directory)).toEqual(whole);
  }
});

test('fifty flipped bits in cache and archives at once are all healed', async () => {
  const directory = scratch();
  const { state } = await run(directory, compilerPlan());
  const whole = archives(directory);
  for (let round = 0; round < 3; round++) {
    const files = [state.cache, state.archives].flatMap((place) =>
      readdirSync(place, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name)),
    );
    const kinds = new Set<string>();
    for (let flips = 0; flips < 50; ) {
      const file = files[Math.floor(Math.random() * files.length)]!;
      const bytes = readFileSync(file);
      if (bytes.length === 0) continue;
      bytes[Math.floor(Math.random() * bytes.length)]! ^= 1 << (flips++ % 8);
      chmodSync(file, 0o644);
      writeFileSync(file, bytes);
      kinds.add(file.slice(directory.length + 1).split('/')[file.startsWith(state.cache) ? 1 : 0]!);
    }
    expect([...kinds].sort()).toEqual(['ac', 'archives', 'cas']);
    const healed = await run(directory, compilerPlan());
    expect(healed.after.status).toBe('complete');
    expect(archives(directory)).toEqual(whole);
  }
});

test('who only looks into the cache while things come and go finds them or not, and tells its size', async () => {
  const directory = scratch();
  const { state } = await run(directory, compilerPlan());
  const cache = new Cache(state.cache);
  const whole = cacheInfo(cache);
  const busy = `const { Cache } = await import('${root}src/runner/cache/cache.ts');
    const { rmSync } = await import('node:fs');
    const [, directory, action] = process.argv;
    const cache = new Cache(directory);
    console.log('busy');
    for (;;) {
      const log = { sha256: cache.putText('a log'), bytes: 5 };
      cache.put(action, { debs: [], log, cpuSeconds: 0, sandboxed: true });
      rmSync(cache.actionPath(action), { force: true });
      rmSync(cache.blobPath(log.sha256), { force: true });
    }`;
  const action = actionDigest('f'.repeat(64));
  const ofNothing = { names: [], suffix: '', architecture: 'amd64' };
  const args = ['--input-type=module', '-e', busy, state.cache, action];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const told = Array.from({ length: 500 }, () => cacheInfo(cache).contents - whole.contents);
  const found = new Set<string>(['hit', 'miss']);
  for (let looks = 0; looks < 3000; looks++) found.add((await new Cache(state.cache).find(action, ofNothing)).found);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  expect(new Set([...told, 0, 1])).toEqual(new Set([0, 1]));
  expect([...found]).toEqual(['hit', 'miss']);
});

test('cache gc keeps what was built for every architecture, and the rounds that an interrupted run has not come to again', async () => {
  const directory = scratch();
  const parent = stateDirectory(directory);
  const again = (source: string) =>
    planOf([
      { source, stage: 1 },
      { source, installs: [source] },
      { source, round: 2, installs: [source] },
    ]);
  const session = await Session.open(parent, 'test');
  const within = await session.within(crossedDirectory(parent, 'arm64'));
  const improving = generations(({ cc = '0' }) => String(Math.min(5, Number(cc) + 1)));
  const scripts = { 'cc<stage1>': { content: improving }, 'cc#*': { content: improving } };
  await runPlan(session, again('cc'), new FakeBuilder(scripts), { ...usual, dispatcher: dispatcherOf(), rounds: 3 });
  await runPlan(within, again('libc'), new FakeBuilder(), { ...usual, dispatcher: dispatcherOf() });
  expect(session.state.rounds).toBeGreaterThan(0);
  // Killed just after it has begun again.
  const { plan, overrides } = session.state;
  const builds = again('cc').builds.map(({ id }) => id);
  session.emit({ type: 'run-started', plan: plan!, overrides: overrides ?? '', builds, resumed: true });
  await within.close();
  await session.close();
  const before = readdirSync(join(parent.cache, 'ac'));
  expect(bootplan(['cache', 'gc', '--keep', '0', '--state', directory]).code).toBe(0);
  expect(readdirSync(join(parent.cache, 'ac'))).toEqual(before);
});

test('a cache that cannot be written to is looked into all the same, and what is damaged there is not believed', async () => {
  const directory = scratch();
  const { state, after } = await run(directory, compilerPlan());
  const [good, bad] = [...after.builds.values()].map(({ finished }) => finished!.action);
  const expected = JSON.stringify({ names: ['libc'], suffix: '+bp1~stage1', architecture: 'amd64' });
  const damaged = join(state.cache, 'ac', bad!);
  writeFileSync(damaged, 'something else');
  const look = `const { Cache } = await import('${root}src/runner/cache/cache.ts');
    const [, directory, ...actions] = process.argv;
    for (const action of actions) console.log((await new Cache(directory).find(action, ${expected})).found);`;
  const inside = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"';
  const node = [process.execPath, '--input-type=module', '-e', look, state.cache, good!, bad!];
  const args = ['--user', '--map-root-user', '--mount', 'sh', '-c', inside, 'sh', directory, ...node];
  const ran = spawnSync('unshare', args, { encoding: 'utf8' });
  expect([ran.stdout, ran.stderr]).toEqual(['hit\ndamaged\n', '']);
});

test('a blob cut short is as damaged as one with a flipped bit', async () => {
  const directory = scratch();
  const { state } = await run(directory, compilerPlan());
  const blob = readdirSync(join(state.cache, 'cas'))
    .map((f) => join(state.cache, 'cas', f))
    .find((f) => statSync(f).size > 1000)!;
  chmodSync(blob, 0o644);
  truncateSync(blob, 100);
  const { events } = await run(directory, compilerPlan());
  expect(events.filter((event) => event.type === 'cache-damaged').flatMap((event) => event.files)).toContain(blob);
});

test('a disk that is full while something is written is told with the file', () => {
  const path = join(scratch(), 'plan.json');
  const full = openSync('/dev/full', 'w');
  expect(() => writeAll(full, Buffer.from('text'), path)).toThrow(`ENOSPC: no space left on device, write '${path}'`);
  closeSync(full);
});

test('what waits where a file is written before it gets its name, a link to another file, is not written through', () => {
  const directory = scratch();
  const [path, other] = [join(directory, 'plan.json'), join(directory, 'other')];
  writeFileSync(other, 'untouched');
  for (const write of [() => publishText(path, 'text'), () => publishCopy(path, path)]) {
    symlinkSync(other, `${path}.unfinished`);
    write();
    expect([readFileSync(path, 'utf8'), readFileSync(other, 'utf8')]).toEqual(['text', 'untouched']);
  }
});

test('what a killed run left unfinished is swept', async () => {
  const directory = scratch();
  const { state } = await run(directory, compilerPlan());
  mkdirSync(join(state.work, 'cc', 'locked'), { recursive: true });
  chmodSync(join(state.work, 'cc', 'locked'), 0);
  writeFileSync(`${state.plan}.unfinished`, '');
  writeFileSync(join(state.cache, 'cas', 'aa.unfinished'), '');
  mkdirSync(join(state.archives, '.final-c/pool'), { recursive: true });
  appendFileSync(state.journal, '{"seq":9999,"at"');
  const { after } = await run(directory, compilerPlan());
  expect(after.status).toBe('complete');
  const everything = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  expect(everything.filter((f) => /unfinished|final-c/.test(f))).toEqual([]);
  expect(existsSync(state.work)).toBe(false);
});

test('so is what a killed shell left beside it, and nothing of one that lives', async () => {
  const directory = scratch();
  const state = stateDirectory(directory);
  const dead = spawnSync('true').pid;
  const left = `${state.work}-shell-${dead}`;
  mkdirSync(join(left, 'layers'), { recursive: true });
  writeFileSync(join(left, 'owner'), '');
  const { path: alive, release } = await takeScratch(ownWork(state, 'shell'), state.root);
  const seeds = join(state.cache, 'seed');
  for (const name of ['aa', `bb.partial-${dead}`, `cc.partial-${process.pid}`])
    mkdirSync(join(seeds, name, 'usr'), { recursive: true });
  await run(directory, compilerPlan());
  expect([existsSync(left), existsSync(alive)]).toEqual([false, true]);
  expect(readdirSync(seeds).sort()).toEqual(['aa', `cc.partial-${process.pid}`]);
  await release();
});

test('scratch that somebody else has put in /dev/shm is not used, and nothing in it is touched', async () => {
  const directory = scratch();
  const usual = stateDirectory(directory).work;
  expect(usual).toMatch(/^\/dev\/shm\/bootplan-/);
  const elsewhere = join(scratch(), 'precious');
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, 'file'), 'untouched');
  const lay = {
    'a link': () => symlinkSync(elsewhere, usual),
    'writable by others': () => {
      mkdirSync(usual);
      chmodSync(usual, 0o777);
    },
    ...(process.getuid?.() === 0 && {
      'of another user': () => {
        mkdirSync(usual, { mode: 0o700 });
        chownSync(usual, 65534, 65534);
      },
    }),
  };
  for (const [what, make] of Object.entries(lay)) {
    make();
    const { state, after } = await run(directory, compilerPlan());
    expect([what, after.status, state.work]).toEqual([what, 'complete', join(directory, 'work')]);
    expect(existsSync(usual)).toBe(true);
    await expect(takeScratch(usual, directory)).rejects.toThrow('belongs to somebody else, or others can write to it');
    rmSync(usual, { recursive: true });
  }
  expect(readFileSync(join(elsewhere, 'file'), 'utf8')).toBe('untouched');
  const { state, builder } = await run(directory, compilerPlan(), { cc: { fingerprint: 'other', content: modeOf } });
  expect(builder.started).toContain('cc');
  expect([state.work, seen & 0o766]).toEqual([usual, 0o700]);
});

let seen = 0;
function modeOf({ workDirectory }: { readonly workDirectory: string }): string {
  seen = statSync(dirname(workDirectory)).mode;
  return 'content';
}
