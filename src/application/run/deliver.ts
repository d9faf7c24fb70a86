/** The end of the way: the final archive becomes an image, and the image has to boot. Both are events of the run. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { valueAt } from '../../by-name.ts';
import type { Project } from '../../model.ts';
import { type BootVerdict, checkBoot } from '../../runner/boot/boot.ts';
import { chooseAccelerator } from '../../runner/boot/qemu.ts';
import type { Builder } from '../../runner/builder.ts';
import { AptRoot } from '../../runner/fetch/apt-root.ts';
import { cacheDirectory } from '../../runner/fetch/cache-directory.ts';
import { SourceStore } from '../../runner/fetch/fetch.ts';
import type { PlaceSources } from '../../runner/image/guest-build.ts';
import { type ImageRequest, makeImage } from '../../runner/image/image.ts';
import { makeInstalledImage } from '../../runner/image/installed-image.ts';
import { seedKernel } from '../../runner/image/kernel-package.ts';
import type { MadeImage } from '../../runner/image/made-image.ts';
import type { Session } from '../../runner/journal/session.ts';
import type { Expectation } from '../../runner/scheduling/resource-budget.ts';
import type { Prepared } from './prepared.ts';

/** What making and starting an image takes of the budget: at its peak a guest of 512 MiB, and the program around it. */
export const deliveryUse: Expectation = { coresUsed: () => 1, memoryBytes: () => 768 * 2 ** 20 };

/** Fetches what is not there, and lays it out. */
export function sourcesOf({ directory, universe }: Project, signal?: AbortSignal): PlaceSources {
  const store = new SourceStore(cacheDirectory(), directory);
  return async (items, to) => {
    await store.fetch(items, () => AptRoot.open(cacheDirectory(), universe.architecture, signal));
    await store.place(items, to);
  };
}

/**
 * Makes the image, if anything in it changed. What it fetches is given up at the signal, by Interrupted.
 * @param variant undefined for the image itself
 */
export async function deliverImage(
  session: Session,
  { project, builder }: Pick<Prepared, 'project' | 'builder'>,
  variant: string | undefined,
  signal: AbortSignal,
): Promise<MadeImage> {
  const state = session.directory;
  const image = await makeEither(builder, {
    project,
    variant,
    finalArchive: join(state.archives, 'final'),
    state,
    placeSources: sourcesOf(project, signal),
    seedKernel: (name) => seedKernel(project.universe.architecture, name, state.downloads, signal),
  });
  recordImage(session, image);
  return image;
}

/** Makes the image of packages that are installed, or of those that are only unpacked. */
export const makeEither = ({ system }: Builder, request: ImageRequest): Promise<MadeImage> =>
  system === undefined ? makeImage(request) : makeInstalledImage(request, system);

/** Notes an image in the journal, unless it is the last one there, and as it is. */
export function recordImage(session: Session, { path, sha256, bytes, files }: MadeImage): void {
  const { image, imageFiles } = session.state;
  const same = Object.entries(files).every(([file, digest]) => valueAt(imageFiles, file) === digest);
  if (image?.path !== path || !same) session.emit({ type: 'image-made', path, sha256, bytes, files });
}

/** Starts the image and judges its console; also when it has passed before: an unproved image is none. */
export async function deliverBoot(session: Session, image: MadeImage, signal: AbortSignal): Promise<BootVerdict> {
  const { path, architecture } = image;
  const accelerator = await chooseAccelerator(architecture, path, join(session.directory.image, 'accelerator'));
  const consoleFile = join(session.directory.image, 'console.log');
  // Perhaps a link to somewhere else: it is not written through.
  rmSync(consoleFile, { force: true });
  const verdict = await checkBoot({ image: path, architecture, accelerator, consoleFile, signal });
  const { cause, seconds } = verdict;
  session.emit({ type: 'boot-checked', verdict: verdict.verdict, cause, seconds });
  return verdict;
}
