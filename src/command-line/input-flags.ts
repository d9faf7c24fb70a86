/**
 * The flags that say what to analyse, the same on every analysing command, and the request that they make. See
 * docs/inputs.md.
 */
import * as Flags from '@oclif/core/flags';
import { EnvironmentError, exitCode } from '../errors.ts';
import { nativeArchitecture } from '../metadata/relations/architecture.ts';
import type { InputRequest } from '../metadata/universe/read.ts';

const helpGroup = 'INPUT';
const files = (description: string) =>
  Flags.string({ multiple: true, helpValue: 'FILE', description, helpGroup, default: [] });

/** The flags of every command that reads metadata. */
export const inputFlags = {
  metadata: Flags.directory({
    helpValue: 'DIR',
    description: 'a directory of YAML files, one per source; with indices: sources that are built beside theirs',
    helpGroup,
  }),
  packages: files('Packages indices (plain, gz, xz, zst, lz4)'),
  sources: files('Sources indices'),
  'from-apt': Flags.boolean({ description: "this machine's own package lists", helpGroup, default: false }),
  control: files('debian/control or .dsc files to lay over the indices'),
  annotations: files('stages and droppable dependencies declared beside the metadata'),
  arch: Flags.string({
    helpValue: 'ARCH',
    description: 'architecture; default: the one the indices are for',
    helpGroup,
  }),
  profiles: Flags.string({
    helpValue: 'P,P',
    description: 'build profiles active in every build',
    helpGroup,
    default: '',
  }),
  targets: Flags.string({
    multiple: true,
    helpValue: 'NAME',
    description: 'what must exist at the end: essential, all, or sources; default: all (with --metadata: the image)',
    helpGroup,
  }),
  seed: Flags.string({
    helpValue: 'FILE|build-essential|none',
    description: 'binaries that exist before the first build; default: build-essential',
    helpGroup,
  }),
  'arch-all': Flags.string({
    options: ['available', 'build'],
    default: 'available',
    description: 'take Architecture: all binaries as given, or build them',
    helpGroup,
  }),
  others: Flags.string({
    options: ['available', 'build'],
    default: 'build',
    description: 'take the binaries of sources that are no targets as given, or build them',
    helpGroup,
  }),
  indep: Flags.boolean({
    description: 'ask for Build-Depends-Indep although Architecture: all is given',
    helpGroup,
    default: false,
  }),
  'no-indep': Flags.boolean({
    description: 'leave out Build-Depends-Indep, and build nothing of Architecture: all',
    helpGroup,
    default: false,
  }),
  alternatives: Flags.string({
    options: ['first', 'any'],
    default: 'first',
    description: 'in `a | b` take the first that can be had, or any',
    helpGroup,
  }),
};

/** The flags of commands that know of two architectures. */
export const crossFlags = {
  'build-arch': Flags.string({
    helpValue: 'ARCH',
    description:
      "the architecture that builds, where it is another: give the indices of both; of --metadata this machine's",
    helpGroup,
  }),
};

/** The values that oclif makes of `inputFlags`. */
export interface InputFlags {
  readonly metadata?: string | undefined;
  readonly packages: readonly string[];
  readonly sources: readonly string[];
  readonly 'from-apt': boolean;
  readonly control: readonly string[];
  readonly annotations: readonly string[];
  readonly arch?: string | undefined;
  readonly 'build-arch'?: string | undefined;
  readonly profiles: string;
  readonly targets?: readonly string[] | undefined;
  readonly seed?: string | undefined;
  readonly 'arch-all': string;
  readonly others?: string | undefined;
  readonly indep: boolean;
  readonly 'no-indep': boolean;
  readonly alternatives: string;
}

const words = (text: string): string[] => text.split(/[\s,]+/).filter((w) => w !== '');

function usage(message: string, help: string): never {
  throw new EnvironmentError(message, exitCode.usage, help);
}

/** Checks what flags cannot check one by one. */
export function requestOf(flags: InputFlags): InputRequest {
  const indices = flags.packages.length > 0 || flags.sources.length > 0;
  const ofArchive = indices || flags['from-apt'];
  if (flags.metadata === undefined && !ofArchive)
    usage('there is nothing to read', 'give --metadata DIR, or --packages FILE --sources FILE, or --from-apt');
  if (indices && flags['from-apt'])
    usage('--packages/--sources and --from-apt exclude each other', 'give one of the two');
  if (indices && flags.packages.length === 0)
    usage('--sources needs --packages', 'give the Packages index of the same archive');
  if (indices && flags.sources.length === 0)
    usage('--packages needs --sources', 'give the Sources index of the same archive');
  const forIndices = (['control', 'annotations', 'seed'] as const).find((name) => (flags[name] ?? '').length > 0);
  if (!ofArchive && (forIndices !== undefined || flags['arch-all'] === 'build'))
    usage(
      `--${forIndices ?? 'arch-all'} is for the indices of an archive, and --metadata is not one`,
      'the YAML files say it themselves: stages in their fields, the seed in seed.yaml; change a copy of the directory',
    );
  if (flags['build-arch'] !== undefined && flags.metadata === undefined && flags.arch === undefined)
    usage('--build-arch needs --arch', 'name the architecture that is built for');
  if (flags.indep && flags['no-indep']) usage('--indep and --no-indep exclude each other', 'give one of the two');
  if (flags['no-indep'] && flags['arch-all'] === 'build')
    usage(
      '--no-indep leaves every Architecture: all binary unbuilt',
      'drop it, or take them as given: --arch-all available',
    );
  const named = (flags.targets ?? []).flatMap(words);
  const special = named.find((n) => n === 'all' || n === 'essential');
  if (special !== undefined && named.length > 1)
    usage(`--targets ${special} is a whole set`, 'give it alone, or give names');
  const targets = special ?? (named.length > 0 ? named : undefined);
  return {
    ...(ofArchive ? { recipes: flags.metadata } : { metadata: flags.metadata }),
    packages: flags.packages,
    sources: flags.sources,
    fromApt: flags['from-apt'],
    controls: flags.control,
    annotations: flags.annotations,
    architecture: indices ? flags.arch || undefined : (flags.arch ?? nativeArchitecture),
    ...(flags['build-arch'] !== undefined && { buildArchitecture: flags['build-arch'] }),
    profiles: words(flags.profiles),
    targets: (targets ?? (ofArchive ? 'all' : 'essential')) as InputRequest['targets'],
    seed: flags.seed,
    archAll: flags['arch-all'] as InputRequest['archAll'],
    others: (flags.others ?? 'build') as NonNullable<InputRequest['others']>,
    noIndep: flags['no-indep'],
    indep: flags.indep,
    alternatives: flags.alternatives as InputRequest['alternatives'],
  };
}
