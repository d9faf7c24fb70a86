/** What is put in place before a build starts: the installation set of the plan, each binary pinned to one content. */

import { type BuildId, namedBuild } from '../../build-id.ts';
import type { ActionDigest, FileDigest } from '../../digests.ts';
import { InputError } from '../../errors.ts';
import type { InstalledBinary } from '../../events.ts';
import type { PlanIndex } from '../../indices.ts';
import { plainName } from '../../metadata/project/project-cross.ts';
import type { Diagnostic, Plan, PlannedBuild } from '../../model.ts';
import type { BinaryName } from '../../names.ts';
import { byteOrder } from '../../order.ts';
import { installationSet } from '../../stages/installation-set.ts';
import { TaintRule } from '../../stages/taint.ts';
import { versionSuffix } from '../../stages/version-suffix.ts';
import type { Builder, InputDeb } from '../builder.ts';
import { actionDocument, actionOf } from '../cache/action.ts';
import type { ActionResult, StoredDeb } from '../cache/action-result.ts';
import type { Expected } from '../cache/expected-result.ts';
import { expectedOf } from './expected-of.ts';
import { type Natives, noNatives } from './native-tools.ts';

/** Plan index -> what that build yielded. */
export type Results = ReadonlyMap<PlanIndex, ActionResult>;

/** A build with everything in place that decides its outcome. */
export interface Staged {
  readonly build: PlannedBuild;
  readonly inputs: readonly InputDeb[];
  /** Names of seed binaries installed. */
  readonly seed: readonly BinaryName[];
  readonly installed: readonly InstalledBinary[];
  readonly tainted: boolean;
  /** What of an installation set taints this build. */
  readonly taints: (installed: readonly InstalledBinary[]) => readonly InstalledBinary[];
  /** In a cross build with a compiler of the seed: which one; else ''. */
  readonly crossCompiler: string | undefined;
  /** What its result must be called. */
  readonly expected: Expected;
  /** The text whose sha256 is `action`. */
  readonly document: string;
  readonly action: ActionDigest;
}

/** Nothing but clean builds enters the final archive. A plan that says otherwise is not run. */
export function refuseTainted(plan: Plan): void {
  const rule = new TaintRule(plan);
  const problems = plan.builds.flatMap((build, index): Diagnostic[] => {
    if (build.archive !== 'final') return [];
    const set = installationSet(plan, index).map(({ binary, build: origin }) =>
      origin === 'seed'
        ? { name: binary, archive: 'seed', from: 'the seed' }
        : { name: binary, archive: plan.builds[origin]!.archive, from: plan.builds[origin]!.id },
    );
    const names = rule.residues(build, set).map(({ name, from }) => `${name} of ${from}`);
    if (names.length === 0 && build.stage === 0) return [];
    const why = build.stage > 0 ? 'it is a stage build' : `it is built with ${names.join(', ')}`;
    const message = `${build.id} would go to final, though ${why}`;
    return [{ code: 'BP502', severity: 'error', message, help: 'make the plan anew: bootplan plan' }];
  });
  if (problems.length > 0) throw new InputError(problems);
}

/** Everything a plan says about inputs, asked once: the stager is made for one plan and one builder. */
export class Stager {
  private readonly plan: Plan;
  private readonly builder: Builder;
  private readonly blobPath: (sha256: FileDigest) => string;
  private readonly rule: TaintRule;
  private readonly natives: Natives;
  private readonly native: ReadonlySet<string>;

  /** @param natives for a plan of cross builds: what the native plan has made */
  constructor(plan: Plan, builder: Builder, blobPath: (sha256: FileDigest) => string, natives: Natives = noNatives) {
    this.natives = natives;
    this.native = new Set(plan.native?.binaries);
    this.plan = plan;
    this.builder = builder;
    this.blobPath = blobPath;
    this.rule = new TaintRule(plan);
  }

  /**
   * The inputs of a build, or the names of the builds whose results are missing. All are there before a build starts,
   * or it does not start.
   */
  async stage(index: PlanIndex, results: Results): Promise<Staged | { readonly missing: readonly BuildId[] }> {
    const build = this.plan.builds[index]!;
    const seed: BinaryName[] = [];
    const missing = new Set<BuildId>();
    const pinned: { name: BinaryName; deb: StoredDeb; from: Pick<PlannedBuild, 'id' | 'archive'> }[] = [];
    for (const { binary, build: origin } of installationSet(this.plan, index)) {
      if (this.native.has(binary)) {
        // A tool that no build of the native plan yields is waited for by its own name.
        const { build: id, deb } = this.natives.get(binary) ?? { build: namedBuild(binary), deb: undefined };
        if (deb === undefined) missing.add(id);
        else pinned.push({ name: binary, deb, from: { id, archive: 'final' } });
        continue;
      }
      if (origin === 'seed') {
        seed.push(binary);
        continue;
      }
      const from = this.plan.builds[origin]!;
      const deb = results.get(origin)?.debs.find((d) => d.name === binary);
      if (deb === undefined) missing.add(from.id);
      else pinned.push({ name: binary, deb, from });
    }
    if (missing.size > 0) return { missing: [...missing] };
    seed.sort(byteOrder);
    // What is built as on this machine itself is the very build that its own plan has.
    const nameOf = this.builder.isOnItself?.(build) === true ? plainName : (name: BinaryName) => name;
    pinned.sort((a, b) => byteOrder(nameOf(a.name), nameOf(b.name)));
    const inputs = pinned.map(({ name, deb, from }): InputDeb => {
      const { version, sha256 } = deb;
      return { name, version, sha256, path: this.blobPath(sha256), build: from.id, archive: from.archive };
    });
    const digest = seed.length === 0 ? '' : ((await this.builder.seedDigest?.(seed)) ?? '');
    const installed = [
      ...inputs.map(({ path: _, ...row }): InstalledBinary => row),
      ...seed.map((name): InstalledBinary => ({ name, version: '', build: 'seed', archive: 'seed', sha256: digest })),
    ];
    const fingerprint = await this.builder.fingerprint(build);
    const contents = pinned.map(({ name, deb: { contentSha256 } }) => ({ name: nameOf(name), contentSha256 }));
    const crossCompiler = this.plan.native && (await this.builder.crossCompiler?.(build));
    const document = actionDocument(build, fingerprint, versionSuffix(build.archive), contents, seed);
    const taints = (set: readonly InstalledBinary[]) => this.rule.residues(build, set);
    const tainted = taints(installed).length > 0;
    const expected = expectedOf(this.plan, build);
    return {
      build,
      inputs,
      seed,
      installed,
      tainted,
      taints,
      crossCompiler,
      expected,
      document,
      action: actionOf(document),
    };
  }
}
