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
    const until = Date.now() + this.options.patienceSeconds * 1000;
    for (let pause = 1000; ; pause = Math.min(2 * pause, 15_000)) {
      const end = await this.execute(action, tell, signal);
      if (end.end !== 'lost' || end.passing !== true || signal.aborted || Date.now() + pause > until) return end;
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

  private execute(
    action: Digest,
    tell: (news: EngineNews) => void,
    signal: AbortSignal,
  ): Promise<EngineEnd & { passing?: boolean }> {
    const { channel } = this.store;
    const question = { instanceName: channel.instance, skipCacheLookup: true, actionDigest: digestMessage(action) };
    const call = channel.listen(`${service}/Execute`, messages.execute.encode(question));
    return new Promise((resolve) => {
      let [name, stage, ended] = ['', 0, false];
      const end = (value: EngineEnd & { passing?: boolean }) => {
        if (ended) return;
        ended = true;
        signal.removeEventListener('abort', stop);
        resolve(value);
      };
      const stop = () => {
        if (name !== '')
          channel
            .askRaw('/google.longrunning.Operations/CancelOperation', messages.cancelOperation.encode({ name }))
            .catch(() => {});
        call.cancel();
        end({ end: 'lost', why: 'cancelled' });
      };
      if (signal.aborted) return stop();
      signal.addEventListener('abort', stop, { once: true });
      call.on('data', (bytes: Buffer) => {
        const operation = messages.operation.decode(bytes);
        if (name === '') tell({ news: 'queued', id: operation.name || action.sha256.slice(0, 16), attached: false });
        name = operation.name || name || action.sha256.slice(0, 16);
        const at = operation.metadata ? messages.operationMetadata.decode(operation.metadata.value).stage : 0;
        if (at === executing && stage !== executing) tell({ news: 'started', id: name, node: '' });
        stage = Math.max(stage, at);
        if (!operation.done) return;
        const why = operation.error?.message ?? statusOf(operation.response?.value);
        end(why === undefined || why === '' ? { end: 'ran' } : { end: 'lost', why });
      });
      call.on('error', (error: Error & { code?: number; details?: string }) => {
        const passing = [status.UNAVAILABLE, status.INTERNAL, status.ABORTED, status.RESOURCE_EXHAUSTED].includes(
          error.code ?? -1,
        );
        end({ end: 'lost', why: `${status[error.code ?? -1] ?? 'error'}: ${error.details ?? error.message}`, passing });
      });
      call.on('end', () => end({ end: 'lost', why: 'the farm broke off', passing: true }));
    });
  }

  async close(): Promise<void> {
    this.store.close();
  }
}

/** What went wrong with the engine, not with the command; '' when nothing did. */
function statusOf(response: Buffer | undefined): string {
  if (response === undefined) return 'no answer in the operation';
  const { status: ended } = messages.executeResponse.decode(response);
  return ended && ended.code !== 0 ? `${status[ended.code] ?? ended.code}: ${ended.message}` : '';
}
