/** The stuck sources as text (80 columns, no colour) and as Markdown, grouped by what they have in common. */
import { visible } from '../../diagnostics.ts';
import type { StuckGroup, StuckKind } from '../../stages/stuck.ts';
import { type Shortage, shortageOf } from '../../text/shortage.ts';
import { chainLines } from '../writing/chain.ts';
import { counted, number } from '../writing/count.ts';
import { code } from '../writing/markdown.ts';
import { paragraph } from '../writing/paragraph.ts';

type Show = (name: string) => string;

/** What a reason is about; without a name it is the build as a whole. */
const named = (because: string | undefined, show: Show): string =>
  because === undefined ? 'the build' : show(because);

interface Words {
  /** The shared reason; `show` makes a name safe for the output language. */
  readonly reason: (because: string | undefined, show: Show) => string;
  /** What to do; `show` makes a command safe, and recognizable, in the output language. */
  readonly remedy: (first: string, because: string | undefined, show: Show, at: string) => string;
  /** Before the names of the sources, in a plan; the reason where it is left out. */
  readonly heading?: (because: string | undefined) => string;
  /** Whether the reason is not understood without the detail of a source. */
  readonly hasDetail?: true;
}

/** What to do where all that is asked for is there, and cannot be installed together. */
const remediesOfSets = {
  forbidden: 'drop one of what excludes each other in a stage, or add another alternative or provider of it',
  unordered: 'make a Depends of the Pre-Depends that is in a ring, or take what it names out of the ring',
} as const;

/** The same; undefined where something else is wrong. */
export const remedyOfSet = (shortage: Shortage): string | undefined =>
  shortage === 'forbidden' || shortage === 'unordered' ? remediesOfSets[shortage] : undefined;

const remedyOfAbsence = 'add what provides it to the metadata or to the seed, or drop the dependency in a stage';

/** All that is said of sources that miss something, by why they do. */
const shortages: Readonly<Record<Shortage, Words>> = {
  absent: { reason: (b, show) => `nothing provides ${named(b, show)}`, remedy: () => remedyOfAbsence },
  unbuilt: {
    reason: (b, show) => `no source builds ${named(b, show)}, which is in the index`,
    remedy: () => remedyOfAbsence,
  },
  incomplete: {
    reason: (b, show) => `what ${named(b, show)} needs at run time cannot be had`,
    remedy: () => 'add what it lacks to the metadata or to the seed, or drop the dependency in a stage',
    hasDetail: true,
  },
  forbidden: {
    reason: (b, show) => `conflicts forbid ${named(b, show)}`,
    remedy: () => remediesOfSets.forbidden,
    hasDetail: true,
  },
  unordered: {
    reason: (b, show) => `no order installs what ${named(b, show)} needs`,
    remedy: () => remediesOfSets.unordered,
    hasDetail: true,
  },
};

/** All that is said of one kind of stuck sources. */
const words: Readonly<Record<Exclude<StuckKind, 'missing'>, Words>> = {
  'no-declared-break': {
    reason: (b, show) => `nothing declared that can be built breaks the cycle ${named(b, show)}`,
    remedy: (first, _, show) => `${show(`bootplan explain ${first}`)} on the same input says which line to change`,
    heading: (b) => `In ${named(b, visible)}, whose cycles nothing declared that can be built breaks`,
  },
  'build-failed': {
    reason: (b, show) => `the build ${named(b, show)} failed`,
    remedy: (_, build, show, at) =>
      `${show(`bootplan log '${build}'${at}`)} shows why; mend it, then start the run again`,
  },
  behind: {
    reason: (b, show) => `waiting for ${named(b, show)}`,
    remedy: (first, _, show) => `${show(`bootplan explain ${first}`)} on the same input shows what it waits for`,
  },
  'stage-in-use': {
    reason: (b, show) =>
      `the stage package of ${named(b, show)} is still in use: it was installed during the last build`,
    remedy: (_, __, show) => `go on with the run: the same ${show('bootplan run')} again`,
  },
  'rebuild-owed': {
    reason: (b) =>
      b === 'staged' ? 'the full build is still owed: only a stage build exists' : 'a clean rebuild is still owed',
    remedy: (_, __, show) => `go on with the run: the same ${show('bootplan run')} again`,
  },
};

/** What is said of a group: of one that misses something, by what all its sources have in common. */
function wordsOf({ kind, because, sources }: StuckGroup): Words {
  if (kind !== 'missing') return words[kind];
  const first = shortageOf(because, sources[0]!.detail);
  return shortages[sources.every((s) => shortageOf(because, s.detail) === first) ? first : 'absent'];
}

/** Why a group is stuck, in words. */
export const stuckReason = (group: StuckGroup, show: Show): string => wordsOf(group).reason(group.because, show);

/** Why a group is stuck, as a plan says it before the names of its sources. */
export const stuckHeading = (group: StuckGroup): string =>
  wordsOf(group).heading?.(group.because) ?? capital(stuckReason(group, visible));

/** Whether the heading of a group wants the detail of a source behind it. */
export const hasDetail = (group: StuckGroup): boolean => wordsOf(group).hasDetail === true;

/** A source that waits for a failed build waits for that build to be mended; no metadata says more about it. */
function remedy(group: StuckGroup, show: Show, at: string): string {
  const first = group.sources[0]!;
  const waitsForBuild = group.kind === 'behind' && first.chain.length === 0;
  const { remedy } = waitsForBuild ? words['build-failed'] : wordsOf(group);
  return remedy(first.source, group.because, show, at);
}

function headline(groups: readonly StuckGroup[], total: number): string {
  const stuck = groups.reduce((n, g) => n + g.sources.length, 0);
  if (stuck === 0) return `None of ${counted(total)} is stuck in bootstrap mode.`;
  return `${number(stuck)} of ${counted(total)} ${stuck === 1 ? 'is' : 'are'} stuck in bootstrap mode, for ${counted(groups.length, 'reason')}.`;
}

/** What a log or a chain adds to the reason, from the first source of a group. */
const evidence = (group: StuckGroup): readonly string[] => {
  const { chain, detail } = group.sources[0]!;
  return [
    ...(group.kind === 'missing' || chain.length === 0
      ? detail === undefined
        ? []
        : [visible(detail)]
      : chainLines(chain)),
    ...besides(group),
  ];
};

/** The cycle that holds a source which misses something as well. */
export function besides({ kind, sources }: StuckGroup): readonly string[] {
  const first = sources.find(({ chain }) => chain.length > 0);
  if (kind !== 'missing' || first === undefined) return [];
  return [`besides, ${visible(first.source)} is in a cycle:`, ...chainLines(first.chain).map((l) => `  ${l}`)];
}

/**
 * @param all show every source; otherwise ten of a group, and how many more
 * @param at what a command needs to find the run, as ` --state DIR`
 */
export function stuckText(groups: readonly StuckGroup[], total: number, all: boolean, at = ''): string {
  const sections = groups.map((group) => {
    const names = group.sources.map((s) => visible(s.source));
    const shown = all ? names : names.slice(0, 10);
    const more = names.length - shown.length;
    return [
      `${stuckReason(group, visible)} (${counted(names.length)})`,
      ...paragraph(shown.join(', '), { first: '  ', width: 80 }),
      ...(more > 0 ? [`  ... and ${number(more)} more; --all shows them`] : []),
      ...evidence(group).map((line) => `    ${line}`),
      `  what to do: ${remedy(group, visible, at)}`,
    ].join('\n');
  });
  return `${[headline(groups, total), ...sections].join('\n\n')}\n`;
}

/** For a job summary: the ten first of each group, names as code spans. */
export function stuckMarkdown(groups: readonly StuckGroup[], total: number, all: boolean, at = ''): string {
  const sections = groups.map((group) => {
    const shown = all ? group.sources : group.sources.slice(0, 10);
    const more = group.sources.length - shown.length;
    const heading = `## ${capital(stuckReason(group, code))} (${counted(group.sources.length)})`;
    const items = shown.map((s) => `- ${code(s.source)}`);
    const rest = more > 0 ? [`- ... and ${number(more)} more; \`--all\` shows them`] : [];
    const why = evidence(group).map((line) => `    ${line}`);
    return [
      heading,
      '',
      ...items,
      ...rest,
      ...(why.length > 0 ? ['', 'The shortest reason:', '', ...why] : []),
      '',
      `What to do: ${remedy(group, code, at)}.`,
    ].join('\n');
  });
  return `${['# Sources stuck in bootstrap mode', headline(groups, total), ...sections].join('\n\n')}\n`;
}

/** The text with a capital letter at its beginning. */
export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
