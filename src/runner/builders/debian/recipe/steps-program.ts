/** The program that runs the steps of a build in its chroot: root installs, an ordinary user does everything else. */
import { buildPath } from '../chroot/chroot.ts';
import { inside, rootStep } from './recipe.ts';

/** Drops every privilege for good. */
export const asBuilder = 'setpriv --reuid=1000 --regid=1000 --clear-groups --inh-caps=-all --no-new-privs';

/**
 * Shell commands that root runs around the steps: before anything is installed, before the first step after that, at a
 * good end.
 */
export interface AroundSteps {
  readonly beforeInstallation: string;
  readonly beforeBuild: string;
  readonly afterBuild: string;
}

/**
 * The markers are those of `builders/steps.ts`. What comes of the build is copied out by root, of ordinary files only.
 */
const text = ({
  beforeInstallation,
  beforeBuild,
  afterBuild,
}: AroundSteps): string => `trap 'echo ">>> end $?\${name:+ in \${name#*-}}"' EXIT
${beforeInstallation}
for step in ${inside.steps}/*; do
  name=\${step##*/}
  echo ">>> step \${name#*-}"
  if [ "\${name#*-}" = ${rootStep} ]; then sh "$step" || exit
${beforeBuild}
  else ${asBuilder} sh "$step" || exit; fi
done
${afterBuild}
for file in ${buildPath}/*.deb ${buildPath}/*.udeb ${buildPath}/*.changes ${buildPath}/*.buildinfo; do
  if [ -f "$file" ] && ! [ -L "$file" ]; then cp --no-preserve=all "$file" ${inside.outputs}/ || exit; fi
done
name=`;

/** The program with more around its steps, as the words of a command. */
export const stepsProgramWith = (around: AroundSteps): readonly string[] => ['sh', '-c', text(around)];

/** The program with nothing around its steps. */
export const stepsProgram = stepsProgramWith({ beforeInstallation: '', beforeBuild: '', afterBuild: '' });
