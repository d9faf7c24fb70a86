/**
 * A recipe of YAML metadata in a chroot of Debian: what it needs is installed by apt, as for a Debian source; then its
 * own steps run at the places that every recipe knows, and what they leave in $D is cut into packages.
 */
import { lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ByName, Project, Recipe } from '../../../../model.ts';
import { byteOrder } from '../../../../order.ts';
import {
  machinesOf,
  sourceDateEpoch,
  stepEnvironment,
  virtualPaths,
  workRoot,
  writable,
} from '../../../recipe/paths.ts';
import { packDeb, splitOutputs } from '../../packages.ts';
import { inside, installStep, rootStep } from './recipe.ts';
import { type AroundSteps, stepsProgramWith } from './steps-program.ts';

/** Is it one of those? Debian sources are cut into packages by debian/rules. */
export const isOwnRecipe = (recipe: Recipe): boolean =>
  [...recipe.variants.values()].some(({ binaries }) => binaries.length > 0);

/** The recipe with the one step before its own that root does. */
export const withInstallation = (recipe: Recipe): Recipe => ({
  ...recipe,
  variants: new Map(
    [...recipe.variants].map(([stage, variant]) => {
      const { origin } = variant.steps[0]!;
      return [stage, { ...variant, steps: [{ ...installStep, env: {}, origin }, ...variant.steps] }];
    }),
  ),
  order: [rootStep, ...(recipe.order ?? [])],
});

const outputs = 'tree';

/**
 * For root: the places that a step writes to are there before the first, and the sandbox lets nobody else into /work.
 */
export const makePlaces = `chmod 755 ${workRoot}; install -d -o 1000 -g 1000 ${writable.map((name) => virtualPaths[name]).join(' ')}`;

/** What the steps leave is copied out by root. */
const around: AroundSteps = {
  beforeInstallation: makePlaces,
  beforeBuild: '',
  afterBuild: `cp -dR --preserve=mode,links ${virtualPaths.D} ${inside.outputs}/${outputs} || exit`,
};

/** The program that runs the steps of such a recipe. */
export const ownProgram = stepsProgramWith(around);

/** What its steps see, besides what a chroot gives every build. */
export function ownEnvironment(project: Project, recipe: Recipe, cores: number): ByName<string> {
  const source = { name: recipe.source, version: recipe.version };
  // The chroot itself is what is installed.
  return stepEnvironment(source, cores, { SYSROOT: '/', ...recipe.env }, machinesOf(project, recipe));
}

/**
 * Cuts what lies in the outputs of a build into packages, there.
 *
 * @param directory host directory of the outputs @param suffix the mark of the archive
 * @returns what does not fit, in words; '' when all is well
 */
export async function packOwn(directory: string, recipe: Recipe, stage: number, suffix: string): Promise<string> {
  const tree = join(directory, outputs);
  if (!lstatSync(tree, { throwIfNoEntry: false })?.isDirectory()) return '$D is no directory any more';
  const binaries = [...recipe.variants.get(stage)!.binaries].sort((a, b) => byteOrder(a.name, b.name));
  const split = await splitOutputs(tree, binaries);
  if (!split.ok) return split.message;
  const epoch = Number(recipe.env.SOURCE_DATE_EPOCH ?? sourceDateEpoch);
  for (const [binary, entries] of split.contents) {
    const packed = await packDeb(tree, directory, binary, entries, { suffix, epoch });
    if (!packed.ok) return packed.message;
    rmSync(join(directory, binary.name), { recursive: true, force: true });
  }
  return '';
}
