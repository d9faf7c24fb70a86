/** The bill of materials of an image, in SPDX 2.3: what is installed in it, and which kernel it starts. */
import type { MadeImage } from './image.ts';

interface SpdxPackage {
  readonly SPDXID: string;
  readonly name: string;
  readonly versionInfo: string;
  readonly downloadLocation: 'NOASSERTION';
  readonly filesAnalyzed: false;
  readonly checksums: readonly { readonly algorithm: 'SHA256'; readonly checksumValue: string }[];
  readonly comment?: string;
}

export interface Sbom {
  readonly spdxVersion: 'SPDX-2.3';
  readonly dataLicense: 'CC0-1.0';
  readonly SPDXID: 'SPDXRef-DOCUMENT';
  readonly name: string;
  readonly documentNamespace: string;
  readonly creationInfo: { readonly created: string; readonly creators: readonly string[] };
  readonly packages: readonly SpdxPackage[];
  readonly relationships: readonly {
    readonly spdxElementId: string;
    readonly relationshipType: 'DESCRIBES' | 'CONTAINS';
    readonly relatedSpdxElement: string;
  }[];
}

const idOf = (name: string): string => `SPDXRef-${name.replace(/[^A-Za-z0-9.-]/g, '-')}`;

function describe(name: string, version: string, sha256: string, comment?: string): SpdxPackage {
  return {
    SPDXID: idOf(name),
    name,
    versionInfo: version,
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    checksums: [{ algorithm: 'SHA256', checksumValue: sha256 }],
    ...(comment !== undefined && { comment }),
  };
}

/** The same image, the same bytes: named after its digest, dated at the beginning of time. */
export function sbomOf(image: Pick<MadeImage, 'path' | 'sha256' | 'packages' | 'kernel'>): Sbom {
  const name = image.path.slice(image.path.lastIndexOf('/') + 1);
  const { kernel } = image;
  const from = kernel.from === 'seed' ? 'from the seed, not built from source here' : 'built from source';
  const whole = describe(name, '', image.sha256);
  const parts = [
    ...image.packages.map((p) => describe(p.name, p.version, p.sha256)),
    ...(image.packages.some((p) => p.name === kernel.name)
      ? []
      : [describe(kernel.name, kernel.version, kernel.sha256, from)]),
  ];
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name,
    documentNamespace: `https://bootplan.invalid/spdx/${image.sha256}`,
    creationInfo: { created: '1970-01-01T00:00:00Z', creators: ['Tool: bootplan'] },
    packages: [whole, ...parts],
    relationships: [
      { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: whole.SPDXID },
      ...parts.map(({ SPDXID }) => ({
        spdxElementId: whole.SPDXID,
        relationshipType: 'CONTAINS' as const,
        relatedSpdxElement: SPDXID,
      })),
    ],
  };
}

export const formatSbom = (sbom: Sbom): string => `${JSON.stringify(sbom, null, 2)}\n`;
