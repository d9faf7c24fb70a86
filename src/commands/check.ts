import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { AnalysingCommand } from '../command-line/analysing-command.ts';
import { crossFlags, inputFlags, requestOf } from '../command-line/input-flags.ts';
import { timeFlags } from '../command-line/solve-flags.ts';
import { exitCode } from '../errors.ts';
import { checkFormats } from '../reports/formats/check-formats.ts';
import { namesOf } from '../reports/formats/format.ts';
import type { CheckResult } from '../solver/install/check-result.ts';

export default class Check extends AnalysingCommand {
  static override summary = 'Can the build dependencies of every source be installed together?';
  static override description =
    `Exact: each yes has an installation, each no the nearest reason, a dependency that nothing satisfies or a
conflict. Essential binaries and build-essential are installed with every build. The verdicts are those of
dose-builddebcheck; docs/check.md names the differences.

Exit code: 0 when every build can be installed, 1 when one cannot.`;
  static override examples = [
    {
      description: 'What cannot be built in this archive, and why',
      command: '<%= config.bin %> <%= command.id %> --packages Packages.xz --sources Sources.xz --explain',
    },
    {
      description: 'Which binaries a stage 1 build of gcc-12 would have installed',
      command:
        '<%= config.bin %> <%= command.id %> gcc-12 --stage 1 --explain --packages Packages.xz --sources Sources.xz',
    },
    {
      description: 'The overview that QA pages are made from',
      command:
        '<%= config.bin %> <%= command.id %> --packages Packages.xz --sources Sources.xz --failures --explain --format dose',
    },
  ];
  static override strict = false;
  static override args = {
    source: Args.string({ ignoreStdin: true, description: 'sources to check; all when none is named' }),
  };
  static override flags = {
    ...inputFlags,
    ...crossFlags,
    ...timeFlags,
    alternatives: Flags.string({
      options: ['first', 'any'],
      default: 'any',
      helpGroup: 'INPUT',
      description: 'of `a | b` in Build-Depends try only a, as build daemons do (first), or b too (any)',
    }),
    explain: Flags.boolean({
      description: 'print whole reasons and, for sources that are named, what would be installed',
    }),
    failures: Flags.boolean({ description: 'leave out what is installable' }),
    format: Flags.string({
      options: namesOf(checkFormats),
      default: 'text',
      description: 'how to print the result',
    }),
    stage: Flags.integer({ min: 0, helpValue: 'N', description: 'check the stage N builds instead of the full ones' }),
    'all-variants': Flags.boolean({ description: 'check full and stage builds', exclusive: ['stage'] }),
  };

  async run(): Promise<CheckResult> {
    const { flags, argv } = await this.parse(Check);
    this.begin(flags);
    const names = argv as string[];
    const request = { ...requestOf(flags), world: 'archive' } as const;
    const universe = await this.universe(flags.targets ? request : { ...request, targets: 'all' }, true);
    const { checkSources } = await import('../application/questions/check.ts');
    const result = checkSources(universe, {
      scope: flags['all-variants'] ? 'all' : (flags.stage ?? 'full'),
      names,
      failuresOnly: flags.failures,
      explain: flags.explain,
    });
    const options = { explain: flags.explain, successes: names.length > 0 };
    this.data(checkFormats[flags.format as keyof typeof checkFormats].text({ result, options }));
    this.exitWith(result.broken === 0 ? exitCode.good : exitCode.bad);
    return result;
  }
}
