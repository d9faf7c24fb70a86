/** What the commands answer about a small archive given as text: read through files, as the program reads them. */
import { join } from 'node:path';
import { answersFor } from '../../src/application/analyse.ts';
import { loadUniverse } from '../../src/application/universe/load-universe.ts';
import type { InputRequest } from '../../src/metadata/universe/read.ts';
import type { Diagnostic, Plan, Universe } from '../../src/model.ts';
import { headline } from '../../src/reports/archive/check-text.ts';
import { checkResult } from '../../src/solver/install/check-result.ts';
import { files } from './program.ts';
import { request } from './request.ts';

type Text = readonly string[];

/** `bin('liba', 'Depends: libc')` with what may be left out; `Source: a` and the like are fields too. */
export const bin = (name: string, ...fields: Text): string =>
  stanza(name, ['Version: 1', 'Architecture: amd64'], fields);

export const src = (name: string, ...fields: Text): string =>
  stanza(name, ['Version: 1', 'Architecture: any', `Binary: ${name}`], fields);

function stanza(name: string, defaults: Text, fields: Text): string {
  const given = new Set(fields.map((f) => f.split(':')[0]));
  const kept = defaults.filter((f) => !given.has(f.split(':')[0]));
  return `${[`Package: ${name}`, ...kept, ...fields].join('\n')}\n`;
}

export interface Asked
  extends Partial<Omit<InputRequest, 'packages' | 'sources' | 'seed' | 'controls' | 'annotations'>> {
  readonly packages: Text;
  readonly sources: Text;
  /** Texts, written to files. */
  readonly seed?: string;
  readonly control?: string;
  readonly annotations?: string;
}

let serial = 0;

/** The universe; build-essential is in the archive unless it says otherwise. */
export async function read(
  directory: string,
  { packages, sources, seed, control, annotations, ...more }: Asked,
): Promise<{ universe: Universe; diagnostics: readonly Diagnostic[] }> {
  const base = packages.some((p) => p.startsWith('Package: build-essential\n')) ? [] : [bin('build-essential')];
  const texts = {
    Packages: [...base, ...packages].join('\n'),
    Sources: sources.join('\n'),
    ...(seed !== undefined && { seed }),
    ...(control !== undefined && { control }),
    ...(annotations !== undefined && { annotations }),
  };
  const at = files(join(directory, `archive${serial++}`), texts);
  const asked = request(join(at, 'Packages'), join(at, 'Sources'), {
    ...more,
    ...(seed !== undefined && { seed: join(at, 'seed') }),
    ...(control !== undefined && { controls: [join(at, 'control')] }),
    ...(annotations !== undefined && { annotations: [join(at, 'annotations')] }),
  });
  return loadUniverse(asked);
}

/** The builds of the plan in their order, then `! SOURCE` for what is stuck. */
export const told = (plan: Plan): string =>
  [...plan.builds.map((b) => b.id), ...plan.stuck.map((s) => `! ${s.source}`)].join(' ');

export async function planned(directory: string, asked: Asked): Promise<string> {
  return told((await answersFor((await read(directory, asked)).universe, {})).plan);
}

/** `SOURCE: why` for each source that cannot be built in this archive. */
export async function broken(directory: string, asked: Asked): Promise<readonly string[]> {
  const { universe } = await read(directory, { alternatives: 'any', world: 'archive', ...asked });
  const { builds } = checkResult(universe, { scope: 'full', failuresOnly: true, installations: false });
  return builds.map((b) => `${b.source}: ${headline(b.reason!)}`);
}
