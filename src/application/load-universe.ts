/** From a request to the universe that it speaks of. */

import { InputError } from '../errors.ts';
import { type InputRequest, readUniverse } from '../metadata/universe/read.ts';
import type { Diagnostic, Universe } from '../model.ts';
import { cutToTargets } from '../solver/graph/closure.ts';
import { phase } from './phase.ts';

/** Reads what was asked for, cut down to the targets. Throws InputError with every problem when there is an error. */
export async function loadUniverse(
  request: InputRequest,
): Promise<{ universe: Universe; diagnostics: readonly Diagnostic[] }> {
  phase('reading the input');
  const result = await readUniverse(request);
  if (!result.ok) throw new InputError(result.diagnostics);
  const { value: universe, diagnostics } = result;
  if (request.targets === 'all' || request.metadata !== undefined) return { universe, diagnostics };
  const cut = cutToTargets(universe, { base: request.targets === 'essential', archAll: request.archAll });
  return { universe: cut, diagnostics };
}
