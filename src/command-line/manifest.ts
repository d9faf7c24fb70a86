/**
 * What oclif needs to know of all commands to print a help or find one, kept beside package.json, so that starting does
 * not load every command.
 */
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Interfaces } from '@oclif/core';

/** Folders of the code that commands and their flags are made of: what lies elsewhere gives a flag no word. */
export const madeFrom = ['commands', 'command-line', 'reports/formats', 'reports/handbook', 'solver/explain'];

/** Names, sizes and times of all files in these folders: where they differ, the manifest is made anew. */
export const stampOf = (code: string): string =>
  madeFrom
    .flatMap((folder) =>
      readdirSync(`${code}/${folder}`, { recursive: true, encoding: 'utf8' })
        .sort()
        .map((name) => {
          const { size, mtimeMs } = statSync(`${code}/${folder}/${name}`);
          return `${folder}/${name} ${size} ${mtimeMs}`;
        }),
    )
    .join('\n');

/**
 * @param code the directory of the code below `root`
 * @returns whether it is there; a directory that cannot be written works without
 */
export async function hasManifest(root: string, code: 'src' | 'dist', pjson: Interfaces.PJSON): Promise<boolean> {
  const file = `${root}/.oclif.manifest.json`;
  const stamp = stampOf(`${root}/${code}`);
  try {
    if (JSON.parse(readFileSync(file, 'utf8')).stamp === stamp) return true;
  } catch {
    // Not there, or not whole: made below.
  }
  try {
    rmSync(file, { force: true });
    const { Config } = await import('@oclif/core/config');
    const config = await Config.load({ root, pjson });
    // The class has it, its interface does not say so.
    const { manifest } = config.plugins.get(config.name) as unknown as { manifest: object };
    const partial = `${file}.${process.pid}`;
    writeFileSync(partial, JSON.stringify({ ...manifest, stamp }));
    renameSync(partial, file);
    return true;
  } catch {
    return false;
  }
}
