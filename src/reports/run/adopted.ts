/** The builds that were adopted from elsewhere, as text. */
import type { BuildId } from '../../build-id.ts';
import { visible } from '../../diagnostics.ts';
import { counted } from '../writing/count.ts';

/** One build, by the files that were taken for it. */
export interface AdoptedBuild {
  readonly build: BuildId;
  readonly archive: string;
  /** Names of files, byte order. */
  readonly packages: readonly string[];
}

/** What was adopted, and what is left to do. */
export interface AdoptedAnswer {
  /** In the order of the plan. */
  readonly adopted: readonly AdoptedBuild[];
  /** The same packages were taken before. */
  readonly already: readonly AdoptedBuild[];
  /** Builds of the plan that are done now, of all. */
  readonly done: number;
  readonly builds: number;
}

/** The answer as text. */
export function adoptedText({ adopted, already, done, builds }: AdoptedAnswer): string {
  const line = ({ build, archive, packages }: AdoptedBuild): string =>
    `${build} for ${archive}: ${counted(packages.length, 'package')}`;
  const lines = [
    ...adopted.map((one) => `adopted ${line(one)}`),
    ...already.map((one) => `adopted before, and as it was: ${line(one)}`),
    `${done} of ${builds} builds of the plan are done`,
  ];
  return `${lines.map(visible).join('\n')}\n`;
}
