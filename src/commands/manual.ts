import { join } from 'node:path';
import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../command-line/base-command.ts';
import { commandsOf } from '../command-line/command-list.ts';
import { makeDirectories } from '../directories.ts';
import { EnvironmentError, exitCode } from '../errors.ts';
import { manualPages } from '../reports/handbook/manual.ts';
import { nearestFew } from '../text/nearest-names.ts';

/** `--json`: the pages that were written, or the one that was asked for. */
export interface ManualResult {
  readonly pages: readonly string[];
}

export default class Manual extends BaseCommand {
  static override summary = 'Manual pages, one for bootplan and one for each command.';
  static override description =
    'Prints one page in man(7), or writes all of them to a directory. They are made from the same texts as --help.';
  static override examples = [
    { description: 'All pages, for a package', command: '<%= config.bin %> <%= command.id %> --output debian/man' },
    { description: 'One page, to be read', command: '<%= config.bin %> <%= command.id %> plan > plan.1; man ./plan.1' },
  ];
  static override strict = false;
  static override args = {
    command: Args.string({ ignoreStdin: true, description: 'the command; bootplan itself when none is named' }),
  };
  static override flags = {
    output: Flags.string({ helpValue: 'DIR', description: 'write all pages there' }),
  };

  async run(): Promise<ManualResult> {
    const { argv, flags } = await this.parse(Manual);
    this.begin(flags);
    const pages = manualPages(commandsOf(this.config), this.config.pjson.description ?? '', this.config.version);
    if (flags.output !== undefined) {
      const { writeWhole } = await import('../application/output/outputs.ts');
      makeDirectories(flags.output);
      for (const [name, page] of pages) await writeWhole(join(flags.output, name), page);
      this.data(`wrote ${pages.size} pages to ${flags.output}`);
      return { pages: [...pages.keys()] };
    }
    const name = `${['bootplan', ...(argv as string[])].join('-')}.1`;
    const page = pages.get(name);
    if (page === undefined) {
      const few = nearestFew(
        argv.join(' '),
        commandsOf(this.config).map((c) => c.name),
      );
      throw new EnvironmentError(
        `there is no command ${argv.join(' ')}`,
        exitCode.usage,
        few.length > 0 ? `did you mean ${few.join(', ')}?` : 'bootplan --help lists the commands',
      );
    }
    this.data(page);
    return { pages: [name] };
  }
}
