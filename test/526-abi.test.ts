/** A library that promises something else than a round ago is named, with what its users will miss. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runLine } from '../src/reports/run/run-lines.ts';
import { abiChanges } from '../src/runner/build/abi-change.ts';
import { sharedLibrary } from '../src/runner/formats/elf-dynamic.ts';
import { planOf } from './rig/fake-builder.ts';
import { files, needs, scratch } from './rig/program.ts';
import { run } from './rig/run-rig.ts';

const gcc = needs('gcc') && needs('nm');

/** A library made by gcc; the path of it. */
function library(soname: string, source: string): string {
  const directory = files(scratch(), { 'x.c': source });
  const args = ['-shared', '-fPIC', '-nostdlib', `-Wl,-soname,${soname}`, '-o', 'x.so', 'x.c'];
  const made = spawnSync('gcc', args, { cwd: directory, encoding: 'utf8' });
  expect(made.stderr).toBe('');
  return join(directory, 'x.so');
}

const first = `int x_open(void) { return 1; } int x_read(void) { return 2; } int x_data = 3;
int elsewhere(void); int x_call(void) { return elsewhere(); } static int own(void) { return 4; }
__attribute__((visibility("hidden"))) int hidden(void) { return own(); }
__attribute__((weak)) int x_weak(void) { return 5; }`;

test.skipIf(!gcc)('SONAME and exported symbols are those that binutils finds', () => {
  const path = library('libx.so.1', first);
  const read = sharedLibrary(readFileSync(path))!;
  expect(read.soname).toBe('libx.so.1');
  expect(read.exports).toEqual(['x_call', 'x_data', 'x_open', 'x_read', 'x_weak']);
  const nm = spawnSync('nm', ['-D', '--defined-only', '--format=posix', path], { encoding: 'utf8' }).stdout;
  const names = nm
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[0]);
  expect(read.exports).toEqual(names.sort());
});

test.skipIf(!gcc)('a table of sections that ends with the file has no half a section', () => {
  const bytes = readFileSync(library('libx.so.1', first));
  bytes.writeBigUInt64LE(BigInt(bytes.length - 20), 40);
  bytes.writeUInt16LE(1, 58);
  bytes.writeUInt16LE(20, 60);
  bytes.writeUInt16LE(19, 62);
  expect(sharedLibrary(bytes)).toBeUndefined();
});

test('whatever is no shared library is none, wherever it ends', () => {
  expect(sharedLibrary(Buffer.from('plain text'))).toBeUndefined();
  const program = readFileSync(process.execPath).subarray(0, 4096);
  fc.assert(
    fc.property(fc.nat(4096), fc.nat(4095), fc.nat(255), (length, at, byte) => {
      const bytes = Buffer.from(program.subarray(0, length));
      if (at < length) bytes[at] = byte;
      expect(sharedLibrary(bytes)).toBeUndefined();
    }),
  );
});

test.skipIf(!gcc)('a library with any byte flipped or cut off anywhere is read or not, and never an error', () => {
  const whole = readFileSync(library('libx.so.1', first));
  const headers = fc.oneof(
    fc.nat(63),
    fc.nat(1000).map((n) => Math.max(0, whole.length - 1 - n)),
  );
  const anywhere = fc.oneof(headers, fc.nat(whole.length - 1));
  fc.assert(
    fc.property(
      fc.oneof(fc.constant(whole.length), fc.nat(whole.length)),
      fc.array(fc.tuple(anywhere, fc.nat(255))),
      (length, flips) => {
        const bytes = Buffer.from(whole.subarray(0, length));
        for (const [at, byte] of flips) if (at < length) bytes[at] = byte;
        sharedLibrary(bytes);
      },
    ),
    { numRuns: 20_000 },
  );
});

const of = (soname: string, ...exports: string[]) => ({ soname, exports });

test('versions of one library belong together; new libraries change nothing, lost ones everything', () => {
  expect(abiChanges([of('libx.so.1', 'a', 'b')], [of('libx.so.2', 'b', 'c'), of('libnew.so.0', 'n')])).toEqual([
    { soname: 'libx.so.1', now: 'libx.so.2', removed: ['a'], added: ['c'] },
  ]);
  expect(abiChanges([of('libx.so.1', 'a')], [of('libx.so.1', 'a', 'b'), of('libx.so.2', 'a')])).toEqual([
    { soname: 'libx.so.1', now: 'libx.so.1', removed: [], added: ['b'] },
  ]);
  expect(abiChanges([of('libx-1.0.so', 'a'), of('liby.so.1', 'y')], [of('libx-1.1.so', 'a')])).toEqual([
    { soname: 'libx-1.0.so', now: 'libx-1.1.so', removed: [], added: [] },
    { soname: 'liby.so.1', now: '', removed: ['y'], added: [] },
  ]);
  const both = [of('libx.so.1', 'a'), of('liby.so.1', 'y')];
  expect(abiChanges(both, both.toReversed())).toEqual([]);
});

test.skipIf(!gcc)('the comparison of two rounds says it in its line', async () => {
  const [one, two] = [library('libx.so.1', first), library('libx.so.2', 'int x_open(void) { return 1; } int x_new;')];
  const plan = planOf([{ source: 'x' }, { source: 'x', round: 2, compare: true }]);
  const scripts = { x: { content: () => readFileSync(one) }, 'x#2': { content: () => readFileSync(two) } };
  const { events } = await run(scratch(), plan, scripts);
  const [comparison] = events.filter((event) => event.type === 'comparison');
  expect(runLine(comparison!, { done: 2, total: 2 })!.slice(9)).toBe(
    'compared x#2 with x: NOT identical: x: /usr/share/x/content; ABI changed: libx.so.1 → libx.so.2; ' +
      'symbols removed: x_call, x_data, x_read, x_weak; symbols added: x_new',
  );
});
