import { BaseCommand } from '../command-line/base-command.ts';
import { stateFlag } from '../command-line/state-flag.ts';
import { exitCode } from '../errors.ts';
import type { WholeVerification } from '../reports/run/verification.ts';

export default class Verify extends BaseCommand {
  static override summary = 'Hold what a run left behind against its journal.';
  static override description =
    `Every package of every archive, the rule that keeps the final archive clean, the provenance of each build, the image and
its bill of materials.

Exit code: 0, or 1 when something does not agree.`;

  static override examples = [
    { description: 'Is everything as it was built?', command: '<%= config.bin %> verify' },
    { description: 'What is wrong?', command: "<%= config.bin %> verify --json | jq '.problems[]'" },
  ];

  static override flags = { ...stateFlag };

  async run(): Promise<WholeVerification> {
    const { flags } = await this.parse(Verify);
    this.begin(flags);
    const { verifyAll } = await import('../application/state/verify.ts');
    const { formatVerification } = await import('../reports/run/verification.ts');
    const { stateDirectory } = await import('../runner/journal/state-directory.ts');
    const verification = await verifyAll(stateDirectory(flags.state));
    this.data(formatVerification(verification));
    if ([verification, ...verification.crossed].some(({ problems }) => problems.length > 0))
      this.exitWith(exitCode.bad);
    return verification;
  }
}
