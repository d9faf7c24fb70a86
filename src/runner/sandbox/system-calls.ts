/**
 * System calls that no build gets, as a seccomp filter for bwrap: those that reach what no namespace divides. The
 * kernel's keyrings are handed down from whoever started bootplan, with the secrets in them; and two ioctls type into
 * the terminal that an interactive build shares with the user's shell.
 */

import { endianness } from 'node:os';
import { valueAt } from '../../by-name.ts';
import type { ByName } from '../../model.ts';

/** One way to call the kernel: its number in the audit system, and the numbers of its calls. */
interface Convention {
  readonly audit: number;
  readonly keyrings: readonly number[];
  readonly ioctl: number;
  /** A bit that marks the calls of yet another convention under the same number: x32. */
  readonly foreign?: number;
}

const x64: Convention = { audit: 0xc000003e, keyrings: [248, 249, 250], ioctl: 16, foreign: 0x40000000 };
const x86: Convention = { audit: 0x40000003, keyrings: [286, 287, 288], ioctl: 54 };
const arm64: Convention = { audit: 0xc00000b7, keyrings: [217, 218, 219], ioctl: 29 };
const arm: Convention = { audit: 0x40000028, keyrings: [309, 310, 311], ioctl: 54 };
const riscv64: Convention = { audit: 0xc00000f3, keyrings: [217, 218, 219], ioctl: 29 };

/** By Node's name of the machine; a kernel may know an older convention besides. */
const conventions: ByName<readonly Convention[]> = {
  x64: [x64, x86],
  ia32: [x86],
  arm64: [arm64, arm],
  arm: [arm],
  riscv64: [riscv64],
};

const notImplemented = 38;
const notPermitted = 1;
/** TIOCSTI, TIOCLINUX. */
const typing = [0x5412, 0x541c];

/** Operations of the filter's machine, of linux/bpf_common.h. */
const load = 0x20;
const jumpEqual = 0x15;
const jumpBits = 0x45;
const answer = 0x06;
const allow = 0x7fff0000;
const refuse = 0x00050000;

/** Where in what the kernel shows a filter: the call, the convention, the lower half of the second argument. */
const at = { call: 0, audit: 4, second: 24 };

type Instruction = readonly [operation: number, value: number, then: number, otherwise: number];

/** What answers for one convention, and is jumped over for another. */
function block({ audit, keyrings, ioctl, foreign }: Convention): readonly Instruction[] {
  const body: Instruction[] = [[load, at.call, 0, 0]];
  const refusing = (operation: number, value: number, error: number): void => {
    body.push([operation, value, 0, 1], [answer, refuse | error, 0, 0]);
  };
  if (foreign !== undefined) refusing(jumpBits, foreign, notImplemented);
  for (const call of keyrings) refusing(jumpEqual, call, notImplemented);
  body.push([jumpEqual, ioctl, 1, 0], [answer, allow, 0, 0], [load, at.second, 0, 0]);
  for (const request of typing) refusing(jumpEqual, request, notPermitted);
  body.push([answer, allow, 0, 0]);
  return [[load, at.audit, 0, 0], [jumpEqual, audit, 0, body.length], ...body];
}

/** The filter for a machine, as the kernel takes it; nothing for one that is not in the table. */
export function callFilter(machine: string = process.arch): Uint8Array | undefined {
  const known = valueAt(conventions, machine);
  if (known === undefined || endianness() !== 'LE') return undefined;
  const instructions: readonly Instruction[] = [...known.flatMap(block), [answer, allow, 0, 0]];
  const bytes = Buffer.alloc(instructions.length * 8);
  instructions.forEach(([operation, value, then, otherwise], i) => {
    bytes.writeUInt16LE(operation, i * 8);
    bytes.writeUInt8(then, i * 8 + 2);
    bytes.writeUInt8(otherwise, i * 8 + 3);
    bytes.writeUInt32LE(value >>> 0, i * 8 + 4);
  });
  return bytes;
}
