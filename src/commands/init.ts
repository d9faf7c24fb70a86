import { join, resolve } from 'node:path';
import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import type { InitResult } from '../application/project/init-distribution.ts';
import { BaseCommand } from '../command-line/base-command.ts';
import { shellWord } from '../text/shell-quote.ts';

export default class Init extends BaseCommand {
  static override summary = 'Write a small distribution that works, to start from.';
  static override description =
    `Three sources in C, two of which need each other, with a stage that breaks the cycle; the programs that an image
starts; an image. Every file says what it is for. Nothing is downloaded, and nothing is written over.

docs/image-from-nothing.md goes on from there.`;
  static override examples = [
    { description: 'What it would write', command: '<%= config.bin %> init mine --dry-run' },
    {
      description: 'A new distribution, built and booted',
      command: '<%= config.bin %> init mine && <%= config.bin %> run --metadata mine',
    },
  ];
  static override args = {
    directory: Args.string({
      ignoreStdin: true,
      required: true,
      description: 'where: a directory that is not there yet',
    }),
  };

  static override flags = {
    'dry-run': Flags.boolean({ char: 'n', description: 'name the files, write nothing' }),
  };

  async run(): Promise<InitResult> {
    const { args, flags } = await this.parse(Init);
    this.begin(flags);
    const { initDistribution } = await import('../application/project/init-distribution.ts');
    const made = await initDistribution({
      directory: resolve(args.directory),
      metadata: join(this.config.root, 'metadata'),
      onlyLooks: flags['dry-run'],
    });
    const did = flags['dry-run'] ? 'would write' : 'wrote';
    this.data([...made.files.map((file) => `${did} ${join(args.directory, file)}`), ''].join('\n'));
    if (!flags['dry-run'])
      this.talk(`build it and start its image: bootplan run --metadata ${shellWord(args.directory)}`);
    return made;
  }
}
