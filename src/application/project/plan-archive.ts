/** Indices of an archive -> the plan of its targets, and the project that the builder of Debian sources works on. */

import { resolve } from 'node:path';
import { InputError } from '../../errors.ts';
import { withAnnotatedBuilds } from '../../metadata/overrides/annotated-builds.ts';
import { readImageFile } from '../../metadata/project/image-file.ts';
import { recipesBeside } from '../../metadata/project/recipes-beside.ts';
import { nativeArchitecture } from '../../metadata/relations/architecture.ts';
import { type InputRequest, readUniverse } from '../../metadata/universe/read.ts';
import type { Diagnostic, Plan, Project } from '../../model.ts';
import { debianProject } from '../../runner/builders/debian/recipe/debian-project.ts';
import { AptRoot } from '../../runner/fetch/apt-root.ts';
import { cacheDirectory } from '../../runner/fetch/cache-directory.ts';
import { cutToTargets } from '../../solver/graph/closure.ts';
import { answersFor } from '../analyse.ts';

/** Everything that the builder is given. */
export interface PlannedArchive {
  readonly plan: Plan;
  readonly project: Project;
  /** Packages files, for the builder. */
  readonly indices: readonly string[];
  readonly remarks: readonly Diagnostic[];
}

/** With `--from-apt`, the indices of a private apt made from this machine's sources, with those of sources added. */
export async function withIndices(request: InputRequest): Promise<InputRequest> {
  if (!request.fromApt) return request;
  const { packages, sources } = await (
    await AptRoot.open(cacheDirectory(), request.architecture ?? nativeArchitecture)
  ).indices();
  return { ...request, fromApt: false, packages, sources };
}

/**
 * @param imageFile what of it goes into an image; without it none is made
 * @throws InputError with every problem of the indices
 */
export async function planArchive(asked: InputRequest, imageFile?: string): Promise<PlannedArchive> {
  const request = await withIndices(asked);
  const read = await readUniverse(request);
  if (!read.ok) throw new InputError(read.diagnostics);
  const base = request.targets === 'essential';
  const { archAll, packages: indices, sources } = request;
  const universe = request.targets === 'all' ? read.value : cutToTargets(read.value, { base, archAll });
  const { plan } = await answersFor(universe);
  const planned = new Set(plan.builds.map(({ source }) => source));
  const { architecture } = universe;
  const beside = request.recipes && recipesBeside(request.recipes, { architecture, profiles: request.profiles });
  const unchanged = await debianProject(universe, planned, {
    sources,
    indep: request.indep === true,
    directory: resolve(request.recipes ?? '.'),
    recipes: beside ? beside.recipes : new Map(),
  });
  const annotated = withAnnotatedBuilds(unchanged);
  if (!annotated.ok) throw new InputError(annotated.diagnostics);
  const project = annotated.value;
  const image = imageFile === undefined ? {} : readImageFile(imageFile, architecture);
  return { plan, project: { ...project, ...image }, indices, remarks: read.diagnostics };
}
