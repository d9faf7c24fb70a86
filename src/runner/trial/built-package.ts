/** A .deb as a trial keeps it: what it installs, what it promises to those linked with it, what it asks for. */
import { EnvironmentError, exitCode } from '../../errors.ts';
import { byteOrder } from '../../order.ts';
import { contentsOf } from '../files/deb-contents.ts';
import { runProcess } from '../process.ts';
import type { BuiltPackage } from './output-change.ts';

/** By which others find it, and it finds others. */
const fields = ['Pre-Depends', 'Depends', 'Recommends', 'Suggests', 'Provides', 'Conflicts', 'Breaks', 'Replaces'];

/** @param scratch a directory for one temporary file */
export async function builtPackage(name: string, deb: string, scratch: string): Promise<BuiltPackage> {
  const { files, libraries } = await contentsOf(deb, scratch);
  const ended = await runProcess('dpkg-deb', ['--field', deb, ...fields], { repeatable: true });
  if (ended.exitCode !== 0)
    throw new EnvironmentError(`${deb} is no .deb: ${ended.stderr}`, exitCode.disk, 'try it again');
  const relations = ended.stdout
    .split('\n')
    .flatMap((line) => {
      const [, field, value = ''] = /^([A-Z][A-Za-z-]+): (.*)$/.exec(line) ?? [];
      return field === undefined ? [] : value.split(/,\s*/).map((group) => `${field}: ${group}`);
    })
    .sort(byteOrder);
  const paths = [...files].filter(([path]) => !path.endsWith('/')).sort(([a], [b]) => byteOrder(a, b));
  return { name, files: paths, libraries, relations };
}
