/** Signed archives: apt believes them by the key alone, and what was not signed is found. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signatureProblems } from '../src/runner/archive/signature.ts';
import { lookAt } from '../src/runner/run/inspect-state.ts';
import { verifyRun } from '../src/runner/verify/verification.ts';
import { apt } from './rig/apt-rig.ts';
import { compilerPlan } from './rig/fake-builder.ts';
import { needs, scratch } from './rig/program.ts';
import { archives, run } from './rig/run-rig.ts';

const signing = ['gpg', 'gpgv', 'gpg-agent'].every(needs);
const signKey = 'builder@example.org';
const before = process.env.GNUPGHOME;
/** Short: the socket of the agent is in it. */
const home = mkdtempSync('/tmp/bp-gpg-');

function generate(name: string, options: readonly string[] = [], expires = 'never'): void {
  const args = [
    '--batch',
    '--quiet',
    ...options,
    '--passphrase',
    '',
    '--quick-gen-key',
    name,
    'ed25519',
    'sign',
    expires,
  ];
  expect(spawnSync('gpg', args, { encoding: 'utf8' })).toMatchObject({ status: 0 });
}

beforeAll(() => {
  process.env.GNUPGHOME = home;
  if (!signing) return;
  generate(signKey);
  // Somebody else, whose name the name of the key fits as well.
  generate(`stranger <${signKey}.evil>`);
  generate('expired', ['--faked-system-time', '20250101T000000'], '1d');
});

afterAll(() => {
  if (signing) spawnSync('gpgconf', ['--kill', 'gpg-agent']);
  if (before === undefined) delete process.env.GNUPGHOME;
  else process.env.GNUPGHOME = before;
  rmSync(home, { recursive: true, force: true });
});

const source = (directory: string, options: string) => `deb ${options} file:${directory}/archives/final ./\n`;

test.skipIf(!signing)('apt accepts signed archives with the key, and without it does not', async () => {
  const directory = scratch();
  const { state } = await run(directory, compilerPlan(), {}, { signKey });
  const good = apt(join(directory, 'apt'), source(directory, `[signed-by=${state.archiveKey}]`), 'update');
  expect(good.text).not.toMatch(/^[WE]:/m);
  expect(good.code).toBe(0);
  expect(apt(join(directory, 'apt-bare'), source(directory, ''), 'update').text).toMatch(/NO_PUBKEY|not signed/);

  const listed = spawnSync('gpg', ['--batch', '--with-colons', '--show-keys', state.archiveKey], { encoding: 'utf8' });
  expect(listed.stdout.match(/^uid:.*/gm)?.map((line) => line.split(':')[9])).toEqual([signKey]);

  const whole = archives(directory);
  await run(directory, compilerPlan(), {}, { signKey });
  expect(archives(directory)).toEqual(whole);
  expect(await verifyRun(state, lookAt(state))).toMatchObject({ problems: [], checked: { signatures: true } });

  appendFileSync(join(state.archives, 'final/Release'), 'Forged: yes\n');
  rmSync(join(state.archives, 'interim/InRelease'));
  expect((await verifyRun(state, lookAt(state))).problems).toEqual([
    'archives/final/Release is not what was published',
    'archives/interim/InRelease is missing',
  ]);
  expect(await signatureProblems(join(state.archives, 'final'), state.archiveKey)).toEqual([
    'InRelease is not Release, signed',
    'Release.gpg is no good signature of Release',
  ]);

  await run(directory, compilerPlan());
  expect(existsSync(state.archiveKey)).toBe(false);
  expect(Object.keys(archives(directory)).filter((file) => /InRelease|Release\.gpg/.test(file))).toEqual([]);
});

test.skipIf(!signing)('a signature by a key that has expired since is told: apt does not take it', async () => {
  const directory = scratch();
  writeFileSync(join(directory, 'Release'), 'Suite: final\n');
  const sign = (...how: string[]) =>
    spawnSync('gpg', ['--batch', '--faked-system-time', '20250101T000100', '-u', 'expired', ...how], {
      cwd: directory,
    });
  sign('--output', 'InRelease', '--clearsign', 'Release');
  sign('--output', 'Release.gpg', '--detach-sign', 'Release');
  spawnSync('gpg', ['--batch', '--output', 'key.gpg', '--export', 'expired'], { cwd: directory });
  expect(await signatureProblems(directory, join(directory, 'key.gpg'))).toEqual([
    'the key that signed it has expired: sign anew (--sign)',
  ]);
});

test.skipIf(!signing)('a key that is not there is told before anything is built', async () => {
  const directory = scratch();
  for (const key of ['nobody@example.org', 'expired']) {
    const ran = run(directory, compilerPlan(), {}, { signKey: key });
    await expect(ran).rejects.toMatchObject({
      ...{ exit: 78, message: expect.stringMatching(`^gpg [^\n]*${key}[^\n]*$`) },
      help: expect.stringContaining('neither expired nor revoked'),
    });
  }
  expect(existsSync(join(directory, 'plan.json'))).toBe(false);
});
