/** The same small system for UEFI: a GPT with an EFI system partition, booted by OVMF; the same bytes every time. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkBoot } from '../src/runner/boot/boot.ts';
import { makeImage } from '../src/runner/image/image.ts';
import { compile, deb, guest, imageRequest, ourInit, passing } from './rig/boot-rig.ts';
import { scratch } from './rig/program.ts';

const firmwareThere = existsSync('/usr/share/ovmf/OVMF.fd');

let path: string;

test('an image for UEFI is reproducible', async () => {
  const directory = scratch();
  const init = ourInit(join(directory, 'cc-init'));
  const good = compile(join(directory, 'cc-good'), guest(passing));
  const make = async (name: string) => {
    const where = join(directory, name);
    const debs = [
      deb(where, 'first', { 'usr/lib/first/init': { content: init } }),
      deb(where, 'system', { 'sbin/init': { content: good } }),
    ];
    return makeImage({ ...(await imageRequest(where, debs, ['system'])), firmware: 'uefi' });
  };
  const [one, two] = [await make('one'), await make('two')];
  expect(one.path).toMatch(/small-amd64-uefi\.qcow2$/);
  expect(two.sha256).toBe(one.sha256);
  path = one.path;
});

test.skipIf(!firmwareThere)('it boots', async () => {
  const machine = { image: path, architecture: 'amd64', firmware: 'uefi', accelerator: 'tcg' } as const;
  const verdict = await checkBoot({ ...machine, timeoutSeconds: 90 });
  expect(verdict, verdict.console.slice(-2000)).toMatchObject({ verdict: 'pass', cause: '', selfTest: 0 });
});
