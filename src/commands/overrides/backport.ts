import { join } from 'node:path';
import * as Flags from '@oclif/core/flags';
import { type ArchiveFlags, archiveFlags, archiveRequest } from '../../command-line/archive-flags.ts';
import { BaseCommand } from '../../command-line/base-command.ts';
import { stateFlag } from '../../command-line/state-flag.ts';
import { EnvironmentError, exitCode, InputError } from '../../errors.ts';
import { nativeArchitecture } from '../../metadata/relations/architecture.ts';

interface Backported {
  readonly sources: readonly string[];
  readonly files: readonly string[];
  /** The overrides file, when it is gone now. */
  readonly deleted: string | null;
}

const { backend: _, 'image-file': __, ...indexFlags } = archiveFlags;

interface BackportFlags extends ArchiveFlags {
  readonly 'dry-run': boolean;
}

export default class OverridesBackport extends BaseCommand {
  static override summary = 'Write overrides that work into the metadata, and delete the overrides file.';
  static override description =
    `From then on a build from scratch needs no overrides. Comments and layout of the YAML files stay.

Of a run that builds an archive's sources (--packages, --sources or --from-apt, --targets, as that run had them) they become annotations: they go into the last file of --annotations, which is made when it is not there, and patches beside it.`;

  static override examples = [
    {
      description: 'What worked becomes the recipe',
      command: '<%= config.bin %> overrides backport --metadata distro',
    },
    {
      description: 'See what would be written',
      command: '<%= config.bin %> overrides backport --metadata distro --dry-run',
    },
    {
      description: 'What worked with Debian sources becomes annotations',
      command:
        '<%= config.bin %> overrides backport --packages Packages.xz --sources Sources.xz --targets krb5 --annotations mine.yaml',
    },
  ];

  static override flags = {
    ...stateFlag,
    ...indexFlags,
    metadata: Flags.directory({ helpValue: 'DIR', description: 'the metadata to write into' }),
    overrides: Flags.string({
      helpValue: 'FILE',
      description: 'the overrides; by default overrides.yaml in the state directory',
    }),
    keep: Flags.boolean({ description: 'leave the overrides file where it is' }),
    'dry-run': Flags.boolean({ char: 'n', description: 'name the files, write nothing' }),
  };

  async run(): Promise<Backported> {
    const { flags } = await this.parse(OverridesBackport);
    this.begin(flags);
    const { rmSync } = await import('node:fs');
    const { stateDirectory } = await import('../../runner/journal/state-directory.ts');
    const file = flags.overrides ?? join(stateDirectory(flags.state).root, 'overrides.yaml');
    const { sources, files } = await this.write(flags, file);
    if (!flags['dry-run'] && !flags.keep) rmSync(file);
    const deleted = flags['dry-run'] || flags.keep ? null : file;
    const did = flags['dry-run'] ? 'would write' : 'wrote';
    this.data(
      [...files.map((path) => `${did} ${path}`), ...(deleted === null ? [] : [`deleted ${deleted}`])].join('\n'),
    );
    return { sources, files, deleted };
  }

  private async write(flags: BackportFlags, file: string): Promise<Pick<Backported, 'sources' | 'files'>> {
    const writes = !flags['dry-run'];
    const archive = archiveRequest(flags);
    if (archive !== undefined) {
      const { backportArchive } = await import('../../application/project/backport-archive.ts');
      const { sources, files, isOtherPlan } = await backportArchive(archive, file, writes);
      if (isOtherPlan) this.talk('the plan is another one with these annotations: run it with --replan');
      return { sources, files };
    }
    if (flags.metadata === undefined) {
      const help = 'name the metadata with --metadata DIR, or the archive with --packages, --sources and --targets';
      throw new EnvironmentError('there is nothing to write into', exitCode.usage, help);
    }
    const { backport } = await import('../../metadata/overrides/backport.ts');
    const { readOverrides } = await import('../../metadata/overrides/overrides.ts');
    const { readProject } = await import('../../metadata/project/project.ts');
    const { writeBackport } = await import('../../application/project/write-backport.ts');
    const read = await readProject(flags.metadata, { architecture: nativeArchitecture, targets: 'all' });
    if (!read.ok) throw new InputError(read.diagnostics);
    const overrides = readOverrides(file, read.value);
    if (!overrides.ok) throw new InputError(overrides.diagnostics);
    const made = backport(read.value, overrides.value);
    if ('problems' in made) throw new InputError(made.problems, exitCode.badInput);
    if (writes) await writeBackport(read.value, made);
    return { sources: made.sources, files: [...made.files.keys()].sort() };
  }
}
