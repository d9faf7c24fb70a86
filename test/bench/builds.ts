/**
 * What a build costs beyond its commands: 200 sources whose recipe does next to nothing, planned, built and archived.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootplanMeasured, type Row } from './measure.ts';

export const name = 'builds';

const sources = 200;

const yaml = (source: string): string => `Source: ${source}
Version: "1"
Maintainer: A <a@example.org>
Build-Depends: tools
Packages:
  - Package: ${source}
    Architecture: all
    Description: nothing
    files: [usr/${source}]
recipe:
  steps:
    - install: |
        mkdir "$D/usr"
        : >"$D/usr/${source}"
`;

export async function run(): Promise<readonly Row[]> {
  const home = mkdtempSync(join(tmpdir(), 'bootplan-bench-'));
  try {
    const metadata = join(home, 'metadata');
    mkdirSync(metadata);
    writeFileSync(join(metadata, 'seed.yaml'), 'Seed: [{Package: tools, Version: "1", debian: [dash, coreutils]}]\n');
    for (let i = 0; i < sources; i++) writeFileSync(join(metadata, `s${i}.yaml`), yaml(`s${i}`));
    const options = ['--metadata', metadata, '--state', join(home, 'state'), '--no-image'];
    bootplanMeasured(['run', ...options, '--package', 's0']); // fetches and unpacks the seed
    const started = performance.now();
    const built = bootplanMeasured(['run', ...options, '-j2']);
    const wall = (performance.now() - started) / (sources - 1);
    const again = bootplanMeasured(['run', ...options, '-j2']);
    const row = (what: string, m: typeof built, note: string): Row => ({
      what,
      user: m.user,
      system: m.system,
      peak: m.peak,
      note: m.code === 0 ? note : m.stderr,
    });
    const cpu = ((built.user + built.system) / (sources - 1)) * 1000;
    return [
      {
        ...row(`${sources} builds of nothing`, built, `${cpu.toFixed(0)} ms CPU, ${wall.toFixed(0)} ms wall a build`),
        limit: { cpu: 0.1 * sources, peak: 200 },
      },
      { ...row('the same again', again, 'nothing to build'), limit: { cpu: 4, peak: 200 } },
    ];
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
