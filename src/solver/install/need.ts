/** What has to be installed for somebody: at least one of the candidates. */
import type { Group } from '../../model.ts';

/** One group as the solver takes it. */
export interface Need {
  readonly group: Group;
  /** In the order of preference, each once. Empty: missing. */
  readonly candidates: Int32Array;
}
