/**
 * What an action yielded, in the binary form of `build.bazel.remote.execution.v2.ActionResult`
 * (github.com/bazelbuild/remote-apis), so that a remote cache can keep it as it is. What that message has no field for
 * goes into node properties of the files. A seal, the sha256 of everything before it in a field that other readers
 * skip, makes a flipped bit visible: nothing else in the message vouches for itself.
 */
import { sha256 } from '../files/digest.ts';
import { recordOf } from '../files/json-record.ts';
import { bytesField, messages, numberField, numberOf, readFields, texts } from '../formats/protobuf.ts';

/** A .deb in the cache. */
export interface StoredDeb {
  readonly name: string;
  readonly version: string;
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Of the unpacked content alone, see OutputDeb. */
  readonly contentSha256: string;
}

/** What a build left beside its packages: `.changes`, `.buildinfo`, what was installed. */
export interface StoredFile {
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** The name of the file that says what was installed, where a builder records it. */
export const installedFile = 'installed.json';

export interface ActionResult {
  /** Byte order of name. */
  readonly debs: readonly StoredDeb[];
  /** Byte order of name; not of every builder. */
  readonly beside?: readonly StoredFile[];
  /** sha256 and size of the log. */
  readonly log: { readonly sha256: string; readonly bytes: number };
  readonly cpuSeconds: number;
  readonly sandboxed: boolean;
}

const field = { outputFiles: 2, stdoutDigest: 6, metadata: 9, seal: 2000 } as const;
const file = { path: 1, digest: 2, properties: 7 } as const;
const sealLength = bytesField(field.seal, '0'.repeat(64)).length;
const sandbox = 'bubblewrap';
const besideKind = 'beside';

const digestOf = (sha: string, bytes: number): Buffer => Buffer.concat([bytesField(1, sha), numberField(2, bytes)]);

const property = (name: string, value: string): Buffer =>
  bytesField(1, Buffer.concat([bytesField(1, name), bytesField(2, value)]));

/** Every content that a result refers to. */
export const contentsOfResult = ({ debs, log, beside = [] }: ActionResult): readonly string[] => [
  ...debs.map(({ sha256 }) => sha256),
  log.sha256,
  ...beside.map(({ sha256 }) => sha256),
];

export function encodeActionResult(result: ActionResult): Buffer {
  const files = result.debs.map((deb) =>
    bytesField(
      field.outputFiles,
      Buffer.concat([
        bytesField(file.path, deb.file),
        bytesField(file.digest, digestOf(deb.sha256, deb.bytes)),
        bytesField(
          file.properties,
          Buffer.concat([
            property('content-sha256', deb.contentSha256),
            property('name', deb.name),
            property('version', deb.version),
          ]),
        ),
      ]),
    ),
  );
  const beside = (result.beside ?? []).map(({ file: path, sha256: digest, bytes }) =>
    bytesField(
      field.outputFiles,
      Buffer.concat([
        bytesField(file.path, path),
        bytesField(file.digest, digestOf(digest, bytes)),
        bytesField(file.properties, property('kind', besideKind)),
      ]),
    ),
  );
  const milliseconds = Math.round(result.cpuSeconds * 1000);
  const duration = Buffer.concat([
    numberField(1, Math.floor(milliseconds / 1000)),
    numberField(2, (milliseconds % 1000) * 1e6),
  ]);
  const metadata = Buffer.concat([bytesField(1, result.sandboxed ? sandbox : 'none'), bytesField(12, duration)]);
  const message = Buffer.concat([
    ...files,
    ...beside,
    bytesField(field.stdoutDigest, digestOf(result.log.sha256, result.log.bytes)),
    bytesField(field.metadata, metadata),
  ]);
  return Buffer.concat([message, bytesField(field.seal, sha256(message))]);
}

/**
 * Never throws: `undefined` when the seal is broken, the bytes are something else, or a name or digest in it has not the
 * form of one. The seal is no signature, so all of this may still have been written by anybody.
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
  const seal = bytesField(field.seal, sha256(message));
  if (!seal.equals(content.subarray(message.length))) return undefined;
  const fields = readFields(message);
  const log = messages(fields, field.stdoutDigest)[0];
  const metadata = messages(fields, field.metadata)[0];
  if (log === undefined || metadata === undefined) return undefined;
  const duration = messages(metadata, 12)[0];
  const outputs = messages(fields, field.outputFiles).map((output) => {
    const digest = messages(output, file.digest)[0] ?? new Map();
    const properties = new Map(
      messages(messages(output, file.properties)[0] ?? new Map(), 1).map((p) => [texts(p, 1)[0], texts(p, 2)[0]]),
    );
    const stored = {
      file: texts(output, file.path)[0] ?? '',
      sha256: texts(digest, 1)[0] ?? '',
      bytes: numberOf(digest, 2),
    };
    return { properties, stored };
  });
  const isBeside = ({ properties }: (typeof outputs)[number]): boolean => properties.get('kind') === besideKind;
  const beside = outputs.filter(isBeside).map(({ stored }) => stored);
  return {
    debs: outputs
      .filter((output) => !isBeside(output))
      .map(({ properties, stored }) => ({
        name: properties.get('name') ?? '',
        version: properties.get('version') ?? '',
        ...stored,
        contentSha256: properties.get('content-sha256') ?? '',
      })),
    ...(beside.length > 0 && { beside }),
    log: { sha256: texts(log, 1)[0] ?? '', bytes: numberOf(log, 2) },
    cpuSeconds: numberOf(duration, 1) + numberOf(duration, 2) / 1e9,
    sandboxed: texts(metadata, 1)[0] === sandbox,
  };
}
