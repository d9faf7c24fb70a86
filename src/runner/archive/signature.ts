/** Archives that apt believes by their signature: OpenPGP by gpg, with a key that the user has, checked by gpgv. */

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError, exitCode } from '../../errors.ts';
import type { ByName } from '../../model.ts';
import { holds, publishText, unfinished } from '../files/publish.ts';
import { runProcess } from '../process.ts';

const clear = 'InRelease';
const detached = 'Release.gpg';
/** What belongs to the signatures of an archive. */
export const signatureParts: readonly string[] = [clear, 'Release', detached];

/** What gpg says for programs to read. */
const status = /^\[GNUPG:\] (.*)\n?/gm;

function refused(what: string, stderr: string): EnvironmentError {
  const said = stderr.replace(status, '').trim().split('\n').join('; ');
  return new EnvironmentError(
    `gpg ${what} failed: ${said || 'no such key'}`,
    exitCode.configuration,
    'gpg --list-secret-keys shows what --sign can name: a key that may sign, neither expired nor revoked; one with a passphrase needs a gpg-agent that knows it',
  );
}

async function signed(how: '--clearsign' | '--detach-sign', text: string, key: string): Promise<string> {
  const ended = await runProcess('gpg', ['--batch', '--armor', '--local-user', key, how], { input: text });
  if (ended.exitCode !== 0) throw refused(how, ended.stderr);
  return `${ended.stdout}\n`;
}

/** The fingerprint of the one key that signs: a name may fit others in the user's keyring as well. */
async function signingKey(name: string): Promise<string> {
  const args = ['--batch', '--status-fd', '2', '--armor', '--local-user', name, '--detach-sign'];
  const ended = await runProcess('gpg', args, { input: 'proof' });
  const [, fingerprint] = /^\[GNUPG:\] SIG_CREATED .* ([0-9A-F]{40,64})$/m.exec(ended.stderr) ?? [];
  if (ended.exitCode !== 0 || fingerprint === undefined) throw refused('--detach-sign', ended.stderr);
  return fingerprint;
}

/**
 * Publishes the public key for the readers of the archives (`[signed-by=FILE]`), after a test signature that proves
 * that its secret key is here. Without a key the file of an earlier run is removed.
 *
 * @throws EnvironmentError (78) when gpg cannot sign with it
 */
export async function publishKey(path: string, key: string | undefined): Promise<void> {
  if (key === undefined) return rmSync(path, { force: true });
  const fingerprint = await signingKey(key);
  const beside = path + unfinished;
  const ended = await runProcess('gpg', ['--batch', '--export', fingerprint], { stdoutFile: beside });
  if (ended.exitCode !== 0) throw refused('--export', ended.stderr);
  const exported = readFileSync(beside);
  if (holds(path, exported)) rmSync(beside);
  else publishText(path, exported);
}

/**
 * File name -> content of the signatures of a Release file. A signature tells its time; one that is there and still
 * good is kept, so that an archive in which nothing has changed does not change.
 *
 * @param before directory of the archive that is to be replaced, if there is one
 */
export async function signatures(
  release: string,
  before: string | undefined,
  keyFile: string,
  key: string,
): Promise<ByName<string>> {
  if (before !== undefined && existsSync(join(before, 'Release'))) {
    const old = (file: string): string => readFileSync(join(before, file), 'utf8');
    if (old('Release') === release && (await signatureProblems(before, keyFile)).length === 0)
      return { [clear]: old(clear), [detached]: old(detached) };
  }
  return {
    [clear]: await signed('--clearsign', release, key),
    [detached]: await signed('--detach-sign', release, key),
  };
}

/** What gpgv has against the signatures of an archive, in words; nothing when they are good. */
export async function signatureProblems(archive: string, keyFile: string): Promise<readonly string[]> {
  const [inRelease, release, signature] = signatureParts.map((file) => join(archive, file));
  const missing = signatureParts.filter((file) => !existsSync(join(archive, file)));
  if (missing.length > 0) return missing.map((file) => `there is no ${file}`);
  const keyring = ['--status-fd', '2', '--keyring', keyFile];
  const [whole, beside] = [
    await runProcess('gpgv', [...keyring, '--output', '-', inRelease!]),
    await runProcess('gpgv', [...keyring, signature!, release!]),
  ];
  const problems: string[] = [];
  if (whole.exitCode !== 0) problems.push(`the signature of ${clear} is not good`);
  else if (`${whole.stdout}\n` !== readFileSync(release!, 'utf8')) problems.push(`${clear} is not Release, signed`);
  if (beside.exitCode !== 0) problems.push(`${detached} is no good signature of Release`);
  // gpgv takes them for good; apt does not.
  if ([whole, beside].some(({ stderr }) => /^\[GNUPG:\] EXP(KEY)?SIG /m.test(stderr)))
    problems.push('the key that signed it has expired: sign anew (--sign)');
  return problems;
}
