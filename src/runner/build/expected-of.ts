/** What the result of a planned build must be called, whoever says that it has it. */
import type { Plan, PlannedBuild } from '../../model.ts';
import { versionSuffix } from '../../stages/version-suffix.ts';
import type { Expected } from '../cache/expected-result.ts';

export const expectedOf = (
  { architecture }: Pick<Plan, 'architecture'>,
  { archive, produces }: Pick<PlannedBuild, 'archive' | 'produces'>,
): Expected => ({ names: produces, suffix: versionSuffix(archive), architecture });
