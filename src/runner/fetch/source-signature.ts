/**
 * Who has signed a source description, by the keyrings of the distribution's people that this machine has. A source is
 * what its index says, by its sha256; the signature says besides who had uploaded it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SignedSource } from '../../events/before-builds.ts';
import { runProcess } from '../process.ts';

const directory = '/usr/share/keyrings';

/** Those of the package debian-keyring; later releases give them another ending. */
const names = ['debian-keyring', 'debian-maintainers', 'debian-nonupload', 'debian-role-keys'];

/** Paths of those that are there. */
export const sourceKeyrings = (): readonly string[] =>
  names.flatMap((name) => {
    const found = ['.gpg', '.pgp'].map((ending) => join(directory, name + ending)).find((path) => existsSync(path));
    return found === undefined ? [] : [found];
  });

/** Whose signature it is, and what it is worth. */
export type Signature = Pick<SignedSource, 'key'> & { readonly signature: SignedSource['signature'] | 'bad' };

/** What the status lines of gpgv say: doc/DETAILS of GnuPG. The worst of several signatures counts. Pure. */
export function signatureIn(status: string): Signature {
  const line = (keyword: string): readonly string[] | undefined =>
    new RegExp(`^\\[GNUPG:\\] ${keyword}\\b ?(.*)$`, 'm').exec(status)?.[1]?.split(' ');
  const hex = (text: string | undefined): string => (/^[0-9A-F]{8,64}$/.test(text ?? '') ? text! : '');
  const bad = line('BADSIG');
  if (bad !== undefined) return { signature: 'bad', key: hex(bad[0]) };
  const revoked = line('REVKEYSIG');
  const expired = line('EXPKEYSIG') ?? line('EXPSIG');
  const unknown = line('ERRSIG');
  // The last word of VALIDSIG is the primary key, which the keyring knows its owner by.
  const valid = hex(line('VALIDSIG')?.at(-1));
  if (unknown !== undefined) return { signature: 'unknown', key: hex(unknown[0]) };
  if (revoked !== undefined) return { signature: 'revoked', key: valid || hex(revoked[0]) };
  if (expired !== undefined) return { signature: 'expired', key: valid || hex(expired[0]) };
  return line('GOODSIG') === undefined || valid === ''
    ? { signature: 'none', key: '' }
    : { signature: 'good', key: valid };
}

/** @param path of a .dsc @param keyrings paths; with none nothing is checked */
export async function signatureOf(path: string, keyrings: readonly string[]): Promise<Signature> {
  if (keyrings.length === 0) return { signature: 'unchecked', key: '' };
  const words = keyrings.flatMap((keyring) => ['--keyring', keyring]);
  const ended = await runProcess('gpgv', ['--status-fd', '1', ...words, path], {
    repeatable: true,
    timeoutMilliseconds: 60_000,
  });
  return signatureIn(ended.stdout);
}
