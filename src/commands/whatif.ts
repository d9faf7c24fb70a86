import * as Flags from '@oclif/core/flags';
import type { WhatifResult } from '../application/questions/whatif.ts';
import { AnalysingCommand } from '../command-line/analysing-command.ts';
import { inputFlags, requestOf } from '../command-line/input-flags.ts';
import { solveFlags } from '../command-line/solve-flags.ts';
import { EnvironmentError, exitCode } from '../errors.ts';

export default class Whatif extends AnalysingCommand {
  static override summary = 'What changes if a dependency is dropped, a debian/control replaced, a source removed?';
  static override description =
    `Solves the metadata as it is and with the change, and compares: which cycles fall apart, who is freed, who is stuck by
it, what the plan costs, and how much nearer the whole is: short cycles gone, the size of the knot, supplies and edits that are
still needed. Several changes are made together. --drop SOURCE:DEPENDENCY is what the line \`DEPENDENCY <!stage1>\` in
Build-Depends would do: the first stage of the source does without it. SOURCE<stage2> and SOURCE<full> ask about another
variant, and SOURCE:<!nojava !nodoc> about all that these profiles leave out, or plausibly would.

Exit code: 0, or 1 when the change makes a source stuck, or 2 when a time limit left something unproved.`;
  static override examples = [
    {
      description: 'Before an upload: what a mended debian/control would do',
      command: '<%= config.bin %> <%= command.id %> --packages Packages.xz --sources Sources.xz --with debian/control',
    },
    {
      description: 'If graphviz could be built without pango',
      command:
        '<%= config.bin %> <%= command.id %> --packages Packages.xz --sources Sources.xz --drop graphviz:libpango1.0-dev',
    },
    {
      description: 'If a stage of gettext were built without Java',
      command:
        "<%= config.bin %> <%= command.id %> --packages Packages.xz --sources Sources.xz --drop 'gettext:<!nojava>'",
    },
  ];
  static override flags = {
    ...inputFlags,
    ...solveFlags,
    drop: Flags.string({
      multiple: true,
      helpValue: 'SOURCE:DEPENDENCY',
      description: 'what its first stage does without; also SOURCE<stage2>:, SOURCE<full>:, SOURCE:<!nodoc>',
      default: [],
    }),
    with: Flags.string({
      multiple: true,
      helpValue: 'FILE',
      description: 'a debian/control or .dsc laid over the metadata',
      default: [],
    }),
    without: Flags.string({
      multiple: true,
      helpValue: 'SOURCE',
      description: 'a source that is not in the archive',
      default: [],
    }),
    all: Flags.boolean({ description: 'every difference, not only ten of a kind' }),
  };

  async run(): Promise<WhatifResult> {
    const { flags } = await this.parse(Whatif);
    this.begin(flags);
    if (flags.drop.length + flags.with.length + flags.without.length === 0)
      throw new EnvironmentError('there is nothing to change', exitCode.usage, 'give --drop, --with or --without');
    if (flags.with.length > 0 && flags.metadata !== undefined)
      throw new EnvironmentError(
        '--with lays a debian/control over the lists of an archive',
        exitCode.usage,
        'with --metadata, change the YAML file in a copy of the directory and compare the two: bootplan plan diff',
      );
    const request = requestOf(flags);
    const universe = await this.universe(request);
    const { whatif } = await import('../application/questions/whatif.ts');
    const { whatifText } = await import('../reports/plan/whatif.ts');
    const { result, proved } = await whatif(universe, request, flags, flags['time-limit']);
    this.data(whatifText(result.change, result, flags.all));
    this.exitWith(result.lost.length > 0 ? exitCode.bad : proved ? exitCode.good : exitCode.unproved);
    return result;
  }
}
