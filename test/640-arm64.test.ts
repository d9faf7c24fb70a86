/** The same small system for arm64, cross compiled, with Debian's kernel for it, booted by QEMU's `virt` machine. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkBoot } from '../src/runner/boot/boot.ts';
import { machineHere, requireMachines } from '../src/runner/boot/machines.ts';
import { makeImage } from '../src/runner/image/image.ts';
import { compile, deb, guest, imageRequest, ourInit, passing } from './rig/boot-rig.ts';
import { needs, scratch } from './rig/program.ts';

const compiler = 'aarch64-linux-gnu-gcc';
const firmware = existsSync('/usr/share/qemu-efi-aarch64/QEMU_EFI.fd');
if (!firmware) console.warn('qemu-efi-aarch64 is not installed: no arm64 machine is booted in this run');
const able = [needs(compiler), needs('qemu-system-aarch64'), firmware].every(Boolean);

test.runIf(able)('an arm64 image boots; the program of another architecture is refused', async () => {
  const directory = scratch();
  const init = ourInit(join(directory, 'cc-init'), compiler);
  const good = compile(join(directory, 'cc-good'), guest(passing), ['-static'], compiler);
  const arm64 = { Architecture: 'arm64' };
  const debs = [
    deb(directory, 'first', { 'usr/lib/first/init': { content: init } }, arm64),
    deb(directory, 'system', { 'sbin/init': { content: good } }, arm64),
    deb(directory, 'stray', { 'bin/stray': { content: compile(join(directory, 'cc-stray'), guest(passing)) } }, arm64),
  ];
  const stray = await imageRequest(join(directory, 'stray-state'), debs, ['system', 'stray'], {
    architecture: 'arm64',
  });
  await expect(makeImage(stray)).rejects.toThrow('bin/stray in the root file system is for amd64, expected arm64');

  const made = await makeImage(await imageRequest(directory, debs, ['system'], { architecture: 'arm64' }));
  expect(made).toMatchObject({ architecture: 'arm64', firmware: 'uefi' });
  const verdict = await checkBoot({ image: made.path, architecture: 'arm64', accelerator: 'tcg' });
  expect(verdict, verdict.console.slice(-2000)).toMatchObject({ verdict: 'pass', cause: '', selfTest: 0 });
});

test('an image whose kernel nobody named for its architecture is refused', async () => {
  const request = await imageRequest(scratch(), [], [], { architecture: 'arm64' });
  const image = { ...request.project.image!, seedKernel: { package: undefined } };
  const refused = makeImage({ ...request, project: { ...request.project, image } });
  await expect(refused).rejects.toThrow('the image names no seed kernel for arm64');
});

test('a machine that is not here is named with the packages that bring it', () => {
  const path = process.env.PATH;
  process.env.PATH = scratch();
  try {
    const here = machineHere('arm64');
    expect(here).toMatchObject({ ok: false, found: expect.stringMatching(/^missing: qemu-system-aarch64/) });
    expect(here.fix).toMatch(/^sudo apt-get install qemu-system-arm( qemu-efi-aarch64)?$/);
    expect(() => requireMachines(['amd64', 'arm64'])).toThrow(/qemu-system-x86_64, qemu-system-aarch64.* is missing/);
  } finally {
    process.env.PATH = path;
  }
});
