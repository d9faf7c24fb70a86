/**
 * The kernel of an image: its bzImage, and the modules that reach the root file system, in an order in which each finds
 * what it needs already loaded. A Debian kernel package ships no modules.dep (depmod makes it when the package is
 * installed), so the order is computed from what the modules say of themselves.
 */

import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { FileDigest } from '../../digests.ts';
import { EnvironmentError, exitCode } from '../../errors.ts';
import type { ByName } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import { moduleInfo } from '../formats/elf.ts';
import { runProcess } from '../process.ts';

/** One module, ready to be loaded. */
export interface KernelModule {
  /** As the kernel writes it, with underscores. */
  readonly name: string;
  /** Uncompressed. */
  readonly content: Buffer;
}

/** The package that a kernel comes in. */
export interface KernelPackage {
  readonly name: string;
  readonly version: string;
  readonly sha256: FileDigest;
  /** Host path of the .deb. */
  readonly path: string;
}

/** A kernel with the modules that it needs to reach its root. */
export interface Kernel {
  /** Host path of the kernel image. */
  readonly image: string;
  /** In the order in which they are to be loaded. */
  readonly modules: readonly KernelModule[];
}

/**
 * What the image needs of a kernel, by what it is for: the disk of `qemu -drive` (IDE) and its fast variant
 * (virtio), the file system, and the port over which the self-test answers.
 */
export const wantedDrivers: ByName<readonly string[]> = {
  amd64: ['ata_piix', 'sd_mod', 'virtio_pci', 'virtio_blk', 'ext4', 'virtio_console'],
  arm64: ['virtio_pci', 'virtio_mmio', 'virtio_blk', 'ext4', 'virtio_console'],
};

const moduleName = (file: string): string =>
  basename(file)
    .replace(/\.ko(\.(xz|gz|zst))?$/, '')
    .replaceAll('-', '_');

async function moduleContent(file: string): Promise<Buffer> {
  if (file.endsWith('.ko')) return readFileSync(file);
  const decompressor = file.endsWith('.xz') ? 'xz' : file.endsWith('.zst') ? 'zstd' : 'gzip';
  const plain = `${file}.plain`;
  const ended = await runProcess(decompressor, ['-dc', file], { stdoutFile: plain });
  if (ended.exitCode !== 0)
    throw new EnvironmentError(
      `${file}: ${ended.stderr}`,
      exitCode.disk,
      'the kernel package is damaged; fetch it again',
    );
  return readFileSync(plain);
}

/** Names that must be loaded before this one (`depends`), and that should be when they exist (`softdep pre:`). */
function needsOf(content: Buffer): { readonly hard: readonly string[]; readonly soft: readonly string[] } {
  const values = (key: string): string[] => moduleInfo(content).flatMap(([k, v]) => (k === key ? [v] : []));
  const names = (text: string): string[] => text.split(/[\s,]+/).filter((name) => name !== '');
  const normal = (name: string): string => name.replaceAll('-', '_');
  const pre = values('softdep').map((v) => /(?:^|\s)pre:(.*?)(?:post:|$)/.exec(v)?.[1] ?? '');
  return { hard: values('depends').flatMap(names).map(normal), soft: pre.flatMap(names).map(normal) };
}

/**
 * The wanted modules and all they depend on: depth first, dependencies before dependents, each once, in the order
 * wanted. What is built into the kernel is left out.
 * @param directory `lib/modules/<release>`
 * @throws EnvironmentError naming every driver that the kernel has neither as a module nor built in
 */
export async function modulesInOrder(directory: string, wanted: readonly string[]): Promise<readonly KernelModule[]> {
  const builtinList = join(directory, 'modules.builtin');
  const builtin = new Set(
    existsSync(builtinList) ? readFileSync(builtinList, 'utf8').trim().split('\n').map(moduleName) : [],
  );
  const files = globSync('**/*.ko{,.xz,.gz,.zst}', { cwd: directory }).sort(byteOrder);
  const fileOf = new Map(files.map((file) => [moduleName(file), join(directory, file)]));
  const ordered = new Map<string, KernelModule>();
  const missing: string[] = [];
  const visited = new Set<string>();
  const visit = async (name: string, neededBy: string): Promise<void> => {
    if (visited.has(name) || builtin.has(name)) return;
    visited.add(name);
    const file = fileOf.get(name);
    if (file === undefined) {
      missing.push(neededBy === '' ? name : `${name} (needed by ${neededBy})`);
      return;
    }
    const content = await moduleContent(file);
    const { hard, soft } = needsOf(content);
    for (const other of soft) if (fileOf.has(other)) await visit(other, name);
    for (const other of hard) await visit(other, name);
    ordered.set(name, { name, content });
  };
  for (const name of wanted) await visit(name, '');
  if (missing.length > 0)
    throw new EnvironmentError(
      `the kernel in ${directory} lacks ${missing.join(', ')}`,
      exitCode.configuration,
      'take a kernel package that has these drivers (seed-kernel in image.yaml), or build them in',
    );
  return [...ordered.values()];
}

/** The kernel that a Debian package holds, unpacked into an empty directory. */
export async function unpackKernel(deb: string, into: string, wanted: readonly string[]): Promise<Kernel> {
  const ended = await runProcess('dpkg-deb', ['-x', deb, into]);
  if (ended.exitCode !== 0)
    throw new EnvironmentError(`${deb}: ${ended.stderr}`, exitCode.disk, 'the package is damaged; fetch it again');
  const boot = join(into, 'boot');
  const images = existsSync(boot) ? readdirSync(boot).sort(byteOrder) : [];
  const image = images.find((name) => name.startsWith('vmlinuz'));
  if (image === undefined)
    throw new EnvironmentError(
      `${basename(deb)} holds no boot/vmlinuz*`,
      exitCode.configuration,
      'name the package with the kernel itself, not one that only depends on it',
    );
  const modules = ['lib/modules', 'usr/lib/modules']
    .flatMap((at) => globSync(`${at}/*/`, { cwd: into }))
    .sort(byteOrder);
  // Of several kernels in one package those that belong together.
  const own = modules.find((path) => `vmlinuz-${basename(path)}` === image) ?? modules[0];
  return {
    image: join(boot, image),
    modules: own === undefined ? [] : await modulesInOrder(join(into, own), wanted),
  };
}
