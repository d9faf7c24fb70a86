/** What every command needs that knows recipes: the project, its plan, the builder, and the overrides in force. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as Flags from '@oclif/core/flags';
import type { Prepared } from '../application/prepared.ts';
import { EnvironmentError, exitCode, InputError } from '../errors.ts';
import type { Overrides } from '../metadata/overrides/overrides.ts';
import type { ProjectOptions } from '../metadata/project/project-shape.ts';
import { nativeArchitecture } from '../metadata/relations/architecture.ts';
import type { Plan, Project } from '../model.ts';
import { byteOrder } from '../order.ts';
import type { StateDirectory } from '../runner/journal/state-directory.ts';
import { shellWord } from '../stages/export.ts';
import { BaseCommand } from './base-command.ts';
import { stateFlag } from './state-flag.ts';

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

/** `--arch`: this machine's own first, the others in byte order, each once. */
export const architecturesFlag = {
  arch: Flags.string({
    helpValue: 'ARCH,ARCH',
    multiple: true,
    delimiter: ',',
    description: "architectures to build for; another than this machine's own is cross-built",
  }),
};

/** What of the flags a command needs to speak of the same project, besides the state directory. */
export function projectWords(flags: ProjectFlags): string {
  const words = [
    ...(flags.metadata === undefined ? [] : ['--metadata', shellWord(resolve(flags.metadata))]),
    ...(flags.kernel === undefined ? [] : ['--kernel', flags.kernel]),
    ...(flags.overrides === undefined ? [] : ['--overrides', shellWord(resolve(flags.overrides))]),
    ...(flags['no-overrides'] ? ['--no-overrides'] : []),
    ...(flags['allow-unsandboxed'] ? ['--allow-unsandboxed'] : []),
  ];
  return words.map((word) => ` ${word}`).join('');
}

interface Planned {
  readonly project: Project;
  readonly plan: Plan;
}

/** Every source of any architecture, as the last one has it: what overrides may speak of. */
const mergedRecipes = (projects: readonly Project[]): Project['recipes'] =>
  new Map(projects.flatMap(({ recipes }) => [...recipes]).sort(([a], [b]) => byteOrder(a, b)));

export abstract class ProjectCommand extends BaseCommand {
  /** Metadata -> project -> plan, and the builder for it. */
  protected async prepare(flags: ProjectFlags): Promise<Prepared> {
    return (await this.prepareAll(flags, []))[0]!;
  }

  /**
   * The same for several architectures: this machine's own first, asked for or not, since it makes the tools for the
   * others; those in byte order. None means this machine's own.
   */
  protected async prepareAll(flags: ProjectFlags, architectures: readonly string[]): Promise<readonly Prepared[]> {
    const { isKnownArchitecture } = await import('../metadata/relations/architecture.ts');
    const { plainName } = await import('../metadata/project/project-cross.ts');
    const { crossedArchitectures, crossedDirectory, stateDirectory } = await import(
      '../runner/journal/state-directory.ts'
    );
    const unknown = architectures.find((name) => !isKnownArchitecture(name));
    if (unknown !== undefined)
      throw new EnvironmentError(
        `no architecture is named "${unknown}"`,
        exitCode.usage,
        'Debian names them, for example amd64 or arm64; --arch takes several with commas between them',
      );
    const others = [...new Set(architectures)].filter((name) => name !== nativeArchitecture).sort(byteOrder);
    const asked = architectures.length === others.length && others.length > 0 ? others : ['', ...others];
    const parent = stateDirectory(flags.state);
    const crossed = await Promise.all(
      others.map((architecture) => this.planned(flags, { architecture, buildArchitecture: nativeArchitecture }, false)),
    );
    const toolsOf = (all: readonly Planned[]) => all.flatMap(({ plan }) => plan.native?.binaries.map(plainName) ?? []);
    // The tools of every architecture that was run here stay in the plan, so that it is the same whoever asks.
    const earlier = crossedArchitectures(parent).filter((name) => !others.includes(name));
    const there = await Promise.all(earlier.map((architecture) => this.plannedIfAny(flags, architecture)));
    const tools = toolsOf([...crossed, ...there.flat()]);
    const native = await this.planned(flags, { architecture: nativeArchitecture, tools }, true);
    const before = crossed.filter((_, i) => existsSync(crossedDirectory(parent, others[i]!).journal));
    const grewFrom =
      before.length === crossed.length ? '' : await this.digestWith(flags, toolsOf([...before, ...there.flat()]));
    if (flags['allow-unsandboxed'] === true)
      this.talk(
        'WARNING: without a sandbox a recipe sees and may change all that this user can; results are marked so',
      );
    const whole = { ...native.project, recipes: mergedRecipes([...crossed, native].map(({ project }) => project)) };
    const overrides = await this.overridesFor(whole, flags, parent);
    const complete = (name: string, read: Planned, directory: StateDirectory): Promise<Prepared> =>
      this.equipped(flags, name, asked.includes(name), read, directory, overrides, name === '' ? grewFrom : '');
    return [
      await complete('', native, parent),
      ...(await Promise.all(others.map((name, i) => complete(name, crossed[i]!, crossedDirectory(parent, name))))),
    ];
  }

  /** For an architecture that is not asked for now; metadata that does not allow it any more is nothing to stop at. */
  private async plannedIfAny(flags: ProjectFlags, architecture: string): Promise<readonly Planned[]> {
    try {
      return [await this.planned(flags, { architecture, buildArchitecture: nativeArchitecture }, false)];
    } catch (error) {
      if (error instanceof InputError) return [];
      throw error;
    }
  }

  private async digestWith(flags: ProjectFlags, tools: readonly string[]): Promise<string> {
    const { formatPlan } = await import('../stages/plan-format.ts');
    const { sha256 } = await import('../runner/files/digest.ts');
    const { plan } = await this.planned(flags, { architecture: nativeArchitecture, tools }, false);
    return sha256(formatPlan(plan));
  }

  private async planned(flags: ProjectFlags, options: ProjectOptions, remark: boolean): Promise<Planned> {
    const { readProject } = await import('../metadata/project/project.ts');
    const { resolve: resolveUniverse } = await import('../solver/graph/resolve.ts');
    const { solve } = await import('../solver/break/solve.ts');
    const { makePlan } = await import('../stages/plan.ts');
    const { verifyPlan } = await import('../stages/verify-plan.ts');
    const metadata = flags.metadata ?? join(this.config.root, 'metadata/minidistro');
    const kernel = flags.kernel as 'seed' | 'source' | undefined;
    const read = await readProject(metadata, { ...options, ...(kernel && { kernel }) });
    if (!read.ok) throw new InputError(read.diagnostics);
    if (remark) this.remarks(read.diagnostics);
    const resolved = resolveUniverse(read.value.universe);
    const plan = makePlan(resolved, await solve(resolved.graph, { wishes: 'none' }));
    verifyPlan(resolved.graph, plan);
    return { project: read.value, plan };
  }

  private async equipped(
    flags: ProjectFlags,
    architecture: string,
    asked: boolean,
    read: Planned,
    directory: StateDirectory,
    overrides: Overrides | undefined,
    grewFrom: string,
  ): Promise<Prepared> {
    const { plan } = read;
    if (plan.stuck.length > 0) {
      const names = plan.stuck.map((s) => s.source);
      const few = names.length > 10 ? [...names.slice(0, 10), `${names.length - 10} more`] : names;
      const [where, arch] = plan.native ? [` for ${plan.architecture}`, ` --arch ${plan.architecture}`] : ['', ''];
      const why = `bootplan plan --metadata ${shellWord(resolve(read.project.directory))}${arch}`;
      this.talk(`no plan${where} reaches ${few.join(', ')}: ${why} says why; everything else is built`);
      this.exitWith(exitCode.bad);
    }
    const { applyOverrides } = await import('../metadata/overrides/apply-overrides.ts');
    const { recipeBuilder } = await import('../runner/builders/recipe.ts');
    const project = overrides ? applyOverrides(read.project, overrides) : read.project;
    const allowUnsandboxed = flags['allow-unsandboxed'] ?? false;
    const builder = recipeBuilder(project, { state: directory.root, allowUnsandboxed });
    return { architecture, asked, project, plan, builder, directory, grewFrom, overrides };
  }

  private async overridesFor(
    project: Project,
    flags: ProjectFlags,
    directory: StateDirectory,
  ): Promise<Overrides | undefined> {
    const { readOverrides } = await import('../metadata/overrides/overrides.ts');
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
