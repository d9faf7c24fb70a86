/** `check`: can the build dependencies of every source be installed together? */
import type { Universe } from '../../model.ts';
import { type CheckResult, checkResult } from '../../solver/install/check-result.ts';
import { sourcesNamed } from '../universe/named-sources.ts';

/** Which builds are checked. */
export interface CheckRequest {
  /** Full builds, those of one stage, or both. */
  readonly scope: 'full' | 'all' | number;
  /** Sources; none means all of them. */
  readonly names: readonly string[];
  readonly failuresOnly: boolean;
  /** Of sources that are named, tell what would be installed. */
  readonly explain: boolean;
}

/** @throws InputError when a name is not that of a source */
export const checkSources = (universe: Universe, { scope, names, failuresOnly, explain }: CheckRequest): CheckResult =>
  checkResult(universe, {
    scope,
    ...(names.length > 0 && { sources: new Set(sourcesNamed(universe, names)) }),
    failuresOnly,
    installations: explain && names.length > 0,
  });
