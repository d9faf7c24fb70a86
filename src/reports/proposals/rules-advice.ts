/** What debian/rules has to heed when lines of debian/control get a condition. */
import { visible } from '../../diagnostics.ts';
import { paragraph } from '../writing/paragraph.ts';
import { askedNames } from './asked-names.ts';

/** A group of Build-Depends that gets a condition. */
export interface LetterLine {
  readonly group: string;
  /** The same with its condition. */
  readonly conditional: string;
  readonly profile: string;
  /** `NAME=VALUE`: what debian/rules may have to set; has to, where a trial has shown it. */
  readonly switches?: readonly string[];
}

/** Lines of debian/rules that leave out what builds documentation. */
const withoutDocs = ['ifeq (,$(filter nodoc,$(DEB_BUILD_PROFILES)))', '...', 'endif'];

/** Lines of debian/rules that set the switches of some lines under their profiles; empty where there are none. */
function switchLines(lines: readonly LetterLine[]): readonly string[] {
  const told = lines.flatMap(({ profile, switches = [] }) =>
    switches.map((word) => {
      const [name = '', value = ''] = word.split(/=(.*)/s);
      return [`ifneq (,$(filter ${profile},$(DEB_BUILD_PROFILES)))`, `export ${name} = ${value}`, 'endif'].join('\n');
    }),
  );
  return [...new Set(told)].flatMap((text) => ['', ...text.split('\n').map((line) => `  ${visible(line)}`)]);
}

/** What it has to do for lines that were tried. */
export function triedAdvice(works: readonly LetterLine[]): readonly string[] {
  const needs = works.filter(({ switches = [] }) => switches.length > 0);
  const asIs = works.filter((line) => !needs.includes(line));
  const told = (lines: readonly LetterLine[], words: string): readonly string[] =>
    lines.length === 0 ? [] : paragraph(`For ${askedNames(lines)} ${words}`, { width: 78 });
  return [
    ...told(asIs, 'debian/rules needs no change: the trial was made with the one of the archive.'),
    ...told(needs, 'debian/rules needs this and nothing else: the trial was made so.'),
    ...switchLines(needs),
  ];
}

/** What debian/rules has to heed, by profile; lines of it may have to follow. */
function rulesWords(profile: string): string {
  if (profile === 'nodoc')
    return 'Under nodoc debhelper passes over manuals, info files and documents that are not there (dh_installman, dh_installinfo, dh_installdocs); what builds them is for debian/rules to leave out:';
  if (profile === 'nocheck')
    return 'Under nocheck dh_auto_test runs nothing; a build system that looks for the test tool may need a switch.';
  return `Under ${profile}, which it sees in DEB_BUILD_PROFILES, debian/rules may have to hand the build system the switch that turns this off.`;
}

/** The same as one sentence. */
export const rulesHint = (profile: string): string =>
  [rulesWords(profile), ...(profile === 'nodoc' ? [`${withoutDocs.join(' ')}.`] : [])].join(' ');

/** The same as paragraphs. */
const rulesLines = (profile: string): readonly string[] => [
  ...paragraph(visible(rulesWords(profile)), { width: 78 }),
  ...(profile === 'nodoc' ? ['', ...withoutDocs.map((line) => `  ${line}`), ''] : []),
];

/** What it may have to do for lines that nobody has tried; ends with an empty line where lines of it are the last. */
export function untriedAdvice(lines: readonly LetterLine[]): readonly string[] {
  const some = lines.filter(({ switches = [] }) => switches.length > 0);
  const profiles = [...new Set(lines.map((l) => l.profile))];
  const words = `Where Automake's rules make what ${askedNames(some)} is there for, these lines are enough:`;
  return [
    ...profiles.flatMap(rulesLines),
    ...(some.length === 0 ? [] : [...paragraph(words, { width: 78 }), ...switchLines(some), '']),
  ];
}
