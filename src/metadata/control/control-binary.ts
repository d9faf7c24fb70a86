/**
 * A binary as debian/control describes it, before anything of it was built: what a new package will need at run time.
 */
import type { Binary, Group } from '../../model.ts';
import { parseGroups } from '../relations/relation.ts';
import type { Stanza } from './stanza.ts';

/** Relations carry the source's version where the file leaves it to the build. */
export interface ControlBinary {
  readonly architectures: readonly string[];
  readonly type: string;
  readonly multiArch: Binary['multiArch'];
  readonly essential: boolean;
  readonly relations: (version: string) => Pick<Binary, 'depends' | 'preDepends' | 'conflicts' | 'breaks' | 'provides'>;
}

const ownVersion = /\$\{(?:binary:Version|source:Version|Source-Version)\}/g;
const upstreamVersion = /\$\{source:Upstream-Version\}/g;
const bound = /\([^()]*\$\{[^}]*\}[^()]*\)/g;
const variable = /\$\{[^}]*\}/g;

/**
 * A field with its substitution variables (deb-substvars(5)) worked out as far as they can be: those for the versions
 * of the source; a bound by any other is left out, and what a variable alone stands for is not known before the build.
 */
export function substituted(text: string, version: string): string {
  const upstream = version.replace(/^\d+:/, '').replace(/-[^-]*$/, '');
  return text
    .replace(ownVersion, version)
    .replace(upstreamVersion, upstream)
    .replace(bound, '')
    .split(',')
    .map((group) =>
      group
        .split('|')
        .filter((alternative) => !alternative.includes('${') || alternative.replace(variable, '').trim() !== '')
        .map((alternative) => alternative.replace(variable, ''))
        .join('|'),
    )
    .filter((group) => group.trim() !== '')
    .join(',');
}

/** Reads the stanza of a binary. What is wrong in it is found where it is used. */
export function controlBinary(stanza: Stanza): ControlBinary {
  const text = (field: string) => stanza.get(field) ?? '';
  const fields = ['pre-depends', 'depends', 'conflicts', 'breaks', 'provides'].map((f) => [f, text(f)] as const);
  const multiArch = text('multi-arch');
  return {
    architectures: (text('architecture') || 'any').split(/\s+/),
    type: text('package-type') || text('xc-package-type') || 'deb',
    multiArch: multiArch === 'same' || multiArch === 'foreign' || multiArch === 'allowed' ? multiArch : undefined,
    essential: text('essential') === 'yes',
    relations: (version) => {
      const values = new Map(fields);
      const groups = (field: string): readonly Group[] => parseGroups(substituted(values.get(field)!, version)).groups;
      const before = groups('pre-depends');
      return {
        depends: [...before, ...groups('depends')],
        ...(before.length > 0 && { preDepends: before.length }),
        conflicts: groups('conflicts'),
        breaks: groups('breaks'),
        provides: groups('provides').map((g) => g[0]!),
      };
    },
  };
}
