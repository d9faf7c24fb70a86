/** Reads the universe that a request describes. */

import { InputError } from '../../errors.ts';
import { type InputRequest, readUniverse } from '../../metadata/universe/read.ts';
import type { Diagnostic, Universe } from '../../model.ts';
import { cutToTargets } from '../../solver/graph/closure.ts';
import { phase } from '../output/phase.ts';
import { keep, keyOf, recall } from './kept-answers.ts';

/** What was read, and what is to be said of it. */
export interface Loaded {
  readonly universe: Universe;
  readonly diagnostics: readonly Diagnostic[];
}

/** What a universe was read from, where that is known: the name under which answers about it are kept. */
const names = new WeakMap<Universe, string>();
/** The name under which answers about a universe are kept; undefined where none may be. */
export const nameOfUniverse = (universe: Universe): string | undefined => names.get(universe);

/** Every file that decides what is read; nothing for what is read from a directory, from apt's lists or from a pipe. */
function filesOf({ metadata, recipes, fromApt, packages, sources, controls, annotations, seed }: InputRequest) {
  if (metadata !== undefined || recipes !== undefined || fromApt) return undefined;
  const given = seed === undefined || seed === 'build-essential' || seed === 'none' ? [] : [seed];
  return [...packages, ...sources, ...controls, ...annotations, ...given];
}

/**
 * Reads what was asked for, cut down to the targets. Throws InputError with every problem when there is an error.
 *
 * @param once the caller asks once: a kept answer is used, and none is kept
 */
export async function loadUniverse(request: InputRequest, once = false): Promise<Loaded> {
  phase('reading the input');
  const files = filesOf(request);
  const key = files && keyOf(files, ['universe', request], once);
  const known = recall<Loaded>(key);
  const loaded = known ?? (await read(request));
  if (known === undefined && !once) keep(key, loaded);
  if (key !== undefined) names.set(loaded.universe, key);
  return loaded;
}

async function read(request: InputRequest): Promise<Loaded> {
  const result = await readUniverse(request);
  if (!result.ok) throw new InputError(result.diagnostics);
  const { value: universe, diagnostics } = result;
  if (request.targets === 'all' || request.metadata !== undefined) return { universe, diagnostics };
  const cut = cutToTargets(universe, { base: request.targets === 'essential', archAll: request.archAll });
  return { universe: cut, diagnostics };
}
