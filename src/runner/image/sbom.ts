/** What an image holds, as an SPDX 2.3 document (spdx.github.io/spdx-spec/v2.3). Same image, same bytes. */
import type { FileDigest } from '../../digests.ts';
import { byteOrder } from '../../order.ts';
import type { IndexedDeb } from '../archive/archive-index.ts';
import { imageEpoch } from './ext4.ts';
import type { KernelPackage } from './kernel.ts';

/** What the document tells of. */
export interface SbomRequest {
  readonly name: string;
  /** Of the image. */
  readonly sha256: FileDigest;
  /** Packages of the final archive that are in it. */
  readonly built: readonly IndexedDeb[];
  /** Source -> the compiler of the seed that made what it is built into, where that is so. */
  readonly crossCompiled?: ReadonlyMap<string, string>;
  /** Debian packages that are in it as they came. */
  readonly seeds: readonly Omit<KernelPackage, 'path'>[];
  /** What is in it and of no package. */
  readonly laid?: readonly LaidFile[];
}

/** A file that the making of the image puts there. */
export interface LaidFile {
  /** Path in the image. */
  readonly name: string;
  readonly sha256: FileDigest;
  /** The source that the guest builds of it; undefined for the image's own. */
  readonly of: string | undefined;
}

/** Where the document of an image lies. */
export const billOf = (image: string): string => `${image}.spdx.json`;

const identifier = (name: string): string => `SPDXRef-${name.replace(/[^A-Za-z0-9.-]/g, '-')}`;

const common = (name: string, version: string, sha256: FileDigest) => ({
  name,
  SPDXID: identifier(`Package-${name}`),
  versionInfo: version,
  downloadLocation: 'NOASSERTION',
  filesAnalyzed: false,
  licenseConcluded: 'NOASSERTION',
  licenseDeclared: 'NOASSERTION',
  copyrightText: 'NOASSERTION',
  checksums: [{ algorithm: 'SHA256', checksumValue: sha256 }],
});

const unversioned = (name: string, sha256: FileDigest) => {
  const { versionInfo: _, ...rest } = common(name, '', sha256);
  return rest;
};

/** The document's text. What came as seed says so: it was not built from source here. */
export function sbom({ name, sha256, built, seeds, laid = [], crossCompiled }: SbomRequest): string {
  const by = (source: string): string => {
    const compiler = crossCompiled?.get(source);
    return compiler === undefined ? '' : `, cross-compiled by ${compiler}`;
  };
  const made = new Map(built.map((deb) => [deb.name, deb]));
  const packages = [
    ...[...made.values()].map((deb) => ({
      ...common(deb.name, deb.version, deb.sha256),
      sourceInfo: `built from the source package ${deb.source}${by(deb.source)}, clean: no reduced build and no seed copy of it among the inputs`,
    })),
    ...seeds.map((seed) => ({
      ...common(seed.name, seed.version, seed.sha256),
      supplier: 'Organization: Debian',
      sourceInfo: 'seed: taken as a binary package, not built from source here',
    })),
  ].sort((a, b) => byteOrder(a.name, b.name));
  const files = laid
    .toSorted((a, b) => byteOrder(a.name, b.name))
    .map((file, i) => ({
      ...unversioned(file.name, file.sha256),
      SPDXID: `SPDXRef-File-${i + 1}`,
      primaryPackagePurpose: file.of === undefined ? 'FILE' : 'SOURCE',
      sourceInfo:
        file.of === undefined
          ? 'a file of the image itself'
          : `source of ${file.of} as fetched, for the guest to build`,
    }));
  const described = {
    ...unversioned(name, sha256),
    SPDXID: 'SPDXRef-Image',
    primaryPackagePurpose: 'OPERATING_SYSTEM',
  };
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: `${name} image`,
    documentNamespace: `https://bootplan.invalid/spdx/${name}-${sha256}`,
    creationInfo: {
      created: new Date(imageEpoch * 1000).toISOString().replace('.000', ''),
      creators: ['Tool: bootplan'],
    },
    packages: [described, ...packages, ...files],
    relationships: [
      { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-Image' },
      ...[...packages, ...files].map((p) => ({
        spdxElementId: 'SPDXRef-Image',
        relationshipType: 'CONTAINS',
        relatedSpdxElement: p.SPDXID,
      })),
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
