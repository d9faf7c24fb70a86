/**
 * The messages of remote-execution.proto, encoded and decoded: fields in the order of their numbers, defaults left out.
 */
import { join } from 'node:path';
import protobuf from 'protobufjs';
import type { Digest } from './store.ts';

const root = protobuf.loadSync(join(import.meta.dirname, 'remote-execution.proto'));

/**
 * A codec of one message type; what is decoded has plain numbers for 64 bits and every field that is not there at its
 * default.
 */
export interface Codec<T extends object, S extends object = Partial<T>> {
  encode(value: S): Buffer;
  /** @throws RangeError when the bytes are no such message */
  decode(bytes: Uint8Array): T;
}

function codec<T extends object, S extends object = Partial<T>>(name: string): Codec<T, S> {
  const type = root.lookupType(`build.bazel.remote.execution.v2.${name}`);
  return {
    encode: (value) => Buffer.from(type.encode(value).finish()),
    decode: (bytes) => {
      try {
        const options = { longs: Number, defaults: true, arrays: true, bytes: Buffer };
        return type.toObject(type.decode(bytes), options) as T;
      } catch (error) {
        throw new RangeError(`no ${name}: ${(error as Error).message}`, { cause: error });
      }
    },
  };
}

/** A digest as the protocol has it. */
export interface DigestMessage {
  readonly hash: string;
  readonly sizeBytes: number;
}

/** What is nothing is left out. */
export type DigestToSend = Pick<DigestMessage, 'hash'> & Partial<DigestMessage>;

/** A digest of ours in the protocol's form; no size is 0. */
export const digestMessage = ({ sha256, bytes }: Digest): DigestToSend => ({
  hash: sha256,
  ...(bytes > 0 && { sizeBytes: bytes }),
});

/** A digest of the protocol in our form. */
export const digestOf = ({ hash, sizeBytes }: DigestMessage): Digest => ({ sha256: hash, bytes: sizeBytes });

/** A pair, as several messages have them. */
export interface NameValue {
  readonly name: string;
  readonly value: string;
}

/** The messages, by their names in the protocol. */
export const messages = {
  requestMetadata: codec<{
    toolDetails: { toolName: string; toolVersion: string };
    actionId: string;
    toolInvocationId: string;
  }>('RequestMetadata'),
  getCapabilities: codec<{ instanceName: string }>('GetCapabilitiesRequest'),
  capabilities: codec<{
    cacheCapabilities: {
      digestFunctions: number[];
      actionCacheUpdateCapabilities: { updateEnabled: boolean } | null;
      supportedCompressors: number[];
    } | null;
    executionCapabilities: { execEnabled: boolean } | null;
  }>('ServerCapabilities'),
  getResult: codec<{ instanceName: string; actionDigest: DigestToSend }>('GetActionResultRequest'),
  updateResult: codec<{ instanceName: string; actionDigest: DigestToSend; actionResult: Uint8Array }>(
    'UpdateActionResultRequest',
  ),
  findMissing: codec<{ instanceName: string; blobDigests: DigestToSend[] }>('FindMissingBlobsRequest'),
  missing: codec<{ missingBlobDigests: DigestMessage[] }>('FindMissingBlobsResponse'),
  read: codec<{ resourceName: string; readOffset: number }>('ReadRequest'),
  readPart: codec<{ data: Buffer }>('ReadResponse'),
  write: codec<{ resourceName: string; writeOffset: number; finishWrite: boolean; data: Uint8Array }>('WriteRequest'),
  written: codec<{ committedSize: number }>('WriteResponse'),
  execute: codec<{ instanceName: string; skipCacheLookup: boolean; actionDigest: DigestToSend }>('ExecuteRequest'),
  waitExecution: codec<{ name: string }>('WaitExecutionRequest'),
  operation: codec<{
    name: string;
    metadata: { value: Buffer } | null;
    done: boolean;
    error: { code: number; message: string } | null;
    response: { value: Buffer } | null;
  }>('Operation'),
  operationMetadata: codec<{ stage: number }>('ExecuteOperationMetadata'),
  executeResponse: codec<{
    result: Buffer;
    cachedResult: boolean;
    status: { code: number; message: string } | null;
    message: string;
  }>('ExecuteResponse'),
  cancelOperation: codec<{ name: string }>('CancelOperationRequest'),
  action: codec<{
    commandDigest: DigestToSend;
    inputRootDigest: DigestToSend;
    timeout: { seconds: number };
    doNotCache: boolean;
    platform: { properties: NameValue[] };
  }>('Action'),
  command: codec<{
    arguments: string[];
    environmentVariables: NameValue[];
    platform: { properties: NameValue[] };
  }>('Command'),
  directory: codec<{
    files: { name: string; digest: DigestToSend; isExecutable?: boolean }[];
    directories: { name: string; digest: DigestToSend }[];
  }>('Directory'),
};

/** Codec of what an action yielded; `cache/action-result.ts` says what bootplan writes into it. */
export interface ResultMessage {
  readonly outputFiles: readonly {
    readonly path: string;
    readonly digest: DigestMessage | null;
    readonly nodeProperties: { readonly properties: readonly NameValue[] } | null;
  }[];
  readonly exitCode: number;
  readonly stdoutRaw: Buffer;
  readonly stdoutDigest: DigestMessage | null;
  readonly executionMetadata: {
    readonly worker: string;
    readonly virtualExecutionDuration: { readonly seconds: number; readonly nanos: number } | null;
  } | null;
  readonly machine: string;
  readonly seal: string;
}

/** The same as it is written: what is nothing is left out. */
export interface ResultToSend {
  readonly outputFiles?: readonly {
    readonly path: string;
    readonly digest: DigestToSend;
    readonly nodeProperties?: { readonly properties: readonly NameValue[] };
  }[];
  readonly exitCode?: number;
  readonly stdoutRaw?: Uint8Array;
  readonly stdoutDigest?: DigestToSend;
  readonly executionMetadata?: {
    readonly worker: string;
    readonly virtualExecutionDuration: { readonly seconds?: number; readonly nanos?: number };
  };
  readonly machine?: string;
  readonly seal?: string;
}

/** The message ActionResult, in which results are kept here as well. */
export const resultMessage = codec<ResultMessage, ResultToSend>('ActionResult');
