/** `plan --nodes`: how long a plan takes on so many machines, by what is known of its sources. */

import { EnvironmentError, exitCode } from '../../errors.ts';
import { readText } from '../../metadata/control/compressed.ts';
import { sourceSizesIn } from '../../metadata/universe/source-sizes.ts';
import type { Plan } from '../../model.ts';
import type { SourceName } from '../../names.ts';
import { type NodeEstimate, nodeEstimates } from '../../stages/node-estimate.ts';
import { readFileText } from './text-file.ts';

/** For how many machines it is asked, and what is known of build times. */
export interface NodeRequest {
  readonly nodes: readonly number[];
  /** Sources indices, for sizes. */
  readonly sources: readonly string[];
  /** A file of measured times, a source and its seconds a line. */
  readonly times: string | undefined;
}

/**
 * What a build takes when nobody has measured it: a start, and time for each MiB of packed source. Three libraries of
 * 1.5 to 9 MiB took 75 s on average; large sources take less for a MiB, but link for long.
 */
const guess = { start: 20, perMebibyte: 15 } as const;
/** A reduced build leaves out documentation, tests and bindings. */
const stagePart = 0.6;
/** Bytes that are assumed of a source whose size is not known. */
const usualBytes = 2 ** 20;

async function timesIn(file: string): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number>();
  (await readFileText(file)).split('\n').forEach((line, i) => {
    if (line.trim() === '' || line.startsWith('#')) return;
    const [source = '', seconds = ''] = line.trim().split(/\s+/);
    if (!(Number(seconds) >= 0) || seconds === '')
      throw new EnvironmentError(
        `${file}:${i + 1}: "${line}"`,
        exitCode.badInput,
        'a source and its seconds a line: `krb5 141`',
      );
    times.set(source, Number(seconds));
  });
  return times;
}

/** Seconds on one machine that a build of a source is expected to take: as measured, else guessed from its size. */
export async function expectedTimes(
  request: Omit<NodeRequest, 'nodes'>,
): Promise<(source: SourceName, stage: number) => number> {
  const measured = request.times === undefined ? new Map<string, number>() : await timesIn(request.times);
  const sizes = new Map<string, number>();
  for (const file of request.sources) {
    const text = await readText(file);
    if (text.ok) for (const [name, bytes] of sourceSizesIn(text.value)) sizes.set(name, bytes);
  }
  return (source, stage) =>
    measured.get(source) ??
    (stage === 0 ? 1 : stagePart) * (guess.start + (guess.perMebibyte * (sizes.get(source) ?? usualBytes)) / 2 ** 20);
}

/** One estimate for each number of machines, in the order asked. */
export async function estimateNodes(plan: Plan, request: NodeRequest): Promise<readonly NodeEstimate[]> {
  return nodeEstimates(plan, await expectedTimes(request), request.nodes);
}
