/**
 * Builds on any farm that speaks the Remote Execution API, version 2. What a worker sees as its input root is what the
 * job needs, laid out by the farm; the command is the same that every other engine runs.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { entriesOf } from '../../by-name.ts';
import { EnvironmentError, exitCode } from '../../errors.ts';
import type { ByName } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import type { Access } from '../store/access.ts';
import { GrpcStore } from '../store/grpc-store.ts';
import { digestMessage, messages } from '../store/messages.ts';
import type { Digest } from '../store/store.ts';
import type { EngineEnd, EngineJob, EngineNews, Executor } from './executor.ts';
import { inputRoot } from './input-root.ts';
import { readJobFromStore, storeText } from './job-outcome.ts';

/** What a farm is told of every job. */
export interface ReapiOptions {
  /** What a worker runs; the job is added. */
  readonly command: readonly string[];
  readonly environment: ByName<string>;
  /** Debian architecture -> properties of the platform. */
  readonly platform: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Seconds that the farm may be away. */
  readonly patienceSeconds: number;
}

const service = '/build.bazel.remote.execution.v2.Execution';
const executing = 3;
/** Seconds that fetching and uploading may take beside the build itself. */
const transferSeconds = 1800;

/** What may go through when it is asked again. */
const passing = new Set<number>([
  status.UNAVAILABLE,
  status.INTERNAL,
  status.ABORTED,
  status.RESOURCE_EXHAUSTED,
  status.DEADLINE_EXCEEDED,
]);

interface Watched {
  readonly tell: (news: EngineNews) => void;
  readonly signal: AbortSignal;
  /** From its start on. */
  readonly mostSeconds: number;
}

type Followed = EngineEnd & {
  /** Of one that is lost: asking again may help. */
  readonly passing: boolean;
  /** What the farm calls the execution; undefined while it has no name, or none any more. */
  readonly name: string | undefined;
};

/** An engine behind a server of the Remote Execution API. */
export class ReapiExecutor implements Executor {
  readonly name: string;
  private readonly store: GrpcStore;
  private readonly options: ReapiOptions;

  constructor(url: string, access: Access, options: ReapiOptions) {
    this.name = url;
    this.store = new GrpcStore(url, access);
    this.options = options;
  }

  async run(job: EngineJob, tell: (news: EngineNews) => void, signal: AbortSignal): Promise<EngineEnd> {
    if (!(await this.store.abilities()).executes)
      throw new EnvironmentError(
        `${this.name} executes nothing`,
        exitCode.configuration,
        'it is a cache alone: see --executor',
      );
    const action = await this.action(job);
    const watched: Watched = { tell, signal, mostSeconds: job.timeoutSeconds + transferSeconds };
    const until = Date.now() + this.options.patienceSeconds * 1000;
    let name: string | undefined;
    for (let pause = 1000; ; pause = Math.min(2 * pause, 15_000)) {
      const end = await this.follow(name, action, watched);
      name = end.name;
      if (end.end !== 'lost' || !end.passing || signal.aborted || Date.now() + pause > until) return end;
      await sleep(pause);
    }
  }

  /** The job as the API has it: a command, an input root, and what kind of worker it takes. */
  private async action(job: EngineJob): Promise<Digest> {
    const put = (message: Uint8Array) => storeText(this.store, message);
    const document = { sha256: job.digest, bytes: job.bytes };
    const root = await inputRoot(await readJobFromStore(this.store, document), document, put);
    const { command, environment, platform } = this.options;
    const asked = [...(platform.get(job.architecture) ?? [])].sort(([a], [b]) => byteOrder(a, b));
    const properties = asked.map(([name, value]) => ({ name, value }));
    const variables = entriesOf(environment).sort(([a], [b]) => byteOrder(a, b));
    const run = messages.command.encode({
      arguments: [...command, '--inputs', '.', `${job.digest}/${job.bytes}`],
      environmentVariables: variables.map(([name, value]) => ({ name, value })),
      ...(properties.length > 0 && { platform: { properties } }),
    });
    const action = messages.action.encode({
      commandDigest: digestMessage(await put(run)),
      inputRootDigest: digestMessage(root),
      timeout: { seconds: job.timeoutSeconds + transferSeconds },
      // The outcome is kept by the job itself, under the name of the build's own action.
      doNotCache: true,
      ...(properties.length > 0 && { platform: { properties } }),
    });
    return put(action);
  }

  /**
   * Has an action executed, or follows an execution that has a name already, until it ends or its stream breaks. An
   * action may wait in a queue for long without a word, so a silent farm is asked from time to time whether it is
   * alive.
   */
  private follow(known: string | undefined, action: Digest, { tell, signal, mostSeconds }: Watched): Promise<Followed> {
    const { channel } = this.store;
    const question = { instanceName: channel.instance, skipCacheLookup: true, actionDigest: digestMessage(action) };
    const call =
      known === undefined
        ? channel.listen(`${service}/Execute`, messages.execute.encode(question))
        : channel.listen(`${service}/WaitExecution`, messages.waitExecution.encode({ name: known }));
    return new Promise((resolve) => {
      let name = known;
      let [stage, heard, ended] = [0, false, false];
      let longest: NodeJS.Timeout | undefined;
      const end = (value: EngineEnd & { passing?: boolean }) => {
        if (ended) return;
        ended = true;
        clearInterval(silence);
        clearTimeout(longest);
        signal.removeEventListener('abort', stop);
        call.cancel();
        resolve({ passing: false, ...value, name });
      };
      const stop = () => {
        if (name !== undefined)
          channel
            .askRaw('/google.longrunning.Operations/CancelOperation', messages.cancelOperation.encode({ name }))
            .catch(() => {});
        end({ end: 'lost', why: 'cancelled' });
      };
      const seconds = channel.timeoutSeconds;
      const silence = setInterval(async () => {
        if (heard && (await this.store.answers())) return;
        end({ end: 'lost', why: `the farm is silent for ${seconds} seconds`, passing: true });
      }, seconds * 1000);
      call.on('error', (error: Error & { code?: number; details?: string }) => {
        const { code } = error;
        // It has forgotten the execution, as after a restart: another one is begun.
        const forgotten = known !== undefined && code === status.NOT_FOUND;
        if (forgotten) name = undefined;
        const why = `${(code !== undefined && status[code]) || 'error'}: ${error.details ?? error.message}`;
        end({ end: 'lost', why, passing: forgotten || (code !== undefined && passing.has(code)) });
      });
      call.on('end', () => end({ end: 'lost', why: 'the farm broke off', passing: true }));
      if (signal.aborted) return stop();
      signal.addEventListener('abort', stop, { once: true });
      call.on('data', (bytes: Buffer) => {
        const told = newsOf(bytes);
        if (told === undefined) return end({ end: 'lost', why: 'the farm speaks no Remote Execution API' });
        heard = true;
        silence.refresh();
        const id = told.name || name || action.sha256.slice(0, 16);
        if (name === undefined) tell({ news: 'queued', id, attached: false });
        name = id;
        if (told.stage === executing && stage !== executing) {
          // The API names no worker before the end.
          tell({ news: 'started', id, node: this.name });
          const why = `it has not ended after ${mostSeconds} seconds`;
          longest = setTimeout(() => end({ end: 'lost', why }), (mostSeconds + seconds) * 1000);
        }
        stage = Math.max(stage, told.stage);
        if (told.done) end(told.why === undefined ? { end: 'ran' } : { end: 'lost', why: told.why });
      });
    });
  }

  async close(): Promise<void> {
    this.store.close();
  }
}

interface News {
  readonly name: string;
  readonly stage: number;
  readonly done: boolean;
  /** Of one that is done: what went wrong with the engine, not with the command; undefined when nothing did. */
  readonly why: string | undefined;
}

/** undefined for what is no message of the API. */
function newsOf(bytes: Buffer): News | undefined {
  try {
    const { name, done, error, metadata, response } = messages.operation.decode(bytes);
    const stage = metadata ? messages.operationMetadata.decode(metadata.value).stage : 0;
    return { name, done, stage, why: done ? (error ? statusText(error) : statusOf(response?.value)) : undefined };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function statusOf(response: Buffer | undefined): string | undefined {
  if (response === undefined) return 'no answer in the operation';
  const { status: ended } = messages.executeResponse.decode(response);
  return ended ? statusText(ended) : undefined;
}

const statusText = ({ code, message }: { readonly code: number; readonly message: string }): string | undefined =>
  code === status.OK ? undefined : `${status[code] ?? code}: ${message}`;
