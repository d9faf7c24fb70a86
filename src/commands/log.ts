import * as Args from '@oclif/core/args';
import { BaseCommand } from '../command-line/base-command.ts';
import { stateFlag } from '../command-line/state-flag.ts';

/** Bytes; V8 holds no text much longer than this. */
const mostInJson = 2 ** 27;

export default class Log extends BaseCommand {
  static override summary = 'Print the log of a build.';
  static override description = 'Of its last try here, or the one that came out of the cache with its result.';

  static override examples = [
    { description: 'Why did the rebuild of dash fail?', command: "<%= config.bin %> log 'dash#2'" },
    { description: 'The log of a stage build, page by page', command: "<%= config.bin %> log 'tcc<stage1>' | less" },
  ];

  static override args = {
    build: Args.string({
      ignoreStdin: true,
      required: true,
      description: 'a build of the plan, or a source: its last build',
    }),
  };
  static override flags = { ...stateFlag };

  async run(): Promise<{ build: string; path: string; log: string }> {
    const { args, flags } = await this.parse(Log);
    this.begin(flags);
    const { readFileSync, statSync } = await import('node:fs');
    const { EnvironmentError, exitCode, InputError } = await import('../errors.ts');
    const { selectBuilds } = await import('../runner/run/selection.ts');
    const { logOf, lookAt } = await import('../runner/run/inspect-state.ts');
    const { printFile } = await import('../application/print-file.ts');
    const { buildOf, partsOf } = await import('../build-id.ts');
    const { directoryFor, stateDirectory } = await import('../runner/journal/state-directory.ts');
    const { label, build: name } = partsOf(args.build);
    const directory = directoryFor(stateDirectory(flags.state), label);
    const standstill = lookAt(directory);
    const selected = selectBuilds(standstill.plan, { phases: [], names: [name] });
    if (!selected.ok) throw new InputError(selected.diagnostics);
    const ids = selected.value.map((index) => standstill.plan.builds[index]!.id);
    const logged = ids.map((build) => ({ build, path: logOf(directory, standstill, build) }));
    const last = logged.findLast(({ path }) => path !== undefined);
    if (last?.path === undefined)
      throw new EnvironmentError(
        `${args.build} has not been built yet`,
        exitCode.missingInput,
        'bootplan status says what has been',
      );
    const { size } = statSync(last.path);
    const failure = standstill.state.builds.get(last.build)?.failure;
    if (size === 0)
      this.talk(
        failure
          ? `nothing was run: ${failure.build} failed in ${failure.step}: ${failure.message}`
          : 'the log is empty',
      );
    if (!this.jsonEnabled()) await printFile(last.path);
    else if (size > mostInJson)
      throw new EnvironmentError(
        `the log has ${size} bytes, too many for one value`,
        exitCode.badInput,
        `read ${last.path}, or print it without --json`,
      );
    const log = this.jsonEnabled() ? readFileSync(last.path, 'utf8') : '';
    return { build: buildOf(label, last.build), path: last.path, log };
  }
}
