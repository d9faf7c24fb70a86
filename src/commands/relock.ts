import { join } from 'node:path';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../command-line/base-command.ts';
import { exitCode } from '../errors.ts';
import type { Relocking } from '../runner/fetch/relock.ts';

interface RelockResult extends Relocking {
  readonly written: boolean;
}

export default class Relock extends BaseCommand {
  static override summary = 'Bring the locks of recipes up to date.';
  static override description =
    `A Debian source whose locked version is gone from this machine's mirrors gets the newest they have, and every file beside
the metadata its present sha256. Look at the changes before you build them.

Exit code: 0, or 66 when something is neither there nor to be had.`;

  static override examples = [
    { description: 'What would change?', command: '<%= config.bin %> relock --metadata metadata/minidistro --dry-run' },
    { description: 'After a patch was edited', command: '<%= config.bin %> relock --metadata my-distribution' },
  ];

  static override flags = {
    ...BaseCommand.baseFlags,
    metadata: Flags.string({
      helpValue: 'DIR',
      description: 'a directory of YAML metadata with recipes; by default the embedded mini-distribution',
    }),
    'dry-run': Flags.boolean({ char: 'n', description: 'say what would change, write nothing' }),
  };

  async run(): Promise<RelockResult> {
    const { flags } = await this.parse(Relock);
    this.begin(flags);
    const { relockRecipes } = await import('../application/project/relock.ts');
    const directory = flags.metadata ?? join(this.config.root, 'metadata/minidistro');
    const written = !flags['dry-run'];
    const { changes, missing } = await relockRecipes(directory, written);
    const lines = changes.map((c) => `${c.file}: ${c.what}\n  ${c.from}\n  ${c.to}`);
    this.data(
      [
        ...lines,
        changes.length > 0
          ? `${changes.length} ${written ? 'changed' : 'would change'}`
          : missing.length > 0
            ? 'nothing changed'
            : 'every lock holds',
      ].join('\n'),
    );
    for (const { file, what } of missing) this.talk(`${file}: ${what}`);
    if (missing.length > 0) this.exitWith(exitCode.missingInput);
    return { written, changes, missing };
  }
}
