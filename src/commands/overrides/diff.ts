import * as Args from '@oclif/core/args';
import { BaseCommand } from '../../command-line/base-command.ts';
import { exitCode, InputError } from '../../errors.ts';
import { nativeArchitecture } from '../../metadata/relations/architecture.ts';

interface Difference {
  /** An overrides file. */
  readonly overrides: string;
  /** What it does not say. */
  readonly refused: readonly string[];
}

export default class OverridesDiff extends BaseCommand {
  static override summary = 'Print the overrides that make the recipes of one metadata directory those of another.';
  static override description = `What overrides cannot say (sources, dependencies, what is fetched) is named.

Exit code: 0, or 1 when there was such a thing.`;

  static override examples = [
    { description: 'What did I change?', command: '<%= config.bin %> overrides diff distro distro.mine' },
    {
      description: 'Try it on the original',
      command:
        '<%= config.bin %> overrides diff distro distro.mine > o.yaml; <%= config.bin %> run --metadata distro --overrides o.yaml',
    },
  ];

  static override args = {
    from: Args.directory({ ignoreStdin: true, required: true, description: 'metadata directory' }),
    to: Args.directory({ ignoreStdin: true, required: true, description: 'metadata directory' }),
  };

  async run(): Promise<Difference> {
    const { args, flags } = await this.parse(OverridesDiff);
    this.begin(flags);
    const { overridesBetween } = await import('../../metadata/overrides/overrides-diff.ts');
    const { readProject } = await import('../../metadata/project/project.ts');
    const [from, to] = await Promise.all(
      [args.from, args.to].map((dir) => readProject(dir, { architecture: nativeArchitecture, targets: 'all' })),
    );
    if (!from!.ok || !to!.ok) throw new InputError([...from!.diagnostics, ...to!.diagnostics]);
    const { yaml, refused } = overridesBetween(from!.value, to!.value);
    this.data(yaml);
    for (const why of refused) this.talk(`not in the overrides: ${why}`);
    if (refused.length > 0) this.exitWith(exitCode.bad);
    return { overrides: yaml, refused };
  }
}
