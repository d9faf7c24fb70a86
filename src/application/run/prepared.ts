/** What is known of one architecture before its first build starts. */
import type { ArchitectureLabel } from '../../build-id.ts';
import type { Overrides } from '../../metadata/overrides/overrides.ts';
import type { Plan, Project } from '../../model.ts';
import type { Builder } from '../../runner/builder.ts';
import type { StateDirectory } from '../../runner/journal/state-directory.ts';

/** Everything that is known of one architecture before the first build starts. */
export interface Prepared {
  readonly label: ArchitectureLabel;
  /** For it the run is; not only for the tools that another architecture is built with. */
  readonly asked: boolean;
  readonly project: Project;
  /** The directory that it was read from, absolute; undefined for an archive. */
  readonly metadata: string | undefined;
  readonly plan: Plan;
  readonly builder: Builder;
  readonly directory: StateDirectory;
  /** sha256 of the plan that this one grew from by the tools for architectures that are new here, if it did. */
  readonly grewFrom: string | undefined;
  /** In force; the recipes of `project` have them in. */
  readonly overrides: Overrides | undefined;
}
