/**
 * What trials have shown, for people: each source with its verdicts, its builds, and what its full build never opened.
 */
import { visible } from '../../diagnostics.ts';
import type { LineVerdict, SourceTrial, TrialAnswer, TriedBuild } from '../../runner/trial/trial.ts';
import { counted, number } from '../writing/count.ts';

/** Lines that are shown of the end of a log. */
const shownLines = 30;

const list = (names: readonly string[]): string => names.map(visible).join(', ');

function verdictWords({ dependency, verdict, step, why, kind, switches }: LineVerdict): string {
  const name = `${visible(dependency)}${kind === '' ? '' : ` (${kind})`}`;
  if (verdict === 'works')
    return `${name}: harmless, the source builds without it${switches.length === 0 ? '' : ` where debian/rules sets ${list(switches)}`}`;
  if (verdict === 'untried') return `${name}: not known, the budget or the time of a build ended`;
  if (verdict === 'changes') return `${name}: has to stay, others would miss something: ${visible(why)}`;
  return `${name}: has to stay, the build fails in ${visible(step)} without it: ${visible(why)}`;
}

function buildWords({ dropped, switches, verdict, step, cpuSeconds, isKept }: TriedBuild): string {
  const besides = switches.length === 0 ? '' : `, with ${list(switches)}`;
  const what = dropped.length === 0 ? 'with everything' : `without ${list(dropped)}${besides}`;
  const how =
    verdict === 'late'
      ? 'not done in its time, which says nothing'
      : verdict === 'fails'
        ? `fails in ${visible(step)}`
        : verdict === 'changes'
          ? 'builds, and others miss something'
          : 'builds';
  return `${what}: ${how} (${isKept ? 'kept from before' : `${number(Math.round(cpuSeconds))} CPU s`})`;
}

/** What differs in a build that others do not miss is counted, the rest is named. */
function changeWords({ change }: TriedBuild): readonly string[] {
  if (change === undefined) return [];
  const { lost, omitted, packages } = change;
  return [
    ...(omitted.length > 0 ? [`left out as declared: ${list(omitted)}`] : []),
    ...(lost.length > 0 ? [`not built: ${list(lost)}`] : []),
    ...packages.map(({ name, lost, added, changed, emptied, abi, relationsLost, relationsAdded }) => {
      const parts = [
        ...(lost.length > 0 ? [`${counted(lost.length, 'file')} fewer (${visible(lost[0]!)})`] : []),
        ...(added.length > 0 ? [`${counted(added.length, 'file')} more (${visible(added[0]!)})`] : []),
        ...(emptied.length > 0 ? [`${counted(emptied.length, 'file')} emptied (${visible(emptied[0]!)})`] : []),
        ...(changed > 0 ? [`${counted(changed, 'file')} with other content`] : []),
        ...abi.map(
          (a) => `${visible(a.soname)}: ${number(a.removed.length)} symbols fewer, ${number(a.added.length)} more`,
        ),
        ...relationsLost.map((r) => `no ${visible(r)}`),
        ...relationsAdded.map((r) => `new ${visible(r)}`),
      ];
      return `${visible(name)}: ${parts.join('; ')}`;
    }),
  ];
}

function sourceText(trial: SourceTrial): readonly string[] {
  const { source, version, full, builds, lines, isMinimal, budget, uses } = trial;
  const unused = uses.filter((u) => u.use === 'unused').map((u) => u.dependency);
  const script = uses.filter((u) => u.use === 'script').map((u) => u.dependency);
  const brought = uses.filter((u) => u.use === 'brought').map((u) => u.dependency);
  const last = [full, ...builds].filter((b) => b.verdict === 'fails').at(-1);
  const best = builds.findLast((b) => b.verdict === 'works') ?? builds.at(-1);
  const state = isMinimal
    ? 'no further line can go'
    : 'the budget, or the time of a build, ended before that was known';
  return [
    `${visible(source)} ${visible(version)}: ${counted(lines.filter((l) => l.verdict === 'works').length, 'line')} of ${number(
      lines.length,
    )} harmless${lines.length === 0 ? '' : `; ${state} (${counted(builds.length, 'reduced build')} of at most ${number(budget)})`}`,
    ...lines.map((l) => `  ${verdictWords(l)}`),
    ...[full, ...builds].map((b) => `  build ${buildWords(b)}`),
    ...(best === undefined ? [] : changeWords(best).map((line) => `    ${line}`)),
    ...(last === undefined || last.tail.length === 0
      ? []
      : [
          `  the end of the log of the build without ${list(last.dropped) || 'nothing'}:`,
          ...last.tail.slice(-shownLines).map((l) => `    ${visible(l)}`),
        ]),
    ...(unused.length > 0
      ? [
          `  unused: the full build opened no file of ${list(unused)}, nor of what ${unused.length === 1 ? 'it alone brings' : 'they alone bring'}`,
        ]
      : []),
    ...(script.length > 0 ? [`  opened nothing of ${list(script)}, whose maintainer scripts may count`] : []),
    ...(brought.length > 0 ? [`  brought by others anyway: ${list(brought)}`] : []),
  ];
}

/** What came of each line of a source, for whoever waits; when its full build failed, that. */
export function trialLines({ source, full, lines }: SourceTrial): readonly string[] {
  if (full.verdict === 'fails' || full.verdict === 'late')
    return [
      `${visible(source)}: the full build ${full.verdict === 'late' ? 'is not done in its time' : `fails in ${visible(full.step)}`}; nothing is learned of its lines`,
    ];
  return lines.map((line) => `${visible(source)}: ${verdictWords(line)}`);
}

/** All trials, one after the other. */
export const trialText = ({ trials }: TrialAnswer): string =>
  `${trials.map((t) => sourceText(t).join('\n')).join('\n\n')}\n`;
