/** dose-builddebcheck as an oracle. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { files } from './program.ts';

/** Verdicts by source name and version, `true` for installable, as dose-builddebcheck gives them. */
export function doseVerdicts(
  directory: string,
  packages: string,
  sources: string,
  options: readonly string[] = [],
): Map<string, boolean> {
  files(directory, { Packages: packages, Sources: sources });
  const inputs = [join(directory, 'Packages'), join(directory, 'Sources')];
  const args = ['--deb-native-arch=amd64', '-f', '-s', ...options, ...inputs];
  const { stdout, stderr } = spawnSync('dose-builddebcheck', args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (!stdout.includes('broken-packages:')) throw new Error(`dose-builddebcheck: ${stdout}${stderr}`);
  const found = stdout.matchAll(/^ {2}package: (\S+)\n {2}version: (\S+)\n(?: {2}\S.*\n)*? {2}status: (ok|broken)$/gm);
  return new Map(Array.from(found, ([, name, version, status]) => [`${name} ${version}`, status === 'ok']));
}
