/**
 * `adopt`: packages that were built elsewhere, by build daemons or by hand, taken for builds of the plan when they are
 * what the plan asks for. What fits goes into the cache of the state directory and nowhere else; the run that follows
 * builds nothing, and lays out the archives.
 */

import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildId } from '../../build-id.ts';
import { visible } from '../../diagnostics.ts';
import { EnvironmentError, exitCode, InputError } from '../../errors.ts';
import type { PlanIndex } from '../../indices.ts';
import type { Diagnostic, Plan, PlannedBuild } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import type { AdoptedAnswer, AdoptedBuild } from '../../reports/run/adopted.ts';
import { type Delivery, takeDelivery } from '../../runner/adoption/delivery.ts';
import { type AdoptingBuilder, candidates, weigh } from '../../runner/adoption/fitting-build.ts';
import { type Results, refuseTainted, type Staged, Stager } from '../../runner/build/build-inputs.ts';
import { survey } from '../../runner/build/find-finished.ts';
import { type GoodOutcome, keep, wantedDebs } from '../../runner/build/keep.ts';
import type { Builder } from '../../runner/builder.ts';
import type { ActionResult } from '../../runner/cache/action-result.ts';
import type { Session } from '../../runner/journal/session.ts';
import type { Limits } from '../../runner/scheduling/resource-budget.ts';
import { previousRound } from '../../stages/waits.ts';
import type { Talk } from '../output/talk.ts';
import { build } from './build.ts';
import type { Shared, Working } from './sessions.ts';

type Adopted = Pick<AdoptedAnswer, 'adopted' | 'already'>;

interface AdoptRequest {
  /** .changes files, and directories that hold some. */
  readonly from: readonly string[];
  /** The build that they are of; undefined leaves it to what they say. */
  readonly build: BuildId | undefined;
}

/** Every .changes that is meant, byte order. @throws EnvironmentError (66) when there is none */
function changesIn(from: readonly string[]): readonly string[] {
  const found = from.flatMap((path) => {
    const kind = statSync(path, { throwIfNoEntry: false });
    if (kind === undefined)
      throw new EnvironmentError(`${path} is not there`, exitCode.missingInput, 'give a .changes, or a directory');
    if (!kind.isDirectory()) return [path];
    const names = readdirSync(path).filter((name) => name.endsWith('.changes'));
    if (names.length > 0) return names.map((name) => join(path, name));
    const help = 'what a build daemon leaves has one: NAME_VERSION_ARCH.changes';
    throw new EnvironmentError(`${path} holds no .changes`, exitCode.missingInput, help);
  });
  return [...new Set(found)].sort(byteOrder);
}

const problem = (from: string, message: string, code: Diagnostic['code'], help: string): Diagnostic => ({
  code,
  severity: 'error',
  message: `${visible(from)}: ${message}`,
  help,
});

const unreadable = 'fetch it again from where it was built; nothing was taken';
const unfit = 'build it as the plan says (bootplan plan export, or plan.json), from our archives; nothing was taken';

const canAdopt = (builder: Builder): builder is AdoptingBuilder => builder.heldAgainstPlan !== undefined;

const filesOf = ({ debs }: Pick<ActionResult, 'debs'>): readonly string[] => debs.map(({ file }) => file);

/**
 * Takes all of it, or, when anything does not fit, nothing.
 *
 * @param plan as the state directory knows it, added rounds included
 * @throws EnvironmentError (64) for a project whose builds nobody else can do, (66) when there is nothing to take
 * @throws InputError (65) with everything that does not fit
 */
async function adoptInto(session: Session, plan: Plan, builder: Builder, request: AdoptRequest): Promise<Adopted> {
  if (!canAdopt(builder)) {
    const help = 'name the archive: --packages FILE --sources FILE --targets ..., or --from-apt';
    throw new EnvironmentError(
      'recipes are built here: only builds of Debian sources can be adopted',
      exitCode.usage,
      help,
    );
  }
  refuseTainted(plan);
  const { cache, directory } = session;
  const stager = new Stager(plan, builder, (digest) => cache.blobPath(digest));
  const problems: Diagnostic[] = [];
  const waiting: { readonly delivery: Delivery; readonly builds: readonly number[] }[] = [];
  const scratch = join(directory.work, 'adopt');
  rmSync(scratch, { recursive: true, force: true });
  try {
    for (const [i, from] of changesIn(request.from).entries()) {
      const into = join(scratch, String(i));
      mkdirSync(into, { recursive: true });
      const delivery = await takeDelivery(from, into);
      const builds = delivery.ok ? candidates(plan, delivery.value, request.build) : [];
      if (!delivery.ok) problems.push(...delivery.problems.map((said) => problem(from, said, 'BP524', unreadable)));
      else if (typeof builds === 'string') problems.push(problem(from, builds, 'BP525', unfit));
      else waiting.push({ delivery: delivery.value, builds });
    }
    const { results, open } = await survey(plan, stager, cache);
    const already: AdoptedBuild[] = [];
    for (const one of [...waiting]) {
      const done = one.builds.find((index) => holdsAll(results.get(index), one.delivery));
      if (done === undefined) continue;
      waiting.splice(waiting.indexOf(one), 1);
      already.push(toldOf(plan.builds[done]!, results.get(done)!));
    }
    const kept: { readonly staged: Staged; readonly outcome: GoodOutcome; readonly log: string }[] = [];
    /** Why it is none of those that it was held against. */
    const said = new Map<Delivery, readonly string[]>();
    for (const index of open) {
      for (const one of waiting.filter(({ builds }) => builds.includes(index))) {
        const { delivery } = one;
        const held = await holdAgainst(plan, builder, stager, index, results, delivery);
        if ('problems' in held) {
          said.set(delivery, held.problems);
          continue;
        }
        waiting.splice(waiting.indexOf(one), 1);
        kept.push({ ...held, log: join(scratch, `${index}.log`) });
        results.set(index, provisional(held.outcome, held.staged.build));
        break;
      }
    }
    for (const { delivery, builds } of waiting) {
      const ids = builds.map((index) => plan.builds[index]!.id).join(', ');
      const words = said.get(delivery) ?? [`${ids} is built already, or given twice, and not the same`];
      problems.push(...words.map((word) => problem(delivery.from, word, 'BP525', unfit)));
    }
    if (problems.length > 0) throw new InputError(problems);
    const adopted: AdoptedBuild[] = [];
    for (const { staged, outcome, log } of kept)
      adopted.push(toldOf(staged.build, await keep(cache, staged, outcome, log)));
    return { adopted, already };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** It as a build of the plan that is open, or why it is none, in words. */
async function holdAgainst(
  plan: Plan,
  builder: AdoptingBuilder,
  stager: Stager,
  index: PlanIndex,
  results: Results,
  delivery: Delivery,
): Promise<{ readonly staged: Staged; readonly outcome: GoodOutcome } | { readonly problems: readonly string[] }> {
  const { id } = plan.builds[index]!;
  const staged = await stager.stage(index, results);
  if ('missing' in staged)
    return { problems: [`${id} waits for ${staged.missing.join(', ')}: build that first, or give it too`] };
  const { problems, outcome } = await weigh(plan.architecture, builder, staged, delivery);
  const earlier = previousRound(plan, index);
  const before = earlier === undefined ? [] : (results.get(earlier)?.beside ?? []);
  const twice = before.some(({ sha256 }) => sha256 === delivery.buildinfoSha256)
    ? [`it is the build that ${id} is to be compared with, and no second one`]
    : [];
  const all = [...problems.map((words) => `${id}: ${words}`), ...twice];
  return all.length > 0 ? { problems: all } : { staged, outcome };
}

/** As those that come after it see it before anything is kept. */
const provisional = (outcome: GoodOutcome, { produces }: PlannedBuild): ActionResult => ({
  debs: wantedDebs(outcome, produces, () => 0),
  log: { sha256: '', bytes: 0 },
  cpuSeconds: 0,
  sandboxed: false,
  adopted: true,
});

const toldOf = ({ id, archive }: PlannedBuild, result: ActionResult): AdoptedBuild => ({
  build: id,
  archive,
  packages: filesOf(result),
});

/** Is that what the build is known to have yielded, file by file? */
function holdsAll(result: ActionResult | undefined, { debs, buildinfoSha256 }: Delivery): boolean {
  if (result === undefined || !(result.beside ?? []).some(({ sha256 }) => sha256 === buildinfoSha256)) return false;
  const theirs = new Map(debs.map(({ file, sha256 }) => [file, sha256]));
  return result.debs.every(({ file, sha256 }) => theirs.get(file) === sha256);
}

/** What is adopted, and into which state. */
export interface AdoptionOrder extends AdoptRequest {
  readonly replan: boolean;
  readonly signKey: string | undefined;
  readonly limits: Limits;
  /** What names the project in a command. */
  readonly words: string;
}

/** Takes it in, and has a run that builds nothing lay out archives, ledger and provenance with it. */
export async function adopt(
  working: Working,
  order: AdoptionOrder,
  shared: Shared,
  talk: Pick<Talk, 'talk'>,
): Promise<AdoptedAnswer> {
  const { prepared, session, known } = working;
  const taken = await adoptInto(session, known, prepared.builder, order);
  const { replan, signKey, limits, words } = order;
  const request = { limits, timeoutSeconds: 1, replan, rounds: 0, signKey, reports: false, projectFlagsText: words };
  const { state } = await build(
    { ...working, wanted: [] },
    { ...request, overridesAsked: () => new Set() },
    shared,
    talk,
  );
  const done = known.builds.filter(({ id }) => state.builds.get(id)?.status === 'done').length;
  return { ...taken, done, builds: known.builds.length };
}
