/**
 * A plan in the forms that other tools take: a plain list, a job list for sbuild, one for wanna-build. Both scripts
 * leave to the environment what only the site knows: where its chroot and its archives are, and how it uploads.
 */

import { visible } from '../diagnostics.ts';
import type { Plan, PlannedBuild } from '../model.ts';
import { byteOrder } from '../order.ts';
import { shellWord } from '../text/shell-quote.ts';
import { type Outside, outsideOf } from './outside.ts';

/** The forms that `plan export` writes. */
export type ExportFormat = 'order' | 'sbuild' | 'wanna-build';

/** How buildd tools name a source of one version. */
const sourceVersion = (b: PlannedBuild) => `${b.source}_${b.version}`;

/** A name inside a shell comment: a line break would end it. */
const comment = (text: string) => `# ${visible(text)}`;

function order(plan: Plan, outside: Outside): readonly string[] {
  return [
    ...head(plan, outside),
    '# position, wave, archive, source_version, profiles (- is none), build',
    ...plan.builds.map((b, i) =>
      [i + 1, b.wave, b.archive, sourceVersion(b), b.profiles.join(',') || '-', b.id]
        .map((field) => visible(String(field)))
        .join('\t'),
    ),
  ];
}

/** What the plan cannot say by its builds: what it needs from elsewhere, and what it leaves out. */
function head(plan: Plan, { supplies }: Outside): readonly string[] {
  const stuck = [...new Set(plan.stuck.map((s) => s.source))].sort(byteOrder);
  return [
    ...(supplies.length === 0
      ? []
      : ['# Needed from outside, for no build of the plan makes it before it is installed:']),
    ...supplies.map(({ source, binaries, before }) =>
      comment(`  before build ${before + 1}, ${plan.builds[before]!.id}: ${binaries.join(', ')} (of src:${source})`),
    ),
    ...(stuck.length === 0 ? [] : [comment(`Not in it, for no plan reaches them: ${stuck.join(', ')}`)]),
  ];
}

/** The archives that hold what a build installs, byte order. */
const archivesOf = (plan: Plan, build: PlannedBuild): readonly string[] =>
  [...new Set(build.needs.map((n) => plan.builds[n]!.archive))].sort(byteOrder);

function sbuild(plan: Plan, outside: Outside, suffix: (archive: string) => string): readonly string[] {
  const needsOutside = outside.builds.size > 0;
  return [
    '#!/bin/sh',
    '# Builds a plan with sbuild (>= 0.85), in its order; stops at the first failure.',
    '# CHROOT      what --chroot takes: a chroot, or a tarball, that holds the seed and nothing else',
    '# REPOSITORY  URL of the archives; each is a flat repository in a directory of its own below it',
    '# PUBLISH     called as: $PUBLISH ARCHIVE DIRECTORY; adds the .deb files there to the archive',
    ...(needsOutside ? ['# OUTSIDE     URL of a flat repository that has what is needed from outside'] : []),
    ...head(plan, outside),
    'set -eu',
    `: "$CHROOT" "$REPOSITORY" "$PUBLISH"${needsOutside ? ' "$OUTSIDE"' : ''}`,
    ...plan.builds.flatMap((b, i) => {
      const directory = `build-${String(i + 1).padStart(5, '0')}`;
      const words = [
        'sbuild',
        shellWord(`--arch=${plan.architecture}`),
        '--chroot="$CHROOT"',
        ...(b.profiles.length > 0 ? [shellWord(`--profiles=${b.profiles.join(',')}`)] : []),
        ...archivesOf(plan, b).map((a) => `--extra-repository="deb [trusted=yes] $REPOSITORY/"${shellWord(a)}' ./'`),
        ...(outside.builds.has(i) ? ['--extra-repository="deb [trusted=yes] $OUTSIDE ./"'] : []),
        shellWord(`--append-to-version=${suffix(b.archive)}`),
        `--build-dir=${directory}`,
        shellWord(sourceVersion(b)),
      ];
      return [
        '',
        comment(b.id),
        `mkdir -p ${directory}`,
        words.join(' '),
        `"$PUBLISH" ${shellWord(b.archive)} ${directory}`,
      ];
    }),
  ];
}

function wannaBuild(plan: Plan, outside: Outside): readonly string[] {
  const taken = new Set<string>();
  return [
    '#!/bin/sh',
    '# Takes the builds of a plan from wanna-build one after the other, and marks them uploaded.',
    '# Each archive of the plan is a distribution (--dist) of its own; its sources must be in Needs-Build.',
    '# BUILD       called as: $BUILD ARCHIVE PROFILES SOURCE_VERSION; builds and uploads; PROFILES may be empty',
    ...head(plan, outside),
    'set -eu',
    ': "$BUILD"',
    ...plan.builds.flatMap((b) => {
      const source = sourceVersion(b);
      const command = ['wanna-build', `--arch=${plan.architecture}`, `--dist=${b.archive}`].map(shellWord).join(' ');
      const again = taken.has(`${b.archive} ${source}`);
      taken.add(`${b.archive} ${source}`);
      return [
        '',
        comment(b.id),
        ...(again ? [`${command} --override --give-back ${shellWord(source)}`] : []),
        `${command} --take ${shellWord(source)}`,
        `"$BUILD" ${[b.archive, b.profiles.join(','), source].map((w) => (w === '' ? "''" : shellWord(w))).join(' ')}`,
        `${command} --uploaded ${shellWord(source)}`,
      ];
    }),
  ];
}

/** @param suffix what an archive adds to the versions of what it holds, so that stage < interim < final */
export function exportPlan(plan: Plan, format: ExportFormat, suffix: (archive: string) => string): string {
  const outside = outsideOf(plan);
  const lines =
    format === 'order'
      ? order(plan, outside)
      : format === 'sbuild'
        ? sbuild(plan, outside, suffix)
        : wannaBuild(plan, outside);
  return `${lines.join('\n')}\n`;
}
