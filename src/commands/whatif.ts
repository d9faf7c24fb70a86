import { Flags } from '@oclif/core';
import { answersFor, solveFlags, sourceNamed } from '../application/analyse.ts';
import { BaseCommand } from '../command-line/base-command.ts';
import { inputFlags, loadUniverse, requestOf } from '../command-line/input-flags.ts';
import { EnvironmentError, exitCode, InputError } from '../errors.ts';
import type { Universe } from '../model.ts';
import type { Consequences, Solved } from '../stages/consequences.ts';

/** `--json`. */
export interface WhatifResult extends Consequences {
  /** The change, in words. */
  readonly change: string;
}

export default class Whatif extends BaseCommand {
  static override summary = 'What changes if a dependency is dropped, a debian/control replaced, a source removed?';
  static override description =
    `Solves the metadata as it is and with the change, and compares: which cycles fall apart, who is freed, who is stuck by
it, what the plan costs. Several changes are made together. --drop SOURCE:DEPENDENCY is what the line
\`DEPENDENCY <!stage1>\` in Build-Depends would do: the first stage of the source does without it.

Exit code: 0, or 1 when the change makes a source stuck, or 2 when a time limit left something unproved.`;
  static override examples = [
    {
      description: 'Before an upload: what a mended debian/control would do',
      command: '<%= config.bin %> <%= command.id %> --packages Packages.xz --sources Sources.xz --with debian/control',
    },
    {
      description: 'If graphviz could be built without pango',
      command:
        '<%= config.bin %> <%= command.id %> --packages Packages.xz --sources Sources.xz --drop graphviz:libpango1.0-dev',
    },
  ];
  static override flags = {
    ...inputFlags,
    ...solveFlags,
    drop: Flags.string({
      multiple: true,
      helpValue: 'SOURCE:DEPENDENCY',
      description: 'a dependency that its first stage does without',
      default: [],
    }),
    with: Flags.string({
      multiple: true,
      helpValue: 'FILE',
      description: 'a debian/control or .dsc laid over the metadata',
      default: [],
    }),
    without: Flags.string({
      multiple: true,
      helpValue: 'SOURCE',
      description: 'a source that is not in the archive',
      default: [],
    }),
    all: Flags.boolean({ description: 'every difference, not only ten of a kind' }),
  };

  async run(): Promise<WhatifResult> {
    const { flags } = await this.parse(Whatif);
    this.begin(flags);
    if (flags.drop.length + flags.with.length + flags.without.length === 0)
      throw new EnvironmentError('there is nothing to change', exitCode.usage, 'give --drop, --with or --without');
    if (flags.with.length > 0 && flags.metadata !== undefined)
      throw new EnvironmentError(
        '--with lays a debian/control over the lists of an archive',
        exitCode.usage,
        'with --metadata, change the YAML file in a copy of the directory and compare the two: bootplan plan diff',
      );
    const request = requestOf(flags);
    const { universe, diagnostics } = await loadUniverse(request);
    this.remarks(diagnostics);
    const overlaid =
      flags.with.length === 0
        ? universe
        : (await loadUniverse({ ...request, controls: [...request.controls, ...flags.with] })).universe;
    const changed = await without(await dropped(overlaid, flags.drop), flags.without);
    const { consequences } = await import('../stages/consequences.ts');
    const { whatifText } = await import('../reports/whatif.ts');
    const limit = flags['time-limit'];
    const [before, after] = [await solved(universe, limit), await solved(changed, limit)];
    const change = [
      ...flags.with.map((f) => `${f} instead of what is there`),
      ...flags.drop.map(
        (d) => `${stageReduced(overlaid, d)} of ${d.slice(0, split(d))} without ${d.slice(split(d) + 1)}`,
      ),
      ...flags.without.map((s) => `no ${s}`),
    ].join(', ');
    const result = { change, ...consequences(before, after) };
    this.data(whatifText(change, result, flags.all));
    const unproved = [before, after].some(
      ({ plan }) => plan.status === 'bounded' || plan.costs.some((c) => c.value !== c.lowerBound),
    );
    this.exitWith(result.lost.length > 0 ? exitCode.bad : unproved ? exitCode.unproved : exitCode.good);
    return result;
  }
}

/** Source names hold no colon; names of dependencies may (`:any`). */
const split = (drop: string): number => drop.replace(/^src:/, '    ').indexOf(':');

/** The stage that `dropDependency` reduces: the first declared one. */
function stageReduced({ sources }: Universe, drop: string): string {
  const name = drop.slice(0, split(drop)).replace(/^src:/, '');
  return `stage ${sources.find((s) => s.name === name)?.variants[1]?.stage ?? 1}`;
}

async function dropped(universe: Universe, drops: readonly string[]): Promise<Universe> {
  const { dropDependency } = await import('../solver/explain/whatif.ts');
  let changed = universe;
  for (const drop of drops) {
    const at = split(drop);
    if (at < 0)
      throw new EnvironmentError(
        `--drop ${drop} names no dependency`,
        exitCode.usage,
        'write --drop SOURCE:DEPENDENCY',
      );
    const source = await sourceNamed(changed, drop.slice(0, at));
    const less = dropDependency(changed, source, drop.slice(at + 1));
    if (less === undefined) {
      const { formatGroup } = await import('../metadata/relations/relation.ts');
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

async function without(universe: Universe, names: readonly string[]): Promise<Universe> {
  const { withoutSource } = await import('../solver/explain/whatif.ts');
  let changed = universe;
  for (const name of names) changed = withoutSource(changed, await sourceNamed(changed, name));
  return changed;
}

async function solved(universe: Universe, timeLimit: number | undefined): Promise<Solved> {
  const { stronglyConnected } = await import('../solver/graph/scc.ts');
  const { resolved, solution, plan } = await answersFor(universe, { timeLimitSeconds: timeLimit });
  const sccs = stronglyConnected(resolved.graph, 'full').map(({ id, members }) => ({
    id,
    members: members.map((s) => resolved.graph.sources[s]!),
  }));
  return { solution, plan, sccs };
}
