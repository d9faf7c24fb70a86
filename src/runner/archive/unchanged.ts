/** What is made of the final archive is made of it as it was published and signed, or not at all. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError, exitCode } from '../../errors.ts';
import type { RunState } from '../../run-state.ts';
import type { StateDirectory } from '../journal/state-directory.ts';
import { unlikePublished } from './published.ts';
import { signatureProblems } from './signature.ts';

/**
 * Holds indices and signatures against the journal; the packages are hashed when they are unpacked.
 * @throws EnvironmentError (74) naming every file that is not as it was
 */
export async function requireUnchanged(directory: StateDirectory, { published }: RunState): Promise<void> {
  if (Object.keys(published).length === 0) return;
  const unlike = await unlikePublished(directory, ['final'], published);
  const changed = [...unlike].flatMap(([path, said]) => (path.startsWith('archives/final/') ? [said] : []));
  const signed = changed.length === 0 && existsSync(directory.archiveKey);
  const against = signed ? await signatureProblems(join(directory.archives, 'final'), directory.archiveKey) : [];
  const problems = [...changed, ...against.map((said) => `archives/final: ${said}`)];
  if (problems.length > 0)
    throw new EnvironmentError(problems.join('; '), exitCode.disk, '`bootplan run` writes the archive anew');
}
