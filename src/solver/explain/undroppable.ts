/**
 * What no source is built without, as far as names tell: what builds are made of, and the language that a source is
 * written in. A stage that drops it is no proposal; such a source is built elsewhere first, or comes with the seed.
 */
import type { Binary, Source } from '../../model.ts';
import { isWrittenIn, languages } from './languages.ts';
import { judge } from './plausibility.ts';

/** What every build of Debian runs: never dropped, whatever a list says. */
const everywhere = /^(debhelper.*|dh-(autoreconf|strip-nondeterminism|buildinfo)|dpkg.*|build-essential)$/;

/** Whether the package is one that every build runs. */
export const isRunByEveryBuild = (name: string): boolean => everywhere.test(name);

/** What every build runs, and what build systems are made of: dropped only where somebody who knows says so. */
const always =
  /^(debhelper.*|dh-(autoreconf|exec|apparmor|buildinfo|strip-nondeterminism)|dpkg.*|build-essential|cdbs|quilt|autotools-dev|autoconf.*|automake.*|libtool.*|m4|make|cmake.*|meson|ninja-build|pkg-config|pkgconf|gcc.*|g\+\+.*|libc6?-dev|libc-dev|linux-libc-dev|bison|flex|gperf|gettext|intltool|extra-cmake-modules|pkg-kde-tools|binutils.*|patch|xz-utils|tar|gzip|bzip2)$/;
const multilib = /^(gcc|g\+\+)-(.*-)?multilib$/;

/** Whether builds are made of it, so that no source builds without it. */
export const isBuildSystem = (name: string): boolean => always.test(name) && !multilib.test(name);

/** What Debian's builds are made of is no rule for recipes that somebody writes by hand. */
export const isRecipe = ({ origin }: Source): boolean => /\.ya?ml$/.test(origin.file);

/** Sections of what compiles or runs programs, the libraries of languages among them. */
const languageSection =
  /^(.*\/)?(devel|interpreters|lisp|haskell|rust|java|golang|ocaml|perl|python|ruby|php|javascript|cli-mono)$/;
const apart = /(-doc|-dbg|-dbgsym|-data|-common|-dev)$/;

/**
 * Whether a source is not to be built without a dependency.
 *
 * @param built what the source builds
 * @param isOwn whether it builds the dependency itself
 */
export function isUndroppable(source: Source, built: readonly Binary[], dependency: Binary, isOwn: boolean): boolean {
  if (isRecipe(source)) return false;
  const { name, section } = dependency;
  if (isBuildSystem(name)) return true;
  const { purpose } = judge(name, section);
  if (purpose === 'documentation' || purpose === 'tests' || purpose === 'biarch') return false;
  const language = languages.find((l) => l.asked.test(name));
  if (language === undefined) return isOwn && languageSection.test(section) && !apart.test(name);
  const isLibrary = /^lib/.test(name);
  return isOwn || language.tool.test(name) || (!isLibrary && isWrittenIn(language, source, built));
}
