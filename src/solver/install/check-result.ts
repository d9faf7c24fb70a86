/** The verdicts of a check in names and words: what `bootplan check` prints, in whatever format. */

import { formatRelation } from '../../metadata/relations/relation.ts';
import { misfits } from '../../metadata/relations/satisfaction.ts';
import type { Group, Source, Universe } from '../../model.ts';
import type { SourceName } from '../../names.ts';
import type { Cause } from './install-cone.ts';
import { type Clash, type InstallRules, installRules } from './install-rules.ts';
import { checkBuilds, type Parts, type Scope, type Verdict } from './installability.ts';

/** The source that is built, or a binary. `architecture` is as written: `any all`, `amd64`. */
export interface Member {
  readonly kind: 'source' | 'binary';
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Only there when true. */
  readonly essential?: true;
}

/** One link of a reason. All of them together cannot be. */
export type Because =
  /** `by` needs the group, and nothing satisfies it; `present` is what has one of its names but does not fit. */
  | {
      readonly kind: 'missing';
      readonly by: Member;
      readonly group: readonly Asked[];
      readonly present: readonly Member[];
      /** The rule on qualifiers that leaves out what is present; when one does. */
      readonly why?: string;
    }
  /** `by` needs the group, and only the candidates satisfy it. */
  | {
      readonly kind: 'need';
      readonly by: Member;
      readonly group: readonly Asked[];
      readonly candidates: readonly Member[];
    }
  /** `by` cannot be installed together with `against`. */
  | {
      readonly kind: 'clash';
      readonly by: Member;
      readonly why: Clash['why'];
      readonly group: readonly Asked[];
      readonly against: Member;
    }
  /** `by` pre-depends on the group, and what satisfies it cannot be configured before `by`. */
  | { readonly kind: 'order'; readonly by: Member; readonly group: readonly Asked[] };

/** One alternative: as written, and in parts. */
export interface Asked {
  readonly text: string;
  readonly name: string;
  readonly qualifier?: string;
  readonly op?: string;
  readonly version?: string;
}

/** The verdict on one build, in names. */
export interface CheckedBuild {
  readonly source: SourceName;
  readonly version: string;
  readonly architecture: string;
  /** 0 is the full build. */
  readonly stage: number;
  readonly profiles: readonly string[];
  readonly maintainer: string;
  readonly uploaders: readonly string[];
  readonly installable: boolean;
  /** Why not, from the build outwards. */
  readonly reason?: readonly Because[];
  /**
   * Of a source with both, whether its builds for this architecture (-B) and for all (-A) could be done by themselves.
   */
  readonly parts?: Parts;
  /** What would be installed, byte order of name; when it was asked for. */
  readonly installation?: readonly Member[];
}

/** The verdicts on all builds that were asked about. */
export interface CheckResult {
  readonly architecture: string;
  readonly profiles: readonly string[];
  readonly alternatives: Universe['alternatives'];
  readonly binaries: number;
  readonly checked: number;
  readonly broken: number;
  /** In byte order of source, then by stage; the good ones are left out when only failures are asked for. */
  readonly builds: readonly CheckedBuild[];
}

/** Which builds are asked about, and how much is told of each. */
export interface CheckOptions {
  readonly scope: Scope;
  /** Indices of the sources asked about; all when left out. */
  readonly sources?: ReadonlySet<number>;
  readonly failuresOnly: boolean;
  /** Whether each yes comes with its installation: a lot, for a whole archive. */
  readonly installations: boolean;
}

/** Checks the builds of a universe one by one, in the order of their sources. */
export function checkResult(universe: Universe, options: CheckOptions): CheckResult {
  const rules = installRules(universe);
  const builds: CheckedBuild[] = [];
  let checked = 0;
  let broken = 0;
  for (const verdict of checkBuilds(rules, options.scope, options.sources)) {
    checked++;
    if (!verdict.installable) broken++;
    if (!verdict.installable || !options.failuresOnly) builds.push(checkedBuild(rules, verdict, options.installations));
  }
  const { architecture, profiles, alternatives, binaries } = universe;
  return { architecture, profiles, alternatives, binaries: binaries.length, checked, broken, builds };
}

function checkedBuild(rules: InstallRules, verdict: Verdict, installations: boolean): CheckedBuild {
  const { source, variant, installable } = verdict;
  const build = {
    source: source.name,
    version: source.version,
    architecture: source.architectures.join(' '),
    stage: variant.stage,
    profiles: variant.profiles,
    maintainer: source.maintainer,
    uploaders: source.uploaders,
    installable,
  };
  if (!verdict.installable) {
    const reason = verdict.reason.map((cause) => because(rules, source, cause));
    return { ...build, reason, ...(verdict.parts && { parts: verdict.parts }) };
  }
  return installations ? { ...build, installation: members(rules, verdict.installation.toSorted()) } : build;
}

function member({ universe }: InstallRules, index: number): Member {
  const { name, version, essential, architecture: own, source } = universe.binaries[index]!;
  // In a universe of two architectures what is the building machine's counts as for all, and nothing builds it.
  const architecture = own === 'all' && source === undefined ? (universe.buildArchitecture ?? own) : own;
  return { kind: 'binary', name, version, architecture, ...(essential && { essential }) };
}

const members = (rules: InstallRules, indices: Iterable<number>): Member[] =>
  Array.from(indices, (index) => member(rules, index));

const asked = (group: Group): Asked[] =>
  group.map((relation) => {
    const { name, qualifier, op, version } = relation;
    return {
      text: formatRelation(relation),
      name,
      ...(qualifier !== undefined && { qualifier }),
      ...(op !== undefined && { op }),
      ...(version !== undefined && { version }),
    };
  });

function because(rules: InstallRules, source: Source, cause: Cause): Because {
  const { name, version, architectures } = source;
  const build: Member = { kind: 'source', name, version, architecture: architectures.join(' ') };
  const by = cause.by < 0 ? build : member(rules, cause.by);
  if (cause.kind === 'clash') {
    const { why, group } = cause.clash;
    return { kind: 'clash', by, why, group: asked(group), against: member(rules, cause.against) };
  }
  if (cause.kind === 'order') return { kind: 'order', by, group: asked(cause.need.group) };
  const { group, candidates } = cause.need;
  if (candidates.length > 0) return { kind: 'need', by, group: asked(group), candidates: members(rules, candidates) };
  const bearers = group.flatMap((r) => [...rules.providers.named(r.name), ...rules.providers.providing(r.name)]);
  const { universe } = rules;
  const present = [...new Set(bearers)];
  const where = cause.by < 0 ? 'build' : 'run';
  const why = misfits(
    group,
    present.map((b) => universe.binaries[b]!),
    universe.architecture,
    where,
  );
  return { kind: 'missing', by, group: asked(group), present: members(rules, present), ...(why !== '' && { why }) };
}
