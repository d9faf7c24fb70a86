/** `boot`: an image started in QEMU and judged, or a console that somebody else has recorded. */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { exitCode, InputError } from '../../errors.ts';
import { byteOrder } from '../../order.ts';
import { type BootVerdict, checkBoot, judgeConsole, startInteractively } from '../../runner/boot/boot.ts';
import { consoleText } from '../../runner/boot/console-file.ts';
import { type Accelerator, chooseAccelerator } from '../../runner/boot/qemu.ts';
import { type Firmware, firmwareOf } from '../../runner/image/firmware.ts';
import { imagesOfKind } from '../../runner/image/image-names.ts';
import { directoryFor, stateDirectory } from '../../runner/journal/state-directory.ts';

/** Which image is started, and on which machine. */
export interface BootRequest {
  readonly state: string;
  /** A disk; by default the image in the state directory. */
  readonly image: string | undefined;
  readonly architecture: string;
  /** By default what the name of the image says. */
  readonly firmware: Firmware | undefined;
  readonly variant: string | undefined;
  readonly accelerator: Accelerator | 'auto';
  readonly mebibytes: number;
}

/** An image with the machine that it is started on. */
export interface BootMachine {
  readonly image: string;
  readonly architecture: string;
  readonly firmware: Firmware;
  readonly mebibytes: number;
  readonly accelerator: Accelerator;
}

/** @throws InputError (66) when no image is named and the state directory has not just one of that kind */
export async function bootMachine(request: BootRequest): Promise<BootMachine> {
  const { architecture, mebibytes } = request;
  const state = directoryFor(stateDirectory(request.state), architecture);
  const image = request.image === undefined ? onlyImage(state.image, request) : resolve(request.image);
  const firmware = request.firmware ?? (/-uefi\.(qcow2|raw)$/.test(image) ? 'uefi' : 'bios');
  const memory = existsSync(state.image) ? join(state.image, 'accelerator') : undefined;
  const accelerator =
    request.accelerator === 'auto'
      ? await chooseAccelerator(architecture, image, memory, firmware)
      : request.accelerator;
  return { image, architecture, firmware, mebibytes, accelerator };
}

/** The console of the guest on this terminal, without a verdict. */
export const bootInteractively = (machine: BootMachine): Promise<unknown> => startInteractively(machine);

/** Starts the machine, and judges it by what its guest says. */
export const bootVerdict = (
  machine: BootMachine,
  {
    timeoutSeconds,
    consoleFile,
  }: { readonly timeoutSeconds: number | undefined; readonly consoleFile: string | undefined },
): Promise<BootVerdict> =>
  checkBoot({
    ...machine,
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(consoleFile !== undefined && { consoleFile: resolve(consoleFile) }),
  });

/** Judges a console that was recorded. */
export const consoleVerdict = (file: string): BootVerdict => judgeConsole(consoleText(file));

/** The image of the state directory; several are a question to the user. */
function onlyImage(directory: string, { architecture, firmware, variant }: BootRequest): string {
  const kind = { architecture, firmware: firmwareOf(architecture, firmware), variant };
  const found = existsSync(directory) ? imagesOfKind(readdirSync(directory), kind) : [];
  if (found.length === 1) return join(directory, found[0]!);
  const which = variant === undefined ? 'no image' : `no image of the variant ${variant}`;
  const message =
    found.length === 0
      ? `there is ${which} for ${architecture} in ${directory}`
      : `${directory} holds ${found.length} images`;
  const make = ['bootplan image', ...(variant === undefined ? [] : ['--variant', variant])].join(' ');
  const help = found.length === 0 ? `make it first: ${make}` : `name one: ${[...found].sort(byteOrder).join(', ')}`;
  throw new InputError(
    [{ code: found.length === 0 ? 'BP514' : 'BP522', severity: 'error', message, help }],
    exitCode.missingInput,
  );
}
