/** `image`: the disk made of what a run has built, and noted in its journal. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError } from '../../errors.ts';
import { readProject } from '../../metadata/project/project.ts';
import { nativeArchitecture } from '../../metadata/relations/architecture.ts';
import type { Diagnostic } from '../../model.ts';
import { requireUnchanged } from '../../runner/archive/unchanged.ts';
import type { Firmware } from '../../runner/image/firmware.ts';
import { makeImage } from '../../runner/image/image.ts';
import { seedKernel } from '../../runner/image/kernel-package.ts';
import type { MadeImage } from '../../runner/image/made-image.ts';
import { Session } from '../../runner/journal/session.ts';
import { directoryFor, stateDirectory } from '../../runner/journal/state-directory.ts';
import { hadMachines, metadataOfRun } from '../state/standing-run.ts';
import { recordImage, sourcesOf } from './deliver.ts';

/** Which image is made, and of what. */
export interface ImageRequest {
  readonly state: string;
  /** By default that of the last run here, else the embedded one. */
  readonly metadata: string | undefined;
  readonly embedded: string;
  readonly architecture: string;
  readonly kernel: 'seed' | 'source' | undefined;
  readonly firmware: Firmware;
  readonly variant: string | undefined;
  readonly tarball: boolean;
  /** Told before the work begins: of which metadata the image is, and what is worth a remark in them. */
  readonly talk: (line: string) => void;
  readonly remarks: (diagnostics: readonly Diagnostic[]) => void;
}

/** @throws InputError with every problem of the metadata; EnvironmentError when what was published has changed since */
export async function imageOfRun(request: ImageRequest): Promise<MadeImage> {
  const { architecture, kernel, firmware, variant, tarball } = request;
  const parent = stateDirectory(request.state);
  const state = directoryFor(parent, architecture);
  const read = await readProject(metadataOf(request), {
    architecture,
    buildArchitecture: hadMachines(parent, architecture) ? architecture : nativeArchitecture,
    ...(kernel && { kernel }),
  });
  if (!read.ok) throw new InputError(read.diagnostics);
  request.remarks(read.diagnostics);
  // What no run has begun has no journal, and nothing to note in it.
  const whole = existsSync(state.journal) ? await Session.open(parent, 'bootplan image') : undefined;
  const session = whole && state !== parent ? await whole.within(state) : whole;
  try {
    if (session) await requireUnchanged(state, session.state);
    const made = await makeImage({
      project: read.value,
      finalArchive: join(state.archives, 'final'),
      state,
      firmware,
      tarball,
      variant,
      placeSources: sourcesOf(read.value),
      seedKernel: (name) => seedKernel(architecture, name, state.downloads),
    });
    if (session) recordImage(session, made);
    return made;
  } finally {
    if (session !== whole) await session?.close();
    await whole?.close();
  }
}

function metadataOf({ state, metadata, embedded, talk }: ImageRequest): string {
  const ofRun = metadataOfRun(state);
  const chosen = metadata ?? ofRun ?? embedded;
  if (ofRun !== undefined && metadata === undefined) talk(`metadata: ${ofRun}, as in the last run here`);
  if (ofRun !== undefined && resolve(chosen) !== ofRun)
    talk(`the run in ${state} was made from ${ofRun}, and this image is of ${chosen}`);
  return chosen;
}
