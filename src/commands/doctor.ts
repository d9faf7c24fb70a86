import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../command-line/base-command.ts';
import { cacheFlags, clusterFlags } from '../command-line/cluster-flags.ts';
import { stateFlag } from '../command-line/state-flag.ts';
import { exitCode } from '../errors.ts';
import type { CheckRow } from '../reports/run/doctor.ts';
import { type Blanks, withBlanks } from '../text/blanks.ts';

interface DoctorResult {
  readonly ready: boolean;
  /** What needs no remedy has ''. */
  readonly checks: readonly Blanks<CheckRow>[];
}

export default class Doctor extends BaseCommand {
  static override summary = 'Say what this machine lacks for building, with the remedy of each.';
  static override description =
    `A sandbox is really started, layers are really stacked, a kernel is really booted under KVM when there is an image.

Exit code: 0, or 69 when something needed is missing.`;

  static override examples = [
    { description: 'Can I build here?', command: '<%= config.bin %> doctor' },
    { description: 'What do I lack for two architectures?', command: '<%= config.bin %> doctor --arch amd64,arm64' },
    {
      description: 'Can I build on this cluster?',
      command: '<%= config.bin %> doctor --executor slurm --cache http://cache.example:8080',
    },
    {
      description: 'The commands that would mend it',
      command: "<%= config.bin %> doctor --json | jq -r '.checks[] | select(.ok | not) | .fix'",
    },
  ];

  static override flags = {
    ...cacheFlags,
    executor: clusterFlags.executor,
    'executor-config': clusterFlags['executor-config'],
    ...BaseCommand.baseFlags,
    ...stateFlag,
    arch: Flags.string({
      helpValue: 'ARCH,ARCH',
      multiple: true,
      delimiter: ',',
      description: 'can images of these architectures be booted here?',
    }),
  };

  async run(): Promise<DoctorResult> {
    const { flags } = await this.parse(Doctor);
    this.begin(flags);
    const { preflight } = await import('../application/machines/preflight.ts');
    const { stateDirectory } = await import('../runner/journal/state-directory.ts');
    const { doctorText } = await import('../reports/run/doctor.ts');
    const { sweepScratch } = await import('../runner/files/scratch.ts');
    const state = stateDirectory(flags.state);
    for (const path of await sweepScratch(state.root)) this.talk(`removed ${path}, which a killed bootplan had left`);
    const images = existsSync(state.image) ? readdirSync(state.image).filter((name) => /amd64\.qcow2$/.test(name)) : [];
    const image = images[0] === undefined ? undefined : join(state.image, images[0]);
    const { clusterPreflight } = await import('../application/machines/cluster-preflight.ts');
    const checks = [
      ...(await preflight({ state: state.root, work: state.work }, image, flags.arch)),
      ...(await clusterPreflight(flags, join(this.config.root, 'bin/bootplan'))),
    ];
    const ready = checks.every((check) => check.ok || !check.required);
    this.data(doctorText(checks));
    if (!ready) this.exitWith(exitCode.missingTool);
    return { ready, checks: checks.map(withBlanks) };
  }
}
