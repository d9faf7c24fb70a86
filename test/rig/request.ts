/**
 * What the tests and the bench ask of two indices, unless they say otherwise: an amd64 archive, everything a target.
 */
import type { InputRequest } from '../../src/metadata/universe/read.ts';

export const request = (packages: string, sources: string, more: Partial<InputRequest> = {}): InputRequest => ({
  packages: [packages],
  sources: [sources],
  fromApt: false,
  controls: [],
  annotations: [],
  architecture: 'amd64',
  profiles: [],
  targets: 'all',
  archAll: 'available',
  noIndep: false,
  alternatives: 'first',
  ...more,
});
