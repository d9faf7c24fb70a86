/**
 * Small systems to boot: a static init in C, packages of it, an archive of them, and disks that are broken on purpose.
 */

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { entriesOf, valueAt } from '../../src/by-name.ts';
import type { Project } from '../../src/model.ts';
import { publishArchive } from '../../src/runner/archive/archive.ts';
import { cacheDirectory } from '../../src/runner/fetch/cache-directory.ts';
import { makeBiosBoot } from '../../src/runner/image/boot-partition.ts';
import { makeExt4 } from '../../src/runner/image/ext4.ts';
import type { ImageRequest } from '../../src/runner/image/image.ts';
import { initramfs } from '../../src/runner/image/initramfs.ts';
import { type Kernel, type KernelModule, unpackKernel, wantedDrivers } from '../../src/runner/image/kernel.ts';
import { seedKernel } from '../../src/runner/image/kernel-package.ts';
import { makeBiosDisk } from '../../src/runner/image/partition.ts';
import { type Syslinux, syslinuxPackages, unpackSyslinux } from '../../src/runner/image/syslinux.ts';
import { stateDirectory } from '../../src/runner/journal/state-directory.ts';
import { root } from './program.ts';

/** Says that it is there, answers over the verdict port, and does what `body` says. */
export const guest = (body: string): string => `
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>
static void say(const char *text) { if (write(1, text, strlen(text)) < 0) _exit(9); }
static void answer(const char *text) {
  int port = open("/dev/vport0p1", O_WRONLY);
  if (port < 0) return;
  if (write(port, text, strlen(text)) < 0) say("port: no\\n");
  close(port);
}
static void off(void) { sync(); sleep(1); reboot(RB_POWER_OFF); }
int main(void) { say("BOOTPLAN: init reached\\n"); (void)answer; (void)off; ${body} }
`;

export const passing = 'say("BOOTPLAN-OK\\n"); answer("exit 0\\n"); off(); return 0;';

/** Compiles one C file inside bubblewrap, where nothing of this machine but /usr can be seen. */
export function compile(
  directory: string,
  source: string,
  options: readonly string[] = ['-static'],
  compiler = 'gcc',
): Buffer {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'main.c'), source);
  const usr = [
    '--ro-bind',
    '/usr',
    '/usr',
    ...['bin', 'lib', 'lib64'].flatMap((d) => ['--symlink', `usr/${d}`, `/${d}`]),
  ];
  const box = [
    ...usr,
    '--dev',
    '/dev',
    '--proc',
    '/proc',
    '--tmpfs',
    '/tmp',
    '--bind',
    directory,
    '/work',
    '--chdir',
    '/work',
  ];
  const cc = [compiler, '-Os', '-s', ...options, '-o', 'main', 'main.c'];
  const ended = spawnSync('bwrap', [...box, '--unshare-all', '--clearenv', '--setenv', 'PATH', '/usr/bin:/bin', ...cc]);
  if (ended.status !== 0) throw new Error(String(ended.stderr));
  return readFileSync(join(directory, 'main'));
}

export const ourInit = (directory: string, compiler = 'gcc'): Buffer =>
  compile(directory, readFileSync(join(root, 'metadata/minidistro/init/init.c'), 'utf8'), ['-static'], compiler);

/** Seed packages of an architecture; fetched once for this machine. */
export const seedOf =
  (architecture: string): ImageRequest['seedKernel'] =>
  (name) =>
    seedKernel(architecture, name, join(cacheDirectory(), 'kernels'));

let unpacked: Promise<Kernel> | undefined;
export async function debianKernel(directory: string): Promise<Kernel> {
  unpacked ??= seedOf('amd64')('linux-image-cloud-amd64').then(({ path }) =>
    unpackKernel(path, directory, valueAt(wantedDrivers, 'amd64')!),
  );
  return unpacked;
}

let loader: Promise<Syslinux> | undefined;
async function syslinux(directory: string): Promise<Syslinux> {
  loader ??= (async () => {
    const packages = [];
    for (const name of syslinuxPackages) packages.push(await seedOf('amd64')(name));
    return unpackSyslinux(packages, join(directory, 'loader'));
  })();
  return loader;
}

export type Tree = Readonly<Record<string, { readonly content: Uint8Array | string; readonly mode?: number }>>;

export function writeTree(directory: string, tree: Tree): string {
  mkdirSync(directory, { recursive: true });
  for (const [name, { content, mode }] of entriesOf(tree)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
    chmodSync(join(directory, name), mode ?? 0o755);
  }
  return directory;
}

const uuid = '11111111-2222-8333-8444-555555555555';

/** A raw disk as `bootplan image` lays it out, but of anything: no check stands in the way. */
export async function disk(
  directory: string,
  parts: { tree: Tree; init: Uint8Array; kernel: Kernel; modules?: readonly KernelModule[]; parameters?: string },
): Promise<string> {
  const at = (name: string): string => join(directory, name);
  const tree = writeTree(at('tree'), parts.tree);
  for (const name of ['dev', 'proc', 'sys']) mkdirSync(join(tree, name), { recursive: true });
  await makeExt4(tree, at('root.ext4'), { mebibytes: 16, uuid });
  writeFileSync(at('initramfs'), initramfs(parts.init, parts.modules ?? parts.kernel.modules));
  const commandLine = `console=ttyS0 root=UUID=${uuid} panic=30 ${parts.parameters ?? ''}`;
  const serial = '12345678';
  const contents = { kernel: parts.kernel.image, initramfs: at('initramfs'), commandLine, serial, scratch: directory };
  const { program, bootSector } = await syslinux(directory);
  await makeBiosBoot(at('boot.fat'), { ...contents, program });
  await makeBiosDisk(at('disk.raw'), { boot: at('boot.fat'), root: at('root.ext4'), bootSector, signature: serial });
  return at('disk.raw');
}

/** A .deb of these files. */
export function deb(
  directory: string,
  name: string,
  tree: Tree,
  fields: Readonly<Record<string, string>> = {},
): string {
  const control = {
    Package: name,
    Version: '1',
    Architecture: 'amd64',
    Maintainer: 'nobody <n@example.org>',
    ...fields,
  };
  const text = entriesOf({ ...control, Description: name }).map(([k, v]) => `${k}: ${v}\n`);
  const from = writeTree(join(directory, name), { ...tree, 'DEBIAN/control': { content: text.join(''), mode: 0o644 } });
  const file = join(directory, `${control.Package}_${control.Version}_${control.Architecture}.deb`);
  const env = { ...process.env, SOURCE_DATE_EPOCH: '1700000000' };
  const ended = spawnSync('dpkg-deb', ['--root-owner-group', '-b', from, file], { env });
  if (ended.status !== 0) throw new Error(String(ended.stderr));
  return file;
}

/** A state directory with a final archive of these packages, and the request for an image of some of them. */
export async function imageRequest(
  directory: string,
  debs: readonly string[],
  packages: readonly string[],
  options: { architecture?: string; files?: Readonly<Record<string, string>> } = {},
): Promise<ImageRequest> {
  const { architecture = 'amd64' } = options;
  const state = stateDirectory(join(directory, 'state'));
  mkdirSync(state.archives, { recursive: true });
  await publishArchive(
    state.archives,
    'final',
    architecture,
    debs.map((path) => ({ file: path.slice(path.lastIndexOf('/') + 1), path })),
  );
  const metadata = join(directory, 'metadata');
  mkdirSync(metadata, { recursive: true });
  for (const [name, content] of entriesOf(options.files ?? {})) {
    mkdirSync(dirname(join(metadata, name)), { recursive: true });
    writeFileSync(join(metadata, name), content);
  }
  const files = Object.fromEntries(Object.keys(options.files ?? {}).map((name) => [name, name]));
  const project: Project = {
    directory: metadata,
    buildArchitecture: 'amd64',
    universe: {
      ...{ architecture, profiles: [], sources: [], binaries: [], targets: [], seed: [] },
      alternatives: 'first',
    },
    recipes: new Map(),
    seeds: [],
    image: {
      ...{ name: 'small', variant: undefined, packages, rootMebibytes: 16, initramfs: 'first', files, guestBuild: {} },
      kernel: 'seed',
      sourceKernel: undefined,
      seedKernel: { package: `linux-image-cloud-${architecture}` },
    },
    imageVariants: [],
  };
  const finalArchive = join(state.archives, 'final');
  return { project, finalArchive, state, seedKernel: seedOf(architecture), placeSources: async () => {} };
}
