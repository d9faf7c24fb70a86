/** How a Debian source is built, as the steps of a recipe, so that whatever changes a recipe changes these too. */

import { formatGroups } from '../../../../metadata/relations/relation.ts';
import type { ByName, FetchItem, Recipe, RecipeStep, Source, Variant } from '../../../../model.ts';
import { archiveSource } from '../../../../names.ts';
import { upstreamVersion } from '../../../recipe/paths.ts';
import { ourOrigin } from '../archive/flat-archive.ts';
import { buildPath } from '../chroot/chroot.ts';

/**
 * The one step that runs as root of the chroot; its name, like the others, is sbuild's word for the stage that fails.
 */
export const rootStep = 'install-deps';

/** Where the chroot sees things; all but `out` and `record` read-only. */
export const inside = {
  archives: '/archives',
  sources: '/source',
  steps: '/steps',
  /** Written by root alone: what was installed when the build began. */
  record: '/record',
  outputs: '/out',
} as const;

/**
 * Our own packages win whatever their version, and bring their libraries into the base before anything is installed:
 * otherwise the copy of the seed would stay where nothing asks for a newer one. Then comes the installation set of the
 * plan, by versions; that apt finds the build dependencies fulfilled by it is checked by asking for them.
 */
const installDependencies = `export DEBIAN_FRONTEND=noninteractive DEBCONF_NONINTERACTIVE_SEEN=true
printf 'deb [trusted=yes] file:${inside.archives}/%s ./\\n' ours seed >/etc/apt/sources.list
printf 'Package: *\\nPin: release o=${ourOrigin}\\nPin-Priority: 1001\\n' >/etc/apt/preferences.d/bootplan
printf 'APT::Sandbox::User "root";\\nAPT::Install-Recommends "false";\\n' >/etc/apt/apt.conf.d/00bootplan
apt-get -q update
apt-get -q -y --allow-downgrades dist-upgrade
apt-get -q -y --allow-downgrades install $(cat ${inside.archives}/install)
apt-get -q -y --allow-downgrades build-dep --arch-only ${inside.archives}/build.dsc
if [ -n "\${EXTRA_BUILD_DEPENDS-}" ]; then apt-get -q -y --allow-downgrades install $EXTRA_BUILD_DEPENDS; fi
cp /var/lib/dpkg/status ${inside.record}/status
`;

/** The first step of every build in a chroot. */
export const installStep = { name: rootStep, run: installDependencies } as const;

const unpack = `dpkg-source --no-check --no-copy -x ${inside.sources}/*.dsc "$S"
`;

/** A binary-only entry, as build daemons write it: what is the same on all architectures keeps the source's version. */
const changelog = `cd "$S"
entry=$(dpkg-parsechangelog)
field() { printf '%s\\n' "$entry" | sed -n "s/^$1: //p"; }
{
  printf '%s (%s%s) %s; urgency=low, binary-only=yes\\n\\n' "$(field Source)" "$(field Version)" "$SUFFIX" "$(field Distribution)"
  printf '  * Binary-only build, without changes to the source.\\n\\n -- %s  %s\\n\\n' "$(field Maintainer)" "$(field Date)"
  cat debian/changelog
} >"$TMPDIR/changelog"
cp "$TMPDIR/changelog" debian/changelog
rm "$TMPDIR/changelog"
`;

const ownProfile = /^(?:stage|bootstrap)\d*$/;

/**
 * Does debian/control perhaps ask for more than this stage has? Stage fields are a list of their own, and so is what is
 * left when names are dropped: apt was asked for that, and dpkg's check would refuse it. Where the profiles are others,
 * which the source gives a meaning, dpkg checks.
 */
const isOwnList = (name: string, { stage, notation, profiles }: Variant): boolean =>
  notation === 'field' ||
  (stage > 0 && profiles.some((profile) => ownProfile.test(profile.replace(`pkg.${name}.`, ''))));

const build = (kind: BuildKind, name: string, variant: Variant): string => `cd "$S"
dpkg-buildpackage -us -uc ${kind}${isOwnList(name, variant) ? ' -d' : ''}
`;

/** What of a source is built. */
export interface DebianRecipeOptions {
  /** Also what is the same on all architectures. */
  readonly indep: boolean;
  /** Of every step, besides what a chroot gives every build. */
  readonly environment?: ByName<string>;
}

/** What apt is asked to satisfy: a source description with the dependencies of one variant. */
export const buildDsc = ({ name, version }: Source, { buildDepends, buildConflicts }: Variant): string =>
  [
    'Format: 1.0',
    `Source: ${archiveSource(name)}`,
    `Binary: ${archiveSource(name)}`,
    'Architecture: any',
    `Version: ${version}`,
    ...(buildDepends.length > 0 ? [`Build-Depends: ${formatGroups(buildDepends)}`] : []),
    ...(buildConflicts.length > 0 ? [`Build-Conflicts: ${formatGroups(buildConflicts)}`] : []),
    '',
  ].join('\n');

/** Where a source is unpacked inside. */
export const sourceDirectory = ({ name, version }: Pick<Source, 'name' | 'version'>): string =>
  `${buildPath}/${archiveSource(name)}-${upstreamVersion(version)}`;

/**
 * What DEB_BUILD_OPTIONS says besides how many jobs: profiles that leave tests or documentation out want it said twice.
 */
export const buildOptions = (profiles: readonly string[]): readonly string[] => [
  'noautodbgsym',
  ...['nocheck', 'nodoc'].filter((name) => profiles.includes(name)),
];

/** What `dpkg-buildpackage` is asked to build. */
export type BuildKind = '-A' | '-B' | '-b';

const kindOf = ({ part, architectures }: Source, indep: boolean): BuildKind =>
  part === 'all' || architectures.every((a) => a === 'all') ? '-A' : indep ? '-b' : '-B';

/** What the last of some steps asks for; of another command, which overrides have put there, `-B`. */
export const kindIn = (steps: readonly Pick<RecipeStep, 'run'>[]): BuildKind =>
  (/ (-[ABb])(?: |$)/m.exec(steps.at(-1)?.run ?? '')?.[1] as BuildKind | undefined) ?? '-B';

/** The recipe of a Debian source. Its binaries are not cut out by globs: debian/rules does that. */
export function debianRecipe(
  source: Source,
  fetch: readonly FetchItem[],
  { indep, environment = {} }: DebianRecipeOptions,
): Recipe {
  const stepsOf = (variant: Variant): readonly RecipeStep[] =>
    Object.entries({
      [rootStep]: installDependencies,
      unpack,
      changelog,
      build: build(kindOf(source, indep), archiveSource(source.name), variant),
    }).map(([name, run]) => ({ name, run, env: environment, origin: source.origin }));
  const { name, version, variants } = source;
  return {
    source: name,
    version,
    fetch,
    variants: new Map(variants.map((variant) => [variant.stage, { steps: stepsOf(variant), binaries: [] }])),
    order: [rootStep, 'unpack', 'changelog', 'build'],
    env: {},
    duplicates: [],
    coreSeconds: 60,
  };
}
