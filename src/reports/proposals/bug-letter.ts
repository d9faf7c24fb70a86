/**
 * A bug report that asks for conditions on build dependencies, for a human being to read, mend and send: what, why, the
 * change in debian/control, what debian/rules has to heed, and one command that tries it.
 */

import { visible } from '../../diagnostics.ts';
import type { SourceName } from '../../names.ts';
import { inWords } from '../writing/count.ts';
import { paragraph } from '../writing/paragraph.ts';
import { askedNames } from './asked-names.ts';
import { type LetterLine, triedAdvice, untriedAdvice } from './rules-advice.ts';

/** What the report is about. */
export interface BugLetter {
  readonly source: SourceName;
  /** '' where the report is not about one version. */
  readonly version: string;
  readonly lines: readonly LetterLine[];
  /** What the dropped dependencies are for, a sentence or more. */
  readonly why: string;
  /** Nobody has tried it. */
  readonly isGuess: boolean;
  /** Those of the lines that were tried with the debian/rules of the archive, and need no other change of it. */
  readonly works?: readonly LetterLine[];
  /** The change as a patch; without it the lines are told as builds ask for them. */
  readonly change?: LetterChange | undefined;
}

/** What is asked for, as the archive or the maintainer has it written. */
export interface LetterChange {
  readonly patch: string;
  /** It is against the debian/control that there is, and can be applied. */
  readonly isReal: boolean;
  /** Binary -> the profile under which it is not built, by its name. */
  readonly absent: ReadonlyMap<string, string>;
}

/**
 * Build options that a build with the profile of the same name has to have, too:
 * https://wiki.debian.org/BuildProfileSpec.
 */
const areOptions: ReadonlySet<string> = new Set(['nocheck', 'nodoc']);

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

/**
 * The lines that change: a whole patch where it can be applied, otherwise those of the patch, with all that they say.
 */
function changeLines({ lines, change }: BugLetter): readonly string[] {
  if (change === undefined)
    return [
      'In debian/control:',
      '',
      ...lines.flatMap((l) => [`  - ${visible(l.group)},`, `  + ${visible(l.conditional)},`]),
    ];
  // A tab of a patch is one, or it does not apply.
  const patch = change.patch
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t').map(visible).join('\t'));
  if (change.isReal) return ['The change:', '', ...patch];
  const isChanged = (line: string) => /^[-+](?![-+]{2} )/.test(line);
  const [from, to] = [
    patch.filter((l) => isChanged(l) && l[0] === '-'),
    patch.filter((l) => isChanged(l) && l[0] === '+'),
  ];
  return ['In debian/control:', '', ...from.flatMap((line, i) => [`  ${line}`, `  ${to[i] ?? ''}`])];
}

/** Binary packages that are not built then, and have to say so. */
function absentWords({ change }: BugLetter, profile: string): readonly string[] {
  const names = [...(change?.absent ?? [])].flatMap(([name, p]) => (p === profile ? [visible(name)] : []));
  if (change === undefined)
    return profile === 'nocheck'
      ? []
      : [`Binary packages that are then missing need Build-Profiles: <!${visible(profile)}>.`];
  if (names.length === 0) return [];
  const [which, need, their] = names.length === 1 ? ['is', 'needs', 'its'] : ['are', 'need', 'their'];
  const told = change.isReal ? 'which the patch has' : `in ${their} ${names.length === 1 ? 'paragraph' : 'paragraphs'}`;
  return [`${inWords(names)} ${which} not built then, and ${need} Build-Profiles: <!${visible(profile)}>, ${told}.`];
}

/** Builds the unpacked source in a clean chroot, where what is dropped is not installed. */
function command(profiles: readonly string[]): string {
  const options = profiles.filter((p) => areOptions.has(p));
  const environment = options.length === 0 ? '' : `DEB_BUILD_OPTIONS="${options.join(' ')}" `;
  return `${environment}sbuild --no-clean-source --no-arch-all --profiles=${profiles.map(visible).join(',')}`;
}

/** The report, ready to be mended by hand and sent. */
export function bugLetter(letter: BugLetter): string {
  const { source, version, lines, why, isGuess, works = [] } = letter;
  const name = visible(source);
  const profiles = [...new Set(lines.map((l) => l.profile))];
  const wrapped = (text: string) => paragraph(text, { width: 78 });
  const advice = [
    ...untriedAdvice(lines.filter((l) => !works.includes(l))),
    ...profiles.flatMap((profile) => absentWords(letter, profile).flatMap(wrapped)),
    ...triedAdvice(works),
  ];
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
    ...changeLines(letter),
    '',
    ...advice.slice(0, advice.at(-1) === '' ? -1 : undefined),
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
