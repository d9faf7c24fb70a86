/** This machine's own package lists, as apt itself names them: nothing is downloaded and nothing configured. */
import { stat } from 'node:fs/promises';
import type { Diagnostic } from '../../model.ts';
import { nativeArchitecture } from '../relations/architecture.ts';
import { wholeText } from './long-text.ts';
import { outputOf } from './programs.ts';

/** Paths of the lists that apt has, in apt's order. */
export interface AptLists {
  readonly packages: readonly string[];
  readonly sources: readonly string[];
}

/**
 * The files of apt's own lists for one architecture, by default this machine's; what is missing is said with the way to
 * get it.
 */
export async function aptLists(
  architecture = nativeArchitecture,
): Promise<{ lists: AptLists; problems: readonly Diagnostic[] }> {
  const format = '$(CREATED_BY) $(ARCHITECTURE) $(FILENAME)';
  const output = wholeText(await outputOf('apt-get', ['indextargets', '--format', format], 'apt')).bytes.toString(
    'utf8',
  );
  const rows = output.split('\n').map((line) => line.split(' '));
  const packages = rows.filter(([kind, a]) => kind === 'Packages' && (a === architecture || a === 'all'));
  const sources = rows.filter(([kind]) => kind === 'Sources');
  const problems: Diagnostic[] = [];
  const lack = (message: string, help: string) => problems.push({ code: 'BP131', severity: 'error', message, help });
  if (packages.length === 0)
    lack(
      `apt has no lists of binaries for ${architecture}`,
      `run: dpkg --add-architecture ${architecture} && apt-get update`,
    );
  if (sources.length === 0)
    lack('apt has no lists of sources', 'add `deb-src` to the Types of your apt sources, then run: apt-get update');
  const files = (found: string[][]) => withContent(found.map((row) => row.slice(2).join(' ')));
  return { lists: { packages: await files(packages), sources: await files(sources) }, problems };
}

/** A suite may have nothing in a component, and then the list of it is empty; what is missing is for others to say. */
async function withContent(files: readonly string[]): Promise<readonly string[]> {
  const sizes = await Promise.all(
    files.map((file) =>
      stat(file)
        .then(({ size }) => size)
        .catch(() => -1),
    ),
  );
  return files.filter((_, i) => sizes[i] !== 0);
}
