/** Signed archives: apt believes them by the key alone, and what was not signed is found. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signatureProblems } from '../src/runner/archive/signature.ts';
import { signedSources } from '../src/runner/builders/debian/archive/signed-sources.ts';
import { signatureIn, signatureOf } from '../src/runner/fetch/source-signature.ts';
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

describe.skipIf(!signing)('a source description', () => {
  const text = 'Format: 3.0 (native)\nSource: hello\nVersion: 1\n';
  const sign = (directory: string, name: string, key = signKey): string => {
    const path = join(directory, `${name}.dsc`);
    writeFileSync(join(directory, name), text);
    const args = ['--batch', '--local-user', `=${key}`, '--output', path, '--clearsign', join(directory, name)];
    expect(spawnSync('gpg', args, { encoding: 'utf8' }).stderr).not.toContain('failed');
    return path;
  };
  const keyring = (directory: string, ...keys: readonly string[]): string => {
    const path = join(directory, 'keyring.gpg');
    writeFileSync(path, spawnSync('gpg', ['--export', ...keys.map((key) => `=${key}`)]).stdout);
    return path;
  };
  const item = { kind: 'debian', name: 'hello_1.dsc', source: 'hello', version: '1', sha256: '' } as const;

  test('is good, of an unknown key, or not signed, and without keyrings not looked at', async () => {
    const here = scratch();
    const signed = sign(here, 'hello');
    const ours = [keyring(here, signKey)];
    const good = await signatureOf(signed, ours);
    expect([good.signature, good.key]).toEqual(['good', expect.stringMatching(/^[0-9A-F]{40}$/)]);
    const strangers = [keyring(scratch(), `stranger <${signKey}.evil>`)];
    expect((await signatureOf(signed, strangers)).signature).toBe('unknown');
    writeFileSync(join(here, 'plain.dsc'), text);
    expect(await signatureOf(join(here, 'plain.dsc'), ours)).toEqual({ signature: 'none', key: '' });
    expect(await signatureOf(signed, [])).toEqual({ signature: 'unchecked', key: '' });
    expect(await signedSources([item], () => signed, ours)).toEqual({
      type: 'sources-checked',
      keyrings: ['keyring.gpg'],
      sources: [{ source: 'hello', version: '1', ...good }],
    });
  });

  test('whose signature is of another content is refused by its name', async () => {
    const here = scratch();
    const signed = sign(here, 'hello');
    writeFileSync(signed, readFileSync(signed, 'utf8').replace('Version: 1', 'Version: 2'));
    const refused = signedSources([item], () => signed, [keyring(here, signKey)]);
    await expect(refused).rejects.toThrow(/^hello_1\.dsc is not what key [0-9A-F]{16} has signed$/);
  });
});

test('of several signatures the worst counts, and an owner who gave a key up has still signed', () => {
  const valid = `[GNUPG:] VALIDSIG ${'A'.repeat(40)} 2023-02-08 1675824648 0 4 0 1 10 01 ${'B'.repeat(40)}\n`;
  const good = `[GNUPG:] GOODSIG ${'C'.repeat(16)} A Name\n${valid}`;
  expect(signatureIn(good)).toEqual({ signature: 'good', key: 'B'.repeat(40) });
  expect(signatureIn(good.replace('GOODSIG', 'EXPKEYSIG')).signature).toBe('expired');
  expect(signatureIn(good.replace('GOODSIG', 'REVKEYSIG')).signature).toBe('revoked');
  expect(signatureIn(`${good}[GNUPG:] ERRSIG ${'D'.repeat(16)} 1 10 01 1 9\n`).signature).toBe('unknown');
  expect(signatureIn(`${good}[GNUPG:] BADSIG ${'D'.repeat(16)} x\n`)).toEqual({
    signature: 'bad',
    key: 'D'.repeat(16),
  });
  // The name of a signer is the signer's own: it says nothing.
  expect(signatureIn('[GNUPG:] ERRSIG x [GNUPG:] GOODSIG\n').signature).toBe('unknown');
  expect(signatureIn(good.replace('GOODSIG', 'NODATA')).signature).toBe('none');
});
