import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../command-line/base-command.ts';
import { ProjectCommand, projectFlags } from '../command-line/project-command.ts';
import { EnvironmentError, exitCode, InputError } from '../errors.ts';
import type { ShellEnded } from '../runner/builders/recipe-shell.ts';

export default class Shell extends ProjectCommand {
  static override summary = 'Open a shell in the sandbox of a build, at the step that failed.';
  static override description =
    'The same root, variables and directories, with the steps before it done. What is done there leaves no trace.';

  static override examples = [
    { description: 'Look around where dash failed', command: '<%= config.bin %> shell dash' },
    {
      description: 'What does the compiler of that build say?',
      command: "<%= config.bin %> shell 'dash<stage1>' --step build --command 'gcc --version'",
    },
  ];

  static override args = {
    build: Args.string({
      ignoreStdin: true,
      required: true,
      description: 'a build of the plan, or a source: its first build not done',
    }),
  };

  static override flags = {
    ...BaseCommand.baseFlags,
    ...projectFlags,
    step: Flags.string({ helpValue: 'NAME', description: 'the step to stop before; by default the one that failed' }),
    command: Flags.string({ char: 'c', helpValue: 'COMMAND', description: 'run this there instead of a shell' }),
  };

  async run(): Promise<ShellEnded> {
    const { args, flags } = await this.parse(Shell);
    this.begin(flags);
    const { Cache } = await import('../runner/cache/cache.ts');
    const { Stager } = await import('../runner/build/build-inputs.ts');
    const { survey } = await import('../runner/build/find-finished.ts');
    const { selectBuilds } = await import('../runner/run/selection.ts');
    const { lookAt } = await import('../runner/run/inspect-state.ts');
    const { openShell } = await import('../runner/builders/recipe-shell.ts');
    const { knownPlan } = await import('../runner/journal/known-plan.ts');
    const { anotherPlan, isAnother } = await import('../runner/run/begin-run.ts');
    const { partsOf } = await import('../build-id.ts');
    const { standingNatives } = await import('../runner/build/native-tools.ts');
    const { nativeArchitecture } = await import('../metadata/relations/architecture.ts');
    const { label, build: name } = partsOf(args.build);
    const wanted = label === nativeArchitecture ? undefined : label;
    const { hadMachines } = await import('../application/standing-run.ts');
    const { stateDirectory } = await import('../runner/journal/state-directory.ts');
    const others = wanted === undefined ? [] : [wanted];
    const own = new Set(others.filter((other) => hadMachines(stateDirectory(flags.state), other)));
    const asked = label === undefined ? [] : [label];
    const all = await this.prepareAll(await this.asLastRun(flags), asked, own);
    const { project, plan: base, builder, directory, grewFrom } = all.find((one) => one.label === wanted)!;
    const plan = knownPlan(directory, base);
    const { state } = lookAt(directory);
    const selected = selectBuilds(plan, { phases: [], names: [name] });
    const another = isAnother(state.plan, base, grewFrom)
      ? anotherPlan(directory, 'bootplan run --replan', state.metadata)
      : undefined;
    if (!selected.ok) throw another ?? new InputError(selected.diagnostics, exitCode.usage);
    const index =
      selected.value.find((i) => state.builds.get(plan.builds[i]!.id)?.status !== 'done') ?? selected.value[0]!;
    const { id } = plan.builds[index]!;
    const cache = new Cache(directory.cache);
    const natives = await standingNatives(all[0]!.directory, cache);
    const stager = new Stager(plan, builder, (digest) => cache.blobPath(digest), natives);
    const { results } = await survey(plan, stager, cache);
    const staged = await stager.stage(index, results);
    if ('missing' in staged)
      throw (
        another ??
        new EnvironmentError(
          `${id} waits for ${staged.missing.join(', ')}`,
          exitCode.missingInput,
          'bootplan run builds them first',
        )
      );
    const { runsHere } = await import('../runner/sandbox/runs-here.ts');
    if (!(await runsHere(project.buildArchitecture)))
      throw new EnvironmentError(
        `${args.build} is built on ${project.buildArchitecture}, and this machine is ${nativeArchitecture}`,
        exitCode.usage,
        `bootplan log ${args.build} shows what it said; a shell can be opened on one of those machines`,
      );
    const steps = project.recipes.get(staged.build.source)?.variants.get(staged.build.stage)?.steps ?? [];
    const failed = state.builds.get(id)?.failure?.step;
    const step = flags.step ?? (steps.some((s) => s.name === failed) ? failed : steps[0]?.name);
    const ended = await openShell({
      project,
      builder,
      directory,
      staged,
      step: step ?? '',
      ...(flags.command !== undefined && { command: flags.command }),
      say: (line) => this.talk(line),
    });
    this.data(ended.log);
    this.exitWith(ended.exitCode === 0 ? exitCode.good : exitCode.bad);
    return ended;
  }
}
