/** The result of a check for people: the verdict first, then what is broken and why. */
import { visible } from '../../diagnostics.ts';
import type { Asked, Because, CheckedBuild, CheckResult, Member } from '../../solver/install/check-result.ts';
import { ringWords } from '../../text/shortage.ts';
import { counted, number } from '../writing/count.ts';

const groupText = (group: readonly Asked[]): string => group.map(({ text }) => text).join(' | ');
const memberText = ({ name, version }: Member): string => `${name} ${version}`;
const keyOf = ({ kind, name, version, architecture }: Member): string => `${kind} ${name} ${version} ${architecture}`;

/** `gcc 12-1`, or `gcc 12-1 stage 1`. */
export const buildText = ({ source, version, stage }: CheckedBuild): string =>
  visible(`${source} ${version}${stage === 0 ? '' : ` stage ${stage}`}`);

/** One sentence that answers the question, for the whole result. */
export function verdictText({ architecture, profiles, checked, broken }: CheckResult): string {
  const where = [architecture, ...profiles].join(', ');
  if (checked === 0) return `no build to check (${where})`;
  if (broken === 0) return `the build dependencies of all ${counted(checked, 'build')} can be installed (${where})`;
  return `the build dependencies of ${number(broken)} of ${counted(checked, 'build')} cannot be installed (${where})`;
}

const presentText = ({ present, why }: Extract<Because, { kind: 'missing' }>): string =>
  why !== undefined
    ? why
    : present.length === 0
      ? 'nothing has that name'
      : `there is only ${present.slice(0, 3).map(memberText).join(', ')}`;

/** The end of a reason in one line: what is missing, or what clashes. */
export function headline(reason: readonly Because[]): string {
  const ends = reason.flatMap((link) => {
    if (link.kind === 'missing')
      return [`${groupText(link.group)} is missing${link.why === undefined ? '' : `: ${link.why}`}`];
    if (link.kind === 'clash') return [clashText(link)];
    if (link.kind === 'order') return [ringWords(memberText(link.by), groupText(link.group))];
    return [];
  });
  return visible([...new Set(ends)].join('; '));
}

function clashText({ by, why, group, against }: Extract<Because, { kind: 'clash' }>): string {
  if (why === 'one version at a time') return `${memberText(by)} and ${memberText(against)} exclude each other`;
  const verb = { Conflicts: 'conflicts with', Breaks: 'breaks', 'Build-Conflicts': 'build-conflicts with' }[why];
  const hit =
    groupText(group) === against.name ? memberText(against) : `${groupText(group)}, which is ${memberText(against)}`;
  return `${memberText(by)} ${verb} ${hit}`;
}

const deepestIndent = 20;

/**
 * A reason as an indented tree from the build outwards: under each need the candidates that lead on, under each
 * candidate its needs. What clashes comes last, once everything in it has been named.
 */
export function reasonLines(reason: readonly Because[]): string[] {
  const needs = Map.groupBy(
    reason.filter((link) => link.kind === 'need' || link.kind === 'missing'),
    ({ by }) => keyOf(by),
  );
  const told = new Set<string>();
  const lines: string[] = [];
  /** What is still to be told, the next one last. */
  const open: { readonly link: Extract<Because, { kind: 'need' | 'missing' }>; readonly depth: number }[] = [];
  const queue = (by: Member, depth: number) => {
    if (told.has(keyOf(by))) return;
    told.add(keyOf(by));
    for (const link of (needs.get(keyOf(by)) ?? []).toReversed()) open.push({ link, depth });
  };
  const roots = [...reason].sort((a, b) => Number(a.by.kind === 'binary') - Number(b.by.kind === 'binary'));
  for (const { by } of roots) {
    queue(by, 0);
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { link, depth } = next;
      const verb = link.by.kind === 'source' ? 'build-depends on' : 'depends on';
      const end = link.kind === 'missing' ? `: ${presentText(link)}` : '';
      lines.push(
        `${'  '.repeat(Math.min(depth, deepestIndent))}${memberText(link.by)} ${verb} ${groupText(link.group)}${end}`,
      );
      if (link.kind === 'need') for (const candidate of link.candidates.toReversed()) queue(candidate, depth + 1);
    }
  }
  for (const link of reason) {
    if (link.kind === 'clash') lines.push(clashText(link));
    if (link.kind === 'order') lines.push(ringWords(memberText(link.by), groupText(link.group)));
  }
  return lines.map(visible);
}

/** How much is told. */
export interface CheckTextOptions {
  /** Whole reasons, and whole installations where the result has them. */
  readonly explain: boolean;
  /** Names the good builds too. */
  readonly successes: boolean;
}

/** The verdict, then a paragraph or a line for each build. */
export function checkText(result: CheckResult, { explain, successes }: CheckTextOptions): string {
  const paragraphs = result.builds.flatMap((build) => {
    if (build.installable && !successes) return [];
    return [explain ? explained(build) : `${buildText(build)}: ${answerText(build)}\n`];
  });
  return `${verdictText(result)}\n${paragraphs.length === 0 ? '' : '\n'}${paragraphs.join(explain ? '\n' : '')}`;
}

/** For a source with binaries of both kinds, says which of its two builds cannot be done. */
function answerText({ reason, parts }: CheckedBuild): string {
  if (reason === undefined) return 'installable';
  if (parts === undefined) return headline(reason);
  const whose = parts.arch
    ? parts.all
      ? ' (each of the builds -B and -A can be done by itself)'
      : ' (the build of Architecture: all, -A; -B can be done)'
    : parts.all
      ? ' (the build for this architecture, -B; -A can be done)'
      : '';
  return `${headline(reason)}${whose}`;
}

function explained(build: CheckedBuild): string {
  const { reason, installation } = build;
  const title = `${buildText(build)}: ${answerText(build)}`;
  const body = reason ? reasonLines(reason) : (installation ?? []).map((m) => visible(memberText(m)));
  return `${title}\n${body.map((line) => `  ${line}\n`).join('')}`;
}
