/**
 * The image of a system whose packages are installed, maintainer scripts and all, and not only unpacked: Debian's. Our
 * packages come from the final archive; what it does not have is the seed's, and named so.
 */
import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { valueAt } from '../../by-name.ts';
import { makeDirectories } from '../../directories.ts';
import { EnvironmentError, exitCode } from '../../errors.ts';
import { imageSpecOf } from '../../metadata/project/image-spec.ts';
import { byteOrder } from '../../order.ts';
import { readArchive } from '../archive/archive-index.ts';
import type { SystemInstaller } from '../builder.ts';
import { sha256File } from '../files/digest.ts';
import { publishText } from '../files/publish.ts';
import { takeScratch } from '../files/scratch.ts';
import { ownWork } from '../journal/state-directory.ts';
import { consoleParameters } from './boot-partition.ts';
import { makeDisk } from './disk.ts';
import { finishExt4, imageTool } from './ext4.ts';
import { firmwareOf } from './firmware.ts';
import type { ImageRequest } from './image.ts';
import { imageFile, imageTitle, rootFile } from './image-names.ts';
import { ifInputsChanged } from './image-output.ts';
import { initramfs as packInitramfs } from './initramfs.ts';
import { type Kernel, type KernelPackage, unpackKernel, wantedDrivers } from './kernel.ts';
import type { MadeImage } from './made-image.ts';
import { ownFiles } from './own-files.ts';
import { billOf, sbom } from './sbom.ts';
import { syslinuxPackages } from './syslinux.ts';
import { uuidOf } from './uuid.ts';

/** Raised when the same inputs shall give another image. */
const layout = 2;

/** The program that loads the modules and mounts the root: the one of the mini-distribution. */
const initSource = fileURLToPath(new URL('../../../metadata/minidistro/init/init.c', import.meta.url));

/** @throws EnvironmentError when a kernel from source is wanted, or mmdebstrap fails */
export async function makeInstalledImage(request: ImageRequest, system: SystemInstaller): Promise<MadeImage> {
  const spec = imageSpecOf(request.project, request.variant);
  makeDirectories(request.state.image);
  const scratch = await takeScratch(ownWork(request.state, 'image'), request.state.root);
  try {
    return await make(request, system, spec, scratch.path);
  } finally {
    await scratch.release();
  }
}

async function make(
  request: ImageRequest,
  system: SystemInstaller,
  spec: ReturnType<typeof imageSpecOf>,
  scratch: string,
): Promise<MadeImage> {
  const { architecture } = request.project.universe;
  const { package: kernelName } = spec.seedKernel;
  if (spec.kernel !== 'seed' || kernelName === undefined)
    throw new EnvironmentError(
      'the image of an installed system has a kernel of the seed',
      exitCode.configuration,
      `in the image file: kernel: seed and seed-kernel: {${architecture}: PACKAGE}`,
    );
  const firmware = firmwareOf(architecture, request.firmware);
  const kind = { variant: spec.variant, architecture, firmware };
  const at = (name: string): string => join(request.state.image, name);
  const id = (part: string): string => uuidOf(`bootplan ${imageTitle(spec)} ${architecture} ${part}`);
  const outputs = new Map<string, string>();
  const output = async (path: string, inputs: unknown, write: (to: string) => Promise<void>) => {
    const made = await ifInputsChanged(path, JSON.stringify(inputs), write);
    outputs.set(basename(path), made.sha256);
    return made;
  };

  const kernel = await request.seedKernel(kernelName);
  const drivers = valueAt(wantedDrivers, architecture) ?? [];
  let unpacked: Promise<Kernel> | undefined;
  const unpack = (): Promise<Kernel> => {
    unpacked ??= unpackKernel(kernel.path, join(scratch, 'kernel'), drivers);
    return unpacked;
  };
  const vmlinuz = at(`vmlinuz-${architecture}`);
  await output(vmlinuz, [layout, kernel.sha256], async (to) => copyFileSync((await unpack()).image, to));
  const initramfs = at(`initramfs-${architecture}.cpio`);
  const initDigest = await sha256File(initSource);
  await output(initramfs, [layout, kernel.sha256, initDigest, drivers], async (to) => {
    const program = await system.init(initSource, scratch);
    writeFileSync(to, packInitramfs(program, (await unpack()).modules));
  });

  const parts = await system.parts(spec.packages, request.finalArchive);
  const files = ownFiles(request.project.directory, spec);
  const laid = await Promise.all(
    [...files].map(async ([name, from]) => ({ name, sha256: await sha256File(from), of: undefined })),
  );
  const root = at(rootFile(kind, 'ext4'));
  const uuid = id('file system');
  const contents = [...parts.own, ...parts.seed].map(({ name, sha256 }) => `${name} ${sha256}`).sort(byteOrder);
  await output(root, [layout, spec.packages, spec.rootMebibytes, uuid, contents, laid], async (to) => {
    const order = {
      names: spec.packages,
      archive: request.finalArchive,
      files,
      mebibytes: spec.rootMebibytes,
      uuid,
      scratch,
    };
    await system.make(order, to);
    await finishExt4(to, 'kept');
  });

  const loaders: KernelPackage[] = [];
  for (const name of firmware === 'uefi' ? ['systemd-boot-efi'] : syslinuxPackages)
    loaders.push(await request.seedKernel(name));
  const path = at(imageFile(spec.name, kind));
  const commandLine = `${consoleParameters(architecture)} root=UUID=${uuid} rw panic=30`;
  const made = await output(
    path,
    [
      layout,
      [vmlinuz, initramfs, root].map((file) => readFileSync(`${file}.hash`, 'utf8')),
      commandLine,
      loaders.map(({ sha256 }) => sha256),
    ],
    async (to) => {
      const boot = { kernel: vmlinuz, initramfs, commandLine, serial: id('disk').slice(0, 8), scratch };
      const uuids = [id('disk'), id('boot'), id('root')] as const;
      const disk = await makeDisk({ contents: boot, root, loaders, uuids, firmware, architecture });
      await imageTool('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', disk, to]);
    },
  );
  const own = new Set(parts.own.map(({ name }) => name));
  const built = readArchive(request.finalArchive).filter(({ name }) => own.has(name));
  const seeds = [kernel, ...loaders, ...parts.seed];
  publishText(billOf(path), sbom({ name: imageTitle(spec), sha256: made.sha256, built, seeds, laid }));
  outputs.set(basename(billOf(path)), await sha256File(billOf(path)));
  return {
    path,
    sha256: made.sha256,
    bytes: statSync(path).size,
    architecture,
    firmware,
    made: made.made,
    guestBuild: null,
    tarball: null,
    files: Object.fromEntries([...outputs].sort(([a], [b]) => byteOrder(a, b))),
    packages: built.map(({ name, version, sha256 }) => ({ name, version, sha256 })),
    kernel: { from: 'seed', name: kernel.name, version: kernel.version, sha256: kernel.sha256 },
  };
}
