/**
 * What the packages of a stage need at run time, held against what people have declared that the stage does without:
 * the plan relies on it, and would have a later build install what cannot be installed.
 */
import { EnvironmentError, exitCode } from '../../../../errors.ts';
import { formatGroup, parseGroups } from '../../../../metadata/relations/relation.ts';
import type { Group, Variant } from '../../../../model.ts';
import { runProcess } from '../../../process.ts';

/** Members of a package's dependencies that nothing but what the stage is declared to do without can satisfy. Pure. */
export const contradicting = (depends: readonly Group[], without: ReadonlySet<string>): readonly Group[] =>
  depends.filter((group) => group.every(({ name }) => without.has(name)));

async function dependsOf(deb: string): Promise<readonly Group[]> {
  const ended = await runProcess('dpkg-deb', ['--field', deb, 'Pre-Depends', 'Depends'], { repeatable: true });
  if (ended.exitCode !== 0)
    throw new EnvironmentError(`${deb} is no .deb: ${ended.stderr}`, exitCode.disk, 'try it again');
  const values = ended.stdout.replace(/\n[ \t]+/g, ' ').matchAll(/^(?:Pre-)?Depends: (.*)$/gm);
  return [...values].flatMap(([, value]) => parseGroups(value!, true).groups);
}

/** In words, a package each: what it depends on after all. */
export async function needsDeclaredAway(
  { stage, without = [] }: Pick<Variant, 'stage' | 'without'>,
  debs: readonly { readonly name: string; readonly path: string }[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { binary, names } of without)
    for (const { path } of debs.filter(({ name }) => name === binary)) {
      const groups = contradicting(await dependsOf(path), new Set(names));
      if (groups.length === 0) continue;
      const what = groups.map(formatGroup).join(', ');
      found.push(`${binary} depends on ${what}, and stage ${stage} is declared to need none of it at run time`);
    }
  return found;
}
