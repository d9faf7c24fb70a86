/** How a machine is started: the arguments for QEMU, and whether this host can help it (KVM). */
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shellWord } from '../../text/shell-quote.ts';
import { publishText } from '../files/publish.ts';
import { type Firmware, firmwareOf } from '../image/firmware.ts';
import { runProcess } from '../process.ts';
import { consoleText } from './console-file.ts';
import { qemuProgram, uefiFirmware } from './machines.ts';

export { qemuProgram } from './machines.ts';

/** Who runs the guest's instructions: QEMU's translator, or the processor. */
export type Accelerator = 'tcg' | 'kvm';

/** The name of the port over which the guest answers. */
export const verdictPort = 'bootplan.verdict';

/** The machine to be started. */
export interface Machine {
  readonly image: string;
  readonly accelerator: Accelerator;
  readonly mebibytes: number;
  /** amd64 when not given. */
  readonly architecture?: string;
  /** bios when not given; arm64 has no other than UEFI. */
  readonly firmware?: Firmware;
}

const escaped = (path: string): string => path.replaceAll(',', ',,');

/** What is the same for a person and for the boot check. The image itself is never written to. */
export function machineArguments(machine: Machine): string[] {
  const { image, accelerator, mebibytes, architecture = 'amd64', firmware } = machine;
  const format = image.endsWith('.qcow2') ? 'qcow2' : 'raw';
  const drive = `file=${escaped(image)},format=${format},snapshot=on`;
  return [
    ...(architecture === 'arm64' ? ['-M', 'virt', '-cpu', 'cortex-a57'] : []),
    ...['-accel', accelerator, '-m', String(mebibytes)],
    ...(firmwareOf(architecture, firmware) === 'uefi' ? ['-bios', uefiFirmware(architecture)] : []),
    ...['-drive', architecture === 'arm64' ? `${drive},if=virtio` : drive],
    ...['-nic', 'none', '-no-reboot'],
  ];
}

/** What starts the machine from a shell, its console on the terminal: works wherever QEMU does. */
export function startLine(machine: Omit<Machine, 'accelerator'> & { readonly architecture: string }): string {
  const words = [...machineArguments({ ...machine, accelerator: 'tcg' }), '-nographic'];
  return [qemuProgram(machine.architecture), ...words].map(shellWord).join(' ');
}

/** Nobody looks: the console goes to a file, the verdict of the self-test to another. */
export function unattendedArguments(consoleFile: string, verdictFile: string): string[] {
  return [
    ...['-display', 'none', '-monitor', 'none', '-serial', `file:${consoleFile}`],
    ...['-device', 'virtio-serial-pci', '-chardev', `file,id=verdict,path=${escaped(verdictFile)}`],
    ...['-device', `virtserialport,chardev=verdict,name=${verdictPort}`],
  ];
}

/** How a watched machine came to its end. */
export interface Watched {
  readonly console: string;
  /**
   * `itself`: QEMU ended; `seen`: what was waited for is on the console; `time`: the limit came first; `flood`: it
   * wrote too much.
   */
  readonly end: 'itself' | 'seen' | 'time' | 'flood';
  /** What QEMU itself said, but for our ending it. */
  readonly said: string;
  readonly seconds: number;
}

const lookEvery = 50;
/** Bytes of the console that a look reads: its beginning, and what was said since the last look. */
const lookAt = 2 ** 19;
const graceToPowerOff = 2000;
/** Bytes that a guest may write to its console, or to its port: more is said by nobody who has something to say. */
const mostWritten = 2 ** 26;

/** Nobody waits for a machine longer than so many times its limit, however little of a processor it gets. */
const mostPatience = 10;

const textOf = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');

/**
 * Runs a machine until it ends, or `done` holds of its console and it had two more seconds, or the limit. QEMU's own
 * exit code says nothing about the guest and is not looked at.
 */
export async function watchMachine(
  program: string,
  args: readonly string[],
  consoleFile: string,
  options: {
    readonly timeoutSeconds: number;
    /** Seconds of a process that the limit does not count, up to ten times its own; none when not given. */
    readonly uncounted?: (pid: number) => number;
    readonly done: (console: string) => boolean;
    readonly signal?: AbortSignal;
    /** Other files that the guest writes to. */
    readonly files?: readonly string[];
  },
): Promise<Watched> {
  const stop = new AbortController();
  const cancel = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
  const said = (limit?: number): string => (existsSync(consoleFile) ? consoleText(consoleFile, limit) : '');
  const written = (): number =>
    Math.max(...[consoleFile, ...(options.files ?? [])].map((f) => statSync(f, { throwIfNoEntry: false })?.size ?? 0));
  let seen = false;
  let flooded = false;
  let late = false;
  let pid: number | undefined;
  const limit = options.timeoutSeconds;
  const started = performance.now();
  const { uncounted } = options;
  const isLate = (): boolean => {
    const seconds = (performance.now() - started) / 1000;
    return seconds > limit && seconds - (pid === undefined ? 0 : (uncounted?.(pid) ?? 0)) > limit;
  };
  const look = setInterval(() => {
    if (uncounted !== undefined && !late && isLate()) {
      late = true;
      stop.abort();
    }
    if (!flooded && written() > mostWritten) {
      flooded = true;
      stop.abort();
    }
    if (seen || !options.done(said(lookAt))) return;
    seen = true;
    setTimeout(() => stop.abort(), graceToPowerOff).unref();
  }, lookEvery);
  try {
    const timeoutMilliseconds = limit * (uncounted === undefined ? 1 : mostPatience) * 1000;
    const onStart = (its: number): void => {
      pid = its;
    };
    const ended = await runProcess(program, args, { timeoutMilliseconds, signal: cancel, onStart });
    const console = said();
    const end =
      ended.timedOut || (late && !seen)
        ? 'time'
        : seen || options.done(console)
          ? 'seen'
          : flooded
            ? 'flood'
            : 'itself';
    const machineSaid = ended.stderr.replace(/^.*terminating on signal.*$/gm, '').trim();
    const words = flooded ? `${machineSaid}\n${floodWords}`.trim() : machineSaid;
    return { console, end, said: words, seconds: ended.seconds };
  } finally {
    clearInterval(look);
  }
}

const floodWords = `the guest wrote more than ${mostWritten / 2 ** 20} MiB, and was ended`;

const kvmTrialSeconds = 5;

/**
 * Starts the image with KVM and waits for its kernel's first words. /dev/kvm is there, and even a boot sector runs, on
 * hosts where no kernel ever starts under it: only this proves it.
 */
export async function kvmBoots(image: string, firmware: Firmware = 'bios'): Promise<boolean> {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch {
    return false;
  }
  const scratch = mkdtempSync(join(tmpdir(), 'bootplan-kvm-'));
  try {
    const consoleFile = join(scratch, 'console');
    const machine = machineArguments({ image, accelerator: 'kvm', mebibytes: 256, firmware });
    const started = (console: string): boolean => console.includes('Linux version ');
    const options = { timeoutSeconds: kvmTrialSeconds, done: started };
    const all = [...machine, ...unattendedArguments(consoleFile, join(scratch, 'verdict'))];
    return started((await watchMachine('qemu-system-x86_64', all, consoleFile, options)).console);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** KVM when the image really starts under it, else TCG. The answer is kept in `memory` until the host is rebooted. */
export async function chooseAccelerator(
  architecture: string,
  image: string,
  memory: string | undefined,
  firmware: Firmware = 'bios',
): Promise<Accelerator> {
  if (architecture !== 'amd64' || process.arch !== 'x64') return 'tcg';
  const boot = textOf('/proc/sys/kernel/random/boot_id').trim();
  const [of, remembered] = (memory === undefined ? '' : textOf(memory)).trim().split(' ');
  if (of === boot && (remembered === 'kvm' || remembered === 'tcg')) return remembered;
  const answer = (await kvmBoots(image, firmware)) ? 'kvm' : 'tcg';
  if (memory !== undefined) publishText(memory, `${boot} ${answer}\n`);
  return answer;
}
