import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../command-line/base-command.ts';
import { stateFlag } from '../command-line/state-flag.ts';
import { exitCode } from '../errors.ts';
import { nativeArchitecture } from '../metadata/relations/architecture.ts';
import type { BootVerdict } from '../runner/boot/boot.ts';
import type { Accelerator } from '../runner/boot/qemu.ts';
import type { Firmware } from '../runner/image/firmware.ts';

/** What --json gives: the verdict, with the console itself only where it explains a failure. */
type BootResult = Omit<BootVerdict, 'diagnosis'> & {
  readonly image: string;
  readonly diagnosis: BootVerdict['diagnosis'] | null;
};

export default class Boot extends BaseCommand {
  static override summary = 'Start an image in QEMU and judge it by its console.';
  static override description =
    'Exit code: 0 when its self-test passed, 1 with cause and fix when not. The image is not written to.';

  static override examples = [
    { description: 'Does the image of this state directory boot?', command: '<%= config.bin %> boot' },
    {
      description: 'Why does this one not?',
      command: '<%= config.bin %> boot disk.qcow2 --timeout 120 --console console.log',
    },
    {
      description: 'What does this console of another machine say?',
      command: '<%= config.bin %> boot --judge console.log',
    },
  ];

  static override args = {
    image: Args.string({
      ignoreStdin: true,
      description: 'qcow2 or raw disk; by default the image in the state directory',
    }),
  };

  static override flags = {
    ...BaseCommand.baseFlags,
    ...stateFlag,
    arch: Flags.string({ helpValue: 'ARCH', default: nativeArchitecture, description: 'architecture of the machine' }),
    firmware: Flags.string({
      options: ['bios', 'uefi'],
      description: 'what starts the image; default: by its name, else bios',
    }),
    variant: Flags.string({ helpValue: 'NAME', description: 'a variant of the image' }),
    accel: Flags.string({
      options: ['auto', 'tcg', 'kvm'],
      default: 'auto',
      description: 'auto: KVM when the image really starts under it, else TCG',
    }),
    memory: Flags.integer({ min: 32, default: 512, helpValue: 'MIB', description: 'memory of the machine' }),
    timeout: Flags.integer({
      min: 1,
      helpValue: 'SECONDS',
      description: 'longest time to a verdict, by the clock; default: 120 (another architecture: 300) with a processor',
    }),
    console: Flags.string({ helpValue: 'FILE', description: 'keep the console there' }),
    judge: Flags.string({
      helpValue: 'CONSOLE',
      description: 'judge a console recorded elsewhere; nothing is started',
      exclusive: ['interactive', 'console'],
    }),
    interactive: Flags.boolean({ char: 'i', description: 'the console of the guest on this terminal, no verdict' }),
  };

  async run(): Promise<BootResult | undefined> {
    const { args, flags } = await this.parse(Boot);
    this.begin(flags);
    const boot = await import('../application/run/boot.ts');
    if (flags.judge !== undefined) return this.answer(flags.judge, boot.consoleVerdict(flags.judge));
    const machine = await boot.bootMachine({
      state: flags.state,
      image: args.image,
      architecture: flags.arch,
      firmware: flags.firmware as Firmware | undefined,
      variant: flags.variant || undefined,
      accelerator: flags.accel as Accelerator | 'auto',
      mebibytes: flags.memory,
    });
    if (flags.interactive) {
      this.talk('the console of the guest; Ctrl-A X ends the machine');
      await boot.bootInteractively(machine);
      return undefined;
    }
    const verdict = await boot.bootVerdict(machine, { timeoutSeconds: flags.timeout, consoleFile: flags.console });
    return this.answer(machine.image, verdict);
  }

  private async answer(image: string, verdict: BootVerdict): Promise<BootResult> {
    const { bootText } = await import('../reports/run/boot.ts');
    this.data(bootText(verdict));
    if (verdict.verdict === 'fail') this.exitWith(exitCode.bad);
    return { image, ...verdict, diagnosis: verdict.diagnosis ?? null };
  }
}
