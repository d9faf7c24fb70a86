/**
 * The image: final archive -> root file system -> disk -> qcow2. Every part is made only when its inputs changed, and
 * comes out bit for bit the same for the same inputs.
 */

import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { valueAt } from '../../by-name.ts';
import { makeDirectories } from '../../directories.ts';
import { imageSpecOf } from '../../metadata/project/image-spec.ts';
import type { ByName, ImageSpec, Project } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import { closedSelection, type IndexedDeb, readArchive } from '../archive/archive-index.ts';
import { crossCompiledIn } from '../archive/ledger.ts';
import { sha256File } from '../files/digest.ts';
import { publishText } from '../files/publish.ts';
import { takeScratch } from '../files/scratch.ts';
import { ownWork, type StateDirectory } from '../journal/state-directory.ts';
import { consoleParameters } from './boot-partition.ts';
import { makeDisk } from './disk.ts';
import { imageTool, makeExt4 } from './ext4.ts';
import { type Firmware, firmwareOf } from './firmware.ts';
import {
  type GuestBuildParts,
  guestBuildNote,
  guestBuildParts,
  type PlaceSources,
  rememberGuestBuild,
} from './guest-build.ts';
import { type ImageKind, imageFile, imageTitle, rootFile } from './image-names.ts';
import { ifInputsChanged, type Output } from './image-output.ts';
import { initramfs as packInitramfs } from './initramfs.ts';
import { type Kernel, type KernelPackage, unpackKernel, wantedDrivers } from './kernel.ts';
import type { MadeImage, Tarball } from './made-image.ts';
import { firstProgramOf, seedKernelOf } from './named-parts.ts';
import { ownFiles } from './own-files.ts';
import { RootTree } from './root-tree.ts';
import { soleProgram } from './rootfs.ts';
import { billOf, type LaidFile, sbom } from './sbom.ts';
import { syslinuxPackages } from './syslinux.ts';
import { makeTarball } from './tarball.ts';
import { uuidOf } from './uuid.ts';

/** Raised when the same inputs shall give another image. */
const layout = 1;

/** What an image is made of. */
export interface ImageRequest {
  readonly project: Project;
  /** Directory of the final archive. */
  readonly finalArchive: string;
  readonly state: StateDirectory;
  /** Fetches a seed package: the kernel, when the image has the seed's, and the boot loader. */
  readonly seedKernel: (name: string) => Promise<KernelPackage>;
  /** For the package that the guest builds. */
  readonly placeSources: PlaceSources;
  /** bios when not given; arm64 has no other than UEFI. */
  readonly firmware?: Firmware;
  /** Makes the root file system as a tar archive too. */
  readonly tarball?: boolean;
  /** Which variant; the image itself when not given. */
  readonly variant?: string | undefined;
}

/** One making of one image: the names of its parts, and what goes into each. */
class ImageMaker {
  private readonly request: ImageRequest;
  private readonly spec: ImageSpec;
  private readonly architecture: string;
  private readonly debs: readonly IndexedDeb[];
  private readonly packages: readonly IndexedDeb[];
  private readonly files: ReadonlyMap<string, string>;
  private readonly firmware: Firmware;
  private readonly scratch: string;
  private unpacked: Promise<Kernel> | undefined;
  /** Everything made so far, as its `.hash` names it. */
  private readonly outputs = new Map<string, string>();

  constructor(request: ImageRequest, spec: ImageSpec, scratch: string) {
    this.request = request;
    this.spec = spec;
    this.scratch = scratch;
    this.architecture = request.project.universe.architecture;
    this.debs = readArchive(request.finalArchive);
    this.packages = closedSelection(this.debs, spec.packages);
    this.files = ownFiles(request.project.directory, spec);
    this.firmware = firmwareOf(this.architecture, request.firmware);
  }

  /** An identifier of a part of this image, the same in every run. */
  private id(part: string): string {
    return uuidOf(`bootplan ${imageTitle(this.spec)} ${this.architecture} ${part}`);
  }

  private get kind(): ImageKind {
    const { architecture, firmware } = this;
    return { variant: this.spec.variant, architecture, firmware };
  }

  private part(name: string): string {
    return join(this.request.state.image, name);
  }

  private async output(path: string, inputs: string, make: (to: string) => Promise<void>): Promise<Output> {
    const output = await ifInputsChanged(path, inputs, make);
    this.outputs.set(basename(path), output.sha256);
    return output;
  }

  /** A package of the final archive that goes into a part of its own. */
  private one(name: string): IndexedDeb {
    return closedSelection(this.debs, [name]).find((deb) => deb.name === name)!;
  }

  private kernel(from: KernelPackage): Promise<Kernel> {
    const into = join(this.scratch, 'kernel');
    this.unpacked ??= unpackKernel(from.path, into, valueAt(wantedDrivers, this.architecture) ?? []);
    return this.unpacked;
  }

  private async kernelPackage(): Promise<KernelPackage> {
    if (this.spec.kernel !== 'seed') return this.one(this.spec.sourceKernel!);
    return this.request.seedKernel(seedKernelOf(this.spec, this.architecture));
  }

  private async makeVmlinuz(from: KernelPackage): Promise<string> {
    const path = this.part(`vmlinuz-${this.architecture}`);
    const inputs = `${layout} ${from.sha256}`;
    await this.output(path, inputs, async (to) => copyFileSync((await this.kernel(from)).image, to));
    return path;
  }

  private async makeInitramfs(from: KernelPackage): Promise<string> {
    const path = this.part(`initramfs-${this.architecture}.cpio`);
    const init = this.one(firstProgramOf(this.spec));
    const inputs = JSON.stringify([layout, from.sha256, init.sha256, valueAt(wantedDrivers, this.architecture)]);
    await this.output(path, inputs, async (to) => {
      const program = await soleProgram(init, this.scratch, this.architecture);
      writeFileSync(to, packInitramfs(program, (await this.kernel(from)).modules));
    });
    return path;
  }

  private guestBuild(): Promise<GuestBuildParts | undefined> {
    const source = valueAt(this.spec.guestBuild, this.architecture);
    const { project, placeSources } = this.request;
    return source === undefined
      ? Promise.resolve(undefined)
      : guestBuildParts(project, source, this.debs, this.packages, this.scratch, placeSources);
  }

  private async makeRootFileSystem(tree: RootTree): Promise<string> {
    const path = this.part(rootFile(this.kind, 'ext4'));
    const uuid = this.id('file system');
    const inputs = JSON.stringify([layout, this.spec.rootMebibytes, uuid, ...(await tree.inputs())]);
    await this.output(path, inputs, async (to) =>
      makeExt4(await tree.directory(), to, { mebibytes: this.spec.rootMebibytes, uuid }),
    );
    return path;
  }

  private async makeTarball(tree: RootTree): Promise<Tarball> {
    const path = this.part(rootFile(this.kind, 'tar'));
    const inputs = JSON.stringify([layout, ...(await tree.inputs())]);
    const { sha256 } = await this.output(path, inputs, async (to) => makeTarball(await tree.directory(), to));
    return { path, sha256, bytes: statSync(path).size };
  }

  /** What was made, and what was written beside the image, each with its digest. */
  private async described(image: string): Promise<ByName<string>> {
    const beside = [billOf(image), guestBuildNote(image)].filter((file) => existsSync(file));
    for (const file of beside) this.outputs.set(basename(file), await sha256File(file));
    return Object.fromEntries([...this.outputs].sort(([a], [b]) => byteOrder(a, b)));
  }

  /** What is in the image and of no package: its own files, and the sources of what the guest builds. */
  private async laidFiles(guestBuild: GuestBuildParts | undefined): Promise<readonly LaidFile[]> {
    const own = [...this.files].map(async ([name, from]) => ({ name, sha256: await sha256File(from), of: undefined }));
    return [...(await Promise.all(own)), ...(guestBuild?.sources ?? [])];
  }

  async make(): Promise<MadeImage> {
    const from = await this.kernelPackage();
    const guestBuild = await this.guestBuild();
    const { packages, files, architecture } = this;
    const duplicates = [...this.request.project.recipes.values()].flatMap((recipe) => recipe.duplicates);
    const tree = new RootTree({ packages, files, guestBuild, architecture, duplicates }, this.scratch);
    const [kernel, initramfs, root] = [
      await this.makeVmlinuz(from),
      await this.makeInitramfs(from),
      await this.makeRootFileSystem(tree),
    ];
    const loaders: KernelPackage[] = [];
    for (const name of this.firmware === 'uefi' ? ['systemd-boot-efi'] : syslinuxPackages)
      loaders.push(await this.request.seedKernel(name));
    const path = this.part(imageFile(this.spec.name, this.kind));
    const commandLine = `${consoleParameters(this.architecture)} root=UUID=${this.id('file system')} rw panic=30`;
    const parts = [kernel, initramfs, root].map((file) => readFileSync(`${file}.hash`, 'utf8'));
    const inputs = JSON.stringify([layout, parts, commandLine, loaders.map((loader) => loader.sha256)]);
    const { made, sha256: digest } = await this.output(path, inputs, async (to) => {
      const serial = this.id('disk').slice(0, 8);
      const contents = { kernel, initramfs, commandLine, serial, scratch: this.scratch };
      const uuids = [this.id('disk'), this.id('boot'), this.id('root')] as const;
      const disk = await makeDisk({ contents, root, loaders, uuids, firmware: this.firmware, architecture });
      await imageTool('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', disk, to]);
    });
    const seeds = [...(this.spec.kernel === 'seed' ? [from] : []), ...loaders];
    const ours = [firstProgramOf(this.spec), ...(this.spec.kernel === 'source' ? [this.spec.sourceKernel!] : [])];
    const built = [...this.packages, ...ours.map((name) => this.one(name))];
    const crossCompiled = crossCompiledIn(this.request.state.ledger);
    const laid = await this.laidFiles(guestBuild);
    publishText(billOf(path), sbom({ name: imageTitle(this.spec), sha256: digest, built, seeds, laid, crossCompiled }));
    rememberGuestBuild(path, guestBuild?.proof);
    const tarball = this.request.tarball ? await this.makeTarball(tree) : null;
    return {
      path,
      sha256: digest,
      bytes: statSync(path).size,
      architecture: this.architecture,
      firmware: this.firmware,
      made,
      guestBuild: guestBuild?.proof ?? null,
      tarball,
      files: await this.described(path),
      packages: this.packages.map(({ name, version, sha256: digest }) => ({ name, version, sha256: digest })),
      kernel: { from: this.spec.kernel, name: from.name, version: from.version, sha256: from.sha256 },
    };
  }
}

/**
 * Makes the image of a project, or a variant of it, from its final archive, and nothing else but the kernel that the
 * project names.
 * @throws InputError when the archive lacks something, or a file in it is for another machine
 */
export async function makeImage(request: ImageRequest): Promise<MadeImage> {
  const spec = imageSpecOf(request.project, request.variant);
  makeDirectories(request.state.image);
  const scratch = await takeScratch(ownWork(request.state, 'image'), request.state.root);
  try {
    return await new ImageMaker(request, spec, scratch.path).make();
  } finally {
    await scratch.release();
  }
}
