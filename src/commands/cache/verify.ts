import { BaseCommand } from '../../command-line/base-command.ts';
import { stateFlag } from '../../command-line/state-flag.ts';
import { exitCode } from '../../errors.ts';
import type { CacheSoundness } from '../../runner/cache/cache-care.ts';

export default class CacheVerify extends BaseCommand {
  static override summary = 'Hash everything in the cache, and the unpacked seeds of this user.';
  static override description = `What is not what its name says is removed, and built or unpacked again by the next run.

Exit code: 0, or 1 when there was such a thing.`;

  static override examples = [
    { description: 'Is the cache of this run sound?', command: '<%= config.bin %> cache verify' },
    { description: 'Name the damaged files', command: "<%= config.bin %> cache verify --json | jq '.damaged[]'" },
  ];

  static override flags = { ...stateFlag };

  async run(): Promise<CacheSoundness> {
    const { flags } = await this.parse(CacheVerify);
    this.begin(flags);
    const { soundCache } = await import('../../application/state/cache.ts');
    const sound = await soundCache(flags.state);
    const lines = [
      ...sound.damaged.map((file) => `damaged, removed: ${file}`),
      ...sound.incomplete.map((file) => `incomplete, removed: ${file}`),
      `${sound.actions} results, ${sound.contents} contents are sound`,
    ];
    this.data(lines.join('\n'));
    if (sound.damaged.length + sound.incomplete.length > 0) this.exitWith(exitCode.bad);
    return sound;
  }
}
