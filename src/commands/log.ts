import * as Args from '@oclif/core/args';
import { BaseCommand } from '../command-line/base-command.ts';
import { stateFlag } from '../command-line/state-flag.ts';

export default class Log extends BaseCommand {
  static override summary = 'Print the log of a build.';
  static override description = 'Of its last try here, or the one that came out of the cache with its result.';

  static override examples = [
    { description: 'Why did the rebuild of dash fail?', command: "<%= config.bin %> log 'dash#2'" },
    { description: 'The log of a stage build, page by page', command: "<%= config.bin %> log 'tcc<stage1>' | less" },
  ];

  static override args = {
    build: Args.string({
      ignoreStdin: true,
      required: true,
      description: 'a build of the plan, or a source: its last build',
    }),
  };
  static override flags = { ...stateFlag };

  async run(): Promise<{ build: string; path: string; log: string }> {
    const { args, flags } = await this.parse(Log);
    this.begin(flags);
    const { lastLog, logText } = await import('../application/state/log.ts');
    const { build, path, empty } = lastLog(flags.state, args.build);
    if (empty !== undefined) this.talk(empty);
    if (this.jsonEnabled()) return { build, path, log: logText(path) };
    const { printFile } = await import('../application/output/print-file.ts');
    await printFile(path);
    return { build, path, log: '' };
  }
}
