/** What to change first for an explained source: the section of its text, and the bug report that asks for it. */
import { visible } from '../diagnostics.ts';
import type { FirstLine } from '../solver/propose/first-lines.ts';
import { counted, number } from './count.ts';
import type { Explained } from './explained.ts';
import { paragraph } from './paragraph.ts';
import { rulesHint } from './proposal-bug.ts';
import { classWords } from './proposal-text.ts';

const firstEffect = (l: FirstLine): string =>
  [
    `${number(l.cycles)} short ${l.cycles === 1 ? 'cycle' : 'cycles'} gone`,
    ...(l.leaving > 0 ? [`${counted(l.leaving)} ${l.leaving === 1 ? 'leaves' : 'leave'} the knot`] : []),
  ].join(', ');

/** Whether there is no line to change first. */
export const saysNothingPlausible = ({ scc, stuck, first: { lines, upTo } }: Explained): boolean =>
  scc !== null && stuck && lines.length === 0 && upTo > 0;

/** What to do first: the plausible lines, or that there is none. */
export function firstSection(e: Explained): readonly string[] {
  if (e.scc === null || !e.stuck) return [];
  const { lines, upTo, cycles, gone } = e.first;
  const source = `src:${visible(e.source)}`;
  if (saysNothingPlausible(e)) return nothingPlausible(source);
  if (lines.length === 0) return [];
  return [
    `What to change first, in debian/control (on ${counted(cycles, 'cycle')} of up to ${upTo} sources through ${source}):`,
    ...lines.flatMap((l, i) => {
      const declared = l.declaredBy.length > 0 ? `; declared already by ${l.declaredBy.map(visible).join(', ')}` : '';
      return [
        `  ${i + 1}. src:${visible(l.source)}  ${visible(l.conditional)}`,
        `     ${classWords[l.kind]}; ${firstEffect(l)}${declared}`,
      ];
    }),
    ...paragraph(`Together they end ${number(gone)} of ${number(cycles)}. ${rulesHint(lines[0]!.profile)}`),
    ...(lines.some((l) => l.declaredBy.length > 0)
      ? paragraph('What a profile declares already counts once an annotation makes it a stage: stage1: [PROFILE].')
      : []),
  ];
}

export const nothingPlausible = (source: string): readonly string[] =>
  paragraph(
    `Nothing plausible is left to drop on the short cycles through ${source}: cross-build it, or take its binaries into the seed. With an annotation \`supply: cross\` the plan takes them from outside.`,
  );

/** To the maintainer of the source whose line is the best one, with all plausible lines of that source. */
export function firstBug(e: Explained, best: FirstLine): string {
  const lines = e.first.lines.filter((l) => l.source === best.source && l.declaredBy.length === 0);
  const [source, about] = [visible(best.source), visible(e.source)];
  const names = lines.map((l) => visible(l.binary)).join(', ');
  const kinds = [...new Set(lines.map((l) => classWords[l.kind]))].join(' and ');
  const profiles = [...new Set(lines.map((l) => l.profile))];
  const text = [
    `Subject: ${source}: please allow building without ${names} (build profiles)`,
    '',
    `Source: ${source}`,
    ...(best.source === e.source ? [`Version: ${visible(e.version)}`] : []),
    'Severity: wishlist',
    'Tags: patch',
    'User: debian-bootstrap@lists.debian.org',
    'Usertags: bootstrap',
    '',
    'Dear maintainer,',
    '',
    ...paragraph(
      `To bring Debian up on a new architecture, some packages have to be built before all of their build dependencies are there. ${source} is one that could be: as far as its build dependencies tell, ${names} ${lines.length === 1 ? 'is' : 'are'} there for ${kinds}. Without ${visible(best.binary)}, ${counted(best.cycles, 'build dependency cycle')} of up to ${e.first.upTo} sources through src:${about} ${best.cycles === 1 ? 'is' : 'are'} gone${best.leaving > 0 ? `, and ${counted(best.leaving)} ${best.leaving === 1 ? 'leaves' : 'leave'} the knot of ${number(e.scc?.size ?? 0)}` : ''}.`,
      { width: 78 },
    ),
    '',
    'In debian/control:',
    '',
    ...lines.flatMap((l) => [`  -  ${visible(l.group)},`, `  +  ${visible(l.conditional)},`]),
    '',
    ...profiles.flatMap((profile) => paragraph(rulesHint(profile), { width: 78 })),
    '',
    'Build profiles are explained at https://wiki.debian.org/BuildProfileSpec.',
    '',
    'To try it, in the unpacked source with this change made:',
    '',
    `  DEB_BUILD_PROFILES="${profiles.join(' ')}" dpkg-buildpackage -b -us -uc`,
    '',
    ...paragraph(
      'This was found by looking at package metadata alone: whether the package really builds so is for you to say, and a plain "no, it needs that" helps as well.',
      { width: 78 },
    ),
    '',
    'Thank you for maintaining it!',
  ];
  return `${text.join('\n')}\n`;
}
