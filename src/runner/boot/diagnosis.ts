/**
 * From the text of a console to a cause, its place and what to do. Pure: the same text gives the same diagnosis, on any
 * machine. What the table does not know is said to be unknown.
 */

import type { Place } from './causes/cause.ts';
import { explain, type Found, pastOn } from './causes/explain.ts';
import { type CauseTable, causeTable } from './causes/table.ts';
import { condensed } from './condensed.ts';
import { readableConsole } from './readable-console.ts';

/** Why a boot failed, as far as its console tells. */
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
      'A slow host: give it longer, bootplan boot --timeout SECONDS.',
      'A guest without the self-test of bootplan says no BOOTPLAN-OK; add it to the files of the image.',
    ],
  };
}

function unknown(lines: readonly string[]): Diagnosis {
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return {
    id: 'unknown',
    where: 'unknown',
    cause: 'Not recognised: the console shows neither a pass nor a failure that is in the table.',
    evidence: { line: last + 1, text: lines[last]!.trim() },
    fix: ['Read the console from its end upwards; --console FILE keeps it.'],
  };
}

const lineTextAt = (text: string, at: number): string => {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', at);
  return text.slice(start, end < 0 ? undefined : end).trim();
};

function said(found: Found | undefined, text: string): Diagnosis | undefined {
  if (found === undefined) return undefined;
  const { row, match, line } = found;
  const evidence = { line, text: lineTextAt(text, match.index) };
  return { id: row.id, where: row.where, cause: row.cause(match, text), evidence, fix: row.fix(match, text) };
}

/**
 * What the guest got past explains its end only when nothing else does, and how far it came only when that does not
 * either. Among the others the rank decides: causes before what they lead to.
 */
export function diagnose(
  consoleText: string,
  circumstances: Circumstances = {},
  table: CauseTable = causeTable,
): Diagnosis {
  const machine = circumstances.machineSaid ?? '';
  const text = condensed(readableConsole(machine === '' ? consoleText : `${consoleText}\n${machine}`));
  const isPast = pastOn(text);
  const { true: past = [], false: open = [] } = Object.groupBy(table.causes, (row) => `${isPast(row)}` as const);
  const found = said(explain(open, text) ?? explain(past, text) ?? explain(table.last, text), text);
  if (found !== undefined) return found;
  const lines = text.split('\n');
  if (text.trim() === '') return withoutOutput(circumstances);
  if (circumstances.selfTest) return selfTestExit(lines, circumstances.selfTest);
  if (circumstances.strangeAnswer !== undefined) return noAnswer(lines, circumstances.strangeAnswer);
  const passed = /^BOOTPLAN-OK(?: .*)?$/m.test(text);
  if (circumstances.proof !== undefined && passed) return notBuilt(lines, circumstances.proof);
  if (circumstances.timedOut) return timeLimit(lines, circumstances);
  return (passed ? undefined : said(explain(table.end, text), text)) ?? unknown(lines);
}
