/** Packages indices: stanzas of binaries (deb-control(5), Debian repository format). */

import type { Binary, Diagnostic, Group } from '../../model.ts';
import { binaryName } from '../../names.ts';
import type { RelationProblem } from '../relations/relation.ts';
import { versionProblem } from '../relations/version.ts';
import { readLongText } from './deb822.ts';
import { nameProblem, otherKind } from './index-kind.ts';
import type { LongText } from './long-text.ts';
import type { Stanza } from './stanza.ts';

/** A binary as its index describes it, before its source is known. */
export interface BinaryRecord {
  readonly binary: Omit<Binary, 'source' | 'available'>;
  readonly source: string;
  /** The version of the source it was built from; a binary-only rebuild has its own. */
  readonly sourceVersion: string;
  /** `Build-Essential: yes`. */
  readonly buildEssential: boolean;
}

const help = 'a dependency reads `name (>= version) | other, next`';

/** `Source: name (version)`; the version only when it differs from the binary's. */
export function sourceOf(
  field: string | undefined,
  name: string,
  version: string,
): { source: string; sourceVersion: string } {
  if (field === undefined) return { source: name, sourceVersion: version };
  const open = field.indexOf('(');
  if (open < 0) return { source: field, sourceVersion: version };
  return {
    source: field.slice(0, open).trim(),
    sourceVersion: field
      .slice(open + 1)
      .replace(')', '')
      .trim(),
  };
}

/** Reads every stanza of one index; the diagnostics name each problem, with its line. */
export function readPackages(text: LongText): { records: BinaryRecord[]; problems: readonly Diagnostic[] } {
  const records: BinaryRecord[] = [];
  const problems: Diagnostic[] = [];
  /** No stanza of the other kind of index was met; one is said, not all. */
  let isRight = true;
  const wrong: RelationProblem[] = [];
  const relations = (stanza: Stanza, field: string): readonly Group[] => {
    const groups = stanza.groups(field, wrong);
    for (const { message, offset, length } of wrong)
      problems.push({ code: 'BP110', severity: 'error', message, ...stanza.place(field, offset, length), help });
    wrong.length = 0;
    return groups;
  };
  const visit = (stanza: Stanza): void => {
    const name = stanza.few('package');
    const version = stanza.few('version');
    const architecture = stanza.few('architecture');
    if (name === undefined || version === undefined || architecture === undefined) {
      problems.push(missing(stanza, ['package', 'version', 'architecture']));
      return;
    }
    if (isRight) {
      const other = otherKind(stanza, 'Packages');
      if (other !== undefined) problems.push(other);
      isRight = other === undefined;
    }
    const odd = nameProblem(stanza, 'package', name);
    if (odd !== undefined) problems.push(odd);
    const bad = versionProblem(version);
    if (bad !== undefined) {
      const message = `"${version}" of ${name} is not a version: ${bad}`;
      const correct = 'a version reads [epoch:]upstream[-revision], for example 1.2.3-1';
      problems.push({
        code: 'BP111',
        severity: 'error',
        message,
        ...stanza.place('version', 0, version.length),
        help: correct,
      });
    }
    const multiArch = stanza.few('multi-arch');
    const before = relations(stanza, 'pre-depends');
    records.push({
      binary: {
        name: binaryName(name),
        version,
        architecture,
        multiArch: multiArch === 'same' || multiArch === 'foreign' || multiArch === 'allowed' ? multiArch : undefined,
        essential: stanza.few('essential') === 'yes',
        priority: stanza.few('priority') ?? 'optional',
        section: stanza.few('section') ?? '',
        depends: joined(before, relations(stanza, 'depends')),
        ...(before.length > 0 && { preDepends: before.length }),
        conflicts: relations(stanza, 'conflicts'),
        breaks: relations(stanza, 'breaks'),
        provides: relations(stanza, 'provides').map((g) => g[0]!),
        origin: stanza.origin,
      },
      ...sourceOf(stanza.few('source'), name, version),
      buildEssential: stanza.few('build-essential') === 'yes',
    });
  };
  const forget = (): void => {
    records.length = 0;
    problems.length = 0;
  };
  for (const problem of readLongText(text, visit, forget)) problems.push(problem);
  return { records, problems };
}

/** Pre-Depends first. */
const joined = (a: readonly Group[], b: readonly Group[]): readonly Group[] =>
  a.length === 0 ? b : b.length === 0 ? a : [...a, ...b];

/** A stanza without a field that it must have. */
export function missing(stanza: Stanza, fields: readonly string[]): Diagnostic {
  const absent = fields.filter((f) => !stanza.has(f)).map((f) => `\`${f[0]!.toUpperCase()}${f.slice(1)}\``);
  const first = stanza.names[0]!;
  const message = `a stanza without ${absent.join(', ')}`;
  const place = { ...stanza.place(first), origin: { ...stanza.origin, column: 1, length: first.length } };
  return { code: 'BP145', severity: 'error', message, ...place, help: 'complete the stanza, or remove it' };
}
