/** What the guest is to build lies in the image, whole; what it must come to is read from the final archive. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readProject } from '../src/metadata/project/project.ts';
import { sourceName } from '../src/names.ts';
import { readArchive } from '../src/runner/archive/archive-index.ts';
import { sha256 } from '../src/runner/files/digest.ts';
import { guestBuildParts } from '../src/runner/image/guest-build.ts';
import { deb, imageRequest } from './rig/boot-rig.ts';
import { projectOf, split } from './rig/host-tools.ts';
import { files, scratch } from './rig/program.ts';

const archived = async (directory: string) => {
  const built = deb(directory, 'subject', {
    'usr/bin/tool': { content: 'tool' },
    'usr/share/empty': { content: '', mode: 0o644 },
    'usr/share/doc': { content: 'doc', mode: 0o644 },
  });
  const other = deb(directory, 'system', { 'usr/bin/sh': { content: 'sh' } });
  return readArchive((await imageRequest(directory, [built, other], ['system'])).finalArchive);
};

const steps = {
  unpack: 'echo doc >doc',
  install: `mkdir -p $D/usr/bin $D/usr/share
    printf %s "$WORD" >$D/usr/bin/tool; chmod 755 $D/usr/bin/tool
    : >$D/usr/share/empty; printf doc >$D/usr/share/doc`,
};
const project = (word: string) => projectOf(steps, [split('subject', 'usr/**')], { env: { WORD: word } });

/** Builds it as the guest does, in a mount name space where the tree lies at /usr/src/bootplan; the last line said. */
function inGuest(tree: string): { code: number | null; said: string } {
  const inside = `mount --bind "$1/usr/src" /usr/src && mount -t tmpfs tmp /srv && mkdir /srv/work &&
    sed 's|/work|/srv/work|g' /usr/src/bootplan/build >/srv/build && for f in environment steps/*; do
    sed -i 's|/work|/srv/work|g' /usr/src/bootplan/$f; done; sh /srv/build`;
  const args = ['--user', '--map-root-user', '--mount', 'sh', '-c', inside, 'sh', tree];
  const ran = spawnSync('unshare', args, { encoding: 'utf8' });
  return { code: ran.status, said: ran.stdout.trimEnd() };
}

test('the same bytes give the line that the host waits for; another byte gives a failure that names the file', async () => {
  const directory = scratch();
  const debs = await archived(directory);
  const scratchRoom = join(directory, 'scratch');
  mkdirSync(scratchRoom);
  const parts = await guestBuildParts(project('tool'), 'subject', debs, debs, scratchRoom, async () => {});
  expect(parts.proof).toMatchObject({ source: 'subject', version: '1:1.0-1', files: 3 });
  const tree = join(directory, 'tree');
  await parts.write(tree);
  expect(sha256(readFileSync(join(tree, 'usr/src/bootplan/expected')))).toBe(parts.proof.sha256);
  expect(inGuest(tree)).toEqual({
    code: 0,
    said: `BOOTPLAN: built subject 1:1.0-1 from its recipe: 3 files, sha256 ${parts.proof.sha256}`,
  });

  const wrong = await guestBuildParts(project('tooth'), 'subject', debs, debs, scratchRoom, async () => {});
  const wrongTree = join(directory, 'wrong');
  await wrong.write(wrongTree);
  const failed = inGuest(wrongTree);
  expect(failed.code).toBe(1);
  expect(failed.said).toContain('./usr/bin/tool');
  expect(failed.said).toMatch(
    /BOOTPLAN: failed: subject 1:1.0-1, built in the guest, is not what the final archive holds$/,
  );
});

test('a source that is not there, and one that the image has not the tools for, are refused', async () => {
  const directory = scratch();
  const debs = await archived(directory);
  const none = guestBuildParts(project('x'), 'other', debs, debs, directory, async () => {});
  await expect(none).rejects.toThrow('the guest is to build other, which has no recipe');
  const given = project('x');
  const relation = (name: string) => [{ name }];
  const variant = { stage: 0, profiles: [], notation: 'full' as const, buildConflicts: [], produces: [] };
  const source = {
    ...{ name: sourceName('subject'), version: '1', maintainer: '', uploaders: [], architectures: [], section: '' },
    variants: [{ ...variant, buildDepends: [relation('system'), relation('make')] }],
    origin: { file: 'subject.yaml', line: 1 },
  };
  const needy = { ...given, universe: { ...given.universe, sources: [source] } };
  const lacking = guestBuildParts(needy, 'subject', debs, debs, directory, async () => {});
  await expect(lacking).rejects.toThrow('the guest is to build subject, which needs make, and the image has not');
});

test('in a crossed system the guest builds as a machine of its own architecture does', async () => {
  const tiny = `Source: tiny
Version: "1"
Maintainer: A <a@example.org>
Build-Depends: subject <!cross>, crosser:native <cross>
Packages:
  - Package: subject
    Architecture: any
    Description: small
    files: [usr/**]
recipe:
  steps: [install: "echo $DEB_BUILD_ARCH"]
  cross: {install: crosser}
`;
  const crosser = tiny.replaceAll(/tiny|subject/g, 'crosser').replace(/Build-Depends.*\n/, '');
  const metadata = files(scratch(), { 'tiny.yaml': tiny, 'crosser.yaml': crosser });
  const read = await readProject(metadata, { architecture: 'arm64', buildArchitecture: 'amd64' });
  if (!read.ok) throw new Error(read.diagnostics.map((d) => d.message).join('\n'));
  expect(
    read.value.recipes
      .get('tiny')!
      .variants.get(0)!
      .steps.map((s) => s.run),
  ).toEqual(['crosser']);
  const directory = scratch();
  const debs = await archived(directory);
  const parts = await guestBuildParts(read.value, 'tiny', debs, debs, directory, async () => {});
  const tree = join(directory, 'tree');
  await parts.write(tree);
  const laid = (name: string) => readFileSync(join(tree, 'usr/src/bootplan', name), 'utf8');
  expect(laid('steps/00-install')).toContain('echo $DEB_BUILD_ARCH');
  expect(laid('environment')).toContain("export DEB_BUILD_ARCH='arm64'");
});
