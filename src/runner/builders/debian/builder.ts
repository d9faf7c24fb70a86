/**
 * Builds Debian sources: .dsc in, .debs out, each in a chroot whose packages come from the stages before and the seed.
 */
import type { Project } from '../../../model.ts';
import type { Builder, BuildRequest } from '../../builder.ts';
import { buildInChroot } from './build/build.ts';
import { openDebianShell } from './build/debian-shell.ts';
import { type DebianBuilderOptions, DebianWorkshop } from './build/debian-workshop.ts';
import { heldAgainstPlan } from './build/held-against-plan.ts';
import { compileInit, makeSystem, systemParts } from './build/installed-system.ts';
import { portableDebian } from './build/portable.ts';
import { buildWithSbuild } from './build/sbuild.ts';
import { isOwnRecipe } from './recipe/own-recipe.ts';
import { needsDeclaredAway } from './recipe/run-time-needs.ts';

/** A builder of Debian sources, by bootplan itself or by sbuild. */
export function debianBuilder(project: Project, options: DebianBuilderOptions): Builder {
  const workshop = new DebianWorkshop(project, options);
  const bySbuild = options.backend === 'sbuild';
  return {
    seedDigest: () => workshop.seedDigest(),
    fingerprint: (build) => workshop.fingerprint(build),
    heed: (signal) => workshop.heed(signal),
    prepare: (builds, tell) => workshop.prepare(builds, tell),
    system: {
      parts: async (names, archive) => {
        const { own, seed } = await systemParts(workshop, names, archive);
        return { own: own.map(({ file }) => file), seed: seed.map(({ file }) => file) };
      },
      make: async (order, to) =>
        makeSystem(workshop, await systemParts(workshop, order.names, order.archive), order, to),
      init: (source, scratch) => compileInit(workshop, source, scratch),
    },
    // Another machine would not know that sbuild is wanted, nor how a recipe's packages are cut.
    ...(!bySbuild &&
      ![...project.recipes.values()].some(isOwnRecipe) && {
        portable: (request: BuildRequest) => portableDebian(workshop, request),
      }),
    shell: (order) => openDebianShell(workshop, order),
    declaredAway: (build, debs) => needsDeclaredAway(workshop.sourceOf(build).variant, debs),
    heldAgainstPlan: (build, inputs, listed) => heldAgainstPlan(workshop, build, inputs, listed),
    build: (request) => (bySbuild ? buildWithSbuild(workshop, request) : buildInChroot(workshop, request)),
  };
}
