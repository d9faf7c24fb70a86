/** One reading for both questions of a report: the targets in depth, and the cycles of all of the archive. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { InputError } from '../../errors.ts';
import { withoutPromises } from '../../metadata/declared-stages/declared-profiles.ts';
import { type InputRequest, readUniverse } from '../../metadata/universe/read.ts';
import type { Diagnostic, Universe } from '../../model.ts';
import type { ReportDay } from '../../reports/site/report-day.ts';
import { cutToTargets } from '../../solver/graph/closure.ts';

/** The archive, by how it is asked. */
export interface ReadArchive {
  /** Cut to the targets. */
  readonly universe: Universe;
  /** The same with the stages that build profiles promise under whatever name. */
  readonly promised: Universe;
  /** All of it; undefined where that is the same. */
  readonly archive: Universe | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** @throws InputError with every problem */
export async function readArchive(request: InputRequest): Promise<ReadArchive> {
  const result = await readUniverse({ ...request, declaredProfiles: true });
  if (!result.ok) throw new InputError(result.diagnostics);
  const { value: whole, diagnostics } = result;
  if (request.targets === 'all' || request.metadata !== undefined)
    return { universe: withoutPromises(whole), promised: whole, archive: undefined, diagnostics };
  const cut = { base: request.targets === 'essential', archAll: request.archAll };
  const promised = cutToTargets(whole, cut);
  // A promised stage may ask for what nothing else asks for.
  const universe = cutToTargets(withoutPromises(promised), cut);
  const archive = { ...withoutPromises(whole), targets: [...whole.sources.keys()] };
  return { universe, promised, archive, diagnostics };
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
