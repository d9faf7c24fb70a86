/**
 * From the text of a console to a cause, its place and what to do. Pure: the same text gives the same diagnosis, on any
 * machine. What the table does not know is said to be unknown.
 */
import type { Cause, Place } from './diagnosis-cause.ts';
import { earlyCauses } from './diagnosis-early.ts';
import { endCauses, lastCauses } from './diagnosis-last.ts';
import { lateCauses } from './diagnosis-late.ts';
import { moduleCauses } from './diagnosis-modules.ts';
import { rootCauses } from './diagnosis-root.ts';
import { serviceCauses } from './diagnosis-services.ts';
import { userlandCauses } from './diagnosis-userland.ts';

export interface Diagnosis {
  /** Stable name of the row, `unknown` when none fits. */
  readonly id: string;
  /** What happened, in one sentence. */
  readonly cause: string;
  /** Which part is to blame. */
  readonly where: Place;
  /** The line that says so, counted from 1; line 0 when the evidence is what is missing. */
  readonly evidence: { readonly line: number; readonly text: string };
  /** What to do, one step per line. */
  readonly fix: readonly string[];
}

/** What is known besides the console. */
export interface Circumstances {
  readonly timedOut?: boolean;
  /** Seconds after which the time limit came. */
  readonly seconds?: number;
  /** What QEMU itself said. */
  readonly machineSaid?: string;
  /** The exit code that the self-test answered. */
  readonly selfTest?: number;
  /** What it wrote to its port that is no answer. */
  readonly strangeAnswer?: string;
  /** The line that has to be on the console: the guest built what the image says, to the bytes of the final archive. */
  readonly proof?: string;
}

/** Commands to a terminal, titles and the like included. */
const escapes =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal escapes begin with one
  /\u001b(?:\][^\u0007\u001b\n]*(?:\u0007|\u001b\\)|[PX^_][^\u001b\n]*\u001b\\|\[[0-?]*[ -/]*[@-~]|[()][A-Z0-9]|[c78=>])/g;

/** What kernels, system logs and recorders of terminals put before a line: seconds, or a date with a time. */
const stamps = new RegExp(
  `^(?:${[
    String.raw`(?:<\d+>)?\[\s*\d+\.\d+\](?:\[\s*[TC]\d+\])? `,
    String.raw`\[[^\]\n]{0,40}\d\d:\d\d:\d\d[^\]\n]{0,20}\] `,
    String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S* (?:\S+ kernel: )?`,
    String.raw`[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ (?:kernel: )?`,
  ].join('|')})+`,
  'gm',
);

/** Terminal escapes, carriage returns and time stamps are not part of what was said. */
export function readableConsole(text: string): string {
  return (
    text
      .replace(escapes, '')
      .replace(/\r+\n?/g, '\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters a console may hold
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
      .replace(/^\ufffd+(?=[\x20-\x7e])/, '')
      .replace(stamps, '')
  );
}

/** Patterns take the square of a line's length; what is longer than any message is junk, and looked at by its two ends. */
const shortened = (text: string): string => text.replace(/^(.{200}).*(.{400})$/gm, '$1 ... $2');

const lineOf = (text: string, at: number): number => text.slice(0, at).split('\n').length;

const lineTextAt = (text: string, at: number): string => {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', at);
  return text.slice(start, end < 0 ? undefined : end).trim();
};

const firstMatch = (pattern: RegExp, text: string): RegExpExecArray | undefined =>
  new RegExp(pattern.source, `${pattern.flags}m`).exec(text) ?? undefined;

function withoutOutput(circumstances: Circumstances): Diagnosis {
  return {
    id: 'no-output',
    where: 'boot loader',
    cause: 'Nothing at all came over the console: no boot loader and no kernel spoke.',
    evidence: { line: 0, text: circumstances.timedOut ? `silent for ${circumstances.seconds ?? '?'} s` : 'silent' },
    fix: [
      'Is the disk bootable? `sfdisk -l IMAGE` must show a partition with the boot flag, and the first 440 bytes must hold a boot sector.',
      'Is the firmware the right one (--firmware bios or uefi)?',
      'Does the boot loader speak on the serial line? syslinux needs SERIAL in its syslinux.cfg on the boot partition.',
      'Does the kernel know the console? Its command line needs console=ttyS0 (arm64: console=ttyAMA0).',
    ],
  };
}

function selfTestExit(lines: readonly string[], exitCode: number): Diagnosis {
  const last = lines.findLastIndex((line) => line.startsWith('BOOTPLAN'));
  return {
    id: 'self-test-exit',
    where: 'self-test',
    cause: `The system booted, but its self-test ended with exit code ${exitCode}.`,
    evidence: { line: last + 1, text: (lines[last] ?? 'answered over its own port').trim() },
    fix: ['The console shows how far the self-test came.', 'Start it yourself: `bootplan boot --interactive`.'],
  };
}

function noAnswer(lines: readonly string[], said: string): Diagnosis {
  return {
    ...selfTestExit(lines, 0),
    cause: `The system booted, but what its self-test wrote to its port is no answer: "${said.slice(0, 80)}".`,
    fix: ['A self-test writes one line to the port bootplan.verdict: `exit` and its exit code.'],
  };
}

function notBuilt(lines: readonly string[], proof: string): Diagnosis {
  const said = lines.findIndex((line) => line.startsWith('BOOTPLAN: built '));
  return {
    id: 'guest-build',
    where: 'self-test',
    cause: 'The self-test passed, but the guest did not build what the image says to the bytes of the final archive.',
    evidence: { line: said + 1, text: said < 0 ? `never said: ${proof}` : lines[said]!.trim() },
    fix: [
      'The self-test of the image must end with the build: `sh /usr/src/bootplan/build`.',
      'Make the image anew: delete its .hash, then `bootplan image`.',
    ],
  };
}

/** A time limit with a guest that did not fail: the last thing it said is the evidence. */
function timeLimit(lines: readonly string[], circumstances: Circumstances): Diagnosis {
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return {
    id: 'time-limit',
    where: 'self-test',
    cause: `The guest neither passed nor failed within ${circumstances.seconds ?? '?'} s.`,
    evidence: { line: last + 1, text: (lines[last] ?? '').trim() },
    fix: [
      'Read the end of the console: what was it waiting for?',
      'A slow host: give it longer with --timeout SECONDS.',
      'A guest without the self-test of bootplan says no BOOTPLAN-OK; add it to the files of the image.',
    ],
  };
}

const causes: readonly Cause[] = [
  ...earlyCauses,
  ...moduleCauses,
  ...rootCauses,
  ...lateCauses,
  ...userlandCauses,
  ...serviceCauses,
];

function rowFor(rows: readonly Cause[], text: string): Diagnosis | undefined {
  for (const row of rows) {
    if (row.with !== undefined && firstMatch(row.with, text) === undefined) continue;
    const match = firstMatch(row.shows, text);
    if (match === undefined) continue;
    const evidence = { line: lineOf(text, match.index), text: lineTextAt(text, match.index) };
    return { id: row.id, where: row.where, cause: row.cause(match, text), evidence, fix: row.fix(match, text) };
  }
  return undefined;
}

/**
 * The rows are tried in the order of the table: causes before what they cause. What the guest got past comes after what
 * it did not, and what only says how far it came after both.
 */
export function diagnose(consoleText: string, circumstances: Circumstances = {}): Diagnosis {
  const machine = circumstances.machineSaid ?? '';
  const text = shortened(readableConsole(machine === '' ? consoleText : `${consoleText}\n${machine}`));
  const isPast = (row: Cause): boolean => row.past !== undefined && firstMatch(row.past, text) !== undefined;
  const found =
    rowFor(
      causes.filter((row) => !isPast(row)),
      text,
    ) ?? rowFor([...causes.filter(isPast), ...lastCauses], text);
  if (found !== undefined) return found;
  const lines = text.split('\n');
  if (text.trim() === '') return withoutOutput(circumstances);
  if (circumstances.selfTest) return selfTestExit(lines, circumstances.selfTest);
  if (circumstances.strangeAnswer !== undefined) return noAnswer(lines, circumstances.strangeAnswer);
  if (circumstances.proof !== undefined && /^BOOTPLAN-OK(?: .*)?$/m.test(text))
    return notBuilt(lines, circumstances.proof);
  if (circumstances.timedOut) return timeLimit(lines, circumstances);
  const ended = /^BOOTPLAN-OK(?: .*)?$/m.test(text) ? undefined : rowFor(endCauses, text);
  if (ended !== undefined) return ended;
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return {
    id: 'unknown',
    where: 'unknown',
    cause: 'Not recognised: the console shows neither a pass nor a failure that is in the table.',
    evidence: { line: last + 1, text: lines[last]!.trim() },
    fix: ['Read the console from its end upwards; --console FILE keeps it.'],
  };
}
