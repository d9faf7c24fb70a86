/**
 * A bug report that asks for conditions on build dependencies, for a human being to read, mend and send: what, why, the change in
 * debian/control, what debian/rules has to heed, and one command that tries it.
 */

import { visible } from '../../diagnostics.ts';
import type { SourceName } from '../../names.ts';
import { paragraph } from '../writing/paragraph.ts';

export interface BugLetter {
  readonly source: SourceName;
  /** '' where the report is not about one version. */
  readonly version: string;
  /** Groups of Build-Depends, and the same with their condition. */
  readonly lines: readonly { readonly group: string; readonly conditional: string; readonly profile: string }[];
  /** What the dropped dependencies are for, a sentence or more. */
  readonly why: string;
  /** Nobody has tried it. */
  readonly isGuess: boolean;
  /** Those of the lines that were tried with the debian/rules of the archive, and need no change of it. */
  readonly works?: BugLetter['lines'];
}

/** The name that debian/control has, which may be a virtual one. */
const asked = (group: string): string => visible(/^[^\s:(|]+/.exec(group)?.[0] ?? group);

/** Dependencies by the names that debian/control has. */
export const askedNames = (lines: readonly { readonly group: string }[]): string =>
  inWords(lines.map((l) => asked(l.group)));

/** `a`, `a and b`, `a, b and c`. */
const inWords = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)!}`;

/** What the names of dependencies say that they are there for: a guess. @param purposes in words, one a line */
export function judgedByName(lines: readonly { readonly group: string }[], purposes: readonly string[]): string {
  const [their, are] = lines.length === 1 ? ['its name', 'is'] : ['their names', 'are'];
  return `judged by ${their}, ${askedNames(lines)} ${are} there for ${inWords([...new Set(purposes)])}`;
}

/** Build options that a build with the profile of the same name has to have, too: https://wiki.debian.org/BuildProfileSpec. */
const areOptions: ReadonlySet<string> = new Set(['nocheck', 'nodoc']);

/** What debian/rules has to heed, by profile. */
export function rulesHint(profile: string): string {
  if (profile === 'nodoc')
    return 'Under nodoc debhelper passes over manuals, info files and documents that are not there (dh_installman, dh_installinfo, dh_installdocs); what builds them is for debian/rules to leave out: ifeq (,$(filter nodoc,$(DEB_BUILD_PROFILES))) ... endif.';
  if (profile === 'nocheck')
    return 'Under nocheck dh_auto_test runs nothing; a configure script that looks for the test tool may need a switch.';
  return `Under ${profile}, which it sees in DEB_BUILD_PROFILES, debian/rules may have to hand the configure script the switch that turns this off; binary packages that are then missing need Build-Profiles: <!${profile}>.`;
}

function profileWords(profiles: readonly string[]): string {
  const own = profiles.filter((p) => p.startsWith('pkg.'));
  const registered = profiles.filter((p) => !p.startsWith('pkg.'));
  const told = (some: readonly string[], what: string) =>
    some.length === 0 ? [] : [`${inWords(some.map(visible))} ${some.length === 1 ? 'is' : 'are'} ${what}`];
  const sentences = [
    ...told(registered, registered.length === 1 ? 'a registered profile' : 'registered profiles'),
    ...told(own, 'private to the package, which needs nobody else to agree'),
  ];
  return `${sentences.join('; ')}: https://wiki.debian.org/BuildProfileSpec`;
}

/** Builds the unpacked source in a clean chroot, where what is dropped is not installed. */
function command(profiles: readonly string[]): string {
  const options = profiles.filter((p) => areOptions.has(p));
  const environment = options.length === 0 ? '' : `DEB_BUILD_OPTIONS="${options.join(' ')}" `;
  return `${environment}sbuild --profiles=${profiles.map(visible).join(',')} --no-arch-all`;
}

export function bugLetter({ source, version, lines, why, isGuess, works = [] }: BugLetter): string {
  const name = visible(source);
  const profiles = [...new Set(lines.map((l) => l.profile))];
  const asking = [...new Set(lines.filter((l) => !works.includes(l)).map((l) => l.profile))];
  const wrapped = (text: string) => paragraph(text, { width: 78 });
  const text = [
    `Subject: ${name}: please allow building without ${askedNames(lines)} (build profiles)`,
    '',
    `Source: ${name}`,
    ...(version === '' ? [] : [`Version: ${visible(version)}`]),
    'Severity: wishlist',
    'Tags: patch',
    'User: debian-bootstrap@lists.debian.org',
    'Usertags: bootstrap',
    '',
    'Dear maintainer,',
    '',
    ...wrapped(
      `To bring Debian up on a new architecture, some packages have to be built before all of their build dependencies are there. ${name} could be one of them: ${why}`,
    ),
    '',
    'In debian/control:',
    '',
    ...lines.flatMap((l) => [`  -  ${visible(l.group)},`, `  +  ${visible(l.conditional)},`]),
    '',
    ...asking.flatMap((profile) => wrapped(visible(rulesHint(profile)))),
    ...(works.length === 0
      ? []
      : wrapped(
          `For ${askedNames(works)} debian/rules needs no change: the trial was made with the one of the archive.`,
        )),
    '',
    ...wrapped(profileWords(profiles)),
    '',
    ...wrapped(
      `To try it in a clean chroot without ${askedNames(lines)}, in the unpacked source with this change made:`,
    ),
    '',
    `  ${command(profiles)}`,
    '',
    ...(isGuess
      ? [
          ...wrapped(
            'This was found by looking at package metadata alone: whether the package really builds so is for you to say, and a plain "no, it needs that" helps as well.',
          ),
          '',
        ]
      : []),
    'Thank you for maintaining it!',
  ];
  return `${text.join('\n')}\n`;
}
