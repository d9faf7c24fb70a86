/** The image, made for real from a small archive: its bytes, its parts, and what it refuses. */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../src/errors.ts';
import type { Recipe } from '../src/model.ts';
import { checkBoot } from '../src/runner/boot/boot.ts';
import { makeImage } from '../src/runner/image/image.ts';
import type { MadeImage } from '../src/runner/image/made-image.ts';
import { compile, deb, guest, imageRequest, ourInit, passing, type Tree } from './rig/boot-rig.ts';
import { bootplan, scratch } from './rig/program.ts';
import { fits } from './rig/schema.ts';

const directory = scratch();
let init: Buffer;
let good: Buffer;
beforeAll(() => {
  init = ourInit(join(directory, 'cc-init'));
  good = compile(join(directory, 'cc-good'), guest(passing));
});

function debsIn(where: string, extra: Tree = {}): string[] {
  return [
    deb(where, 'first', { 'usr/lib/first/init': { content: init } }),
    deb(where, 'system', { 'sbin/init': { content: good }, ...extra }, { Depends: 'data (>= 1)' }),
    deb(where, 'data', { 'usr/share/data/text': { content: 'text\n', mode: 0o644 } }),
    deb(where, 'unwanted', { 'usr/share/unwanted': { content: 'no\n', mode: 0o644 } }),
  ];
}

describe('an image', () => {
  test('has the same sha256 from another directory and another day, and boots', async () => {
    const [one, two] = [join(directory, 'one'), join(directory, 'somewhere/else/two')];
    const first = await makeImage(
      await imageRequest(one, debsIn(one), ['system'], { files: { 'etc/motd': 'hello\n' } }),
    );
    const request = await imageRequest(two, debsIn(two), ['system'], { files: { 'etc/motd': 'hello\n' } });
    utimesSync(join(two, 'metadata/etc/motd'), 1, 1);
    const second = await makeImage(request);
    expect(second.sha256).toBe(first.sha256);
    expect(first.packages.map((p) => p.name)).toEqual(['data', 'system']);
    expect(fits<MadeImage>(first, 'image-made').kernel.from).toBe('seed');
    const described = JSON.parse(readFileSync(`${first.path}.spdx.json`, 'utf8'));
    expect(readFileSync(`${second.path}.spdx.json`, 'utf8')).toBe(readFileSync(`${first.path}.spdx.json`, 'utf8'));
    const parts = described.packages as { name: string; sourceInfo?: string }[];
    const loader = ['syslinux', 'syslinux-common'];
    expect(parts.filter((p) => /not built from source here/.test(p.sourceInfo ?? '')).map((p) => p.name)).toEqual([
      first.kernel.name,
      ...loader,
    ]);
    expect(parts.map((p) => p.name)).toEqual([
      ...['small', 'data', 'first', first.kernel.name, ...loader, 'system', 'etc/motd'],
    ]);
    // The words of SPDX 2.3 in JSON.
    expect(
      described.packages.flatMap((p: { primaryPackagePurpose?: string }) => p.primaryPackagePurpose ?? []),
    ).toEqual([...['OPERATING_SYSTEM', 'FILE']]);
    const verdict = await checkBoot({ image: first.path, architecture: 'amd64', accelerator: 'tcg' });
    expect(verdict).toMatchObject({ verdict: 'pass', cause: '', selfTest: 0, checks: ['init reached'] });
    const shown = bootplan(['boot', first.path, '--interactive', '--accel', 'tcg', '--state', one]);
    expect([shown.code, shown.stderr.trim()]).toEqual([0, 'the console of the guest; Ctrl-A X ends the machine']);
    expect(shown.stdout).toMatch(/BOOTPLAN-OK\r?\n/);
    expect((await makeImage(request)).sha256, 'the boot wrote to the image').toBe(first.sha256);
  });

  test('is not made without a program that runs first', async () => {
    const where = join(directory, 'nameless');
    const request = await imageRequest(where, debsIn(where), ['system']);
    const image = { ...request.project.image!, initramfs: undefined };
    await expect(makeImage({ ...request, project: { ...request.project, image } })).rejects.toThrow(
      /^the image names no package whose program runs first$/,
    );
  });

  test('is made again only when an input changed, part by part, or when its .hash is deleted', async () => {
    const where = join(directory, 'cached');
    const request = await imageRequest(where, debsIn(where), ['system'], { files: { 'etc/motd': 'hello\n' } });
    const made = await makeImage(request);
    const at = (name: string): string => join(request.state.image, name);
    const [root, ramdisk] = [at('root-amd64.ext4'), at('initramfs-amd64.cpio')];
    const stamps = () => [root, ramdisk, made.path].map((file) => statSync(file).mtimeMs);
    expect(readFileSync(`${made.path}.hash`, 'utf8')).toMatch(new RegExp(`^[0-9a-f]{64}\n${made.sha256}\n$`));
    const before = stamps();
    expect((await makeImage(request)).made).toBe(false);
    expect(stamps()).toEqual(before);

    appendFileSync(join(where, 'metadata/etc/motd'), 'more\n');
    const changed = await makeImage(request);
    expect(changed.made).toBe(true);
    expect(changed.sha256).not.toBe(made.sha256);
    const after = stamps();
    expect(after[1], 'the initramfs has other inputs').toBe(before[1]);
    expect(after[0]).not.toBe(before[0]);

    // What was changed since it was made gets into no image, and is no image.
    const damaged = readFileSync(root);
    damaged[damaged.length >> 1]! ^= 1;
    writeFileSync(root, damaged);
    expect((await makeImage({ ...request, tarball: true })).sha256).toBe(changed.sha256);
    appendFileSync(made.path, 'x');
    expect(await makeImage(request)).toMatchObject({ made: true, sha256: changed.sha256 });

    // Whether it may be run is an input, too.
    chmodSync(join(where, 'metadata/etc/motd'), 0o755);
    expect((await makeImage(request)).sha256).not.toBe(changed.sha256);
    chmodSync(join(where, 'metadata/etc/motd'), 0o644);
    expect((await makeImage(request)).sha256).toBe(changed.sha256);

    rmSync(`${made.path}.hash`);
    const forced = await makeImage(request);
    expect(forced).toMatchObject({ made: true, sha256: changed.sha256 });
    expect(existsSync(`${made.path}.unfinished`)).toBe(false);
  });

  test('is also a tar archive, when asked: the same tree, owned by root, the same bytes elsewhere', async () => {
    const made = await Promise.all(
      ['tar-one', 'tar/two'].map(async (name) => {
        const where = join(directory, name);
        const request = await imageRequest(where, debsIn(where), ['system'], { files: { 'etc/motd': 'hello\n' } });
        return { request, image: await makeImage({ ...request, tarball: true }) };
      }),
    );
    const { request, image } = made[0]!;
    const tarball = fits<MadeImage>(image, 'image-made').tarball!;
    expect(made[1]!.image.tarball!.sha256).toBe(tarball.sha256);
    const listed = spawnSync('tar', ['-tvf', tarball.path, '--numeric-owner', '--utc'], { encoding: 'utf8' }).stdout;
    const entries = listed.trimEnd().split('\n');
    expect(entries.filter((line) => !/^\S+ 0\/0 +\d+ 2023-01-01 00:00 \.\//.test(line))).toEqual([]);
    expect(entries.map((line) => `${line.slice(0, 10)} ${line.replace(/.* \.\//, './')}`)).toEqual(
      expect.arrayContaining(['-rwxr-xr-x ./sbin/init', '-rw-r--r-- ./etc/motd', 'drwxrwxrwt ./tmp/']),
    );
    const onDisk = spawnSync('debugfs', ['-R', 'ls -p /usr/share', join(request.state.image, 'root-amd64.ext4')]);
    expect(String(onDisk.stdout)).toContain('/data/');
    expect(listed).toContain('./usr/share/data/text');
    expect(listed).not.toContain('unwanted');
    expect((await makeImage(request)).tarball).toBeNull();
  });

  test('is refused while two of its packages bring different things under one name', async () => {
    const where = join(directory, 'clash');
    const twice = deb(where, 'twice', {
      'usr/share/data/text': { content: 'another\n', mode: 0o644 },
      'sbin/init': { content: good },
    });
    const request = await imageRequest(where, [...debsIn(where), twice], ['system', 'twice']);
    const failure = await makeImage(request).catch((error: unknown) => error);
    expect((failure as InputError).diagnostics.map((d) => d.message)).toEqual([
      'usr/share/data/text is in data and in twice, and not the same',
    ]);
    const recipe = { duplicates: ['usr/share/data/*'] } as unknown as Recipe;
    const project = { ...request.project, recipes: new Map([['data', recipe]]) };
    expect((await makeImage({ ...request, project })).made).toBe(true);
  });

  test('is refused while a program, or a member of a library, is for another machine', async () => {
    const where = join(directory, 'wrong');
    const foreign = Buffer.from(good);
    foreign.writeUInt16LE(183, 18);
    const header = `${'printf.o/'.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'644'.padEnd(8)}${String(foreign.length).padEnd(10)}\`\n`;
    const library = Buffer.concat([Buffer.from(`!<arch>\n${header}`), foreign]);
    const extra = { 'usr/bin/tool.txt': { content: foreign }, 'usr/lib/libx.a': { content: library } };
    const request = await imageRequest(where, debsIn(where, extra), ['system']);
    const failure = await makeImage(request).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InputError);
    expect((failure as InputError).diagnostics.map((d) => d.message)).toEqual([
      'usr/bin/tool.txt in the root file system is for arm64, expected amd64',
      'usr/lib/libx.a(printf.o) in the root file system is for arm64, expected amd64',
    ]);
  });

  test('is refused while the init of its initramfs is for another machine', async () => {
    const where = join(directory, 'wrong-init');
    const foreign = Buffer.from(init);
    foreign.writeUInt16LE(183, 18);
    const debs = [...debsIn(where).slice(1), deb(where, 'first', { 'usr/lib/first/init': { content: foreign } })];
    const made = makeImage(await imageRequest(where, debs, ['system']));
    await expect(made).rejects.toThrow('usr/lib/first/init in the initramfs is for arm64, expected amd64');
  });

  test('writes nothing through the links of its packages', async () => {
    const where = join(directory, 'links');
    const outside = join(directory, 'links-outside');
    mkdirSync(outside);
    const tree = join(where, 'linking');
    mkdirSync(join(tree, 'usr/share/inside'), { recursive: true });
    symlinkSync('usr/share/inside', join(tree, 'srv'));
    symlinkSync(outside, join(tree, 'opt'));
    mkdirSync(join(tree, 'etc'));
    symlinkSync(join(outside, 'motd'), join(tree, 'etc/motd'));
    const debs = [...debsIn(where), deb(where, 'linking', {})];
    const made = async (...names: string[]) => {
      const files = Object.fromEntries(names.map((name) => [name, 'hello\n']));
      return makeImage(await imageRequest(where, debs, ['system', 'linking'], { files }));
    };
    const good = await made('srv/text', 'etc/motd');
    const shown = (path: string) =>
      spawnSync('debugfs', ['-R', `cat ${path}`, join(dirname(good.path), 'root-amd64.ext4')], { encoding: 'utf8' });
    expect([shown('/usr/share/inside/text').stdout, shown('/etc/motd').stdout]).toEqual(['hello\n', 'hello\n']);
    await expect(made('opt/text')).rejects.toThrow('opt in the image is a link that leads to no directory of it');
    await expect(made('usr/share')).rejects.toThrow('usr/share in the image is a directory');
    await expect(made('sbin/init/x')).rejects.toThrow('sbin/init in the image is no directory');
    expect(readdirSync(outside)).toEqual([]);
  });

  test('names everything that the final archive lacks, and takes nothing from elsewhere', async () => {
    const where = join(directory, 'lacking');
    const debs = debsIn(where).filter((file) => !file.includes('/data_'));
    const failure = await makeImage(await imageRequest(where, debs, ['system', 'absent'])).catch((e: unknown) => e);
    expect((failure as InputError).diagnostics.map((d) => d.message)).toEqual([
      'system depends on data (>= 1), which the archive has not',
      'the image wants absent, which the archive has not',
    ]);
  });
});
