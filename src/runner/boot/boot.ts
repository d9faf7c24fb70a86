/** The boot check: start the image with nobody looking, and judge it by what its guest says, never by QEMU's exit. */
import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCode, InputError, Interrupted } from '../../errors.ts';
import { isNative } from '../../metadata/relations/architecture.ts';
import type { Firmware } from '../image/firmware.ts';
import { type GuestBuild, guestBuildLine, rememberedGuestBuild } from '../image/guest-build.ts';
import { runProcess } from '../process.ts';
import { consoleText } from './console-file.ts';
import { type Circumstances, type Diagnosis, diagnose } from './diagnosis.ts';
import { type Accelerator, machineArguments, qemuProgram, unattendedArguments, watchMachine } from './qemu.ts';
import { readableConsole } from './readable-console.ts';
import { waitedSeconds } from './waited.ts';

/** What is started, and how long it may take. */
export interface BootRequest {
  readonly image: string;
  readonly architecture: string;
  readonly accelerator: Accelerator;
  /** bios when not given. */
  readonly firmware?: Firmware;
  readonly mebibytes?: number;
  /**
   * By the clock. Without it the usual limit holds, of the seconds in which the machine had a processor when it wanted
   * one.
   */
  readonly timeoutSeconds?: number;
  /** What the guest has to build; by default what is noted beside the image. */
  readonly guestBuild?: GuestBuild | undefined;
  /** Keeps the console there. */
  readonly consoleFile?: string;
  readonly signal?: AbortSignal;
}

/** What the guest said, and where it stopped saying it. */
export interface BootVerdict {
  readonly verdict: 'pass' | 'fail';
  /** In one sentence; '' when it passed. */
  readonly cause: string;
  /** One step per entry; empty when it passed. */
  readonly fix: readonly string[];
  readonly diagnosis: Diagnosis | undefined;
  /** Everything the guest said. */
  readonly console: string;
  /** What the self-test said on its way, without the marker. */
  readonly checks: readonly string[];
  /** The exit code of the self-test, when it answered over its own port. */
  readonly selfTest: number | undefined;
  /** What the guest built, proved to be the bytes of the final archive. */
  readonly guestBuild: GuestBuild | null;
  readonly seconds: number;
  /** `none` when no machine was started: a console from elsewhere was judged. */
  readonly accelerator: Accelerator | 'none';
}

const defaultMebibytes = 512;
/** Bytes that are read of what the guest wrote to its port. */
const longestAnswer = 2 ** 16;

/** A machine of another architecture is emulated instruction by instruction, and its UEFI starts slowly. */
const usualSeconds = (architecture: string): number => (isNative(architecture) ? 120 : 300);

const passed = /^BOOTPLAN-OK( .*)?$/m;
/** What no marker outweighs, before or after it; the kernel's own lines can push it to the middle of a line. */
const failed = /^(.*(?<!['"])BOOTPLAN: failed: .*|.*Kernel panic\b.*)$/m;
/** Nothing of interest comes more than a moment after one of these. */
const over =
  /^(BOOTPLAN-OK( .*)?|BOOTPLAN: failed: .*|.*Kernel panic - not syncing.*|.*reboot: (Power down|Restarting system|System halted).*)$/m;

/**
 * What the guest wrote to its port: `exit 0` when its self-test is done and good. Of several answers a bad one counts,
 * and anything else is no good answer.
 */
export function answerOf(text: string): Pick<Circumstances, 'selfTest' | 'strangeAnswer'> {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const codes = lines.map((line) => /^exit (\d+)\r?$/.exec(line)?.[1]);
  const strange = lines.find((_, i) => codes[i] === undefined);
  const bad =
    codes.find((code) => code !== undefined && Number(code) !== 0) ?? codes.find((code) => code !== undefined);
  return {
    ...(bad !== undefined && { selfTest: Number(bad) }),
    ...(strange !== undefined && { strangeAnswer: strange }),
  };
}

function requireImage(image: string): void {
  const found = statSync(image, { throwIfNoEntry: false });
  if (found?.isFile() || found?.isBlockDevice()) return;
  const help = 'make it first: bootplan image';
  const message = found === undefined ? `there is no image at ${image}` : `${image} is no file, and no image`;
  throw new InputError([{ code: 'BP514', severity: 'error', message, help }], exitCode.missingInput);
}

/** The verdict that a console allows, wherever it was recorded. Pure. */
export function judgeConsole(text: string, circumstances: Circumstances = {}): BootVerdict {
  const console = readableConsole(text);
  const { selfTest = 0, strangeAnswer, proof } = circumstances;
  const proved = proof === undefined || console.split('\n').includes(proof);
  const good = passed.test(console) && !failed.test(console) && selfTest === 0 && strangeAnswer === undefined && proved;
  const diagnosis = good ? undefined : diagnose(text, circumstances);
  return {
    verdict: good ? 'pass' : 'fail',
    cause: diagnosis?.cause ?? '',
    fix: diagnosis?.fix ?? [],
    diagnosis,
    console,
    checks: [...console.matchAll(/^BOOTPLAN: (.*)$/gm)].map((line) => line[1]!),
    selfTest: circumstances.selfTest,
    guestBuild: null,
    seconds: 0,
    accelerator: 'none',
  };
}

/**
 * Starts the image and waits for its verdict. It passes when the marker is on the console, no failed self-test and no
 * panic is, the guest has built what it was to build, and the self-test, when it answers, answers 0. The image is not
 * written to.
 *
 * @throws Interrupted at the signal, unless the guest had said all by then: a boot that was ended is no failed boot
 */
export async function checkBoot(request: BootRequest): Promise<BootVerdict> {
  const { image, architecture, accelerator, signal } = request;
  const timeoutSeconds = request.timeoutSeconds ?? usualSeconds(architecture);
  requireImage(image);
  const scratch = mkdtempSync(join(tmpdir(), 'bootplan-boot-'));
  try {
    const [consoleFile, verdictFile] = [join(scratch, 'console'), join(scratch, 'verdict')];
    const args = [
      ...machineArguments({ mebibytes: defaultMebibytes, ...request }),
      ...unattendedArguments(consoleFile, verdictFile),
    ];
    const done = (text: string): boolean => over.test(readableConsole(text));
    const options = {
      timeoutSeconds,
      ...(request.timeoutSeconds === undefined && { uncounted: waitedSeconds }),
      done,
      files: [verdictFile],
      ...(signal !== undefined && { signal }),
    };
    const watched = await watchMachine(qemuProgram(architecture), args, consoleFile, options);
    if (request.consoleFile !== undefined && existsSync(consoleFile)) copyFileSync(consoleFile, request.consoleFile);
    if (signal?.aborted && watched.end === 'itself') throw new Interrupted('the boot check was ended');
    const guestBuild = request.guestBuild ?? rememberedGuestBuild(image);
    const circumstances = {
      timedOut: watched.end === 'time',
      seconds: timeoutSeconds,
      machineSaid: watched.said,
      ...answerOf(existsSync(verdictFile) ? consoleText(verdictFile, longestAnswer) : ''),
      ...(guestBuild !== undefined && { proof: guestBuildLine(guestBuild) }),
    };
    const verdict = judgeConsole(watched.console, circumstances);
    const built = verdict.verdict === 'pass' && guestBuild !== undefined ? guestBuild : null;
    return { ...verdict, guestBuild: built, seconds: watched.seconds, accelerator };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** At the user's terminal: the console of the guest is the terminal; the image is not written to. */
export async function startInteractively(request: BootRequest): Promise<void> {
  requireImage(request.image);
  const args = [...machineArguments({ mebibytes: defaultMebibytes, ...request }), '-nographic'];
  await runProcess(qemuProgram(request.architecture), args, { interactive: true });
}
