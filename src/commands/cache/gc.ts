import * as Flags from '@oclif/core/flags';
import { EnvironmentError, exitCode } from '../../errors.ts';
import type { Collected } from '../../runner/cache/cache-care.ts';
import { stateFlag } from '../base.state.ts';
import { BaseCommand } from '../base.ts';

const units: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** `500M` in bytes; powers of 1024. */
function bytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([KMGT]?)i?B?$/i.exec(text.trim());
  if (match === null)
    throw new EnvironmentError(
      `"${text}" is no size`,
      exitCode.usage,
      'a number, and K, M, G or T when you like: --keep 500M',
    );
  return Math.floor(Number(match[1]) * units[match[2]!.toUpperCase()]!);
}

export default class CacheGc extends BaseCommand {
  static override summary = 'Remove what has not been used for longest until the rest fits.';
  static override description = 'What the run of this state directory has built stays in any case.';

  static override examples = [
    { description: 'keep at most two gigabytes', command: '<%= config.bin %> cache gc --keep 2G' },
    { description: 'keep only what this run needs', command: '<%= config.bin %> cache gc --keep 0' },
  ];

  static override flags = {
    ...stateFlag,
    keep: Flags.string({ required: true, helpValue: 'SIZE', description: 'bytes, or with K, M, G, T' }),
  };

  async run(): Promise<Collected> {
    const { flags } = await this.parse(CacheGc);
    this.begin(flags);
    const keep = bytes(flags.keep);
    const { collectGarbage } = await import('../../runner/cache/cache-care.ts');
    const { Session } = await import('../../runner/run/session.ts');
    const { stateDirectory } = await import('../../runner/state-directory.ts');
    const session = await Session.open(stateDirectory(flags.state), 'bootplan cache gc');
    try {
      const done = [...session.state.builds.values()].flatMap(({ finished }) => (finished ? [finished.action] : []));
      const collected = collectGarbage(session.cache, keep, new Set(done));
      const { before, after, removedActions } = collected;
      this.data(`${removedActions} results removed; ${before.bytes} bytes before, ${after.bytes} now`);
      return collected;
    } finally {
      session.close();
    }
  }
}
