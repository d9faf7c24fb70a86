/** A cache of the Remote Execution API, version 2, over gRPC; contents are compressed where the server takes zstd. */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';
import { type ServiceError, status } from '@grpc/grpc-js';
import type { Access } from './access.ts';
import { GrpcChannel, pieceBytes } from './grpc-channel.ts';
import { digestMessage, digestOf, messages } from './messages.ts';
import { untilItPasses } from './retry.ts';
import { type Arrived, type Digest, type Store, StoreTrouble } from './store.ts';
import { writeContent } from './write-content.ts';

const service = '/build.bazel.remote.execution.v2';
/** Digests in one question. */
const atOnce = 2000;
const sha256Function = 1;
const zstd = 1;

/** What a server says that it can do. */
export interface ServerAbilities {
  readonly compressed: boolean;
  readonly mayUpdate: boolean;
  readonly executes: boolean;
}

/** A store behind such a server: its ActionCache, its ContentAddressableStorage and its ByteStream. */
export class GrpcStore implements Store {
  readonly channel: GrpcChannel;
  private asked: Promise<ServerAbilities> | undefined;

  constructor(url: string, access: Access) {
    this.channel = new GrpcChannel(url, access);
  }

  get name(): string {
    return this.channel.name;
  }

  /** What the server can do; asked until it has said so once. @throws StoreTrouble also when it does not know sha256 */
  abilities(): Promise<ServerAbilities> {
    this.asked ??= untilItPasses(() => this.askAbilities()).catch((error: unknown) => {
      this.asked = undefined;
      throw error;
    });
    return this.asked;
  }

  /** Whether the server answers at all, asked once. */
  answers(): Promise<boolean> {
    return this.askAbilities().then(
      () => true,
      () => false,
    );
  }

  private async askAbilities(): Promise<ServerAbilities> {
    const { getCapabilities, capabilities } = messages;
    const question = { instanceName: this.channel.instance };
    const answer = await this.channel.ask(
      `${service}.Capabilities/GetCapabilities`,
      getCapabilities,
      question,
      capabilities,
    );
    const cache = answer?.cacheCapabilities;
    if (!cache?.digestFunctions.includes(sha256Function))
      throw new StoreTrouble(this.name, 'the server keeps nothing under sha256 digests', false);
    return {
      compressed: cache.supportedCompressors.includes(zstd),
      mayUpdate: cache.actionCacheUpdateCapabilities?.updateEnabled ?? false,
      executes: answer?.executionCapabilities?.execEnabled ?? false,
    };
  }

  private resource(kind: string, digest: Digest): string {
    const { instance } = this.channel;
    return `${instance === '' ? '' : `${instance}/`}${kind}/${digest.sha256}/${digest.bytes}`;
  }

  async getResult(action: Digest): Promise<Uint8Array | undefined> {
    const question = { instanceName: this.channel.instance, actionDigest: digestMessage(action) };
    const asked = messages.getResult.encode(question);
    return untilItPasses(() => this.channel.askRaw(`${service}.ActionCache/GetActionResult`, asked));
  }

  async putResult(action: Digest, message: Uint8Array): Promise<void> {
    const { instance: instanceName } = this.channel;
    const update = messages.updateResult.encode({
      instanceName,
      actionDigest: digestMessage(action),
      actionResult: message,
    });
    await untilItPasses(() => this.channel.askRaw(`${service}.ActionCache/UpdateActionResult`, update));
  }

  async missing(digests: readonly Digest[]): Promise<readonly Digest[]> {
    const found: Digest[] = [];
    for (let from = 0; from < digests.length; from += atOnce) {
      const blobDigests = digests.slice(from, from + atOnce).map(digestMessage);
      const question = { instanceName: this.channel.instance, blobDigests };
      const path = `${service}.ContentAddressableStorage/FindMissingBlobs`;
      const answer = await untilItPasses(() =>
        this.channel.ask(path, messages.findMissing, question, messages.missing),
      );
      found.push(...(answer?.missingBlobDigests ?? []).map(digestOf));
    }
    const missing = new Set(found.map(({ sha256 }) => sha256));
    return digests.filter(({ sha256 }) => missing.has(sha256));
  }

  async fetch(digest: Digest, file: string): Promise<Arrived> {
    const { compressed } = await this.abilities();
    const resourceName = this.resource(compressed ? 'compressed-blobs/zstd' : 'blobs', digest);
    return untilItPasses(() => this.read(resourceName, digest, file, compressed));
  }

  private async read(resourceName: string, digest: Digest, file: string, compressed: boolean): Promise<Arrived> {
    const call = this.channel.listen('/google.bytestream.ByteStream/Read', messages.read.encode({ resourceName }));
    const doing = `reading ${digest.sha256}`;
    const silence = watchSilence(this.channel.timeoutSeconds, () => call.cancel());
    const { channel } = this;
    // A refusal may come while the file is opened, when nobody listens to the stream yet.
    let refused: unknown;
    call.on('error', (error: unknown) => {
      refused ??= error;
    });
    async function* parts(): AsyncGenerator<Buffer> {
      for await (const message of call as AsyncIterable<Buffer>) {
        silence.heard();
        yield channel.understood(doing, messages.readPart, message).data;
      }
      if (refused !== undefined) throw refused;
    }
    try {
      if (!compressed) return await writeContent(file, parts(), digest.bytes);
      let came: Arrived = 'other';
      await pipeline(parts, createZstdDecompress(), async (source: AsyncIterable<Buffer>) => {
        came = await writeContent(file, source, digest.bytes);
      });
      return came;
    } catch (error) {
      if (error instanceof StoreTrouble) throw error;
      const { code } = error as ServiceError;
      if (code === status.NOT_FOUND) return 'missing';
      if (code === undefined || typeof code === 'number')
        throw this.brokenOff(silence.gone, doing, error as ServiceError);
      // What does not unpack is not what it was said to be; the caller sees that in the length.
      if (/^ZSTD|^Z_BUF_ERROR$/.test(String(code))) return 'other';
      throw error;
    } finally {
      silence.stop();
      call.cancel();
    }
  }

  private brokenOff(gone: boolean, doing: string, error: ServiceError): StoreTrouble {
    if (!gone) return this.channel.trouble(doing, error);
    return new StoreTrouble(this.name, `${doing}: silent for ${this.channel.timeoutSeconds} seconds`, true, {
      cause: error,
    });
  }

  async put(digest: Digest, file: string): Promise<void> {
    const { compressed } = await this.abilities();
    const { instance } = this.channel;
    await untilItPasses(async () => {
      const upload = `${instance === '' ? '' : `${instance}/`}uploads/${randomUUID()}/`;
      const kind = compressed ? 'compressed-blobs/zstd' : 'blobs';
      await this.write(`${upload}${kind}/${digest.sha256}/${digest.bytes}`, digest, file, compressed);
    });
  }

  private write(resourceName: string, digest: Digest, file: string, compressed: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const doing = `writing ${digest.sha256}`;
      const call = this.channel.send('/google.bytestream.ByteStream/Write', (error, bytes) => {
        silence.stop();
        if (error !== null) return reject(this.brokenOff(silence.gone, doing, error));
        try {
          const committed = this.channel.understood(doing, messages.written, bytes!).committedSize;
          // A server that has the content already may say so at once, with its whole length; of a compressed one, -1.
          if (committed === digest.bytes || compressed) resolve();
          else reject(new StoreTrouble(this.name, `${doing}: it took ${committed} bytes of ${digest.bytes}`, true));
        } catch (trouble) {
          reject(trouble);
        }
      });
      const silence = watchSilence(this.channel.timeoutSeconds, () => call.cancel());
      call.on('error', () => {}); // The answer says it.
      const content = createReadStream(file, { highWaterMark: pieceBytes });
      // The answer came before the end, and says all.
      let overtaken = false;
      const send = async (source: AsyncIterable<Buffer>): Promise<void> => {
        let writeOffset = 0;
        const part = (data: Buffer, finishWrite: boolean): Buffer => {
          const named = writeOffset === 0 ? { resourceName } : { writeOffset };
          writeOffset += data.length;
          return messages.write.encode({ ...named, ...(finishWrite && { finishWrite }), data });
        };
        // The last piece itself says that it is the last: Bazel's server takes nothing after the whole length.
        let held: Buffer = Buffer.alloc(0);
        for await (const data of source) {
          silence.heard();
          const ready = held;
          held = data;
          if (ready.length > 0 && !call.write(part(ready, false))) await drained(call);
          overtaken = call.destroyed || call.writableEnded;
          if (overtaken) return;
        }
        call.write(part(held, true));
        call.end();
      };
      const sent = compressed ? pipeline(content, createZstdCompress(), send) : pipeline(content, send);
      sent.catch((error: unknown) => {
        if (overtaken) return;
        silence.stop();
        call.cancel();
        reject(error);
      });
    });
  }

  close(): void {
    this.channel.close();
  }
}

/** Until there is room for more, or nobody will make any. */
function drained(call: NodeJS.EventEmitter): Promise<void> {
  return new Promise((go) => {
    const on = ['drain', 'error', 'close', 'status'];
    const done = () => {
      for (const event of on) call.off(event, done);
      go();
    };
    for (const event of on) call.on(event, done);
  });
}

/** Calls `end` when nothing was heard for so long. */
function watchSilence(seconds: number, end: () => void) {
  const watch = { gone: false, heard: () => void timer.refresh(), stop: () => clearTimeout(timer) };
  const timer = setTimeout(() => {
    watch.gone = true;
    end();
  }, seconds * 1000);
  return watch;
}
