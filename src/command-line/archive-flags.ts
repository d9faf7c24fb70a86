/** The flags by which a run builds the Debian sources of an archive in the place of a directory with recipes. */
import { resolve } from 'node:path';
import * as Flags from '@oclif/core/flags';
import { EnvironmentError, exitCode } from '../errors.ts';
import type { InputRequest } from '../metadata/universe/read.ts';
import { shellWord } from '../text/shell-quote.ts';
import { inputFlags, requestOf } from './input-flags.ts';

const { metadata: _, arch: __, ...ofArchive } = inputFlags;

/** The flags of commands that build an archive's sources. */
export const archiveFlags = {
  ...ofArchive,
  'image-file': Flags.string({
    helpValue: 'FILE',
    description: 'make an image of the packages that this YAML file names; without it none is made of an archive',
    helpGroup: 'INPUT',
  }),
  backend: Flags.string({
    options: ['bootplan', 'sbuild'],
    default: 'bootplan',
    description: "what builds an archive's sources: bootplan with chroots of its own, or sbuild (unshare mode)",
  }),
};

/** All of them may be left out: then a directory with recipes is meant. */
export interface ArchiveFlags {
  readonly metadata?: string | undefined;
  readonly packages?: readonly string[];
  readonly sources?: readonly string[];
  readonly 'from-apt'?: boolean;
  readonly control?: readonly string[];
  readonly annotations?: readonly string[];
  readonly profiles?: string;
  readonly targets?: readonly string[] | undefined;
  readonly seed?: string | undefined;
  readonly 'image-file'?: string | undefined;
  readonly 'arch-all'?: string;
  readonly others?: string | undefined;
  readonly indep?: boolean;
  readonly 'no-indep'?: boolean;
  readonly alternatives?: string;
  readonly backend?: string;
}

const lists = ['packages', 'sources', 'control', 'annotations', 'targets'] as const;
const texts = ['profiles', 'seed', 'image-file', 'arch-all', 'others', 'alternatives', 'backend'] as const;

const isArchive = (flags: ArchiveFlags): boolean =>
  flags['from-apt'] === true || (flags.packages ?? []).length > 0 || (flags.sources ?? []).length > 0;

/**
 * What the flags ask to build of an archive, and of recipes beside it; undefined when they mean recipes alone.
 * @throws EnvironmentError (64) when they mean neither
 */
export function archiveRequest(flags: ArchiveFlags): InputRequest | undefined {
  if (!isArchive(flags)) {
    const given = [...lists, 'seed' as const, 'image-file' as const].find((name) => (flags[name] ?? '').length > 0);
    const lonely = given ?? (flags.backend === 'sbuild' ? 'backend' : undefined);
    if (lonely === undefined) return undefined;
    const help = 'give the indices too: --packages FILE --sources FILE, or --from-apt';
    throw new EnvironmentError(`--${lonely} is for the sources of an archive`, exitCode.usage, help);
  }
  if (flags.targets === undefined) {
    const help = 'name the sources to build: --targets krb5 openldap; --targets essential and all are possible, too';
    throw new EnvironmentError('without targets every source of the archive would be built', exitCode.usage, help);
  }
  const { packages = [], sources = [], control = [], annotations = [], profiles = '', alternatives = 'first' } = flags;
  return requestOf({
    ...flags,
    packages,
    sources,
    control,
    annotations,
    profiles,
    alternatives,
    'from-apt': flags['from-apt'] ?? false,
    'arch-all': flags['arch-all'] ?? 'available',
    indep: flags.indep ?? false,
    'no-indep': flags['no-indep'] ?? false,
  });
}

/** The same flags as words of a command line, files by their whole paths. */
export function archiveWords(flags: ArchiveFlags): readonly string[] {
  if (!isArchive(flags)) return [];
  const isFile = (name: string, value: string): boolean =>
    name !== 'targets' && value !== '-' && !(name === 'seed' && ['build-essential', 'none'].includes(value));
  const word = (name: string, value: string): string => shellWord(isFile(name, value) ? resolve(value) : value);
  return [
    ...(flags['from-apt'] === true ? ['--from-apt'] : []),
    ...(flags.metadata === undefined ? [] : ['--metadata', shellWord(resolve(flags.metadata))]),
    ...lists.flatMap((name) => {
      const values = flags[name] ?? [];
      return values.length === 0 ? [] : [`--${name}`, ...values.map((value) => word(name, value))];
    }),
    ...texts.flatMap((name) => {
      const value = flags[name];
      if (value === undefined || value === '' || defaults.get(name) === value) return [];
      return [`--${name}`, name === 'seed' || name === 'image-file' ? word(name, value) : shellWord(value)];
    }),
    ...(flags.indep === true ? ['--indep'] : []),
    ...(flags['no-indep'] === true ? ['--no-indep'] : []),
  ];
}

const defaults = new Map([
  ['arch-all', 'available'],
  ['others', 'build'],
  ['alternatives', 'first'],
  ['backend', 'bootplan'],
]);
