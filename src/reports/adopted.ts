/** The builds that were adopted from elsewhere, as text. */
import { visible } from '../diagnostics.ts';
import { counted } from './count.ts';

interface Taken {
  readonly build: string;
  readonly archive: string;
  readonly packages: readonly string[];
}

export interface AdoptedAnswer {
  readonly adopted: readonly Taken[];
  readonly already: readonly Taken[];
  readonly done: number;
  readonly builds: number;
}

export function adoptedText({ adopted, already, done, builds }: AdoptedAnswer): string {
  const line = ({ build, archive, packages }: Taken): string =>
    `${build} for ${archive}: ${counted(packages.length, 'package')}`;
  const lines = [
    ...adopted.map((one) => `adopted ${line(one)}`),
    ...already.map((one) => `adopted before, and as it was: ${line(one)}`),
    `${done} of ${builds} builds of the plan are done`,
  ];
  return `${lines.map(visible).join('\n')}\n`;
}
