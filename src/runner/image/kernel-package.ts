/** The seed kernel: found and fetched by the private apt, named and hashed. */

import { existsSync, lstatSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FileDigest } from '../../digests.ts';
import { makeDirectories } from '../../directories.ts';
import { EnvironmentError, exitCode } from '../../errors.ts';
import { AptRoot } from '../fetch/apt-root.ts';
import { cacheDirectory } from '../fetch/cache-directory.ts';
import { aptFileName } from '../files/deb-file.ts';
import { sha256File } from '../files/digest.ts';
import { damaged, readRecord } from '../files/json-record.ts';
import { entryIn } from '../files/owned.ts';
import { publishText } from '../files/publish.ts';
import type { KernelPackage } from './kernel.ts';

/** A package that only depends on the newest kernel is followed so many times. */
const maxSteps = 3;

interface Shown {
  readonly name: string;
  readonly version: string;
  readonly sha256: FileDigest;
  readonly depends: string;
}

async function show(apt: AptRoot, name: string): Promise<Shown> {
  const ended = await apt.run('apt-cache', ['show', '--no-all-versions', '--', name]);
  const field = (wanted: string): string => new RegExp(`^${wanted}: (.*)$`, 'm').exec(ended.stdout)?.[1] ?? '';
  if (ended.exitCode === 0 && field('SHA256') !== '')
    return { name: field('Package'), version: field('Version'), sha256: field('SHA256'), depends: field('Depends') };
  const help = 'is `seed-kernel` in image.yaml a package of this distribution and architecture?';
  throw new EnvironmentError(`apt does not know the kernel package ${name}`, exitCode.configuration, help);
}

/** `linux-image-amd64` has no kernel, but depends on the one that has: that one is meant. */
async function resolveKernel(apt: AptRoot, name: string): Promise<Shown> {
  let shown = await show(apt, name);
  for (let step = 0; step < maxSteps; step++) {
    const real = /(?:^|, )(linux-image-\d[a-z0-9.+-]*)/.exec(shown.depends)?.[1];
    if (real === undefined) break;
    shown = await show(apt, real);
  }
  return shown;
}

/** What `NAME_ARCH.kernel.json` says. */
type Chosen = Omit<KernelPackage, 'path'> & { readonly file: string };

async function download(apt: AptRoot, shown: Shown, path: string, downloads: string): Promise<void> {
  const scratch = mkdtempSync(join(downloads, '.kernel-'));
  try {
    const ended = await apt.run('apt-get', ['download', '-q', '--', `${shown.name}=${shown.version}`], scratch);
    const [file] = readdirSync(scratch);
    const got = file === undefined ? '' : await sha256File(join(scratch, file));
    if (got !== shown.sha256) {
      const why = file === undefined ? ended.stderr.trim() : `its sha256 is ${got}, expected ${shown.sha256}`;
      const help = 'check the network, and try again';
      throw new EnvironmentError(`cannot fetch ${shown.name}: ${why}`, exitCode.tryAgain, help);
    }
    renameSync(join(scratch, file!), path);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * The Debian kernel package of this name, or the one it stands for, in `downloads`. Once fetched it stays the one that
 * is used there, so that a newer kernel in the mirror changes no image by itself; `NAME_ARCH.kernel.json` beside it
 * says which one, and deleting that asks again. Several architectures share the directory.
 */
export async function seedKernel(
  architecture: string,
  name: string,
  downloads: string,
  signal?: AbortSignal,
): Promise<KernelPackage> {
  const choice = entryIn(downloads, `${name}_${architecture}.kernel.json`);
  if (existsSync(choice)) {
    const remedy = 'delete it: the kernel is chosen again';
    const { name: real, version, sha256, file } = readRecord<Chosen>(choice, 'records#/$defs/kernel', remedy);
    if (file !== aptFileName(real, version, architecture)) throw damaged(choice, remedy, 'its parts do not agree');
    const path = entryIn(downloads, file);
    const isFile = lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
    if (isFile && (await sha256File(path)) === sha256) return { name: real, version, sha256, path };
  }
  makeDirectories(downloads);
  const apt = await AptRoot.open(cacheDirectory(), architecture, signal);
  const shown = await resolveKernel(apt, name);
  const { name: real, version, sha256 } = shown;
  const file = aptFileName(real, version, architecture);
  const path = entryIn(downloads, file);
  if (!existsSync(path) || (await sha256File(path)) !== sha256) await download(apt, shown, path, downloads);
  publishText(choice, `${JSON.stringify({ name: real, version, sha256, file }, null, 2)}\n`);
  return { name: real, version, sha256, path };
}
