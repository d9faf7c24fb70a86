/** The machine that QEMU has for an architecture: its program, its firmware, and the Debian packages they come from. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError, exitCode } from '../../errors.ts';

interface Part {
  /** A program on PATH, or the path of a file. */
  readonly file: string;
  /** The Debian package that has it. */
  readonly from: string;
}

interface MachineParts {
  readonly program: Part;
  readonly firmware: Part;
  /** Nothing starts without it; on the others UEFI is a choice. */
  readonly firmwareNeeded: boolean;
}

const machines: ReadonlyMap<string, MachineParts> = new Map([
  [
    'amd64',
    {
      program: { file: 'qemu-system-x86_64', from: 'qemu-system-x86' },
      firmware: { file: '/usr/share/ovmf/OVMF.fd', from: 'ovmf' },
      firmwareNeeded: false,
    },
  ],
  [
    'arm64',
    {
      program: { file: 'qemu-system-aarch64', from: 'qemu-system-arm' },
      firmware: { file: '/usr/share/qemu-efi-aarch64/QEMU_EFI.fd', from: 'qemu-efi-aarch64' },
      firmwareNeeded: true,
    },
  ],
]);

function partsOf(architecture: string): MachineParts {
  const parts = machines.get(architecture);
  if (parts !== undefined) return parts;
  const message = `no QEMU machine is known for ${architecture}`;
  throw new EnvironmentError(message, exitCode.configuration, `known: ${[...machines.keys()].join(', ')}`);
}

/** @throws EnvironmentError for an architecture that no machine is known for */
export const qemuProgram = (architecture: string): string => partsOf(architecture).program.file;

/**
 * UEFI for the machine.
 * @throws EnvironmentError when it is not installed
 */
export function uefiFirmware(architecture: string): string {
  const { file, from } = partsOf(architecture).firmware;
  if (existsSync(file)) return file;
  const message = `the UEFI firmware for ${architecture} is not installed`;
  throw new EnvironmentError(message, exitCode.missingTool, `install it: sudo apt-get install ${from}`);
}

const onPath = (program: string): boolean =>
  (process.env.PATH ?? '').split(':').some((directory) => directory !== '' && existsSync(join(directory, program)));

/** What the machine lacks here; nothing when it can be started. */
function missingParts(architecture: string): readonly Part[] {
  const { program, firmware, firmwareNeeded } = partsOf(architecture);
  const noProgram = onPath(program.file) ? [] : [program];
  return firmwareNeeded && !existsSync(firmware.file) ? [...noProgram, firmware] : noProgram;
}

/** Whether this machine has what it takes to start another, and what would give it that. */
export interface MachineHere {
  readonly ok: boolean;
  readonly found: string;
  readonly fix: string | undefined;
}

/** Can a machine of this architecture be started here, and if not, what would have to be installed? */
export function machineHere(architecture: string): MachineHere {
  const missing = missingParts(architecture);
  if (missing.length === 0) return { ok: true, found: `${qemuProgram(architecture)} is there`, fix: undefined };
  const found = `missing: ${missing.map((part) => part.file).join(', ')}`;
  return { ok: false, found, fix: `sudo apt-get install ${missing.map((part) => part.from).join(' ')}` };
}

/**
 * For the start of a run that will boot at its end: better now than after the last build.
 * @throws EnvironmentError naming all that is missing for all these architectures
 */
export function requireMachines(architectures: readonly string[]): void {
  const missing = architectures.flatMap(missingParts);
  if (missing.length === 0) return;
  const message = `the images could not be booted here: ${missing.map((part) => part.file).join(', ')} is missing`;
  const help = `sudo apt-get install ${missing.map((part) => part.from).join(' ')}; or build without it: --no-boot`;
  throw new EnvironmentError(message, exitCode.missingTool, help);
}
