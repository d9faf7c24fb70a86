/**
 * What an action yielded, in the binary form of `build.bazel.remote.execution.v2.ActionResult`
 * (github.com/bazelbuild/remote-apis), so that a remote cache can keep it as it is. What that message has no field for
 * goes into node properties of the files. A seal, the sha256 of everything before it in a field that other readers
 * skip, makes a flipped bit visible: nothing else in the message vouches for itself.
 */
import { type ContentDigest, contentDigest, type FileDigest } from '../../digests.ts';
import { type BinaryName, binaryName } from '../../names.ts';
import { sha256 } from '../files/digest.ts';
import { recordOf } from '../files/json-record.ts';
import { digestMessage, digestOf, resultMessage } from '../store/messages.ts';

/** A .deb in the cache. */
export interface StoredDeb {
  readonly name: BinaryName;
  readonly version: string;
  readonly file: string;
  readonly sha256: FileDigest;
  readonly bytes: number;
  /** Of the unpacked content alone, see OutputDeb. */
  readonly contentSha256: ContentDigest;
}

/** What a build left beside its packages: `.changes`, `.buildinfo`, what was installed. */
export interface StoredFile {
  readonly file: string;
  readonly sha256: FileDigest;
  readonly bytes: number;
}

/** The name of the file that says what was installed, where a builder records it. */
export const installedFile = 'installed.json';

/** What one action yielded, and how. */
export interface ActionResult {
  /** Byte order of name. */
  readonly debs: readonly StoredDeb[];
  /** Byte order of name; not of every builder. */
  readonly beside?: readonly StoredFile[];
  /** sha256 and size of the log. */
  readonly log: { readonly sha256: FileDigest; readonly bytes: number };
  readonly cpuSeconds: number;
  readonly sandboxed: boolean;
  /** Built elsewhere and adopted; the environment that it was built in is unknown. */
  readonly adopted?: true;
  /** Kernel and processor that it was built on, where the builder tells. */
  readonly machine?: string;
}

const sandbox = 'bubblewrap';
const elsewhere = 'adopted';
const besideKind = 'beside';

/** The seal of a message: its last field, number 2000, with the sha256 of everything before it. */
export const sealOf = (message: Uint8Array): Buffer => resultMessage.encode({ seal: sha256(message) });
/** Bytes of the seal at the end of every result. */
export const sealLength = sealOf(Buffer.alloc(0)).length;

/** Every content that a result refers to. */
export const contentsOfResult = ({ debs, log, beside = [] }: ActionResult): readonly FileDigest[] => [
  ...debs.map(({ sha256 }) => sha256),
  log.sha256,
  ...beside.map(({ sha256 }) => sha256),
];

const propertiesOf = (values: readonly (readonly [string, string])[]) => ({
  properties: values.map(([name, value]) => ({ name, value })),
});

/** The bytes of a result, its seal at their end. */
export function encodeActionResult(result: ActionResult): Buffer {
  const { debs, beside = [], log, cpuSeconds, sandboxed, adopted, machine } = result;
  const files = debs.map((deb) => ({
    path: deb.file,
    digest: digestMessage(deb),
    nodeProperties: propertiesOf([
      ['content-sha256', deb.contentSha256],
      ['name', deb.name],
      ['version', deb.version],
    ]),
  }));
  const others = beside.map((stored) => ({
    path: stored.file,
    digest: digestMessage(stored),
    nodeProperties: propertiesOf([['kind', besideKind]]),
  }));
  const milliseconds = Math.round(cpuSeconds * 1000);
  const [seconds, nanos] = [Math.floor(milliseconds / 1000), (milliseconds % 1000) * 1e6];
  const duration = { ...(seconds > 0 && { seconds }), ...(nanos > 0 && { nanos }) };
  const worker = adopted ? elsewhere : sandboxed ? sandbox : 'none';
  const message = resultMessage.encode({
    outputFiles: [...files, ...others],
    stdoutDigest: digestMessage(log),
    executionMetadata: { worker, virtualExecutionDuration: duration },
    ...(machine !== undefined && { machine }),
  });
  return Buffer.concat([message, sealOf(message)]);
}

/**
 * Never throws: `undefined` when the seal is broken, the bytes are something else, or a name or digest in it has not
 * the form of one. The seal is no signature, so all of this may still have been written by anybody.
 */
export function decodeActionResult(content: Uint8Array): ActionResult | undefined {
  try {
    return recordOf<ActionResult>(decoded(content), 'records#/$defs/actionResult');
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** @throws RangeError when the bytes are no message */
function decoded(content: Uint8Array): ActionResult | undefined {
  const message = content.subarray(0, Math.max(0, content.length - sealLength));
  if (!sealOf(message).equals(content.subarray(message.length))) return undefined;
  const { outputFiles, stdoutDigest, executionMetadata, machine } = resultMessage.decode(message);
  if (!stdoutDigest || !executionMetadata) return undefined;
  const { worker, virtualExecutionDuration: duration } = executionMetadata;
  const outputs = outputFiles.map(({ path, digest, nodeProperties }) => ({
    properties: new Map(nodeProperties?.properties.map(({ name, value }) => [name, value])),
    stored: { file: path, ...digestOf(digest ?? { hash: '', sizeBytes: 0 }) },
  }));
  const isBeside = ({ properties }: (typeof outputs)[number]): boolean => properties.get('kind') === besideKind;
  const beside = outputs.filter(isBeside).map(({ stored }) => stored);
  return {
    debs: outputs
      .filter((output) => !isBeside(output))
      .map(({ properties, stored }) => ({
        name: binaryName(properties.get('name') ?? ''),
        version: properties.get('version') ?? '',
        ...stored,
        contentSha256: contentDigest(properties.get('content-sha256') ?? ''),
      })),
    ...(beside.length > 0 && { beside }),
    log: digestOf(stdoutDigest),
    cpuSeconds: (duration?.seconds ?? 0) + (duration?.nanos ?? 0) / 1e9,
    sandboxed: worker === sandbox,
    ...(worker === elsewhere && { adopted: true }),
    ...(machine !== '' && { machine }),
  };
}
