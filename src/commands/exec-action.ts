import { join } from 'node:path';
import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../command-line/base-command.ts';
import { cacheFlags } from '../command-line/cluster-flags.ts';
import { EnvironmentError, exitCode } from '../errors.ts';

/** Bytes of fetched contents that a machine keeps for its next job. */
const keptOnNode = 4 * 2 ** 30;

interface Executed {
  readonly job: string;
  readonly ok: boolean;
}

export default class ExecAction extends BaseCommand {
  static override summary = 'Do one build for a run on another machine: what an engine starts on its nodes.';
  static override description =
    `Fetches what the build needs from the shared cache, builds in the sandbox, and puts packages, log and outcome there, the result last.

Exit code: 0 when the build succeeded, 1 when it failed; then its report is in the cache. Anything else: this machine could not do it.`;

  static override examples = [
    {
      description: 'What Slurm is given by `bootplan run --executor slurm`',
      command: '<%= config.bin %> exec-action --cache http://cache.example:8080 5e884898da280471.../1834',
    },
    {
      description: 'On a farm that has laid out the inputs',
      command: '<%= config.bin %> exec-action --cache grpc://farm.example:8980 --inputs . JOB',
    },
  ];

  static override args = {
    job: Args.string({ required: true, description: 'SHA256/BYTES of the job in the cache' }),
  };

  static override flags = {
    ...BaseCommand.baseFlags,
    ...cacheFlags,
    cache: Flags.string({
      helpValue: 'URL',
      env: 'BOOTPLAN_CACHE',
      description: 'share results of builds with others: http(s):// or grpc(s)://, host, port, path',
      required: true,
    }),
    inputs: Flags.string({
      helpValue: 'DIR',
      description: 'contents that are here already, as the farm has laid them out',
    }),
  };

  async run(): Promise<Executed> {
    const { args, flags } = await this.parse(ExecAction);
    this.begin(flags);
    const { executeJob } = await import('../application/machines/execute-job.ts');
    const { noAccess } = await import('../runner/store/access.ts');
    const { cacheDirectory } = await import('../runner/fetch/cache-directory.ts');
    const { DiskStore } = await import('../runner/store/disk-store.ts');
    const { TieredStore } = await import('../runner/store/tiered-store.ts');
    const { StoreTrouble } = await import('../runner/store/store.ts');
    const { openStore, readAccess } = await import('../runner/store/open-store.ts');
    const { watchForInterruption } = await import('../runner/scheduling/interruption.ts');
    const access = flags['cache-access'] === undefined ? noAccess : readAccess(flags['cache-access']);
    const near = new DiskStore(join(cacheDirectory(), 'store'));
    near.prune(keptOnNode);
    const store = new TieredStore(near, openStore(flags.cache!, access));
    // An engine that wants its node back does not wait.
    const stop = watchForInterruption(() => this.talk('stopping'), 0);
    try {
      const say = (line: string) => this.talk(line);
      const ok = await executeJob(args.job, { store, inputs: flags.inputs, signal: stop.kill, say });
      if (stop.signal() !== undefined) this.exitWith(exitCode.terminated);
      else if (!ok) this.exitWith(exitCode.bad);
      this.data(ok ? 'built' : 'failed');
      return { job: args.job, ok };
    } catch (error) {
      if (!(error instanceof StoreTrouble)) throw error;
      const help = 'see that this machine reaches the cache; the engine may give the job to another';
      throw new EnvironmentError(error.message, exitCode.tryAgain, help, { cause: error });
    } finally {
      stop.dispose();
      store.close();
    }
  }
}
