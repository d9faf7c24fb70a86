/** The formats that images are made of, each against a program that knows it better. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sha256File } from '../src/runner/files/digest.ts';
import { elfHeader, moduleInfo, wrongArchitectures } from '../src/runner/formats/elf.ts';
import { makeExt4 } from '../src/runner/image/ext4.ts';
import { initramfs } from '../src/runner/image/initramfs.ts';
import { modulesInOrder } from '../src/runner/image/kernel.ts';
import { checkArchitectures } from '../src/runner/image/rootfs.ts';
import { files, needs, scratch } from './rig/program.ts';

/** A 64-bit little-endian ELF file with nothing in it but `.modinfo`, as a kernel module describes itself. */
function elfModule(info: readonly string[]): Buffer {
  const content = Buffer.from(info.map((entry) => `${entry}\0`).join(''));
  const names = Buffer.from('\0.modinfo\0.shstrtab\0');
  const header = Buffer.alloc(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header.writeUInt16LE(1, 16);
  header.writeUInt16LE(62, 18);
  const namesAt = 64 + content.length;
  header.writeBigUInt64LE(BigInt(namesAt + names.length), 40);
  header.writeUInt16LE(64, 58);
  header.writeUInt16LE(3, 60);
  header.writeUInt16LE(2, 62);
  const section = (name: number, at: number, size: number): Buffer => {
    const entry = Buffer.alloc(64);
    entry.writeUInt32LE(name, 0);
    entry.writeBigUInt64LE(BigInt(at), 24);
    entry.writeBigUInt64LE(BigInt(size), 32);
    return entry;
  };
  const table = [Buffer.alloc(64), section(1, 64, content.length), section(10, namesAt, names.length)];
  return Buffer.concat([header, content, names, ...table]);
}

function kernelTree(modules: Readonly<Record<string, readonly string[]>>, builtin = ''): string {
  const directory = scratch();
  const tree = Object.entries(modules).map(([path, info]) => [`kernel/${path}`, elfModule(info)]);
  return files(directory, { ...Object.fromEntries(tree), 'modules.builtin': builtin });
}

test('a module comes after all it depends on, each once, what is built in never', async () => {
  const directory = kernelTree(
    {
      'drivers/ata_piix.ko': ['depends=libata,scsi-mod'],
      'drivers/libata.ko': ['license=GPL', 'depends=scsi_mod'],
      'drivers/scsi_mod.ko': ['depends=scsi_common'],
      'drivers/scsi-common.ko': ['depends='],
      'drivers/sd_mod.ko': ['depends=scsi_mod', 'softdep=pre: crc-t10dif absent_one post: later'],
      'lib/crc-t10dif.ko': ['depends='],
      'lib/later.ko': ['depends='],
    },
    'kernel/fs/ext4/ext4.ko\n',
  );
  const order = await modulesInOrder(directory, ['ata_piix', 'sd_mod', 'ext4']);
  expect(order.map((m) => m.name)).toEqual([
    ...['scsi_common', 'scsi_mod', 'libata', 'ata_piix', 'crc_t10dif', 'sd_mod'],
  ]);
});

test('every driver that a kernel lacks is named, with who needs it', async () => {
  const directory = kernelTree({ 'a/virtio_blk.ko': ['depends=virtio_ring'] });
  await expect(modulesInOrder(directory, ['virtio_blk', 'ext4'])).rejects.toThrow(
    /lacks virtio_ring \(needed by virtio_blk\), ext4/,
  );
});

test.runIf(needs('xz'))('a compressed module is unpacked', async () => {
  const directory = kernelTree({ 'a/one.ko': ['depends='] });
  const file = join(directory, 'kernel/a/one.ko');
  expect(spawnSync('xz', [file]).status).toBe(0);
  const [module] = await modulesInOrder(directory, ['one']);
  expect(moduleInfo(module!.content)).toEqual([['depends', '']]);
});

test.runIf(needs('cpio'))('cpio reads the initramfs as it was meant', () => {
  const archive = initramfs(Buffer.from('init'), [
    { name: 'b', content: Buffer.from('bb') },
    { name: 'a', content: Buffer.from('a') },
  ]);
  const listed = spawnSync('cpio', ['-itv', '--quiet', '--numeric-uid-gid'], { input: archive, encoding: 'utf8' });
  expect(listed.status, listed.stderr).toBe(0);
  const lines = listed.stdout
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/));
  expect(lines.map((line) => line.at(-1))).toEqual([
    ...['dev', 'modules', 'proc', 'root', 'sys', 'dev/console', 'init', 'modules.list', 'modules/b.ko', 'modules/a.ko'],
  ]);
  const console = lines.find((line) => line.at(-1) === 'dev/console')!.join(' ');
  expect(console).toMatch(/^crw------- 1 0 0 5, 1 /);
  const list = spawnSync('cpio', ['-i', '--to-stdout', '--quiet', 'modules.list'], {
    input: archive,
    encoding: 'utf8',
  });
  expect(list.stdout).toBe('b.ko\na.ko\n');
});

test('a file system has the same bytes whenever and by whoever it is made', async () => {
  const directory = scratch();
  const digests: string[] = [];
  for (const [name, order] of [
    ['x', ['a', 'b', 'c']],
    ['y', ['c', 'a', 'b']],
  ] as const) {
    const tree = join(directory, name);
    for (const part of order) {
      mkdirSync(join(tree, part), { recursive: true });
      writeFileSync(join(tree, part, 'file'), part);
    }
    const file = join(directory, `${name}.ext4`);
    await makeExt4(tree, file, { mebibytes: 8, uuid: '11111111-2222-8333-8444-555555555555' });
    digests.push(await sha256File(file));
  }
  expect(digests[0]).toBe(digests[1]);
  expect(readdirSync(directory).sort(), 'no temporary is left').toEqual(['x', 'x.ext4', 'y', 'y.ext4']);
});

test('this very program is for this machine, and says so', async () => {
  const machine = { x64: 'amd64', arm64: 'arm64' }[process.arch as string];
  const directory = scratch();
  spawnSync('cp', [process.execPath, join(directory, 'node')]);
  expect(wrongArchitectures(directory, ['node'], machine!)).toEqual({ wrong: [], elfFiles: 1 });
  expect(wrongArchitectures(directory, ['node'], 's390x').wrong).toEqual([
    { file: 'node', found: machine, expected: 's390x' },
  ]);
  // What a link leads to lies outside, and is this machine's own.
  const tree = scratch();
  symlinkSync(directory, join(tree, 'run'));
  expect(await checkArchitectures(tree, 's390x', 'root file system')).toBe(0);
  spawnSync('cp', [process.execPath, join(tree, 'own')]);
  expect(await checkArchitectures(tree, machine!, 'root file system')).toBe(1);
  await expect(checkArchitectures(tree, 's390x', 'root file system')).rejects.toThrow(
    /own in the root file system is for/,
  );
  expect(elfHeader(Buffer.from('#!/bin/sh\necho this is long enough to be one\n'))).toBeUndefined();
});
