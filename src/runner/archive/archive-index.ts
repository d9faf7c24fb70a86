/** What one of our own archives holds, and what of it a list of names needs. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { visible } from '../../diagnostics.ts';
import type { FileDigest } from '../../digests.ts';
import { exitCode, InputError } from '../../errors.ts';
import { formatGroup, parseGroups } from '../../metadata/relations/relation.ts';
import { satisfies } from '../../metadata/relations/version.ts';
import type { Diagnostic, Group, Relation } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import { wholeText } from '../../whole-file.ts';
import { debFileName } from '../files/deb-file.ts';
import { damaged } from '../files/json-record.ts';
import { entryIn } from '../files/owned.ts';

/** One package as its index has it. */
export interface IndexedDeb {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly depends: readonly Group[];
  readonly provides: readonly Relation[];
  /** The source it was built from. */
  readonly source: string;
  /** Host path of the .deb. */
  readonly path: string;
  readonly sha256: FileDigest;
}

/**
 * Reads `Packages` of an archive directory. One stanza per .deb, fields on one line: we wrote it ourselves.
 * @throws EnvironmentError (74) when a package in it has another place than we would have given it
 */
export function readArchive(archive: string): readonly IndexedDeb[] {
  const index = join(archive, 'Packages');
  if (!existsSync(index)) {
    const message = `there is no archive at ${archive}`;
    throw new InputError(
      [{ code: 'BP518', severity: 'error', message, help: 'build it first: bootplan run' }],
      exitCode.missingInput,
    );
  }
  const stanzas = wholeText(index)
    .split(/\n\n+/)
    .filter((text) => text.trim() !== '');
  return stanzas.map((stanza) => {
    const fields = new Map([...stanza.matchAll(/^([A-Za-z0-9-]+):[ \t]*(.*)$/gm)].map((m) => [m[1]!, m[2]!]));
    const field = (name: string): string => fields.get(name) ?? '';
    const name = field('Package');
    const file = debFileName(name, field('Version'), field('Architecture'));
    const ours = field('Filename') === `pool/${file}` && /^[0-9a-f]{64}$/.test(field('SHA256'));
    if (!ours || !/^[a-z0-9]/.test(name))
      throw damaged(index, 'bootplan run writes it anew', `it lists ${visible(name)}`);
    return {
      name,
      version: field('Version'),
      architecture: field('Architecture'),
      depends: ['Pre-Depends', 'Depends'].flatMap((f) => parseGroups(field(f)).groups),
      provides: parseGroups(field('Provides')).groups.flat(),
      source: field('Source').replace(/ .*/, '') || name,
      path: entryIn(join(archive, 'pool'), file),
      sha256: field('SHA256'),
    };
  });
}

function fulfils(deb: IndexedDeb, relation: Relation): boolean {
  const { name, op, version } = relation;
  if (deb.name === name) return op === undefined || satisfies(deb.version, op, version!);
  const provided = deb.provides.find((p) => p.name === name);
  return (
    provided !== undefined &&
    (op === undefined || (provided.version !== undefined && satisfies(provided.version, op, version!)))
  );
}

/**
 * The named packages and what they depend on, in byte order, from this archive alone: an alternative that another
 * archive has does not count.
 * @throws InputError with every name and dependency that the archive does not satisfy
 */
export function closedSelection(debs: readonly IndexedDeb[], names: readonly string[]): readonly IndexedDeb[] {
  const chosen = new Map<string, IndexedDeb>();
  const problems: Diagnostic[] = [];
  const lacking = (message: string): void => {
    const help = 'only clean builds are in the final archive: bootplan status says what is still missing';
    problems.push({ code: 'BP511', severity: 'error', message, help });
  };
  const add = (deb: IndexedDeb): void => {
    if (chosen.has(deb.name)) return;
    chosen.set(deb.name, deb);
    for (const group of deb.depends) {
      const first = group.flatMap((relation) => debs.filter((d) => fulfils(d, relation))).at(0);
      if (first === undefined) lacking(`${deb.name} depends on ${formatGroup(group)}, which the archive has not`);
      else add(first);
    }
  };
  for (const name of names) {
    const deb = debs.find((d) => d.name === name);
    if (deb === undefined) lacking(`the image wants ${name}, which the archive has not`);
    else add(deb);
  }
  if (problems.length > 0) throw new InputError(problems, exitCode.missingInput);
  return [...chosen.values()].sort((a, b) => byteOrder(a.name, b.name));
}
