/** What a build sees is what its action says: the same for every caller, from every state directory. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { getPriority, release } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LedgerEntry } from '../src/runner/archive/ledger.ts';
import { statementOf } from '../src/runner/archive/provenance.ts';
import { decodeActionResult, encodeActionResult } from '../src/runner/cache/action-result.ts';
import { limitArguments, niceArguments, raisesLimits } from '../src/runner/sandbox/build-limits.ts';
import { branded } from './rig/branded.ts';
import { buildSubject, hostTools, projectOf } from './rig/host-tools.ts';
import { needs, root, scratch } from './rig/program.ts';

const home = scratch();
const deb = hostTools(home);

/** What a build saw that was started by a line of shell, which has the command in "$@". */
function seen(name: string, line: string): string {
  const directory = join(home, name);
  mkdirSync(directory, { recursive: true });
  const command = [process.execPath, join(root, 'test/rig/probe-build.ts'), directory, deb.path, deb.sha256];
  const ran = spawnSync('bash', ['-c', line, 'bash', ...command], { cwd: root, encoding: 'utf8' });
  expect([ran.status, ran.stderr]).toEqual([0, '']);
  return readFileSync(join(directory, 'log'), 'utf8');
}

/** No build is nicer than 10, unless its caller is. */
const nicer = Math.max(0, Math.min(5, 10 - getPriority()));

const usual = seen('usual', 'exec "$@"');

test.each([
  ['another state directory', 'a longer/state directory', 'exec "$@"'],
  [
    'other limits, niceness and umask',
    'limits',
    `ulimit -Sn 600 -Ss 6000 -Sc 0; ulimit -Hn 5000; umask 0; exec nice -n ${nicer} "$@"`,
  ],
  ['files, a signal and a variable handed down', 'handed', 'trap "" TTIN; export FOO=bar; exec "$@" 7</etc/passwd'],
  ['its processors and its scheduling', 'processors', 'exec taskset -c 0 chrt --batch 0 "$@"'],
])('a caller with %s changes nothing that a build sees', (_, name, line) => {
  expect(seen(name, line)).toBe(usual);
});

test.skipIf(process.arch !== 'x64' || !needs('setarch'))('nor does one that says to be an i686', () => {
  expect(seen('i686', 'exec setarch i686 "$@"')).toBe(usual);
});

test('no path of this machine, no process but its own, and no lock is seen', () => {
  expect(usual).not.toContain(home);
  expect(usual).not.toMatch(/mount [^\n]*bootplan-[0-9a-f]{16}/);
  expect(usual).toMatch(/^processes: (bash |sh |perl )*(bash|sh|perl)$/m);
  expect(usual).toMatch(/^descriptors: 6 (pipe:\[\] ){3}\/proc\/\/status \/proc\/\/mountinfo \/proc\/\/fd$/m);
  expect(usual).not.toContain('usage.lock');
  expect(usual).toContain('/proc/1/cmdline: not there');
  expect(usual).toContain('/proc/cmdline: \n');
});

test('limits are raised where that is possible, and else kept below what the caller has', () => {
  const limits = 'Max open files            100                  2000                 files\n';
  const wanted = { processes: 9, fileBytes: 8 };
  expect(limitArguments(wanted, true, limits)).toContain('--nofile=1024:4096');
  expect(limitArguments(wanted, false, limits)).toContain('--nofile=1024:2000');
  expect(limitArguments(wanted, false, limits)).toContain('--cpu=unlimited:unlimited');
  expect(limitArguments(wanted, false, limits).slice(-2)).toEqual(['--nproc=9:9', '--fsize=8:8']);
  expect(niceArguments(0)).toEqual(['nice', '-n', '10']);
  expect(niceArguments(-5)).toEqual(['nice', '-n', '15']);
  expect(niceArguments(10)).toEqual([]);
  expect(raisesLimits('CapEff:\t0000000001000000\n')).toBe(true);
  expect(raisesLimits('CapEff:\t0000000000ffffff\n')).toBe(false);
});

test('what no sandbox hides is recorded with the result, and told by the provenance', async () => {
  const directory = join(home, 'recorded');
  const outcome = await buildSubject(projectOf({ build: 'mkdir $D/usr; echo x >$D/usr/x' }), {
    directory,
    inputs: [deb],
  });
  if (!outcome.ok) throw new Error(outcome.message);
  expect(outcome.machine).toContain(`Linux ${release()} `);
  const result = { debs: [], log: { sha256: '7'.repeat(64), bytes: 1 }, cpuSeconds: 1, sandboxed: true };
  const recorded = { ...result, machine: outcome.machine! };
  expect(decodeActionResult(encodeActionResult(recorded))).toEqual(recorded);
  expect(decodeActionResult(encodeActionResult({ ...recorded, machine: 'a\u001b[2J' }))).toBeUndefined();
  const entry: LedgerEntry = branded({
    ...{ build: 'cc', source: 'cc', version: '1', archive: 'final', action: '7'.repeat(64), tainted: false },
    ...{ sandboxed: true, outputs: {}, installed: [] },
  });
  const { builder } = statementOf(entry, [], [], outcome.machine).predicate.runDetails;
  expect(builder.version).toEqual({ machine: outcome.machine });
  expect(statementOf(entry, [], []).predicate.runDetails.builder).not.toHaveProperty('version');
});
