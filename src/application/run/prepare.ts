/**
 * Metadata -> project -> plan, and the builder for it, of every architecture that a run is for: everything that is
 * known before the first build starts.
 */

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ArchitectureLabel } from '../../build-id.ts';
import { EnvironmentError, exitCode, InputError } from '../../errors.ts';
import { applyOverrides } from '../../metadata/overrides/apply-overrides.ts';
import { type Overrides, readOverrides } from '../../metadata/overrides/overrides.ts';
import { readProject } from '../../metadata/project/project.ts';
import { plainName } from '../../metadata/project/project-cross.ts';
import type { ProjectOptions } from '../../metadata/project/project-shape.ts';
import { isKnownArchitecture, isNative, nativeArchitecture } from '../../metadata/relations/architecture.ts';
import type { InputRequest } from '../../metadata/universe/read.ts';
import type { Plan, Project } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import { debianBuilder } from '../../runner/builders/debian/builder.ts';
import { recipeBuilder } from '../../runner/builders/recipe.ts';
import { sha256 } from '../../runner/files/digest.ts';
import {
  crossedArchitectures,
  crossedDirectory,
  type StateDirectory,
  stateDirectory,
} from '../../runner/journal/state-directory.ts';
import { formatPlan } from '../../stages/plan-format.ts';
import { shellWord } from '../../text/shell-quote.ts';
import { answersFor } from '../analyse.ts';
import type { Talk } from '../output/talk.ts';
import { planArchive } from '../project/plan-archive.ts';
import { hadMachines } from '../state/standing-run.ts';
import type { Prepared } from './prepared.ts';

/** Which project it is, and how it is to be taken. */
export interface ProjectRequest {
  /** The state directory. */
  readonly state: string;
  /** A directory of YAML metadata. */
  readonly metadata: string;
  /** The kernel of the image; undefined leaves it to the metadata. */
  readonly kernel: 'seed' | 'source' | undefined;
  /** A file of overrides; undefined takes that of the state directory, when it is there. */
  readonly overrides: string | undefined;
  readonly noOverrides: boolean;
  readonly allowUnsandboxed: boolean;
  /** It is asked what would be built: nothing is written, and nothing fetched but apt's lists. */
  readonly onlyLooks: boolean;
  /** Does this architecture have machines of its own, which build for it as this machine does for itself? */
  readonly hasMachines: (architecture: string) => boolean;
  /** In the place of that directory: sources of a Debian archive, and the words of a command line that name it. */
  readonly archive?:
    | {
        readonly request: InputRequest;
        readonly imageFile: string | undefined;
        readonly words: readonly string[];
        readonly backend: 'sbuild' | undefined;
      }
    | undefined;
}

interface Planned {
  readonly project: Project;
  readonly plan: Plan;
  /** Of Debian sources: the Packages files that they were planned with. */
  readonly indices?: readonly string[];
}

/** Every source of any architecture, as the last one has it: what overrides may speak of. */
const mergedRecipes = (projects: readonly Project[]): Project['recipes'] =>
  new Map(projects.flatMap(({ recipes }) => [...recipes]).sort(([a], [b]) => byteOrder(a, b)));

async function planned(
  { metadata, kernel, archive }: ProjectRequest,
  options: ProjectOptions,
  remarks?: Talk['remarks'],
): Promise<Planned> {
  if (archive !== undefined) return plannedArchive(archive, options, remarks);
  const read = await readProject(metadata, { ...options, ...(kernel && { kernel }) });
  if (!read.ok) throw new InputError(read.diagnostics);
  remarks?.(read.diagnostics);
  const { plan } = await answersFor(read.value.universe);
  return { project: read.value, plan };
}

/** @throws EnvironmentError (64) for another architecture than this machine's own */
async function plannedArchive(
  { request, imageFile }: NonNullable<ProjectRequest['archive']>,
  { architecture }: ProjectOptions,
  remarks?: Talk['remarks'],
): Promise<Planned> {
  if (!isNative(architecture))
    throw new EnvironmentError(
      `Debian sources are built for this machine's own architecture, ${nativeArchitecture}, and not for ${architecture}`,
      exitCode.usage,
      'leave --arch out, or run on a machine of that architecture',
    );
  const { remarks: diagnostics, ...rest } = await planArchive({ ...request, architecture }, imageFile);
  remarks?.(diagnostics);
  return rest;
}

/** On machines of its own it is what a run there would be; from here it is crossed. */
const planFor = (request: ProjectRequest, architecture: string): Promise<Planned> =>
  planned(request, {
    architecture,
    buildArchitecture: request.hasMachines(architecture) ? architecture : nativeArchitecture,
  });

/** For an architecture that is not asked for now; metadata that does not allow it any more is nothing to stop at. */
async function planIfAny(request: ProjectRequest, architecture: string): Promise<readonly Planned[]> {
  try {
    return [await planFor(request, architecture)];
  } catch (error) {
    if (error instanceof InputError) return [];
    throw error;
  }
}

const toolsOf = (all: readonly Planned[]): readonly string[] =>
  all.flatMap(({ plan }) => plan.native?.binaries.map(plainName) ?? []);

async function digestOfNativePlan(request: ProjectRequest, tools: readonly string[]): Promise<string> {
  const { plan } = await planned(request, { architecture: nativeArchitecture, tools });
  return sha256(formatPlan(plan));
}

/** @throws EnvironmentError (64) when an architecture is none */
function othersOf(architectures: readonly string[]): readonly string[] {
  const unknown = architectures.find((name) => !isKnownArchitecture(name));
  if (unknown !== undefined)
    throw new EnvironmentError(
      `no architecture is named "${unknown}"`,
      exitCode.usage,
      'Debian names them, for example amd64 or arm64; --arch takes several with commas between them',
    );
  return [...new Set(architectures)].filter((name) => !isNative(name)).sort(byteOrder);
}

/**
 * This machine's own architecture first, asked for or not, since it makes the tools for the others; those in byte
 * order.
 *
 * @param architectures none means this machine's own
 */
export async function prepare(
  request: ProjectRequest,
  architectures: readonly string[],
  talk: Talk,
): Promise<readonly Prepared[]> {
  const others = othersOf(architectures);
  const asked: readonly ArchitectureLabel[] =
    architectures.length === others.length && others.length > 0 ? others : [undefined, ...others];
  const parent = stateDirectory(request.state);
  const crossed = await Promise.all(others.map((architecture) => planFor(request, architecture)));
  // The tools of every architecture that was run here stay in the plan, so that it is the same whoever asks.
  const earlier = crossedArchitectures(parent).filter((name) => !others.includes(name) && !hadMachines(parent, name));
  const there = await Promise.all(earlier.map((architecture) => planIfAny(request, architecture)));
  const tools = toolsOf([...crossed, ...there.flat()]);
  const native = await planned(request, { architecture: nativeArchitecture, tools }, talk.remarks);
  const before = crossed.filter((_, i) => existsSync(crossedDirectory(parent, others[i]!).journal));
  const grewFrom =
    before.length === crossed.length
      ? undefined
      : await digestOfNativePlan(request, toolsOf([...before, ...there.flat()]));
  if (request.allowUnsandboxed)
    talk.talk('WARNING: without a sandbox a recipe sees and may change all that this user can; results are marked so');
  const whole = { ...native.project, recipes: mergedRecipes([...crossed, native].map(({ project }) => project)) };
  const overrides = overridesInForce(whole, request, parent, talk);
  const complete = (label: ArchitectureLabel, read: Planned, directory: StateDirectory): Prepared => {
    tellStuck(read, request.archive?.words, talk);
    const project = overrides ? applyOverrides(read.project, overrides) : read.project;
    const { allowUnsandboxed, onlyLooks } = request;
    const { indices } = read;
    const builder =
      indices === undefined
        ? recipeBuilder(project, { state: directory.root, allowUnsandboxed, onlyLooks })
        : debianBuilder(project, {
            state: directory.root,
            plan: read.plan,
            indices,
            onlyLooks,
            backend: request.archive?.backend,
          });
    const isAsked = asked.includes(label);
    const grown = label === undefined ? grewFrom : undefined;
    return {
      label,
      asked: isAsked,
      project,
      metadata: indices === undefined ? resolve(project.directory) : undefined,
      plan: read.plan,
      builder,
      directory,
      grewFrom: grown,
      overrides,
    };
  };
  return [
    complete(undefined, native, parent),
    ...others.map((name, i) => complete(name, crossed[i]!, crossedDirectory(parent, name))),
  ];
}

function tellStuck({ plan, project }: Planned, words: readonly string[] | undefined, { talk }: Talk): void {
  if (plan.stuck.length === 0) return;
  const names = plan.stuck.map((s) => s.source);
  const few = names.length > 10 ? [...names.slice(0, 10), `${names.length - 10} more`] : names;
  const other = !isNative(plan.architecture);
  const own = other && !plan.native ? ` --build-arch ${plan.architecture}` : '';
  const [where, arch] = other ? [` for ${plan.architecture}`, ` --arch ${plan.architecture}${own}`] : ['', ''];
  const input = words ?? ['--metadata', shellWord(resolve(project.directory))];
  const why = `bootplan plan ${input.join(' ')}${arch}`;
  talk(`no plan${where} reaches ${few.join(', ')}: ${why} says why; everything else is built`);
}

function overridesInForce(
  project: Project,
  { overrides, noOverrides }: ProjectRequest,
  directory: StateDirectory,
  { talk }: Talk,
): Overrides | undefined {
  const file = overrides ?? join(directory.root, 'overrides.yaml');
  if (noOverrides || (overrides === undefined && !existsSync(file))) return undefined;
  const read = readOverrides(file, project);
  if (!read.ok) throw new InputError(read.diagnostics);
  const { phases = {}, sources = {} } = read.value.value;
  const names = [...Object.keys(phases), ...Object.keys(sources)].join(', ') || 'none';
  talk(`overrides of ${file} are in force: ${names}`);
  return read.value;
}
