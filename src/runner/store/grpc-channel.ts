/** One gRPC connection to a server of the Remote Execution API, its credentials and its time limits. */
import { randomUUID } from 'node:crypto';
import {
  Client,
  type ClientReadableStream,
  type ClientWritableStream,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import type { Access } from './access.ts';
import { type Codec, messages } from './messages.ts';
import { StoreTrouble } from './store.ts';

/** The largest single message either side takes: what servers set by default, less room for the envelope. */
export const pieceBytes = 1 << 20;

/** What may go through later: the server restarts, is busy, or was too slow. */
const passing = new Set([
  status.UNAVAILABLE,
  status.RESOURCE_EXHAUSTED,
  status.ABORTED,
  status.DEADLINE_EXCEEDED,
  status.INTERNAL,
]);

/** A connection, opened by the first call. */
export class GrpcChannel {
  readonly name: string;
  private readonly client: Client;
  private readonly access: Access;
  private readonly invocation = randomUUID();

  /** @param url `grpc://HOST:PORT` or `grpcs://HOST:PORT` */
  constructor(url: string, access: Access) {
    this.name = url;
    this.access = access;
    const { ca, certificate, key } = access;
    const pem = (text: string | undefined) => (text === undefined ? null : Buffer.from(text));
    const secret = url.startsWith('grpcs:')
      ? credentials.createSsl(pem(ca), pem(key), pem(certificate))
      : credentials.createInsecure();
    this.client = new Client(new URL(url).host, secret, { 'grpc.max_receive_message_length': 32 << 20 });
  }

  get instance(): string {
    return this.access.instance;
  }

  /** Bazel's server refuses calls that do not say what tool asks. */
  private metadata(): Metadata {
    const metadata = new Metadata();
    const about = { toolDetails: { toolName: 'bootplan', toolVersion: '1' }, toolInvocationId: this.invocation };
    metadata.set('build.bazel.remote.execution.v2.requestmetadata-bin', messages.requestMetadata.encode(about));
    if (this.access.authorization !== undefined) metadata.set('authorization', this.access.authorization);
    return metadata;
  }

  private deadline(): Date {
    return new Date(Date.now() + this.access.timeoutSeconds * 1000);
  }

  trouble(doing: string, error: ServiceError): StoreTrouble {
    const isRefused = error.code === status.UNAUTHENTICATED || error.code === status.PERMISSION_DENIED;
    const help = isRefused ? '; see --cache-access' : '';
    const why = `${doing}: ${status[error.code] ?? error.code}: ${error.details || error.message}${help}`;
    return new StoreTrouble(this.name, why, passing.has(error.code), { cause: error });
  }

  /** A question with one answer; undefined when the server says NOT_FOUND. @throws StoreTrouble */
  ask<Q extends object, A extends object>(
    path: string,
    question: Codec<Q>,
    value: Partial<Q>,
    answer: Codec<A>,
  ): Promise<A | undefined> {
    const doing = path.slice(path.lastIndexOf('/') + 1);
    return this.askRaw(path, question.encode(value)).then((bytes) => bytes && this.understood(doing, answer, bytes));
  }

  /** What a message says. @throws StoreTrouble when it is no such message */
  understood<T extends object>(doing: string, codec: Codec<T>, bytes: Uint8Array): T {
    try {
      return codec.decode(bytes);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new StoreTrouble(this.name, `${doing}: what it answers is ${error.message}`, false, { cause: error });
    }
  }

  /** The same, with the answer's bytes as they come. */
  askRaw(path: string, question: Buffer): Promise<Buffer | undefined> {
    return new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, bytes?: Buffer) => {
        if (error === null) resolve(bytes);
        else if (error.code === status.NOT_FOUND) resolve(undefined);
        else reject(this.trouble(path.slice(path.lastIndexOf('/') + 1), error));
      };
      this.client.makeUnaryRequest(path, same, same, question, this.metadata(), { deadline: this.deadline() }, done);
    });
  }

  /** A question with many answers; the call has no time limit of its own. */
  listen(path: string, question: Buffer): ClientReadableStream<Buffer> {
    return this.client.makeServerStreamRequest(path, same, same, question, this.metadata(), {});
  }

  /** Many messages with one answer. */
  send(path: string, answered: (error: ServiceError | null, bytes?: Buffer) => void): ClientWritableStream<Buffer> {
    return this.client.makeClientStreamRequest(path, same, same, this.metadata(), {}, answered);
  }

  get timeoutSeconds(): number {
    return this.access.timeoutSeconds;
  }

  close(): void {
    this.client.close();
  }
}

const same = (bytes: Buffer): Buffer => bytes;
