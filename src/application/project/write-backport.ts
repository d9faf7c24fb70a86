/** Writes a back-port into the metadata, and makes sure that the recipes then read as the overrides had made them. */
import { existsSync, rmdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectories } from '../../directories.ts';
import { Bug } from '../../errors.ts';
import type { Backport } from '../../metadata/overrides/backport.ts';
import { readProject } from '../../metadata/project/project.ts';
import type { Project } from '../../model.ts';
import { publishText } from '../../runner/files/publish.ts';
import { wholeFile } from '../../whole-file.ts';

/**
 * @throws Bug when the recipes do not read as they must, or what the disk says; either way with everything as it was
 *   before
 */
export const writeBackport = (project: Project, backport: Backport): Promise<void> =>
  writeAll(backport.files, async () => {
    const wrong = await misread(project, backport);
    if (wrong !== undefined) throw new Bug(`the back-port was taken back: ${wrong}`);
  });

/** Writes all of the files and has them looked at; when that throws, everything is as it was before. */
export async function writeAll(files: ReadonlyMap<string, string>, look: () => Promise<void>): Promise<void> {
  const before = new Map([...files.keys()].map((path) => [path, existsSync(path) ? wholeFile(path) : undefined]));
  const written: string[] = [];
  const made: string[] = [];
  try {
    for (const [path, content] of files) {
      for (let d = dirname(path); !existsSync(d); d = dirname(d)) made.push(d);
      makeDirectories(dirname(path));
      publishText(path, content);
      written.push(path);
    }
    await look();
  } catch (error) {
    for (const path of written) {
      const content = before.get(path);
      if (content === undefined) rmSync(path);
      else publishText(path, content);
    }
    const existing = made.filter((directory) => existsSync(directory));
    for (const directory of existing.sort((a, b) => b.length - a.length)) rmdirSync(directory);
    throw error;
  }
}

async function misread(project: Project, { expected }: Backport): Promise<string | undefined> {
  const { architecture, profiles } = project.universe;
  const read = await readProject(project.directory, { architecture, profiles, targets: 'all' });
  if (!read.ok) return read.diagnostics.flatMap((d) => (d.severity === 'error' ? [d.message] : [])).join('; ');
  for (const [source, variants] of expected)
    for (const [stage, steps] of variants) {
      const now = read.value.recipes.get(source)?.variants.get(stage)?.steps ?? [];
      // A step that only another stage has is there as one that does nothing.
      const doing = now.filter(({ run }) => run !== ':\n').map(({ name, run }) => `${name}\n${run}`);
      if (
        doing.join('\0') !==
        steps
          .filter(({ run }) => run !== ':\n')
          .map(({ name, run }) => `${name}\n${run}`)
          .join('\0')
      )
        return `${source}, stage ${stage} reads otherwise than intended`;
    }
  return undefined;
}
