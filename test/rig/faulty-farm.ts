/**
 * A small server of the Remote Execution API that keeps everything in memory, and goes wrong where and how it is told
 * to. In front of it sits what passes bytes on, so that a connection can be cut like a cable.
 */
import { connect, createServer, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { createZstdCompress, zstdDecompressSync } from 'node:zlib';
import {
  Server,
  ServerCredentials,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { root as program } from './program.ts';
import { whenDone } from './release.ts';

const api = protobuf.loadSync(`${program}/src/runner/store/remote-execution.proto`);
const type = (name: string): protobuf.Type => api.lookupType(`build.bazel.remote.execution.v2.${name}`);
// biome-ignore lint/suspicious/noExplicitAny: messages as they come
const decode = (name: string, bytes: Uint8Array): any =>
  type(name).toObject(type(name).decode(bytes), { longs: Number, defaults: true, bytes: Buffer, arrays: true });
const encode = (name: string, value: object): Buffer => Buffer.from(type(name).encode(value).finish());

export const stages = [
  'GetCapabilities',
  'GetActionResult',
  'FindMissingBlobs',
  'Read',
  'Write',
  'UpdateActionResult',
] as const;
export type Stage = (typeof stages)[number] | 'Execute' | 'WaitExecution';

/**
 * `cut`: the connection is, in the middle; `short`: a content ends early, and all is well; `once`: only the first time
 * it is full.
 */
export type How = 'full' | 'once full' | 'hangs' | 'cut' | 'once cut' | 'nonsense' | 'short' | 'other';

export interface Fault {
  readonly stage: Stage;
  readonly how: How;
}

/** What an execution tells, one message after the other, and when. */
export interface Told {
  readonly afterMs?: number;
  readonly stage?: number;
  readonly done?: boolean;
  readonly status?: { readonly code: number; readonly message: string };
  /** The connection is cut after it. */
  readonly cut?: boolean;
  /** Nothing more is said, by this call or any other. */
  readonly dies?: boolean;
}

export interface FarmOptions {
  readonly fault?: Fault;
  readonly zstd?: boolean;
  /** By the number of the execution, from 0; the last one counts for all after it. */
  readonly executions?: readonly (readonly Told[])[];
  /** What waiting for an execution tells; without it none is known. */
  readonly waiting?: readonly Told[];
  readonly tls?: { readonly certificate: Buffer; readonly key: Buffer };
}

export interface Farm {
  readonly address: string;
  readonly contents: Map<string, Buffer>;
  readonly results: Map<string, Buffer>;
  /** Calls so far, by the name of the method. */
  readonly calls: Map<string, number>;
}

type Unary = (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => void;

const same = (bytes: Buffer): Buffer => bytes;
const digestIn = (resource: string): string => /([0-9a-f]{64})/.exec(resource)?.[1] ?? '';

export async function startFarm(options: FarmOptions = {}): Promise<Farm> {
  const { fault, zstd = false, executions = [], waiting, tls } = options;
  const contents = new Map<string, Buffer>();
  const results = new Map<string, Buffer>();
  const calls = new Map<string, number>();
  const sockets = new Set<Socket>();
  let dead = false;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  /** Counts a call, and says what is wrong with it. */
  const fares = (stage: Stage): How | undefined => {
    const before = calls.get(stage) ?? 0;
    calls.set(stage, before + 1);
    if (dead) return 'hangs';
    if (fault?.stage !== stage) return undefined;
    if (fault.how === 'once full') return before === 0 ? 'full' : undefined;
    if (fault.how === 'once cut') return before === 0 ? 'cut' : undefined;
    return fault.how;
  };
  const full = { code: status.RESOURCE_EXHAUSTED, details: 'no space left on device' };
  const nonsense = Buffer.from([0xff, 0xff, 0xff, 0x01]);
  const unary =
    (stage: Stage, work: (question: Buffer) => Buffer | { code: number }): Unary =>
    (call, answer) => {
      const how = fares(stage);
      if (how === 'full') answer(full);
      else if (how === 'cut') cut();
      else if (how === 'nonsense') answer(null, nonsense);
      else if (how !== 'hangs') {
        const done = work(call.request);
        if (Buffer.isBuffer(done)) answer(null, done);
        else answer(done);
      }
    };
  const read = async (call: ServerWritableStream<Buffer, Buffer>): Promise<void> => {
    const how = fares('Read');
    const kept = contents.get(digestIn(decode('ReadRequest', call.request).resourceName));
    const fail = (error: object) => void call.emit('error', error);
    if (how === 'full') return fail(full);
    if (kept === undefined) return fail({ code: status.NOT_FOUND, details: 'no such content' });
    const bytes = zstd ? await buffer(Readable.from([kept]).pipe(createZstdCompress())) : kept;
    const half = bytes.subarray(0, Math.floor(bytes.length / 2));
    if (how === 'nonsense') return void call.write(nonsense);
    const data = how === undefined ? bytes : how === 'other' ? Buffer.alloc(kept.length, 'x') : half;
    call.write(encode('ReadResponse', { data }));
    if (how === 'hangs') return;
    if (how !== 'cut') return void call.end();
    await sleep(50);
    cut();
  };
  const write = async (call: ServerReadableStream<Buffer, Buffer>, answer: sendUnaryData<Buffer>): Promise<void> => {
    const how = fares('Write');
    if (how === 'full') return answer(full);
    const parts: Buffer[] = [];
    let resource = '';
    for await (const bytes of call as AsyncIterable<Buffer>) {
      const message = decode('WriteRequest', bytes);
      resource ||= message.resourceName;
      parts.push(message.data);
      if (how === 'cut') return cut();
      if (how === 'hangs') return;
    }
    if (how === 'nonsense') return answer(null, nonsense);
    const whole = Buffer.concat(parts);
    const data = zstd ? zstdDecompressSync(whole) : whole;
    if (how === 'short') return answer(null, encode('WriteResponse', { committedSize: data.length - 1 }));
    contents.set(digestIn(resource), data);
    answer(null, encode('WriteResponse', { committedSize: zstd ? whole.length : data.length }));
  };
  const tell = async (call: ServerWritableStream<Buffer, Buffer>, all: readonly Told[]): Promise<void> => {
    for (const { afterMs = 0, stage = 0, done = false, status: ended, cut: isCut, dies } of all) {
      await sleep(afterMs);
      const metadata = { typeUrl: 'x', value: encode('ExecuteOperationMetadata', { stage }) };
      const response = { typeUrl: 'x', value: encode('ExecuteResponse', ended ? { status: ended } : {}) };
      call.write(encode('Operation', { name: 'operation/1', metadata, done, ...(done && { response }) }));
      if (isCut) {
        await sleep(50);
        return cut();
      }
      dead ||= dies ?? false;
      if (done) call.end();
    }
  };
  const execute = (call: ServerWritableStream<Buffer, Buffer>): void => {
    const how = fares('Execute');
    const begun = calls.get('Execute')! - 1;
    if (how === 'full') call.emit('error', full);
    else if (how === 'cut') cut();
    else if (how === 'nonsense') call.write(nonsense);
    else if (how !== 'hangs') void tell(call, executions[Math.min(begun, executions.length - 1)] ?? []);
  };
  const wait = (call: ServerWritableStream<Buffer, Buffer>): void => {
    const how = fares('WaitExecution');
    if (how === 'full') call.emit('error', full);
    else if (how !== 'hangs' && waiting === undefined)
      call.emit('error', { code: status.NOT_FOUND, details: 'unknown' });
    else if (how !== 'hangs') void tell(call, waiting!);
  };
  const server = new Server({ 'grpc.max_receive_message_length': 32 << 20 });
  const method = (path: string, requestStream: boolean, responseStream: boolean) => ({
    path,
    requestStream,
    responseStream,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  });
  const of = (service: string) => `/build.bazel.remote.execution.v2.${service}`;
  const add = (path: string, [requests, responses]: readonly [boolean, boolean], work: unknown): void =>
    server.addService({ it: method(path, requests, responses) }, { it: work as () => void });
  const abilities = () =>
    encode('ServerCapabilities', {
      cacheCapabilities: {
        digestFunctions: [1],
        actionCacheUpdateCapabilities: { updateEnabled: true },
        supportedCompressors: zstd ? [1] : [],
      },
      executionCapabilities: { digestFunction: 1, execEnabled: true },
    });
  add(of('Capabilities/GetCapabilities'), [false, false], unary('GetCapabilities', abilities));
  add(
    of('ActionCache/GetActionResult'),
    [false, false],
    unary('GetActionResult', (asked) => {
      const { hash } = decode('GetActionResultRequest', asked).actionDigest;
      return results.get(hash) ?? { code: status.NOT_FOUND };
    }),
  );
  add(
    of('ActionCache/UpdateActionResult'),
    [false, false],
    unary('UpdateActionResult', (asked) => {
      const { actionDigest, actionResult } = decode('UpdateActionResultRequest', asked);
      results.set(actionDigest.hash, actionResult);
      return actionResult;
    }),
  );
  add(
    of('ContentAddressableStorage/FindMissingBlobs'),
    [false, false],
    unary('FindMissingBlobs', (asked) => {
      const { blobDigests } = decode('FindMissingBlobsRequest', asked);
      const missing = blobDigests.filter(({ hash }: { hash: string }) => !contents.has(hash));
      return encode('FindMissingBlobsResponse', { missingBlobDigests: missing });
    }),
  );
  add(
    '/google.bytestream.ByteStream/Read',
    [false, true],
    (call: ServerWritableStream<Buffer, Buffer>) => void read(call),
  );
  add(
    '/google.bytestream.ByteStream/Write',
    [true, false],
    (call: ServerReadableStream<Buffer, Buffer>, answer: sendUnaryData<Buffer>) =>
      // A connection that was cut: nobody waits for the answer.
      void write(call, answer).catch(() => {}),
  );
  add(of('Execution/Execute'), [false, true], execute);
  add(of('Execution/WaitExecution'), [false, true], wait);
  const secret = tls
    ? ServerCredentials.createSsl(null, [{ private_key: tls.key, cert_chain: tls.certificate }])
    : ServerCredentials.createInsecure();
  const port = await new Promise<number>((go, fail) => {
    server.bindAsync('127.0.0.1:0', secret, (error, bound) => (error ? fail(error) : go(bound)));
  });
  const front = createServer((socket) => {
    const behind = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [socket, behind],
      [behind, socket],
    ] as const) {
      sockets.add(one);
      one
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(one);
          other.destroy();
        });
      one.pipe(other);
    }
  });
  await new Promise<void>((go) => front.listen(0, '127.0.0.1', go));
  whenDone(() => {
    cut();
    front.close();
    server.forceShutdown();
  });
  return {
    address: `${tls ? 'grpcs' : 'grpc'}://127.0.0.1:${(front.address() as { port: number }).port}`,
    contents,
    results,
    calls,
  };
}
