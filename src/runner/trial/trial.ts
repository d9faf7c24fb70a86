/**
 * The trial of one source: built with all of its dependencies, then without those that are proposed to go; what is to
 * stay found by bisection.
 */

import { formatGroup } from '../../metadata/relations/relation.ts';
import type { Source } from '../../model.ts';
import type { SourceName } from '../../names.ts';
import { byteOrder } from '../../order.ts';
import { type Use, useOf } from './access-trace.ts';
import { leastKept } from './delta-debugging.ts';
import { causeWords, failureCause } from './failure-cause.ts';
import { type OutputChange, outputChange } from './output-change.ts';
import { reducedVariant } from './reduced-variant.ts';
import type { TrialResult } from './trial-build.ts';
import type { TrialSite } from './trial-site.ts';

/** A line that is proposed to be dropped. */
export interface DroppedLine {
  /** The group as the source has it. */
  readonly group: string;
  /** The dependency, by the name that evidence has it under. */
  readonly dependency: string;
  /** The profile of its condition. */
  readonly profile: string;
  /** What it is thought to be for; '' when it was asked for by name. */
  readonly kind: string;
}

/** The source that is tried, and how many builds that may take. */
export interface TrialRequest {
  readonly source: Source;
  /** In the order of Build-Depends. */
  readonly lines: readonly DroppedLine[];
  /** Active in the full build, too. */
  readonly profiles: readonly string[];
  /** What the source declares already and the proposed stage has; active in every reduced build. */
  readonly declared: readonly string[];
  /** Binaries that a reduced build is declared not to yield. */
  readonly omits: readonly string[];
  /** What debian/rules can say, `NAME=VALUE`, so that tools of these dependencies are not called. */
  readonly switchesFor: (dependencies: readonly string[]) => readonly string[];
  /** Reduced builds at most. */
  readonly budget: number;
}

/** One build as it is told. */
export interface TriedBuild {
  /** Dependencies; nothing for the full build. */
  readonly dropped: readonly string[];
  /** `NAME=VALUE`: what debian/rules found in its environment besides, after it had failed without. */
  readonly switches: readonly string[];
  readonly profiles: readonly string[];
  /**
   * `changes`: it builds, and others would miss something. `late`: its time was over before its end, which says
   * nothing.
   */
  readonly verdict: 'works' | 'changes' | 'fails' | 'late';
  /** sbuild's stage that failed; '' when none did. */
  readonly step: string;
  readonly message: string;
  readonly tail: readonly string[];
  readonly cpuSeconds: number;
  readonly isKept: boolean;
  readonly log: string;
  readonly change: OutputChange | undefined;
}

/** What came of dropping one line. */
export interface LineVerdict extends DroppedLine {
  /** `untried`: the budget or the time of a build ended, or the full build failed. */
  readonly verdict: 'works' | 'changes' | 'fails' | 'untried';
  readonly step: string;
  /** What fails or is missed, in a sentence; '' otherwise. */
  readonly why: string;
  /** Dropped in the same build. */
  readonly together: readonly string[];
  /** `NAME=VALUE`: what debian/rules has to set for it; nothing when it works as it is, or does not. */
  readonly switches: readonly string[];
}

/** All that came of a trial. */
export interface SourceTrial {
  readonly source: SourceName;
  readonly version: string;
  readonly full: TriedBuild;
  readonly builds: readonly TriedBuild[];
  readonly lines: readonly LineVerdict[];
  /** No line that stays can go as well. */
  readonly isMinimal: boolean;
  readonly budget: number;
  /** How the full build used each of its dependencies, in their order. */
  readonly uses: readonly { readonly group: string; readonly dependency: string; readonly use: Use }[];
}

/** What `trial` answers. */
export interface TrialAnswer {
  readonly format: 1;
  readonly architecture: string;
  readonly trials: readonly SourceTrial[];
}

const told = (
  { ok, step, message, tail, cpuSeconds, isKept, isLate, log }: TrialResult,
  { dropped, profiles, switches }: Pick<TriedBuild, 'dropped' | 'profiles' | 'switches'>,
  change: OutputChange | undefined,
): TriedBuild => ({
  dropped,
  profiles,
  switches,
  verdict:
    isLate === true ? 'late' : !ok ? 'fails' : change !== undefined && change.missed.length > 0 ? 'changes' : 'works',
  step,
  message,
  tail,
  cpuSeconds,
  isKept,
  log,
  change,
});

/** @param say is told what is done next */
export async function trySource(
  site: TrialSite,
  { source, lines, profiles, declared, omits, switchesFor, budget }: TrialRequest,
  say: (line: string) => void,
): Promise<SourceTrial> {
  const { name, version } = source;
  say(`${name}: the full build`);
  const whole = { profiles, dropped: [], switches: [] };
  const before = await site.build({ source, ...whole, traced: true });
  const full = told(before, whole, undefined);
  say(endWords(name, full));
  const builds: TriedBuild[] = [];
  const byKept = new Map<string, TriedBuild>();
  const reduced = async (gone: readonly DroppedLine[], switches: readonly string[]): Promise<TriedBuild> => {
    const active = [...new Set([...profiles, ...declared, ...gone.map((l) => l.profile)])].sort(byteOrder);
    const dropped = gone.map((l) => l.dependency);
    say(`${name}: without ${dropped.join(', ')}${switches.length === 0 ? '' : `, with ${switches.join(' ')}`}`);
    const groups = gone.map((l) => l.group);
    const after = await site.build({ source, profiles: active, dropped: groups, switches, traced: false });
    const change = after.ok ? outputChange(before.packages, after.packages, new Set(omits)) : undefined;
    const build = told(after, { dropped, profiles: active, switches }, change);
    builds.push(build);
    say(endWords(name, build));
    return build;
  };
  const isSpent = (): boolean => builds.length >= budget;
  const works = async (kept: readonly number[]): Promise<boolean> => {
    const gone = lines.filter((_, i) => !kept.includes(i));
    const switches = switchesFor(gone.map((l) => l.dependency));
    let build = await reduced(gone, []);
    // debian/rules may only have to say that a tool is not to be called.
    if (build.verdict === 'fails' && build.step === 'build' && switches.length > 0 && !isSpent())
      build = await reduced(gone, switches);
    byKept.set(kept.join(), build);
    return build.verdict === 'works';
  };
  const all = { source: name, version, full, budget };
  if (!before.ok || lines.length === 0)
    return {
      ...all,
      builds,
      lines: lines.map(untried),
      isMinimal: before.ok,
      uses: await usesOf(site, source, before),
    };
  const found = await leastKept(lines.length, works, isSpent);
  const switchesOf = ({ dependency }: DroppedLine): readonly string[] => {
    const needed = byKept.get(found.kept.join())?.switches ?? [];
    return switchesFor([dependency]).filter((word) => needed.includes(word));
  };
  const verdicts = lines.map((line, i): LineVerdict => {
    if (!found.kept.includes(i)) {
      const together = others(lines, found.kept, i);
      return { ...line, ...noFault, verdict: 'works', together, switches: switchesOf(line) };
    }
    // Only a failure with nothing but harmless drops beside this one is its own.
    const stays = found.kept.filter((k) => k !== i);
    const build = found.tried
      .filter((t) => !t.works && !t.kept.includes(i) && stays.every((k) => t.kept.includes(k)))
      .map((t) => byKept.get(t.kept.join())!)
      .find(({ verdict }) => verdict !== 'late');
    if (build === undefined || build.verdict === 'late') return untried(line);
    const together = build.dropped.filter((dependency) => dependency !== line.dependency);
    const why =
      build.verdict === 'fails'
        ? (causeWords(failureCause(build.tail)) ?? build.message)
        : build.change!.missed.join('; ');
    return { ...line, verdict: build.verdict, step: build.step, why, together, switches: [] };
  });
  const isMinimal = found.isMinimal && builds.every(({ verdict }) => verdict !== 'late');
  return { ...all, builds, lines: verdicts, isMinimal, uses: await usesOf(site, source, before) };
}

/** One build, for whoever waits. */
function endWords(name: string, { verdict, step, cpuSeconds, isKept }: TriedBuild): string {
  const how = {
    works: 'builds',
    changes: 'builds, and others would miss something',
    fails: `fails in ${step}`,
    late: 'is not done in its time',
  }[verdict];
  return `${name}: ${how} (${isKept ? 'kept from before' : `${Math.round(cpuSeconds)} CPU s`})`;
}

const noFault = { step: '', why: '', switches: [] };
const untried = (line: DroppedLine): LineVerdict => ({ ...line, ...noFault, verdict: 'untried', together: [] });

const others = (lines: readonly DroppedLine[], kept: readonly number[], i: number): readonly string[] =>
  lines.filter((_, k) => k !== i && !kept.includes(k)).map((l) => l.dependency);

/** apt is asked for each dependency what it would install without it. */
async function usesOf(site: TrialSite, source: Source, { ok, accesses }: TrialResult): Promise<SourceTrial['uses']> {
  if (!ok || accesses.length === 0) return [];
  const full = source.variants.find((v) => v.stage === 0)!;
  const of = new Map(accesses.map((access) => [access.name, access]));
  const all = await site.archive.wouldInstall(source, full);
  if ('why' in all) return [];
  const uses: { group: string; dependency: string; use: Use }[] = [];
  for (const group of full.buildDepends) {
    const text = formatGroup(group);
    const left = await site.archive.wouldInstall(source, reducedVariant(source, site.universe.architecture, [text]));
    if ('why' in left) continue;
    const still = new Set(left.files.map(packageOf));
    const gone = all.files.map(packageOf).filter((name) => !still.has(name));
    uses.push({ group: text, dependency: group[0]!.name, use: useOf(gone, of) });
  }
  return uses;
}

const packageOf = (file: string): string => file.slice(0, file.indexOf('_'));
