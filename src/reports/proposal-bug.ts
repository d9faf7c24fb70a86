/** The text of a bug report about a proposed edit, for a human being to read, mend and send. */
import { visible } from '../diagnostics.ts';
import type { Proposal, ProposedEdit } from '../solver/propose/proposal.ts';
import { counted } from './count.ts';
import { paragraph } from './paragraph.ts';
import { classWords } from './proposal-text.ts';

/** What debian/rules has to heed, by profile. */
export function rulesHint(profile: string): string {
  if (profile === 'nodoc')
    return 'debhelper leaves the targets of documentation out under nodoc where debian/rules asks for it: ifeq (,$(filter nodoc,$(DEB_BUILD_PROFILES))) ... endif around what builds it.';
  if (profile === 'nocheck')
    return 'Under nocheck dh_auto_test does nothing by itself; a configure script that looks for the test tool may need a switch.';
  return `debian/rules sees ${profile} in DEB_BUILD_PROFILES, and can hand the configure script the switch that turns this off; mark binary packages that are then missing with Build-Profiles: <!${profile}>.`;
}

/** @param command that tries it, on a checkout of the source */
export function proposalBug(p: Proposal, e: ProposedEdit): string {
  const source = visible(e.source);
  const names = e.lines.map((l) => visible(l.binary)).join(', ');
  const profiles = [...new Set(e.lines.map((l) => l.profile))];
  const kinds = [...new Set(e.lines.map((l) => classWords[l.kind]))].join(' and ');
  const known = e.lines.filter((l) => l.kind === 'tried').map((l) => visible(l.binary));
  const triedSentence =
    known.length === 0
      ? ''
      : `It has been tried: the package builds without ${known.join(', ')}, and others miss nothing of it. `;
  const guessed = e.lines.filter((l) => l.kind !== 'tried' && l.kind !== 'unused');
  const effects = [
    ...(e.cycles > 0
      ? [
          `${counted(e.cycles, 'build dependency cycle')} of up to four sources ${e.cycles === 1 ? 'goes' : 'go'} through ${e.lines.length === 1 ? 'this line' : 'these lines'}`,
        ]
      : []),
    ...(e.together > 0
      ? [`with all other proposed changes made and this one not, ${counted(e.together)} cannot be bootstrapped`]
      : []),
  ];
  const lines = [
    `Subject: ${source}: please allow building without ${names} (build profiles)`,
    '',
    `Source: ${source}`,
    `Version: ${visible(e.version)}`,
    'Severity: wishlist',
    'Tags: patch',
    'User: debian-bootstrap@lists.debian.org',
    'Usertags: bootstrap',
    '',
    'Dear maintainer,',
    '',
    ...paragraph(
      `To bring Debian up on a new architecture (${visible(p.architecture)} was looked at), some packages have to be built before all of their build dependencies are there. ${source} is one that could be: as far as its build dependencies tell, ${names} ${e.lines.length === 1 ? 'is' : 'are'} there for ${kinds}. ${triedSentence}${effects.length === 0 ? '' : `It matters: ${effects.join('; ')}.`}`.trim(),
      { width: 78 },
    ),
    '',
    'In debian/control:',
    '',
    ...e.lines.flatMap((l) => [`  -  ${visible(l.group)},`, `  +  ${visible(l.conditional)},`]),
    '',
    ...profiles.flatMap((profile) => paragraph(rulesHint(profile), { width: 78 })),
    ...(e.lines.some((l) => !l.registered)
      ? [
          '',
          ...paragraph(
            'The profile name is private to the package, which needs nobody else to agree: https://wiki.debian.org/BuildProfileSpec',
            { width: 78 },
          ),
        ]
      : ['', 'The profiles are registered: https://wiki.debian.org/BuildProfileSpec']),
    '',
    'To try it, in the unpacked source with this change made:',
    '',
    `  DEB_BUILD_PROFILES="${profiles.join(' ')}" dpkg-buildpackage -b -us -uc`,
    '',
    ...(guessed.length === 0
      ? []
      : paragraph(
          'This was found by looking at package metadata alone: whether the package really builds so is for you to say, and a plain "no, it needs that" helps as well.',
          { width: 78 },
        )),
    '',
    'Thank you for maintaining it!',
  ];
  return `${lines.join('\n')}\n`;
}
