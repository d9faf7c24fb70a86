/** The chroot of one build, opened by hand: its steps up to one, then a shell where that one would have run. */

import { EnvironmentError, exitCode } from '../../../../errors.ts';
import type { ShellOrder } from '../../../builder.ts';
import { endedBySignal } from '../../../process.ts';
import { directoryOfStep } from '../../../recipe/paths.ts';
import { stepFile } from '../../../recipe/steps.ts';
import { tailOf } from '../../../sandbox/log-follower.ts';
import { buildPath, runInChroot } from '../chroot/chroot.ts';
import { isOwnRecipe, makePlaces } from '../recipe/own-recipe.ts';
import { inside, rootStep } from '../recipe/recipe.ts';
import { asBuilder } from '../recipe/steps-program.ts';
import { surround } from './build.ts';
import type { DebianWorkshop } from './debian-workshop.ts';

/** Longer than anybody stays. */
const day = 86_400;

/** What ends before the shell begins says so by this code. */
const stepFailed = 97;

/** Arguments: how many steps come first, `root` for a shell as root, then the command. */
const program = (first: string, at: string): string => `${first}
count=$1 who=$2; shift 2
for step in ${inside.steps}/*; do
  [ "$count" -gt 0 ] || break
  count=$((count - 1)); name=\${step##*/}
  if [ "\${name#*-}" = ${rootStep} ]; then sh "$step"; else ${asBuilder} sh "$step"; fi >${inside.record}/steps 2>&1 || exit ${stepFailed}
done
cd ${at} 2>/dev/null || cd ${buildPath}
if [ "$who" = root ]; then exec "$@"; else exec ${asBuilder} "$@"; fi`;

/**
 * @returns the exit code of the shell, or of the command
 * @throws EnvironmentError (64) for a step that the build has not, (1) when one before it fails
 */
export async function openDebianShell(workshop: DebianWorkshop, order: ShellOrder): Promise<number> {
  const { build, step, command, said, say } = order;
  await workshop.prepare([build]);
  const steps = workshop.project.recipes.get(build.source)?.variants.get(build.stage)?.steps ?? [];
  const index = steps.findIndex(({ name }) => name === step);
  if (index < 0) {
    const help = `its steps are: ${steps.map(({ name }) => name).join(', ')}`;
    throw new EnvironmentError(`${build.id} has no step ${step}`, exitCode.usage, help);
  }
  const { chroot, places } = await surround(workshop, order);
  const [first, at] = isOwnRecipe(workshop.project.recipes.get(build.source)!)
    ? [makePlaces, directoryOfStep(step)]
    : ['', '"$S"'];
  const script = stepFile(inside.steps, steps[index]!, index);
  for (const { name } of steps.slice(0, index)) say(`step ${name}`);
  say(`this is ${build.id} before step ${step}; to run it: sh ${script}`);
  const environment = { ...chroot.environment, STEP: script, PS1: `${build.id}:$PWD> ` };
  const shell = command === undefined ? ['bash', '--norc', '-i'] : ['sh', '-c', command];
  const ended = await runInChroot({
    ...chroot,
    environment,
    command: ['sh', '-c', program(first!, at!), 'sh', String(index), step === rootStep ? 'root' : 'builder', ...shell],
    log: said,
    interactive: command === undefined,
    timeoutSeconds: day,
  });
  if (ended.exitCode !== stepFailed) return ended.exitCode ?? endedBySignal;
  const tail = tailOf(`${places.record}/steps`, 500);
  throw new EnvironmentError(`a step fails before it: ${tail}`, exitCode.bad, 'give --step with that one');
}
