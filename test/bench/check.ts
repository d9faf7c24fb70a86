/**
 * `bootplan check` on bookworm, two architectures, beside dose-builddebcheck: the time, and whether both say the same.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { bootplanMeasured, dataFile, isInstalled, leftOut, measured, type Row } from './measure.ts';

export const name = 'check';

/** `name version` of each broken source in dose's YAML. */
const brokenIn = (yaml: string): string[] =>
  Array.from(
    yaml.matchAll(/^ {2}package: (\S+)\n {2}version: (\S+)$/gm),
    ([, source, version]) => `${source} ${version}`,
  );

function onArchitecture(architecture: string, packages: string, sources: string): readonly Row[] {
  const what = `all of bookworm main, ${architecture}`;
  const indices = ['--packages', packages, '--sources', sources];
  const ours = bootplanMeasured(['check', '-q', '--failures', '--format', 'dose', ...indices]);
  const row = { ...ours, what, limit: { user: 8 }, note: `${brokenIn(ours.stdout).length} broken` };
  if (!isInstalled('dose-builddebcheck')) return [row, leftOut('dose-builddebcheck', 'it is not installed')];
  const dose = measured('dose-builddebcheck', [`--deb-native-arch=${architecture}`, '-f', packages, sources]);
  const [we, they] = [new Set(brokenIn(ours.stdout)), new Set(brokenIn(dose.stdout))];
  const differing = [...we, ...they].filter((source) => !we.has(source) || !they.has(source)).sort();
  const note = `${they.size} broken; only one of us says so of: ${differing.join(', ') || 'none'}`;
  return [row, { ...dose, what: `dose-builddebcheck, ${architecture}`, peerOf: what, note }];
}

export async function run(): Promise<readonly Row[]> {
  const sources = dataFile('bookworm-main-Sources.xz');
  const scratch = mkdtempSync(join(tmpdir(), 'bootplan-bench-'));
  const plain = (file: string): string => {
    const path = join(scratch, basename(file, '.xz'));
    writeFileSync(path, measured('xz', ['-dc', file]).stdout);
    return path;
  };
  try {
    return ['amd64', 'arm64'].flatMap((architecture) => {
      const packages = dataFile(`bookworm-main-${architecture}-Packages.xz`);
      if (!packages || !sources) return [leftOut(architecture, 'no bookworm indices in $BOOTPLAN_DATA')];
      return onArchitecture(architecture, plain(packages), plain(sources));
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
