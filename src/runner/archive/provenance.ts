/**
 * Provenance: for each build a statement of what it was made from and what came of it, in the form of in-toto
 * (in-toto.io/Statement/v1 with SLSA's provenance/v1 predicate). Made from the ledger alone, without a clock, so it
 * can be made again and compared. What the seed gave is labelled as the seed's, never claimed as built here.
 */

import { entriesOf } from '../../by-name.ts';
import type { FileDigest, SeedDigest } from '../../digests.ts';
import type { ByName } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import type { LedgerEntry } from './ledger.ts';

/** A source file of a recipe, or a Debian package of the seed. */
export interface Material {
  readonly name: string;
  readonly sha256: FileDigest;
  /** Of a source description: what is known of its signature. */
  readonly signature?: string;
}

/** An in-toto statement with SLSA provenance about one build. */
export interface Statement {
  readonly _type: 'https://in-toto.io/Statement/v1';
  readonly subject: readonly Resource[];
  readonly predicateType: 'https://slsa.dev/provenance/v1';
  readonly predicate: {
    readonly buildDefinition: {
      readonly buildType: string;
      /** What was asked for. */
      readonly externalParameters: ByName<string>;
      /** What bootplan made of it. */
      readonly internalParameters: ByName<string | boolean>;
      readonly resolvedDependencies: readonly Resource[];
    };
    readonly runDetails: { readonly builder: { readonly id: string; readonly version?: ByName<string> } };
  };
}

/** A file by its name and digest: a resource descriptor of in-toto. */
export interface Resource {
  readonly name: string;
  readonly digest: { readonly sha256: FileDigest | SeedDigest };
  readonly annotations?: ByName<string>;
}

const ours = 'https://bootplan.invalid';
/** The builder of what was adopted, which is not we. */
const elsewhere = `${ours}/elsewhere/v1`;

const resource = (name: string, sha256: FileDigest | SeedDigest, annotations?: ByName<string>): Resource => ({
  name,
  digest: { sha256 },
  ...(annotations && { annotations }),
});

/**
 * @param sources files that the recipe fetches
 * @param seed Debian packages behind the seed binaries installed
 * @param machine that it was built on, where that is known
 */
export function statementOf(
  entry: LedgerEntry,
  sources: readonly Material[],
  seed: readonly Material[],
  machine?: string,
): Statement {
  const { build, source, version, archive, action, tainted, sandboxed, adopted, crossCompiledBy, outputs, installed } =
    entry;
  const byName = (a: Material, b: Material): number => byteOrder(a.name, b.name);
  const usesSeed = installed.some((binary) => binary.build === 'seed');
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: entriesOf(outputs).map(([file, sha256]) => resource(file, sha256)),
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: `${ours}/build/v1`,
        externalParameters: { build, source, version, archive },
        internalParameters: {
          action,
          tainted,
          sandboxed,
          ...(adopted && { adopted }),
          ...(crossCompiledBy !== undefined && { crossCompiledBy }),
        },
        resolvedDependencies: [
          ...[...sources]
            .sort(byName)
            .map(({ name, sha256, signature }) =>
              resource(name, sha256, { from: 'source', ...(signature !== undefined && { signature }) }),
            ),
          ...installed
            .filter((binary) => binary.build !== 'seed')
            .map((b) => resource(b.name, b.sha256, { from: b.build, version: b.version, archive: b.archive })),
          // Where each package of the seed was recorded, only what was installed counts, and not all that was there.
          ...installed
            .filter((binary) => binary.build === 'seed' && binary.version !== '')
            .map((b) => resource(b.name, b.sha256, { from: 'seed', version: b.version })),
          ...(usesSeed ? [...seed].sort(byName) : []).map(({ name, sha256 }) =>
            resource(name, sha256, { from: 'seed' }),
          ),
        ],
      },
      runDetails: {
        builder: {
          id: adopted ? elsewhere : `${ours}/runner/v1`,
          ...(machine !== undefined && { version: { machine } }),
        },
      },
    },
  };
}

/** The bytes of the file that holds a statement. */
export const formatStatement = (statement: Statement): string => `${JSON.stringify(statement, null, 2)}\n`;
