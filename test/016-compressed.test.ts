import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readText } from '../src/metadata/control/compressed.ts';
import { files, needs, scratch } from './rig/program.ts';

const base = scratch();
const content = Buffer.from('Package: x\nVersion: 1\n\n'.repeat(20_000));
const through = (program: string) => spawnSync(program, ['-c'], { input: content, maxBuffer: 1 << 28 }).stdout;

const packed: readonly (readonly [string, () => Uint8Array])[] = [
  ['gzip', () => gzipSync(content)],
  ['zstd', () => zstdCompressSync(content)],
  ...['xz', 'lz4'].filter(needs).map((p) => [p, () => through(p)] as const),
];

test('a plain file is itself', async () => {
  files(base, { plain: content });
  const text = await readText(join(base, 'plain'));
  expect(text.ok && text.value.bytes.equals(content)).toBe(true);
});

describe.each(packed)('%s', (name, pack) => {
  test('is told by its bytes, whatever the file is called', async () => {
    files(base, { [`${name}.txt`]: pack() });
    const text = await readText(join(base, `${name}.txt`));
    expect(text.ok && text.value.bytes.equals(content)).toBe(true);
  });

  test.each([0.2, 0.5, 0.97])('cut off at %f is said to be cut short', async (part) => {
    const whole = pack();
    files(base, { [`${name}-cut`]: whole.subarray(0, Math.floor(whole.length * part)) });
    const text = await readText(join(base, `${name}-cut`));
    expect(text.ok).toBe(false);
    expect(text.diagnostics[0]!.message).toMatch(`the ${name} data is cut short`);
    expect(text.diagnostics[0]!.help).toMatch('fetch the file again');
  });

  test('of several pieces in one file none is lost', async () => {
    const pieces = [pack(), pack(), pack()];
    files(base, { [`${name}-pieces`]: Buffer.concat(pieces) });
    const text = await readText(join(base, `${name}-pieces`));
    expect(text.ok && text.value.bytes.equals(Buffer.concat([content, content, content]))).toBe(true);
  });

  test('with something else after its end is said to be damaged', async () => {
    files(base, { [`${name}-more`]: Buffer.concat([pack(), Buffer.from('something else')]) });
    const text = await readText(join(base, `${name}-more`));
    expect(text.ok).toBe(false);
    expect(text.diagnostics[0]!.message).toMatch(`the ${name} data is`);
  });

  test('with a flipped byte is said to be damaged', async () => {
    const whole = Buffer.from(pack());
    whole[Math.floor(whole.length / 2)]! ^= 0xff;
    files(base, { [`${name}-bad`]: whole });
    const text = await readText(join(base, `${name}-bad`));
    expect(text.ok).toBe(false);
    expect(text.diagnostics[0]!.message).toMatch(`the ${name} data is`);
  });
});

test('an empty file and bzip2 are refused with the way out', async () => {
  files(base, { empty: '', bz2: 'BZh91AY&SY' });
  const refused = await Promise.all(['empty', 'bz2'].map((f) => readText(join(base, f))));
  expect(refused.map((r) => [r.ok, r.diagnostics[0]!.message])).toEqual([
    [false, 'the file is empty'],
    [false, 'bzip2 is not read'],
  ]);
});

test('a missing decompressor is named with its Debian package', async () => {
  files(base, { 'some.xz': Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0]) });
  const path = process.env.PATH;
  process.env.PATH = base;
  try {
    await expect(readText(join(base, 'some.xz'))).rejects.toMatchObject({
      exit: 69,
      help: 'sudo apt-get install xz-utils',
    });
  } finally {
    process.env.PATH = path;
  }
});
