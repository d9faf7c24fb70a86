/** What sbuild can build of a plan, and whether it is there. */
import { existsSync } from 'node:fs';
import { EnvironmentError, exitCode, InputError } from '../../../../errors.ts';
import type { Diagnostic, PlannedBuild, Project } from '../../../../model.ts';
import { runProcess } from '../../../process.ts';
import { isOwnRecipe } from './own-recipe.ts';
import { debianRecipe, kindIn } from './recipe.ts';

/** Where Debian's package has it. */
export const sbuildProgram = '/usr/bin/sbuild';

/** `0.85.0`. @throws EnvironmentError (69) when it is not there */
export async function sbuildVersion(): Promise<string> {
  const ended = existsSync(sbuildProgram)
    ? await runProcess(sbuildProgram, ['--version'], { repeatable: true })
    : undefined;
  const version = /^sbuild \(Debian sbuild\) (\S+)/.exec(ended?.stdout ?? '')?.[1];
  if (version !== undefined && existsSync('/usr/bin/newuidmap')) return version;
  const message = version === undefined ? 'sbuild is not installed' : 'newuidmap is not installed, which sbuild calls';
  throw new EnvironmentError(message, exitCode.missingTool, 'sudo apt-get install sbuild uidmap');
}

/**
 * sbuild installs what the .dsc says, under profiles, and runs dpkg-buildpackage: what else a build asks for it cannot
 * do.
 *
 * @throws InputError (65) that names every such build
 */
export function refuseWhatSbuildCannot(project: Project, builds: readonly PlannedBuild[]): void {
  const problems = builds.flatMap(({ id, source: name, stage }): readonly Diagnostic[] => {
    const source = project.universe.sources.find((one) => one.name === name)!;
    const recipe = project.recipes.get(name)!;
    const own = debianRecipe(source, recipe.fetch, { indep: kindIn(recipe.variants.get(stage)!.steps) === '-b' });
    const stepsOf = (of: typeof own) => of.variants.get(stage)!.steps.map(({ name, run, env }) => ({ name, run, env }));
    const isOwn = JSON.stringify(stepsOf(recipe)) === JSON.stringify(stepsOf(own));
    const isOwnList = / -d$/m.test(stepsOf(own).at(-1)!.run);
    const why = isOwnRecipe(recipe)
      ? 'it has a recipe, and sbuild builds what has a .dsc'
      : !isOwn
        ? 'its steps are changed, by overrides or annotations, and sbuild has steps of its own'
        : isOwnList
          ? 'its build dependencies are a list of the stage, and sbuild asks for those of the .dsc'
          : undefined;
    if (why === undefined) return [];
    const help = 'build it without --backend sbuild';
    return [{ code: 'BP526', severity: 'error', message: `sbuild cannot build ${id}: ${why}`, help }];
  });
  if (problems.length > 0) throw new InputError(problems);
}
