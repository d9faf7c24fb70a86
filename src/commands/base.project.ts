/** What every command needs that knows recipes: the project, its plan, the builder, and the overrides in force. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as Flags from '@oclif/core/flags';
import { exitCode, InputError } from '../errors.ts';
import type { Overrides } from '../metadata/overrides.ts';
import type { Plan, Project } from '../model.ts';
import type { Builder } from '../runner/builder.ts';
import type { StateDirectory } from '../runner/state-directory.ts';
import { stateFlag } from './base.state.ts';
import { BaseCommand } from './base.ts';

export const projectFlags = {
  ...stateFlag,
  metadata: Flags.string({
    helpValue: 'DIR',
    description: 'a directory of YAML metadata with recipes; by default the embedded mini-distribution',
  }),
  overrides: Flags.string({
    helpValue: 'FILE',
    description: 'changes to recipes; by default overrides.yaml in the state directory, when it is there',
    exclusive: ['no-overrides'],
  }),
  'no-overrides': Flags.boolean({ description: 'the recipes as they are' }),
  'allow-unsandboxed': Flags.boolean({
    description: 'build on this machine itself when no sandbox starts; every result is marked so',
  }),
  kernel: Flags.string({ options: ['seed', 'source'], description: "the seed's kernel, or one built from source" }),
};

/** What of the flags decides which project it is. */
export interface ProjectFlags {
  readonly state: string;
  readonly metadata?: string | undefined;
  readonly overrides?: string | undefined;
  readonly 'no-overrides'?: boolean;
  readonly kernel?: string | undefined;
  readonly 'allow-unsandboxed'?: boolean;
}

/** Everything that is known before the first build starts. */
export interface Prepared {
  readonly project: Project;
  readonly plan: Plan;
  readonly builder: Builder;
  readonly directory: StateDirectory;
  /** In force; the recipes of `project` have them in. */
  readonly overrides: Overrides | undefined;
}

export abstract class ProjectCommand extends BaseCommand {
  /** Metadata -> project -> plan, and the builder for it. */
  protected async prepare(flags: ProjectFlags): Promise<Prepared> {
    const { readProject } = await import('../metadata/project.ts');
    const { dependencyGraph } = await import('../solver/graph/resolve.ts');
    const { solve } = await import('../solver/break/solve.ts');
    const { makePlan } = await import('../stages/plan.ts');
    const { verifyPlan } = await import('../stages/verify-plan.ts');
    const { applyOverrides } = await import('../metadata/apply-overrides.ts');
    const { recipeBuilder } = await import('../runner/builders/recipe.ts');
    const { stateDirectory } = await import('../runner/state-directory.ts');
    const metadata = flags.metadata ?? join(this.config.root, 'metadata/minidistro');
    const kernel = flags.kernel as 'seed' | 'source' | undefined;
    const read = await readProject(metadata, { architecture: 'amd64', ...(kernel && { kernel }) });
    if (!read.ok) throw new InputError(read.diagnostics);
    this.remarks(read.diagnostics);
    const { universe } = read.value;
    const graph = dependencyGraph(universe);
    const plan = makePlan(universe, graph, await solve(graph, { wishes: 'none' }));
    verifyPlan(graph, plan);
    if (plan.stuck.length > 0) {
      const names = plan.stuck.map((s) => s.source);
      const few = names.length > 10 ? [...names.slice(0, 10), `${names.length - 10} more`] : names;
      this.talk(`no plan reaches ${few.join(', ')}: bootplan plan says why; everything else is built`);
      this.exitWith(exitCode.bad);
    }
    const directory = stateDirectory(flags.state);
    const overrides = await this.overridesFor(read.value, flags, directory);
    const project = overrides ? applyOverrides(read.value, overrides) : read.value;
    const allowUnsandboxed = flags['allow-unsandboxed'] ?? false;
    if (allowUnsandboxed)
      this.talk(
        'WARNING: without a sandbox a recipe sees and may change all that this user can; results are marked so',
      );
    const builder = recipeBuilder(project, { state: directory.root, allowUnsandboxed });
    return { project, plan, builder, directory, overrides };
  }

  private async overridesFor(
    project: Project,
    flags: ProjectFlags,
    directory: StateDirectory,
  ): Promise<Overrides | undefined> {
    const { readOverrides } = await import('../metadata/overrides.ts');
    const file = flags.overrides ?? join(directory.root, 'overrides.yaml');
    if (flags['no-overrides'] === true || (flags.overrides === undefined && !existsSync(file))) return undefined;
    const read = readOverrides(file, project);
    if (!read.ok) throw new InputError(read.diagnostics);
    const { phases = {}, sources = {} } = read.value.value;
    const names = [...Object.keys(phases), ...Object.keys(sources)].join(', ') || 'none';
    this.talk(`overrides of ${file} are in force: ${names}`);
    return read.value;
  }
}
