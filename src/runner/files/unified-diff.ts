/**
 * Two texts as a unified diff, as patch(1) and git-apply(1) read it. diff(1) makes it: in an
 * index thousands of stanzas change, and the exact algorithm of the libraries takes the square of that.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError, exitCode } from '../../errors.ts';
import { runProcess } from '../process.ts';

/**
 * '' when the texts are equal. `path` is written after a/ and b/.
 * @throws EnvironmentError when diff(1) cannot be run or fails
 */
export async function unifiedDiff(before: string, after: string, path: string): Promise<string> {
  if (before === after) return '';
  const scratch = mkdtempSync(join(tmpdir(), 'bootplan-diff-'));
  try {
    const file = join(scratch, 'before');
    writeFileSync(file, before);
    const name = path.replace(/^\/+/, '');
    const labels = ['--label', `a/${name}`, '--label', `b/${name}`];
    const ended = await runProcess('diff', ['-u', ...labels, '--', file, '-'], { input: after });
    if (ended.exitCode === 1) return `${ended.stdout}\n`;
    const help = 'see what diff says, and whether the temporary directory (TMPDIR) has room';
    throw new EnvironmentError(`diff could not compare ${path}: ${ended.stderr}`, exitCode.disk, help);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
