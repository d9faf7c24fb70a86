import { join } from 'node:path';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../command-line/base-command.ts';
import { stateFlag } from '../../command-line/state-flag.ts';
import { exitCode, InputError } from '../../errors.ts';
import { nativeArchitecture } from '../../metadata/relations/architecture.ts';

interface Backported {
  readonly sources: readonly string[];
  readonly files: readonly string[];
  /** The overrides file, when it is gone now. */
  readonly deleted: string | null;
}

export default class OverridesBackport extends BaseCommand {
  static override summary = 'Write overrides that work into the metadata, and delete the overrides file.';
  static override description =
    'From then on a build from scratch needs no overrides. Comments and layout of the YAML files stay.';

  static override examples = [
    {
      description: 'What worked becomes the recipe',
      command: '<%= config.bin %> overrides backport --metadata distro',
    },
    {
      description: 'See what would be written',
      command: '<%= config.bin %> overrides backport --metadata distro --dry-run',
    },
  ];

  static override flags = {
    ...stateFlag,
    metadata: Flags.directory({ required: true, helpValue: 'DIR', description: 'the metadata to write into' }),
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
    const { backport } = await import('../../metadata/overrides/backport.ts');
    const { readOverrides } = await import('../../metadata/overrides/overrides.ts');
    const { readProject } = await import('../../metadata/project/project.ts');
    const { stateDirectory } = await import('../../runner/journal/state-directory.ts');
    const { writeBackport } = await import('../../application/write-backport.ts');
    const read = await readProject(flags.metadata, { architecture: nativeArchitecture, targets: 'all' });
    if (!read.ok) throw new InputError(read.diagnostics);
    const file = flags.overrides ?? join(stateDirectory(flags.state).root, 'overrides.yaml');
    const overrides = readOverrides(file, read.value);
    if (!overrides.ok) throw new InputError(overrides.diagnostics);
    const made = backport(read.value, overrides.value);
    if ('problems' in made) throw new InputError(made.problems, exitCode.badInput);
    const files = [...made.files.keys()].sort();
    if (!flags['dry-run']) {
      await writeBackport(read.value, made);
      if (!flags.keep) rmSync(file);
    }
    const deleted = flags['dry-run'] || flags.keep ? null : file;
    const did = flags['dry-run'] ? 'would write' : 'wrote';
    this.data(
      [...files.map((path) => `${did} ${path}`), ...(deleted === null ? [] : [`deleted ${deleted}`])].join('\n'),
    );
    return { sources: made.sources, files, deleted };
  }
}
