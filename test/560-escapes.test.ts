/** A recipe that wants out: contained, named, and the host as it was. */

import { lstatSync, mkdirSync, readdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { treeDigest } from '../src/runner/files/file-tree.ts';
import { defaultLimits } from '../src/runner/sandbox/sandbox.ts';
import { buildSubject, hostTools, projectOf, split } from './rig/host-tools.ts';
import { scratch } from './rig/program.ts';

const home = scratch();
const tools = hostTools(home);
const precious = join(home, 'precious');
mkdirSync(join(precious, 'deep'), { recursive: true });
writeFileSync(join(precious, 'deep/file'), 'untouched');
const before = await treeDigest(precious);

let count = 0;
function place(): { directory: string; inputs: (typeof tools)[] } {
  const directory = join(home, `case-${count++}`);
  mkdirSync(directory);
  return { directory, inputs: [tools] };
}

/** Runs a script as the only step; what it must not change is looked at afterwards. */
async function attempt(script: string, options = {}, request = {}) {
  const outcome = await buildSubject(projectOf({ build: script }), place(), options, request);
  expect(await treeDigest(precious)).toBe(before);
  expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  return outcome;
}

/** Command lines of all processes of this machine. */
const processes = (): readonly string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    });

const failure = (outcome: Awaited<ReturnType<typeof attempt>>) => {
  if (outcome.ok) throw new Error('it was let through');
  return outcome;
};

test('writing to / fails, and the failure names step and command', async () => {
  const outcome = failure(await attempt('echo x >/intruder'));
  expect(outcome.step).toBe('build');
  expect(outcome.exitCode).not.toBe(0);
  expect(outcome.logTail).toMatch(/Read-only file system/);
});

test.each([
  ['../../intruder'],
  ['/etc/intruder'],
  ['/usr/bin/sh'],
  ['/proc/sys/kernel/core_pattern'],
  ['/work/fetch/x'],
])('writing to %s fails', async (path) => {
  failure(await attempt(`echo x >${path}`));
});

test('what is written beside the source, the build and the outputs is an error that names it', async () => {
  const outcome = failure(
    await attempt('echo x >../intruder; mkdir -p $WORKDIR/more/of; mkdir $D/usr; echo x >$D/usr/x'),
  );
  expect([outcome.step, outcome.message]).toEqual([
    'collect',
    'written outside $S, $B and $D: /work/intruder, /work/more; what belongs to a package goes into $D, all else into $B',
  ]);
  const passes = await attempt('touch $S/x $B/x /tmp/x; mkdir $D/usr; echo x >$D/usr/x; chmod 0 $WORKDIR');
  expect(passes.ok).toBe(true);
});

test('the host is not there: neither by its path nor through /proc', async () => {
  const outcome = await attempt(`
    for path in ${precious} /proc/1/root/etc /proc/1/cwd/ /root /home; do
      if ls $path/. >/dev/null 2>&1; then echo "$path is there"; exit 1; fi
    done
    mkdir $D/usr; touch $D/usr/x`);
  expect(outcome.ok).toBe(true);
});

test('a link in the outputs that leads out is an error; nothing behind it is packed', async () => {
  const outcome = failure(await attempt('mkdir $D/usr; ln -s ../../../etc/passwd $D/usr/inside'));
  expect(outcome.step).toBe('collect');
  expect(outcome.message).toContain('links that lead out of the outputs: usr/inside');
  failure(await attempt('mkdir $D/usr; ln -s /work/src $D/usr/absolute'));
});

test('writing through a link in the outputs reaches nothing', async () => {
  failure(await attempt(`mkdir $D/usr; ln -s ${precious} $D/usr/l; echo x >$D/usr/l/intruder`));
  failure(await attempt('mkdir $D/usr; ln -s /usr $D/usr/l; echo x >$D/usr/l/intruder'));
});

test('the output directory itself replaced by a link is not followed', async () => {
  const outcome = failure(await attempt(`rmdir $D; ln -s ${precious} $D`));
  expect(outcome.message).toContain('$D is no directory');
});

test('no network: a server of the host is not reached', async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  failure(await attempt(`bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port}'`));
  server.close();
  expect(connections).toBe(0);
});

test('killing everything it can see ends only itself', async () => {
  const outcome = failure(await attempt('kill -9 1 || :; kill -9 $PPID'));
  expect(outcome.message).toMatch(/exit code 137|SIGKILL/);
  failure(await attempt('kill -9 -1; sleep 20'));
});

test('a fork bomb meets a limit and leaves nothing', async () => {
  const step = `bomb${process.pid}`;
  const project = projectOf({ [step]: 'bomb() { bomb | bomb & }; bomb; sleep 1; exit 3' });
  const outcome = await buildSubject(
    project,
    place(),
    { limits: { ...defaultLimits, processes: 60, fileBytes: 2 ** 30 } },
    { timeoutSeconds: 20 },
  );
  expect(outcome.ok).toBe(false);
  expect(processes().filter((line) => line.includes(step))).toEqual([]);
});

test('a build that fills the disk is ended before it is full, and may be tried again', async () => {
  const { bavail, bsize } = statfsSync(home);
  const script = 'i=0; while :; do head -c 1048576 /dev/zero >f$i; i=$((i + 1)); test $i -lt 4000 || exit 5; done';
  const outcome = failure(await attempt(script, { reserveBytes: bavail * bsize - 2 ** 26 }));
  expect(outcome.message).toContain('the disk is full');
  expect(outcome.retriable).toBe(true);
});

test('a build whose log fills the disk is ended before the journal has no room', async () => {
  const { bavail, bsize } = statfsSync(home);
  const script = 'i=0; while test $i -lt 400; do head -c 1048576 /dev/zero; i=$((i + 1)); sleep 0.01; done; exit 5';
  const outcome = failure(await attempt(script, { logReserveBytes: bavail * bsize - 2 ** 26 }));
  expect(outcome.message).toContain('the disk is full');
});

test('a single file has a limit of its own', async () => {
  const limits = { ...defaultLimits, processes: 500, fileBytes: 2 ** 20 };
  const outcome = failure(await attempt('head -c 5000000 /dev/zero >big', { limits }));
  expect(outcome.logTail).toMatch(/File (size limit|too large)/i);
});

test('a daemon left behind dies with the build', async () => {
  const seconds = 1_000_000 + process.pid;
  const outcome = await attempt(`mkdir $D/usr; touch $D/usr/x; (exec sleep ${seconds} >/dev/null 2>&1 &)`);
  expect(outcome.ok).toBe(true);
  expect(processes().filter((line) => line.includes(`sleep ${seconds}`))).toEqual([]);
});

test('a build that does not end is ended, with all it started', async () => {
  const seconds = 2_000_000 + process.pid;
  const outcome = failure(await attempt(`sleep ${seconds} & sleep ${seconds}`, {}, { timeoutSeconds: 1 }));
  expect(outcome.message).toBe('not done after 1 seconds');
  expect(outcome.retriable).toBe(false);
  expect(processes().filter((line) => line.includes(`sleep ${seconds}`))).toEqual([]);
});

test.each([
  ['a newline in a name', 'touch "$D/usr/a\nb"', 'names with control characters: usr/a\\x0ab'],
  ['a pipe', 'mkfifo $D/usr/pipe', 'neither file, directory nor link: usr/pipe'],
  ['a set-user-id file', 'touch $D/usr/x; chmod 4755 $D/usr/x', 'set-user-id or set-group-id files: usr/x'],
])('%s in the outputs is an error that shows it', async (_, script, message) => {
  const outcome = failure(await attempt(`mkdir $D/usr; ${script}`));
  expect(outcome.message).toContain(message);
});

test('control files of a package cannot be smuggled in', async () => {
  const script = 'mkdir $D/DEBIAN; echo true >$D/DEBIAN/postinst';
  const outcome = failure(await buildSubject(projectOf({ build: script }, [split('subject', 'DEBIAN/**')]), place()));
  expect(outcome.message).toContain('package control files: DEBIAN/postinst');
});
