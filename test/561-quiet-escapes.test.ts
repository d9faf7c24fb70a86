/**
 * What a build can reach without a path: descriptors, keyrings, the terminal, the log, process 1, measurements, room.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sha256OfFile } from '../src/runner/files/digest.ts';
import { within } from '../src/runner/sandbox/build-limits.ts';
import { lacking } from '../src/runner/sandbox/disk-guard.ts';
import { defaultLimits, sandboxCommand } from '../src/runner/sandbox/sandbox.ts';
import { callFilter } from '../src/runner/sandbox/system-calls.ts';
import { buildSubject, hostTools, projectOf } from './rig/host-tools.ts';
import { scratch } from './rig/program.ts';

const home = scratch();
const tools = hostTools(home);
const yields = 'mkdir $D/usr; echo x >$D/usr/x';

async function attempt(steps: Readonly<Record<string, string>>, options = {}, request = {}) {
  const place = { directory: mkdtempSync(join(home, 'case-')), inputs: [tools] };
  const outcome = await buildSubject(projectOf(steps), place, options, request);
  return { outcome, log: readFileSync(join(place.directory, 'log'), 'utf8') };
}

/** Runs a script in a sandbox on this machine's own /, as a child with just these open files. */
function inside(script: string, stdio: readonly ('ignore' | 'pipe' | number)[] = ['ignore', 'pipe', 'pipe']) {
  const [file, ...args] = sandboxCommand({
    layersIn: '/',
    layers: ['/'],
    binds: [],
    command: ['sh', '-c', script],
    directory: '/',
    environment: { PATH: '/usr/bin:/bin' },
    limits: defaultLimits,
    usageFile: join(home, 'usage'),
  });
  return spawnSync(file!, args, { cwd: '/', stdio: [...stdio], encoding: 'utf8' });
}

test('what was open when bootplan started is not open inside', () => {
  const secret = join(home, 'secret');
  writeFileSync(secret, 'for the caller alone');
  const open = openSync(secret, 'r+');
  const stdio = ['ignore', 'pipe', 'pipe', ...Array.from({ length: 40 }, () => open)] as const;
  const ran = inside('ls -l /proc/self/fd', stdio);
  expect(ran.status).toBe(0);
  expect(ran.stdout).not.toContain('secret');
  // Standard input, output, error, and the directory that is listed.
  expect(ran.stdout.match(/ -> /g)).toHaveLength(4);
});

test('what a build used is not for the build to write', async () => {
  const { log } = await attempt({
    build: `for n in 3 4 5 6; do ( echo "9 9 999999999" >&$n ) 2>/dev/null && echo "wrote $n"; done; ${yields}`,
  });
  expect(log).not.toContain('wrote');
});

const perl = (script: string): string => `perl -e '${script}'`;
const numbers: Readonly<Record<string, { readonly addKey: number; readonly keyctl: number }>> = {
  x64: { addKey: 248, keyctl: 250 },
  arm64: { addKey: 217, keyctl: 219 },
};

test.skipIf(numbers[process.arch] === undefined)('the keyrings of the kernel are not there', async () => {
  const { addKey, keyctl } = numbers[process.arch]!;
  const add = `my ($type, $name, $data) = ("user", "bootplan", "x"); print "add ", syscall(${addKey}, $type, $name, $data, 1, -3), " ", $!+0, "\\n"`;
  const get = `print "get ", syscall(${keyctl}, 0, -3, 1), " ", $!+0, "\\n"`;
  const { log } = await attempt({ build: `${perl(add)}; ${perl(get)}; ${yields}` });
  expect(log).toMatch(/^add -1 38$/m);
  expect(log).toMatch(/^get -1 38$/m);
  expect(readFileSync('/proc/keys', 'utf8')).not.toContain('bootplan');
});

test('nothing can be typed into a terminal', async () => {
  const type = 'for my $call (0x5412, 0x541c) { my $c = "x"; ioctl(STDIN, $call, $c); print "refused $!\\n" }';
  const { log } = await attempt({ build: `${perl(type)}; ${yields}` });
  expect(log.match(/^refused Operation not permitted$/gm)).toHaveLength(2);
});

test.each([['x64'], ['arm64'], ['riscv64'], ['sparc64']])('no jump leads out of the filter for %s', (machine) => {
  const bytes = Buffer.from(callFilter(machine) ?? []);
  expect(bytes.length > 0).toBe(machine !== 'sparc64');
  for (let i = 0; i < bytes.length / 8; i++) {
    if (bytes.readUInt16LE(i * 8) !== 0x15) continue;
    const furthest = Math.max(bytes.readUInt8(i * 8 + 2), bytes.readUInt8(i * 8 + 3));
    expect(i + 1 + furthest).toBeLessThan(bytes.length / 8);
  }
});

test('standard output opened anew goes to the log, and takes nothing of it away', async () => {
  const { outcome, log } = await attempt({
    build: `echo one; echo two >/dev/stderr; echo three >/dev/stdout; echo four; ${yields}`,
  });
  expect(outcome.ok).toBe(true);
  expect(log.split('\n').filter((line) => /^(one|two|three|four)$/.test(line))).toEqual([
    'one',
    'two',
    'three',
    'four',
  ]);
});

test('who reads standard input reads its end', async () => {
  const { log } = await attempt({ build: `cat; echo "read to the end"; ${yields}` }, {}, { timeoutSeconds: 20 });
  expect(log).toMatch(/^read to the end$/m);
});

test('orphans that ended are no processes any more', async () => {
  const orphans = 'for (1 .. 100) { if (!fork) { fork; exit } wait } print "all forked\\n"';
  const { log } = await attempt(
    { build: `${perl(orphans)}; ${yields}` },
    { limits: { ...defaultLimits, processes: 60, fileBytes: 2 ** 30 } },
  );
  expect(log).toContain('all forked');
});

test('what limits a build cannot be stopped by it', async () => {
  const stop = 'cd /proc; for p in [0-9]*; do kill -STOP $p || :; done';
  const { outcome } = await attempt({ build: `${stop}; ${yields}` }, {}, { timeoutSeconds: 2 });
  expect(outcome).toMatchObject({ ok: false, message: 'not done after 2 seconds', retriable: false });
});

test('memory that looks like a file system has a limit, and only the build’s own places take any', async () => {
  const fill = 'head -c 3000000 /dev/zero >/dev/shm/a && ! head -c 3000000 /dev/zero >/dev/shm/b && ! echo x >/dev/x';
  const { outcome } = await attempt(
    { build: `${fill}; ${yields}` },
    { limits: { ...defaultLimits, processes: 500, fileBytes: 2 ** 22 } },
  );
  expect(outcome.ok).toBe(true);
});

test('a build goes before anything else when memory is short', async () => {
  const { log } = await attempt({ build: `cat /proc/self/oom_score_adj; ${yields}` });
  expect(log).toMatch(/^1000$/m);
});

test('a disk has room for bytes, for files, and in memory', () => {
  const room = { bytes: 1000, files: 1_000_000, freeFiles: 20_000, memoryBytes: Number.POSITIVE_INFINITY };
  expect(lacking(room, 1000)).toBe(undefined);
  expect(lacking({ ...room, files: 0, freeFiles: 0 }, 1000)).toBe(undefined);
  expect(lacking(room, 1001)).toBe('the disk is full');
  expect(lacking({ ...room, freeFiles: 9_999 }, 0)).toContain('no more files');
  expect(lacking({ ...room, files: 100_000, freeFiles: 1_001 }, 0)).toBe(undefined);
  expect(lacking({ ...room, memoryBytes: 2 ** 27 - 1 }, 0)).toContain('memory is full');
});

test('a line that looks like a marker names no other step', async () => {
  const begun: string[] = [];
  const forged = "echo '>>> step install'; echo '>>> step none'; echo '>>> end 0 in install'; exit 3";
  const { outcome } = await attempt(
    { build: forged, check: 'true', install: yields },
    {},
    { onStep: (s: string) => begun.push(s) },
  );
  expect(outcome).toMatchObject({
    ok: false,
    step: 'build',
    message: 'step build ended with exit code 3',
    retriable: false,
  });
  expect(begun).toEqual(['build']);
});

test('a step is noticed after a line without an end, and so is its own end', async () => {
  const begun: string[] = [];
  const steps = { prepare: 'printf half', build: 'sh -c "printf half; exit 4"' };
  const { outcome } = await attempt(steps, {}, { onStep: (s: string) => begun.push(s) });
  expect(outcome).toMatchObject({
    ok: false,
    step: 'build',
    message: 'step build ended with exit code 4',
    retriable: false,
  });
  expect(begun).toEqual(['prepare', 'build']);
});

test('a sandbox that cannot start for a recipe says why, and blames no machine', async () => {
  const place = { directory: mkdtempSync(join(home, 'case-')), inputs: [tools] };
  const outcome = await buildSubject(projectOf({ build: 'true' }, undefined, { env: { PATH: '/nowhere' } }), place);
  const message = 'the sandbox does not start for this build: bwrap: execvp sh: No such file or directory';
  expect(outcome).toMatchObject({ ok: false, step: 'stage', message, retriable: false });
});

test('a hundred steps and more run in the order of the recipe', async () => {
  const names = Array.from({ length: 120 }, (_, i) => `s${i}`);
  const begun: string[] = [];
  await attempt(
    { ...Object.fromEntries(names.map((n) => [n, ':'])), end: yields },
    {},
    { onStep: (s: string) => begun.push(s) },
  );
  expect(begun).toEqual([...names, 'end']);
});

test('who may not raise a limit builds within it', () => {
  const limits = `Max file size             unlimited            unlimited            bytes
Max processes             100                  300                  processes
`;
  expect(within(limits, 'Max processes', 4096)).toBe(300);
  expect(within(limits, 'Max processes', 200)).toBe(200);
  expect(within(limits, 'Max file size', 5)).toBe(5);
});

test('a file of any size is digested in pieces', () => {
  const sparse = join(home, 'sparse');
  writeFileSync(sparse, '');
  truncateSync(sparse, 2 ** 31 + 1);
  const before = process.memoryUsage().rss;
  expect(sha256OfFile(sparse)).toBe(execFileSync('sha256sum', [sparse], { encoding: 'utf8' }).slice(0, 64));
  expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
});
