/**
 * Who taints whom (rule M7): the one home of the rule that keeps the final archive clean, for the plan, the runner and
 * the ledger alike. It is decided on the installation set, members of the seed included: a full build is tainted while
 * a stage package is in it, or a copy from outside of what another source makes that a stage or a wish starts. What is
 * given for good, since nothing replaces it, taints nothing.
 */

import { isStageArchive } from '../archives.ts';
import type { Plan, PlannedBuild } from '../model.ts';
import type { SourceName } from '../names.ts';

/** A member of an installation set: its name and the archive it comes from; `seed` for what is there from outside. */
export interface Member {
  readonly name: string;
  readonly archive: string;
}

/** What of a plan the rule looks at. */
export type Started = Pick<Plan, 'wishes' | 'supplied'> & {
  readonly builds: readonly Pick<PlannedBuild, 'source' | 'stage' | 'produces'>[];
};

/**
 * Sources that a stage build or a wish starts: they are compared at the end, and their copies from outside are
 * residues.
 */
export const startedSources = ({ wishes, builds }: Omit<Started, 'supplied'>): ReadonlySet<string> =>
  new Set([...wishes, ...builds.flatMap((b) => (b.stage > 0 ? [b.source] : []))]);

/** The seed's copy of another version than the one to be built has a name of its own: `foo-dev:amd64 (= 1)`. */
const otherVersion = /:[^: ]+ \(= [^)]*\)$/;

/** The rule for one plan. */
export class TaintRule {
  /** Binary -> its source, where a copy from outside is a residue. */
  private readonly makers = new Map<string, string>();
  private readonly wishes: ReadonlySet<string>;

  constructor(plan: Started) {
    this.wishes = new Set(plan.wishes);
    const started = startedSources(plan);
    for (const { source, stage, produces } of plan.builds)
      if (stage === 0 && started.has(source)) for (const binary of produces) this.makers.set(binary, source);
    // Of a source that is built in full all that a wish stands for is a residue, also what its builds leave out. Of one
    // that nothing builds it is there for good, as a copy in the seed would be.
    const replaced = new Set(plan.builds.flatMap((b) => (b.stage === 0 ? [b.source] : [])));
    for (const { source, binaries } of plan.supplied ?? [])
      if (replaced.has(source)) for (const binary of binaries) this.makers.set(binary, source);
  }

  /** The members that taint a build; of stage builds, which taint others, the question is not asked. */
  residues<T extends Member>(build: Pick<PlannedBuild, 'source' | 'stage'>, installed: readonly T[]): readonly T[] {
    return build.stage > 0 ? [] : installed.filter((member) => this.isResidue(build.source, member));
  }

  /** Whether one member taints a full build of the source. */
  isResidue(source: SourceName, { name, archive }: Member): boolean {
    if (archive !== 'seed') return isStageArchive(archive);
    const maker = this.makers.get(name.endsWith(')') ? name.replace(otherVersion, '') : name);
    return maker !== undefined && (maker !== source || this.wishes.has(maker));
  }
}
