/** Which builds of a plan a command speaks of. A subset keeps the order of the plan, which is that of its needs. */

import { archiveNames } from '../../archives.ts';
import { partsOf } from '../../build-id.ts';
import { resultOf } from '../../diagnostics.ts';
import type { Diagnostic, Plan, Result } from '../../model.ts';
import { nearest } from '../../text/nearest-names.ts';

/** What was named on the command line. */
export interface Selection {
  /** Names of archives: `stage1`, ..., `interim`, `final`. */
  readonly phases: readonly string[];
  /** Sources, or single builds: `dash`, `dash<stage1>`, `dash#2`. */
  readonly names: readonly string[];
  /** This build (or the first one of this source), and what comes after it in the plan. */
  readonly from?: string;
  /** Everything up to and with the last build of this stage. */
  readonly upto?: number;
}

function unknown(what: string, name: string, known: readonly string[]): Diagnostic {
  const near = nearest(name, known);
  const list = known.length > 12 ? `${known.slice(0, 12).join(', ')}, ...` : known.join(', ');
  return {
    code: 'BP501',
    severity: 'error',
    message: `the plan has no ${what} "${name}"`,
    help: near === undefined ? `it has ${list}` : `did you mean "${near}"? It has ${list}`,
  };
}

/** Plan indices, ascending. Names that the plan does not have are errors, all of them. */
export function selectBuilds(plan: Plan, selection: Selection): Result<readonly number[]> {
  const { builds } = plan;
  const names = [...new Set(builds.flatMap((build) => [build.source, build.id]))];
  const is = (name: string) => (build: Plan['builds'][number]) => build.source === name || build.id === name;
  const { from, upto } = selection;
  const problems = [
    ...selection.phases
      .filter((p) => !archiveNames(plan).some((name) => name === p))
      .map((p) => unknown('phase', p, archiveNames(plan))),
    ...[...selection.names, ...(from === undefined ? [] : [from])]
      .filter((name) => !builds.some(is(name)))
      .map((name) => unknown('build', name, names)),
  ];
  const first = from === undefined ? 0 : builds.findIndex(is(from));
  const last = upto === undefined ? builds.length - 1 : builds.findLastIndex((b) => b.stage > 0 && b.stage <= upto);
  const wanted = [...builds.keys()].filter((index) => {
    const build = builds[index]!;
    if (index < first || index > last) return false;
    if (selection.phases.length > 0 && !selection.phases.includes(build.archive)) return false;
    return selection.names.length === 0 || selection.names.some((name) => is(name)(build));
  });
  return resultOf(wanted, problems);
}

/**
 * The same selection for each of several architectures: `musl` is meant of every one that has it, `arm64/musl` of that
 * one alone. Undefined where nothing is meant; a name that none has is an error.
 */
export function selectionsOf(
  plans: readonly Plan[],
  { phases, names, from, upto }: Selection,
): Result<readonly (Selection | undefined)[]> {
  const isIn = (plan: Plan, selection: Partial<Selection>): boolean =>
    selectBuilds(plan, { phases: [], names: [], ...selection }).ok;
  const own = (plan: Plan, given: readonly string[]): readonly string[] =>
    given.flatMap((name) => {
      const { label, build } = partsOf(name);
      const meant = label === undefined || label === plan.architecture;
      return meant && isIn(plan, { names: [build] }) ? [build] : [];
    });
  const problems = [...names, ...(from === undefined ? [] : [from])].flatMap((name): readonly Diagnostic[] => {
    if (plans.some((plan) => own(plan, [name]).length > 0)) return [];
    const { label, build } = partsOf(name);
    const meant = plans.find(({ architecture }) => architecture === label) ?? plans[0]!;
    const known = meant.builds.flatMap((b) => [b.source, b.id]);
    if (label !== undefined && isIn(meant, { names: [build] }))
      return [
        unknown(
          'architecture',
          label,
          plans.map(({ architecture }) => architecture),
        ),
      ];
    return [unknown('build', build, [...new Set(known)])];
  });
  for (const phase of phases)
    if (!plans.some((plan) => isIn(plan, { phases: [phase] })))
      problems.push(unknown('phase', phase, archiveNames(plans[0]!)));
  const selections = plans.map((plan): Selection | undefined => {
    const [mine, first] = [own(plan, names), own(plan, from === undefined ? [] : [from])[0]];
    const here = phases.filter((phase) => isIn(plan, { phases: [phase] }));
    const left = (given: number, found: number): boolean => given > 0 && found === 0;
    if (left(names.length, mine.length) || left(phases.length, here.length)) return undefined;
    if (from !== undefined && first === undefined) return undefined;
    return {
      phases: here,
      names: mine,
      ...(first !== undefined && { from: first }),
      ...(upto !== undefined && { upto }),
    };
  });
  return resultOf(selections, problems);
}
