import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../command-line/base-command.ts';
import { stateFlag } from '../command-line/state-flag.ts';
import { exitCode, InputError } from '../errors.ts';
import { nativeArchitecture } from '../metadata/relations/architecture.ts';
import { byteOrder } from '../order.ts';
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
    variant: Flags.string({ helpValue: 'NAME', default: '', description: 'a variant of the image' }),
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
    const { checkBoot, judgeConsole, startInteractively } = await import('../runner/boot/boot.ts');
    const { consoleText } = await import('../runner/boot/console-file.ts');
    const { chooseAccelerator } = await import('../runner/boot/qemu.ts');
    const { directoryFor, stateDirectory } = await import('../runner/journal/state-directory.ts');
    if (flags.judge !== undefined) return this.answer(flags.judge, judgeConsole(consoleText(flags.judge)));
    const state = directoryFor(stateDirectory(flags.state), flags.arch);
    const image = args.image === undefined ? await onlyImage(state.image, flags) : resolve(args.image);
    const firmware = (flags.firmware ?? (/-uefi\.(qcow2|raw)$/.test(image) ? 'uefi' : 'bios')) as 'bios' | 'uefi';
    const machine = { image, architecture: flags.arch, firmware, mebibytes: flags.memory };
    const memory = existsSync(state.image) ? join(state.image, 'accelerator') : undefined;
    const accelerator =
      flags.accel === 'auto'
        ? await chooseAccelerator(flags.arch, image, memory, firmware)
        : (flags.accel as Accelerator);
    if (flags.interactive) {
      this.talk('the console of the guest; Ctrl-A X ends the machine');
      await startInteractively({ ...machine, accelerator });
      return undefined;
    }
    const verdict = await checkBoot({
      ...machine,
      accelerator,
      ...(flags.timeout !== undefined && { timeoutSeconds: flags.timeout }),
      ...(flags.console !== undefined && { consoleFile: resolve(flags.console) }),
    });
    return this.answer(image, verdict);
  }

  private async answer(image: string, verdict: BootVerdict): Promise<BootResult> {
    const { bootText } = await import('../reports/boot.ts');
    this.data(bootText(verdict));
    if (verdict.verdict === 'fail') this.exitWith(exitCode.bad);
    return { image, ...verdict, diagnosis: verdict.diagnosis ?? null };
  }
}

/** The image of the state directory; several are a question to the user. */
async function onlyImage(
  directory: string,
  { arch, firmware, variant }: { arch: string; firmware?: string | undefined; variant: string },
): Promise<string> {
  const { imagesOfKind } = await import('../runner/image/image-names.ts');
  const { firmwareOf } = await import('../runner/image/firmware.ts');
  const kind = { architecture: arch, firmware: firmwareOf(arch, firmware as Firmware | undefined), variant };
  const found = existsSync(directory) ? imagesOfKind(readdirSync(directory), kind) : [];
  if (found.length === 1) return join(directory, found[0]!);
  const which = variant === '' ? 'no image' : `no image of the variant ${variant}`;
  const message =
    found.length === 0 ? `there is ${which} for ${arch} in ${directory}` : `${directory} holds ${found.length} images`;
  const make = ['bootplan image', ...(variant === '' ? [] : ['--variant', variant])].join(' ');
  const help = found.length === 0 ? `make it first: ${make}` : `name one: ${[...found].sort(byteOrder).join(', ')}`;
  throw new InputError(
    [{ code: found.length === 0 ? 'BP514' : 'BP522', severity: 'error', message, help }],
    exitCode.missingInput,
  );
}
