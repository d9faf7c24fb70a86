/** `whatif`: the metadata as it is and with a change, both solved and compared. */
import { EnvironmentError, exitCode, InputError } from '../errors.ts';
import { formatGroup } from '../metadata/relations/relation.ts';
import type { InputRequest } from '../metadata/universe/read.ts';
import type { Universe } from '../model.ts';
import { dropDependency, withoutSource } from '../solver/explain/whatif.ts';
import { stronglyConnected } from '../solver/graph/scc.ts';
import { type Consequences, consequences, type Solved } from '../stages/consequences.ts';
import { answersFor } from './analyse.ts';
import { loadUniverse } from './load-universe.ts';
import { sourceNamed } from './named-sources.ts';

/** `--json`. */
export interface WhatifResult extends Consequences {
  /** The change, in words. */
  readonly change: string;
}

/** What is changed, all of it together. */
export interface Change {
  /** `SOURCE:DEPENDENCY`: what its first stage does without. */
  readonly drop: readonly string[];
  /** Files laid over the metadata. */
  readonly with: readonly string[];
  /** Sources that are not there. */
  readonly without: readonly string[];
}

/** @param universe of the request, as it is */
export async function whatif(
  universe: Universe,
  request: InputRequest,
  change: Change,
  timeLimit: number | undefined,
): Promise<{ readonly result: WhatifResult; readonly proved: boolean }> {
  const overlaid =
    change.with.length === 0
      ? universe
      : (await loadUniverse({ ...request, controls: [...request.controls, ...change.with] })).universe;
  const changed = without(dropped(overlaid, change.drop), change.without);
  const [before, after] = [await solved(universe, timeLimit), await solved(changed, timeLimit)];
  const words = [
    ...change.with.map((f) => `${f} instead of what is there`),
    ...change.drop.map(
      (d) => `${stageReduced(overlaid, d)} of ${d.slice(0, split(d))} without ${d.slice(split(d) + 1)}`,
    ),
    ...change.without.map((s) => `no ${s}`),
  ].join(', ');
  const unproved = [before, after].some(
    ({ plan }) => plan.status === 'bounded' || plan.costs.some((c) => c.value !== c.lowerBound),
  );
  return { result: { change: words, ...consequences(before, after) }, proved: !unproved };
}

/** Source names hold no colon; names of dependencies may (`:any`). */
const split = (drop: string): number => drop.replace(/^src:/, '    ').indexOf(':');

/** The stage that `dropDependency` reduces: the first declared one. */
function stageReduced({ sources }: Universe, drop: string): string {
  const name = drop.slice(0, split(drop)).replace(/^src:/, '');
  return `stage ${sources.find((s) => s.name === name)?.variants[1]?.stage ?? 1}`;
}

function dropped(universe: Universe, drops: readonly string[]): Universe {
  let changed = universe;
  for (const drop of drops) {
    const at = split(drop);
    if (at < 0)
      throw new EnvironmentError(
        `--drop ${drop} names no dependency`,
        exitCode.usage,
        'write --drop SOURCE:DEPENDENCY',
      );
    const source = sourceNamed(changed, drop.slice(0, at));
    const less = dropDependency(changed, source, drop.slice(at + 1));
    if (less === undefined) {
      const { name, variants } = changed.sources[source]!;
      const { stage, buildDepends } = variants[1] ?? variants[0]!;
      const which = stage === 0 ? 'the full build' : `stage ${stage}`;
      const message = `${which} of ${name} does not build-depend on ${drop.slice(at + 1)}`;
      const help = `it build-depends on ${buildDepends.map(formatGroup).join(', ') || 'nothing'}`;
      throw new InputError([{ code: 'BP452', severity: 'error', message, help }]);
    }
    changed = less;
  }
  return changed;
}

function without(universe: Universe, names: readonly string[]): Universe {
  let changed = universe;
  for (const name of names) changed = withoutSource(changed, sourceNamed(changed, name));
  return changed;
}

async function solved(universe: Universe, timeLimit: number | undefined): Promise<Solved> {
  const { resolved, solution, plan } = await answersFor(universe, { timeLimitSeconds: timeLimit });
  const sccs = stronglyConnected(resolved.graph, 'full').map(({ id, members }) => ({
    id,
    members: members.map((s) => resolved.graph.sources[s]!),
  }));
  return { solution, plan, sccs };
}
