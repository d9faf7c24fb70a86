/**
 * A directory of YAML files, one per source, as a Project: the universe for the solver, the recipes for the runner.
 * All problems of all files are reported together. Format: docs/metadata.md, metadata/schema/.
 */
import { hasErrors, resultOf } from '../../diagnostics.ts';
import type { Project, Result, SeedBinary } from '../../model.ts';
import { binaryName } from '../../names.ts';
import { readFiles } from './directory-files.ts';
import { imageSpecs } from './image-spec.ts';
import { closedUniverse } from './project-closure.ts';
import { isCrossed } from './project-cross.ts';
import type { ProjectOptions } from './project-shape.ts';
import { assembleSources } from './project-sources.ts';

/** The finished system builds what was crossed natively; what does not fit there is no matter of this build. */
function onItself(...[files, seed, options]: Parameters<typeof assembleSources>): NonNullable<Project['onItself']> {
  const { sources, recipes } = assembleSources(files, seed, { ...options, buildArchitecture: options.architecture });
  return { sources, recipes };
}

/** Reads and checks a metadata directory. Throws InputError only when the directory itself is missing or empty. */
export async function readProject(directory: string, options: ProjectOptions): Promise<Result<Project>> {
  return read(directory, options);
}

function read(directory: string, options: ProjectOptions): Result<Project> {
  const { sources, seed, image, problems: found } = readFiles(directory);
  const problems = [...found];
  // Relations between files are judged only when the files themselves are sound: one cause, one message.
  if (hasErrors(problems)) return { ok: false, diagnostics: problems };

  const seeds: readonly SeedBinary[] = (seed?.value.Seed ?? []).map((s) => ({
    name: binaryName(s.Package),
    version: s.Version,
    packages: s.debian,
  }));
  const kernel = options.kernel ?? image?.value.kernel ?? 'seed';
  const buildArchitecture = options.buildArchitecture ?? options.architecture;
  const native = isCrossed(options)
    ? assembleSources(sources, seed, { ...options, architecture: buildArchitecture })
    : undefined;
  if (native && hasErrors(native.problems)) return { ok: false, diagnostics: [...problems, ...native.problems] };
  const assembled = assembleSources(sources, seed, options, native);
  problems.push(...assembled.problems);
  if (hasErrors(problems)) return { ok: false, diagnostics: problems };

  const [spec, ...variants] = image ? imageSpecs(image.value, kernel, options.architecture) : [];
  const closed = closedUniverse(assembled, spec && { specs: [spec, ...variants], yaml: image!.yaml }, options);
  problems.push(...closed.problems);
  const project: Project = {
    directory,
    buildArchitecture,
    universe: closed.universe,
    recipes: assembled.recipes,
    ...(native && { onItself: onItself(sources, seed, options) }),
    seeds,
    image: spec,
    imageVariants: variants,
  };
  return resultOf(project, problems);
}
