/**
 * Of which architectures programs run on this machine: of its own, and of i386 on amd64 where the kernel has kept that.
 * A program that an emulator would run is none of them: found out by starting one.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isNative } from '../../metadata/relations/architecture.ts';
import { runProcess } from '../process.ts';

/** An i386 program that ends with 0: one segment, and `xor eax,eax; inc eax; xor ebx,ebx; int 0x80`. */
function endsWell(): Uint8Array {
  const base = 0x08048000;
  const [header, segment] = [52, 32];
  const code = Buffer.from('31c04031dbcd80', 'hex');
  const bytes = Buffer.alloc(header + segment + code.length);
  bytes.write('7f454c46010101', 'hex');
  // Executable, for the 386, of version 1; where it starts, and where its one segment is described.
  bytes.writeUInt16LE(2, 16);
  bytes.writeUInt16LE(3, 18);
  bytes.writeUInt32LE(1, 20);
  bytes.writeUInt32LE(base + header + segment, 24);
  bytes.writeUInt32LE(header, 28);
  bytes.writeUInt16LE(header, 40);
  bytes.writeUInt16LE(segment, 42);
  bytes.writeUInt16LE(1, 44);
  // To be loaded, from the beginning of the file, to its usual address; length twice, readable and executable, pages.
  [1, 0, base, base, bytes.length, bytes.length, 5, 0x1000].forEach((value, i) => {
    bytes.writeUInt32LE(value, header + 4 * i);
  });
  code.copy(bytes, header + segment);
  return bytes;
}

async function i386Runs(): Promise<boolean> {
  const directory = mkdtempSync(join(tmpdir(), 'bootplan-probe-'));
  try {
    const program = join(directory, 'program');
    writeFileSync(program, endsWell(), { mode: 0o700 });
    return (await runProcess(program, [])).exitCode === 0;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

let i386: Promise<boolean> | undefined;

/** Whether builds of an architecture, by Debian's name, are native builds here. Asked once of a kernel. */
export async function runsHere(architecture: string): Promise<boolean> {
  if (isNative(architecture)) return true;
  if (!isNative('amd64') || architecture !== 'i386') return false;
  i386 ??= i386Runs();
  return i386;
}
