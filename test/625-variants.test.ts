/** Variants of an image: the same kernel, initramfs and archive, other contents, each under a name of its own. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recordImage } from '../src/application/run/deliver.ts';
import { exitCode, type InputError } from '../src/errors.ts';
import { startLine } from '../src/runner/boot/qemu.ts';
import { makeImage } from '../src/runner/image/image.ts';
import { imageFile, imagesOfKind } from '../src/runner/image/image-names.ts';
import type { MadeImage } from '../src/runner/image/made-image.ts';
import type { Session } from '../src/runner/journal/session.ts';
import { compile, deb, guest, imageRequest, ourInit, passing } from './rig/boot-rig.ts';
import { bootplan, scratch } from './rig/program.ts';

const directory = scratch();

test('a variant has its own root file system, image and bill; kernel and initramfs are made once', async () => {
  const init = ourInit(join(directory, 'cc-init'));
  const system = compile(join(directory, 'cc-system'), guest(passing));
  const debs = [
    deb(directory, 'first', { 'usr/lib/first/init': { content: init } }),
    deb(directory, 'system', { 'sbin/init': { content: system } }),
    deb(directory, 'extra', { 'usr/share/extra': { content: 'extra\n', mode: 0o644 } }),
  ];
  const plain = await imageRequest(directory, debs, ['extra', 'system']);
  const image = plain.project.image!;
  const minimal = { ...image, variant: 'minimal', packages: ['system'], rootMebibytes: 8 };
  const request = { ...plain, project: { ...plain.project, imageVariants: [minimal] } };
  const whole = await makeImage(request);
  const made = readdirSync(request.state.image);
  const before = statSync(join(request.state.image, 'initramfs-amd64.cpio')).mtimeMs;

  const small = await makeImage({ ...request, variant: 'minimal' });
  expect(small.path).toBe(join(request.state.image, 'small_minimal-amd64.qcow2'));
  expect([whole, small].map((one) => one.packages.map((p) => p.name))).toEqual([['extra', 'system'], ['system']]);
  expect(readdirSync(request.state.image).filter((name) => !made.includes(name))).toEqual([
    'root_minimal-amd64.ext4',
    'root_minimal-amd64.ext4.hash',
    'small_minimal-amd64.qcow2',
    'small_minimal-amd64.qcow2.hash',
    'small_minimal-amd64.qcow2.spdx.json',
  ]);
  expect(statSync(join(request.state.image, 'initramfs-amd64.cpio')).mtimeMs).toBe(before);
  const bill = JSON.parse(readFileSync(`${small.path}.spdx.json`, 'utf8')) as { packages: { name: string }[] };
  expect(bill.packages.map((p) => p.name)).not.toContain('extra');
  expect((await makeImage(request)).made, 'the variant is no reason to make the image again').toBe(false);

  const shown = bootplan(['boot', '--variant', 'minimal', '--accel', 'tcg', '--state', request.state.root, '--json']);
  expect(JSON.parse(shown.stdout)).toMatchObject({ verdict: 'pass', selfTest: 0, image: small.path });
  const none = bootplan(['boot', '--variant', 'large', '--state', request.state.root]);
  expect([none.code, none.stderr]).toEqual([66, expect.stringContaining('bootplan image --variant large')]);
});

test('without a name the image itself is meant, and a variant ends where its name ends', () => {
  const kind = { architecture: 'amd64', firmware: 'bios' } as const;
  const variants = [undefined, 'minimal', 'more-minimal'];
  const files = variants.flatMap((variant) => [
    imageFile('small', { ...kind, variant }),
    imageFile('small', { ...kind, variant, firmware: 'uefi' }),
  ]);
  expect(variants.map((variant) => imagesOfKind(files, { ...kind, variant }))).toEqual([
    ['small-amd64.qcow2'],
    ['small_minimal-amd64.qcow2'],
    ['small_more-minimal-amd64.qcow2'],
  ]);
});

test('a variant that is not declared is refused, by `run` before it builds anything', async () => {
  const request = await imageRequest(join(directory, 'none'), [deb(directory, 'system', {})], ['system']);
  const failure = (await makeImage({ ...request, variant: 'tiny' }).catch((error: unknown) => error)) as InputError;
  expect(failure.diagnostics.map((d) => [d.message, d.help])).toEqual([
    ['the image small has no variant tiny', 'declare it under `variants` of the image'],
  ]);
  const state = join(directory, 'not-begun');
  const ran = bootplan(['run', '--variant', 'minima', '--state', state]);
  expect([ran.code, ran.stderr]).toEqual([
    exitCode.usage,
    expect.stringContaining('the image minidistro has no variant minima\nhelp: its variants are minimal'),
  ]);
  expect(readdirSync(directory)).not.toContain('not-begun');
});

test('the line that starts an image may be typed as it stands, wherever the image is', () => {
  const line = startLine({ image: '/a dir/small-amd64.qcow2', architecture: 'amd64', mebibytes: 512 });
  expect(line).toContain(" -drive 'file=/a dir/small-amd64.qcow2,format=qcow2,snapshot=on' ");
});

test('the image that was made last is the one the journal tells of, also when it was made before', () => {
  const told: string[] = [];
  const files = { 'small-amd64.qcow2': 'a', 'small_minimal-amd64.qcow2': 'b' };
  const made = (file: string) =>
    ({ path: `/state/image/${file}`, sha256: '', bytes: 1, files: { [file]: '' } }) as MadeImage;
  const known = {
    image: { path: '/state/image/small_minimal-amd64.qcow2' },
    imageFiles: { ...files, 'small-amd64.qcow2': '' },
  };
  const session = { state: known, emit: ({ path }: { path: string }) => told.push(path) } as unknown as Session;
  recordImage(session, made('small-amd64.qcow2'));
  expect(told).toEqual(['/state/image/small-amd64.qcow2']);
});
