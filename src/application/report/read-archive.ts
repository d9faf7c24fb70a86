/** One reading for both questions of a report: the targets in depth, and the cycles of all of the archive. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { InputError } from '../../errors.ts';
import { type InputRequest, readUniverse } from '../../metadata/universe/read.ts';
import type { Diagnostic, Universe } from '../../model.ts';
import type { ReportDay } from '../../reports/report-day.ts';
import { cutToTargets } from '../../solver/graph/closure.ts';

export interface ReadArchive {
  /** Cut to the targets. */
  readonly universe: Universe;
  /** All of it; undefined where that is the same. */
  readonly archive: Universe | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** @throws InputError with every problem */
export async function readArchive(request: InputRequest): Promise<ReadArchive> {
  const result = await readUniverse(request);
  if (!result.ok) throw new InputError(result.diagnostics);
  const { value: universe, diagnostics } = result;
  if (request.targets === 'all' || request.metadata !== undefined) return { universe, archive: undefined, diagnostics };
  const cut = cutToTargets(universe, { base: request.targets === 'essential', archAll: request.archAll });
  return { universe: cut, archive: { ...universe, targets: [...universe.sources.keys()] }, diagnostics };
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** What was read, by content; directories by their name alone. */
export async function inputsOf(request: InputRequest): Promise<ReportDay['inputs']> {
  const { metadata, packages, sources, controls, annotations } = request;
  const named = [metadata ?? [], packages, sources, controls, annotations].flat().filter((f) => existsSync(f));
  return Promise.all(
    named.map(async (file) => ({ file, sha256: statSync(file).isFile() ? await digestOf(file) : '' })),
  );
}
