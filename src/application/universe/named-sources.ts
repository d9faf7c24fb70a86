/** Sources of a universe, found by the names that a user types. */
import { InputError } from '../../errors.ts';
import type { Universe } from '../../model.ts';
import { nearestFew } from '../../text/nearest-names.ts';

/** The index of a source, by its name. See `sourcesNamed`. */
export const sourceNamed = (universe: Universe, name: string): number => sourcesNamed(universe, [name])[0]!;

/**
 * The indices of sources, by their names with or without `src:`.
 *
 * @throws InputError that tells of each wrong name the nearest there are, or the source that builds a binary of it
 */
export function sourcesNamed({ sources, binaries }: Universe, names: readonly string[]): number[] {
  const index = new Map<string, number>(sources.map((s, i) => [s.name, i]));
  const wanted = names.map((name) => name.replace(/^src:/, ''));
  const unknown = wanted.filter((name) => !index.has(name));
  if (unknown.length === 0) return wanted.map((name) => index.get(name)!);
  const helpFor = (name: string): string => {
    const maker = binaries.find((b) => b.name === name && b.source !== undefined)?.source;
    if (maker !== undefined) return `${name} is a binary of src:${sources[maker]!.name}; ask for that`;
    const few = nearestFew(name, index.keys());
    if (few.length > 0) return `did you mean ${few.join(', ')}?`;
    return 'only sources that the targets need are known here; --targets all takes every one';
  };
  throw new InputError(
    unknown.map((name) => ({
      code: 'BP451',
      severity: 'error',
      message: `there is no source ${name} here`,
      help: helpFor(name),
    })),
  );
}
