import { Args, Flags } from '@oclif/core';
import { sourcesNamed } from '../application/analyse.ts';
import { BaseCommand } from '../command-line/base-command.ts';
import { inputFlags, loadUniverse, requestOf } from '../command-line/input-flags.ts';
import { exitCode } from '../errors.ts';
import type { CheckTextOptions } from '../reports/check-text.ts';
import type { CheckResult } from '../solver/install/check-result.ts';

export default class Check extends BaseCommand {
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
      options: ['text', 'json', 'dose', 'markdown', 'dd-list'],
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
    const request = requestOf(flags);
    const { universe, diagnostics } = await loadUniverse(flags.targets ? request : { ...request, targets: 'all' });
    this.remarks(diagnostics);
    const { checkResult } = await import('../solver/install/check-result.ts');
    const result = checkResult(universe, {
      scope: flags['all-variants'] ? 'all' : (flags.stage ?? 'full'),
      ...(names.length > 0 && { sources: new Set(await sourcesNamed(universe, names)) }),
      failuresOnly: flags.failures,
      installations: flags.explain && names.length > 0,
    });
    this.data(await rendered(result, flags.format, { explain: flags.explain, successes: names.length > 0 }));
    this.exitWith(result.broken === 0 ? exitCode.good : exitCode.bad);
    return result;
  }
}

async function rendered(result: CheckResult, format: string, options: CheckTextOptions): Promise<string> {
  switch (format) {
    case 'json':
      return JSON.stringify(result, null, 2);
    case 'dose':
      return (await import('../reports/check-dose.ts')).checkDose(result, options.explain);
    case 'markdown':
      return (await import('../reports/check-markdown.ts')).checkMarkdown(result);
    case 'dd-list': {
      const broken = result.builds.filter(({ installable }) => !installable);
      return (await import('../reports/dd-list.ts')).ddList(broken, { uploaders: true });
    }
    default:
      return (await import('../reports/check-text.ts')).checkText(result, options);
  }
}
