/**
 * The seed from a mirror that lies on this machine itself, as where there is no network: sources of apt that say
 * `file:`.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exitCode } from '../src/errors.ts';
import { hostTools } from './rig/host-tools.ts';
import { files, needs, root, scratch } from './rig/program.ts';
import { builtSource } from './rig/project-rig.ts';

/** Shows a program another /etc/apt than the machine's, which stays as it is: in a namespace of mounts of its own. */
const elsewhere = [...(process.getuid?.() === 0 ? [] : ['--map-root-user']), '--mount', '--propagation', 'private'];
const isTried = needs('apt-ftparchive') && spawnSync('unshare', [...elsewhere, 'true']).status === 0;

/** A mirror in the flat form of sources.list(5), with the one package that the seed is made of. */
function mirrored() {
  const home = scratch();
  const release = /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))![1]!;
  const [mirror, apt] = [join(home, 'mirror'), join(home, 'apt')];
  for (const directory of [join(mirror, release), join(apt, 'sources.list.d')])
    mkdirSync(directory, { recursive: true });
  const deb = join(mirror, release, 'tools_1_all.deb');
  copyFileSync(hostTools(home).path, deb);
  const index = spawnSync('apt-ftparchive', ['packages', release], { cwd: mirror, encoding: 'utf8' }).stdout;
  writeFileSync(join(mirror, release, 'Packages'), index);
  const sums = spawnSync('apt-ftparchive', ['release', release], { cwd: mirror, encoding: 'utf8' }).stdout;
  writeFileSync(join(mirror, release, 'Release'), sums);
  files(home, {
    'apt/sources.list': `deb [trusted=yes] file:${mirror} ${release}/\n`,
    'm/seed.yaml': 'Seed:\n  - {Package: seed, Version: "1", debian: [tools]}\n',
    'm/hello.yaml': builtSource('hello', 'seed', 'echo hello >greeting'),
  });
  const run = () => {
    const line = 'mount --bind "$1" /etc/apt && exec "$2" run --metadata m --state state';
    const ran = spawnSync('unshare', [...elsewhere, 'sh', '-c', line, 'sh', apt, join(root, 'bin/bootplan')], {
      cwd: home,
      env: { ...process.env, XDG_CACHE_HOME: join(home, 'cache'), NO_COLOR: '1' },
      encoding: 'utf8',
    });
    return { code: ran.status, stderr: ran.stderr };
  };
  return { deb, run };
}

test.skipIf(!isTried)('its packages become the seed, and a build has them', () => {
  const { run } = mirrored();
  expect(run()).toEqual({ code: 0, stderr: expect.stringContaining('built hello') });
});

test.skipIf(!isTried)('a package that is not what the index says is refused, and what to do is told', () => {
  const { deb, run } = mirrored();
  const bytes = readFileSync(deb);
  bytes[bytes.length >> 1]! ^= 4;
  writeFileSync(deb, bytes);
  const { code, stderr } = run();
  expect([code, stderr]).toEqual([
    exitCode.missingInput,
    expect.stringContaining('help: the mirror has other contents than its signed index says: do not use them'),
  ]);
});
