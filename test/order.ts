/**
 * The order of the test files: what is quick first, then what is long, so that two workers end at about the same time.
 * The run of the mini-distribution from nothing begins the long ones; the two that start from what it built come when
 * it has.
 */
import { basename } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { byteOrder } from '../src/order.ts';

const firstOfLong = '900';
const afterIt: ReadonlySet<string> = new Set(['910', '920']);

/** Lower comes earlier. */
function placeOf({ moduleId, project }: TestSpecification): number {
  const number = basename(moduleId).slice(0, 3);
  if (project.name === 'fast') return 0;
  if (number === firstOfLong) return 1;
  if (project.name === 'machine') return 4;
  return afterIt.has(number) ? 3 : 2;
}

export class ByTier extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => placeOf(a) - placeOf(b) || byteOrder(a.moduleId, b.moduleId));
  }
}
