/** A refusal in one sentence: what the build asks for, and why that cannot be installed. */
import { formatGroup } from '../../metadata/relations/relation.ts';
import type { Source } from '../../model.ts';
import { forbiddenWords, ringWords, unorderedWords } from '../../text/shortage.ts';
import { workLimits } from '../limits.ts';
import type { InstallRules } from './install-rules.ts';
import type { Refusal } from './install-search.ts';

const verbs = {
  Conflicts: 'conflicts with',
  Breaks: 'breaks',
  'Build-Conflicts': 'must not be built with',
  'one version at a time': 'is another version of',
} as const;

/**
 * `group` is what the build asks for first in the reason; '' when the reason lies in what every build has installed.
 */
export function refusalWords(
  { universe }: InstallRules,
  source: Source,
  { reason }: Refusal,
): { readonly group: string | undefined; readonly why: string } {
  const nameOf = (b: number): string => (b < 0 ? `src:${source.name}` : universe.binaries[b]!.name);
  const parts = reason.map((cause) => {
    if (cause.kind === 'need') return `${nameOf(cause.by)} needs ${formatGroup(cause.need.group)}`;
    if (cause.kind === 'order') return ringWords(nameOf(cause.by), formatGroup(cause.need.group));
    return `${nameOf(cause.by)} ${verbs[cause.clash.why]} ${nameOf(cause.against)}`;
  });
  const asked = reason.find((cause) => cause.kind === 'need' && cause.by < 0);
  const inWords = reason.some((cause) => cause.kind === 'clash') ? forbiddenWords : unorderedWords;
  const more =
    parts.length > workLimits.toldCauses.most ? [`and ${parts.length - workLimits.toldCauses.most} causes more`] : [];
  return {
    group: asked?.kind === 'need' ? formatGroup(asked.need.group) : undefined,
    why: inWords([...parts.slice(0, workLimits.toldCauses.most), ...more]),
  };
}
