/** The names and versions that the result of a planned build must have, wherever it was built. */
import type { Plan, PlannedBuild } from '../../model.ts';
import { versionSuffix } from '../../stages/version-suffix.ts';
import type { Expected } from '../cache/expected-result.ts';

/** What is expected of one build of a plan. */
export const expectedOf = (
  { architecture }: Pick<Plan, 'architecture'>,
  { archive, produces }: Pick<PlannedBuild, 'archive' | 'produces'>,
): Expected => ({ names: produces, suffix: versionSuffix(archive), architecture });
