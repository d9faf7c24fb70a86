import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as Flags from '@oclif/core/flags';
import type { Prepared } from '../application/prepared.ts';
import type { View } from '../application/run-view.ts';
import { architecturesNamed, selectedOf } from '../application/wanted-builds.ts';
import { buildOf } from '../build-id.ts';
import { architecturesFlag } from '../command-line/project-command.ts';
import { RunCommand, type Shared, type Working } from '../command-line/run-command.ts';
import { type RunFlags, runFlags } from '../command-line/run-flags.ts';
import { exitCode, Interrupted } from '../errors.ts';
import type { ArchitectureSummary, RunSummary } from '../reports/run-summary.ts';
import type { RunState } from '../run-state.ts';

/** What was stopped has no result, and is no error. */
function unlessInterrupted(error: unknown): undefined {
  if (!(error instanceof Interrupted)) throw error;
}

type RunResult = RunSummary | { readonly wouldBuild: readonly string[] };

type DeliveryFlags = RunFlags & { readonly image: boolean; readonly boot: boolean; readonly variant: string };

export default class Run extends RunCommand {
  static override summary = 'Build everything that the plan says, make the image and prove that it boots.';
  static override description =
    `Every stage goes into its own archive; rebuilds follow until the final archive is clean and has settled; the image is made from it alone.
Stopped or failed, the same command goes on where it was.

Exit code: 0 when the image has passed its self-test, 1 when a build failed, something is stuck or the image does not boot.`;

  static override examples = [
    { description: 'The embedded mini-distribution, from source to a booted image', command: '<%= config.bin %> run' },
    { description: 'Two images of it, the second cross-built', command: '<%= config.bin %> run --arch amd64,arm64' },
    { description: 'Mend one recipe, build that package alone', command: '<%= config.bin %> run --package dash' },
  ];

  static override flags = {
    ...runFlags,
    ...architecturesFlag,
    rounds: Flags.integer({
      default: 3,
      min: 0,
      helpValue: 'N',
      description: 'at most so many more rounds for what the comparison has not found settled',
    }),
    image: Flags.boolean({ default: true, allowNo: true, description: 'make the image when everything is built' }),
    variant: Flags.string({ helpValue: 'NAME', default: '', description: 'make this variant of the image' }),
    boot: Flags.boolean({ default: true, allowNo: true, description: 'start the image and judge it' }),
  };

  async run(): Promise<RunResult> {
    const { flags } = await this.parse(Run);
    this.begin(flags);
    const architectures =
      flags.arch ?? architecturesNamed([...(flags.package ?? []), ...(flags.from ? [flags.from] : [])]);
    const all = await selectedOf(await this.prepareAll(flags, architectures), flags);
    if (flags.variant !== '') {
      const { imageSpecOf } = await import('../metadata/project/image-spec.ts');
      for (const { prepared } of all) imageSpecOf(prepared.project, flags.variant);
    }
    if (flags['dry-run']) return { wouldBuild: await this.dryRun(all, flags.rounds, flags.replan) };
    if (flags.image && flags.boot) {
      const { requireMachines } = await import('../runner/boot/machines.ts');
      const delivered = all.filter(({ wanted, prepared }) => !wanted && prepared.asked && prepared.project.image);
      requireMachines(delivered.map(({ known }) => known.architecture));
    }
    return this.withSessions(all, flags, async (working, shared) => {
      const [native, ...crossed] = await this.buildAndDeliver(working, flags, shared);
      const summary = { ...native!, crossed };
      const { formatRunSummary } = await import('../reports/run-summary.ts');
      this.data(formatRunSummary(summary));
      for (const { violations, boot } of [native!, ...crossed])
        if (violations.length > 0 || boot?.verdict === 'fail') this.exitWith(exitCode.bad);
      return summary;
    });
  }

  /**
   * First what this machine needs to build anything, then what is for others, all of them side by side; an image is made
   * and started while the rest is built.
   */
  private async buildAndDeliver(
    [first, ...crossed]: readonly Working[],
    flags: DeliveryFlags,
    shared: Shared,
  ): Promise<readonly ArchitectureSummary[]> {
    const { nativesOf } = await import('../runner/build/native-tools.ts');
    const { readPlan } = await import('../stages/plan-file.ts');
    const { session: native, prepared } = first!;
    const state = await this.build(first!, flags, shared);
    const natives = await nativesOf(readPlan(prepared.directory.plan), native.state, native.cache);
    const all = [
      this.deliver(first!, state, native.state, flags, shared),
      ...crossed.map(async (one) => {
        const built = shared.dispatcher.stopped ? undefined : await this.build(one, flags, shared, natives);
        return this.deliver(one, built, native.state, flags, shared);
      }),
    ];
    await Promise.allSettled(all);
    return Promise.all(all);
  }

  /** @param state undefined when nothing was built in this run */
  private async deliver(
    working: Working,
    state: RunState | undefined,
    native: RunState,
    flags: DeliveryFlags,
    { dispatcher, stop: { kill }, view }: Shared,
  ): Promise<ArchitectureSummary> {
    const { prepared, session, wanted } = working;
    const summary = await this.summary(prepared, session.state, native);
    const whole = state?.status === 'complete' && wanted === undefined && prepared.asked;
    if (!whole || !flags.image || prepared.project.image === undefined) return summary;
    const { deliveryUse } = await import('../application/deliver.ts');
    const delivered = await dispatcher.doOne(deliveryUse, () => this.imageOf(working, flags, kill, view));
    return { ...summary, ...delivered };
  }

  private async imageOf(
    { prepared, session }: Working,
    flags: DeliveryFlags,
    kill: AbortSignal,
    view: View,
  ): Promise<Partial<ArchitectureSummary>> {
    const where = prepared.architecture === '' ? '' : ` for ${prepared.architecture}`;
    const { deliverBoot, deliverImage } = await import('../application/deliver.ts');
    const { startLine } = await import('../runner/boot/qemu.ts');
    const image = `the image${where}`;
    view.say(`making ${image}`);
    const making = deliverImage(session, prepared.project, flags.variant, kill).catch(unlessInterrupted);
    const made = await view.during(image, 'make', making);
    if (made === undefined) return {};
    const { path, sha256, bytes, architecture, firmware, kernel } = made;
    const start = startLine({ image: path, architecture, firmware, mebibytes: 512 });
    const from = kernel.from === 'seed' ? 'seed, not built from source here' : 'built from source';
    const tests = made.guestBuild === null ? 'tests itself' : `builds ${made.guestBuild.source} again`;
    if (flags.boot) view.say(`starting ${image}, which ${tests}`);
    const shown = { path, sha256, bytes, kernel: `${kernel.name} ${kernel.version} (${from})`, start };
    const booting = () => deliverBoot(session, made, kill).catch(unlessInterrupted);
    const verdict = flags.boot ? await view.during(image, 'boot', booting()) : undefined;
    return {
      image: shown,
      boot: verdict
        ? {
            verdict: verdict.verdict,
            cause: verdict.cause,
            fix: verdict.fix.join('; '),
            guestBuild: verdict.guestBuild,
            seconds: verdict.seconds,
          }
        : null,
    };
  }

  private async summary(
    { directory, architecture, plan: base }: Prepared,
    state: RunState,
    native: RunState,
  ): Promise<ArchitectureSummary> {
    const { archivedPackages } = await import('../runner/archive/archive.ts');
    const { ledgerOf, ledgerViolations } = await import('../runner/archive/ledger.ts');
    const { archiveNames } = await import('../runner/archive/publication.ts');
    const { differencesLeft } = await import('../runner/build/unsettled-builds.ts');
    const { readPlan } = await import('../stages/plan-file.ts');
    const { seedsUsed } = await import('../runner/archive/seeds-used.ts');
    const { stateDirectory } = await import('../runner/journal/state-directory.ts');
    const plan = existsSync(directory.plan) ? readPlan(directory.plan) : base;
    const parent = stateDirectory(join(directory.cache, '..'));
    const tools = architecture === '' ? [] : ledgerOf(readPlan(parent.plan), native);
    const ledger = ledgerOf(plan, state);
    const done = plan.builds.filter(({ id }) => state.builds.get(id)?.status === 'done');
    const having = (status: string) => [...state.builds].filter(([, b]) => b.status === status).map(([id]) => id);
    const installed = done.flatMap(({ id }) => state.builds.get(id)?.finished?.installed ?? []);
    const seeds = new Set(installed.flatMap(({ archive, sha256 }) => (archive === 'seed' ? [sha256] : [])));
    const countOf = (why: string): number => done.filter((build) => build.why === why).length;
    const label = (build: string): string => buildOf(architecture, build);
    return {
      architecture: plan.architecture,
      status: state.status,
      stageBuilds: countOf('stage'),
      fullBuilds: countOf('full'),
      rebuilds: countOf('rebuild'),
      comparisons: countOf('compare'),
      failed: having('failed').map(label),
      blocked: having('blocked').map(label),
      rounds: state.rounds,
      differing: differencesLeft(plan, state),
      unsettled: state.unsettled,
      violations: ledgerViolations(plan, ledger, tools),
      crossCompiled: ledger.flatMap(({ build, crossCompiledBy: by }) =>
        by === undefined ? [] : [{ build: label(build), by }],
      ),
      archives: archivedPackages(directory.archives, archiveNames(plan)),
      seed: seedsUsed(directory.seed, seeds),
      image: null,
      boot: null,
    };
  }
}
