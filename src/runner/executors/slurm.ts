/**
 * Builds on a Slurm cluster. Slurm places jobs and kills what runs away; what has to be built when is decided here, and
 * what came out is in the store. Jobs find each other again by their comment, so a killed bootplan goes on with them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { entriesOf } from '../../by-name.ts';
import { EnvironmentError, exitCode } from '../../errors.ts';
import type { ByName } from '../../model.ts';
import type { EngineEnd, EngineJob, EngineNews, Executor } from './executor.ts';
import { cancel, drained, type QueuedJob, queue, release, resume, SlurmTrouble, submit } from './slurm-commands.ts';

/** What Slurm is told of every job. */
export interface SlurmOptions {
  /** What a node runs; the digest of a job is added. */
  readonly command: readonly string[];
  /** Debian architecture -> arguments of sbatch that choose nodes of it, such as `--partition=arm64`. */
  readonly placement: ReadonlyMap<string, readonly string[]>;
  /** More arguments of sbatch: an account, a quality of service. */
  readonly arguments: readonly string[];
  /** The environment of a job. */
  readonly environment: ByName<string>;
  /** Between two looks at the queue. */
  readonly everyMilliseconds: number;
  /** Seconds that the controller may be away. */
  readonly patienceSeconds: number;
}

/** Nothing of the job runs any more, or will. */
const ended = /^(COMPLETED|FAILED|CANCELLED|TIMEOUT|NODE_FAIL|OUT_OF_MEMORY|BOOT_FAIL|DEADLINE|PREEMPTED|REVOKED)$/;
const ran = /^(COMPLETED|FAILED)$/;
/** What a restarted controller does to jobs that it had started and not noted: they wait for an administrator. */
const heldByFault = /launch.failed.requeued.held/i;
/** What a job asks for, no node of its partition has. */
const neverStarts =
  /^(PartitionConfig|BadConstraints|PartitionNodeLimit|PartitionTimeLimit|InvalidAccount|InvalidQOS)$/;
const drainedByFault = /duplicate jobid|batch job complete failure|prolog/i;
/** A job that is not in the queue, so many looks in a row, has ended. */
const looksUntilGone = 3;
/** Minutes that fetching and uploading may take beside the build itself. */
const transferMinutes = 30;

interface Known {
  readonly tell: (news: EngineNews) => void;
  readonly end: (end: EngineEnd) => void;
  readonly fail: (error: unknown) => void;
  id: string;
  unseen: number;
  /** The node that it was last seen to run on. */
  running: string | undefined;
}

/** The comment by which a job is known again; of no digest, what all of ours begin with. */
export const markOf = (digest = ''): string => `bootplan:${digest}`;

/** An engine that is a Slurm cluster. */
export class SlurmExecutor implements Executor {
  readonly name = 'slurm';
  private readonly options: SlurmOptions;
  /** By digest. */
  private readonly known = new Map<string, Known>();
  private watching: Promise<void> | undefined;
  private closed = false;

  constructor(options: SlurmOptions) {
    this.options = options;
  }

  async run(job: EngineJob, tell: (news: EngineNews) => void, signal: AbortSignal): Promise<EngineEnd> {
    const id = (await this.standing(job.digest)) ?? (await this.patiently(() => this.submit(job)));
    const attached = !this.submitted.delete(id);
    tell({ news: 'queued', id, attached });
    return new Promise<EngineEnd>((end, fail) => {
      const stop = () => {
        cancel([id]).catch(() => {}); // Without its controller Slurm ends nothing; its own time limit will.
        end({ end: 'lost', why: 'cancelled' });
      };
      if (signal.aborted) return stop();
      signal.addEventListener('abort', stop, { once: true });
      const over = () => {
        signal.removeEventListener('abort', stop);
        this.known.delete(job.digest);
      };
      this.known.set(job.digest, {
        tell,
        id,
        unseen: 0,
        running: undefined,
        end: (value) => {
          over();
          end(value);
        },
        fail: (error) => {
          over();
          fail(error);
        },
      });
      this.watching ??= this.watch().finally(() => {
        this.watching = undefined;
      });
    });
  }

  private readonly submitted = new Set<string>();

  /** The job of an earlier bootplan that is still in the queue. */
  private async standing(digest: string): Promise<string | undefined> {
    const jobs = await this.patiently(() => queue(markOf(digest)));
    return jobs.findLast(({ state }) => !ended.test(state))?.id;
  }

  private async submit(job: EngineJob): Promise<string> {
    const { command, placement, environment } = this.options;
    const minutes = Math.ceil(job.timeoutSeconds / 60) + transferMinutes;
    const words = [...command, `${job.digest}/${job.bytes}`]
      .map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
      .join(' ');
    const exports = entriesOf(environment).map(
      ([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`,
    );
    const id = await submit(
      [
        `--job-name=${job.name.replaceAll(/[^\w.+-]/g, '_')}`,
        `--comment=${markOf(job.digest)}`,
        ...(placement.get(job.architecture) ?? []),
        `--cpus-per-task=${job.cores}`,
        `--mem=${job.memoryMiB}M`,
        `--time=${minutes}`,
        '--requeue',
        // A job that were given variables one by one would read the user's login files first.
        '--export=ALL',
        '--chdir=/',
        '--output=/dev/null',
        ...this.options.arguments,
      ],
      `#!/bin/sh\n${exports.join('')}exec ${words}\n`,
    );
    this.submitted.add(id);
    return id;
  }

  /** Waits for a controller that is away. @throws EnvironmentError when it stays away */
  private async patiently<T>(ask: () => Promise<T>): Promise<T> {
    const until = Date.now() + this.options.patienceSeconds * 1000;
    for (let pause = 500; ; pause = Math.min(pause * 2, 10_000)) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof SlurmTrouble)) throw error;
        if (Date.now() + pause > until || this.closed) {
          const help = 'see `scontrol ping`; the same command goes on with the jobs that run';
          throw new EnvironmentError(`Slurm does not answer: ${error.message}`, exitCode.tryAgain, help, {
            cause: error,
          });
        }
        await sleep(pause);
      }
    }
  }

  /** Looks at the queue until no job is waited for. */
  private async watch(): Promise<void> {
    try {
      while (this.known.size > 0 && !this.closed) {
        await sleep(this.options.everyMilliseconds);
        const jobs = await this.patiently(() => queue(markOf()));
        const byId = new Map(jobs.map((job) => [job.id, job]));
        for (const known of [...this.known.values()]) await this.look(known, byId.get(known.id));
      }
    } catch (error) {
      for (const known of [...this.known.values()]) known.fail(error);
    }
  }

  private async look(known: Known, job: QueuedJob | undefined): Promise<void> {
    if (job === undefined) {
      // Slurm forgets ended jobs after a while.
      if (++known.unseen >= looksUntilGone) known.end({ end: 'ran' });
      return;
    }
    known.unseen = 0;
    if (ended.test(job.state)) {
      known.end(ran.test(job.state) ? { end: 'ran' } : { end: 'lost', why: `Slurm says ${job.state}` });
      return;
    }
    if (job.state === 'RUNNING' && known.running !== job.node) {
      known.running = job.node;
      known.tell({ news: 'started', id: job.id, node: job.node });
    }
    if (job.state !== 'PENDING') return;
    known.running = undefined;
    if (heldByFault.test(job.reason)) return this.letGo(known, job);
    if (!neverStarts.test(job.reason)) return;
    await cancel([job.id]).catch(() => {});
    const help = 'see `sinfo`, and placement, cores and memoryMiB in the file of --executor-config';
    known.fail(
      new EnvironmentError(`no node can ever take job ${job.id}: ${job.reason}`, exitCode.configuration, help),
    );
  }

  private async letGo(known: Known, job: QueuedJob): Promise<void> {
    await this.patiently(async () => {
      for (const { node, reason } of await drained()) if (drainedByFault.test(reason)) await resume(node);
      await release(job.id);
    });
    known.tell({ news: 'released', id: job.id, why: job.reason });
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.watching;
  }
}
