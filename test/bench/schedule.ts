/** How long a plan of sleeping builds really takes, two side by side, beside the least that any schedule must take. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { criticalPaths } from '../../src/runner/scheduling/schedule.ts';
import { bootplanMeasured, type Row } from './measure.ts';

export const name = 'schedule';

const sources = 24;
const jobs = 2;

interface Sleeper {
  readonly needs: readonly number[];
  readonly seconds: number;
}

/** The same plan for the same seed: chains and forks, sleeps of half a second to eight. */
function sleepers(seed: number): readonly Sleeper[] {
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Array.from({ length: sources }, (_, i) => ({
    seconds: (1 + random(16)) / 2,
    needs: i < 4 ? [] : [...new Set([random(i - 2), random(i - 2)])].sort((a, b) => a - b),
  }));
}

const sourceOf = (i: number): string => `s${String(i).padStart(2, '0')}`;

const yaml = ({ needs, seconds }: Sleeper, i: number, declared: boolean): string => `Source: ${sourceOf(i)}
Version: "1"
Maintainer: A <a@example.org>
Build-Depends: ${['tools', ...needs.map(sourceOf)].join(', ')}
Packages:
  - Package: ${sourceOf(i)}
    Architecture: all
    Description: nothing
    files: [usr/${sourceOf(i)}]
recipe:
${declared ? `  weight: ${seconds}\n` : ''}  steps:
    - install: |
        sleep ${seconds}
        mkdir "$D/usr"
        : >"$D/usr/${sourceOf(i)}"
`;

/** No schedule is shorter than the longest chain, nor than all the work shared out. */
function leastSeconds(plan: readonly Sleeper[]): number {
  const paths = criticalPaths(
    plan.map(({ needs }) => needs),
    (i) => plan[i]!.seconds,
  );
  return Math.max(...paths, plan.reduce((sum, { seconds }) => sum + seconds, 0) / jobs);
}

function measure(home: string, seed: number, declared: boolean): Row {
  const plan = sleepers(seed);
  const at = join(home, `${seed}-${declared}`);
  const [metadata, state] = [join(at, 'metadata'), join(at, 'state')];
  mkdirSync(metadata, { recursive: true });
  writeFileSync(join(metadata, 'seed.yaml'), 'Seed: [{Package: tools, Version: "1", debian: [dash, coreutils]}]\n');
  for (const [i, sleeper] of plan.entries())
    writeFileSync(join(metadata, `${sourceOf(i)}.yaml`), yaml(sleeper, i, declared));
  const run = (...more: string[]) =>
    bootplanMeasured(['run', '--metadata', metadata, '--state', state, '--no-image', `-j${jobs}`, ...more]);
  // What is fetched once is there; of what was built nothing is left but, where weights are to be learned, their
  // measure.
  run(...(declared ? ['--package', sourceOf(0)] : []));
  rmSync(join(state, 'cache'), { recursive: true, force: true });
  const started = performance.now();
  const { code, stderr, ...figures } = run();
  const wall = (performance.now() - started) / 1000;
  const least = leastSeconds(plan);
  return {
    what: `${sources} sleeping builds, -j${jobs}, plan ${seed}, weights ${declared ? 'declared' : 'learned'}`,
    ...figures,
    wall,
    limit: { wall: least * 1.1 },
    note: code === 0 ? `${((100 * wall) / least - 100).toFixed(1)} % over the least, ${least.toFixed(1)} s` : stderr,
  };
}

export async function run(): Promise<readonly Row[]> {
  const home = mkdtempSync(join(tmpdir(), 'bootplan-bench-'));
  try {
    return [measure(home, 1, true), measure(home, 2, true), measure(home, 1, false)];
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
