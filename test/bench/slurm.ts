/**
 * Fifty builds of a fifth of a second on a cluster of three nodes: what they take beside the engine's own dependencies.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasNginx, startNginx } from '../rig/cache-servers.ts';
import { root } from '../rig/program.ts';
import { releaseAll } from '../rig/release.ts';
import { type Cluster, hasSlurm, startSlurm } from '../rig/slurm.ts';
import { needsOf, smallBuilds } from '../rig/small-builds.ts';
import { leftOut, measured, type Row } from './measure.ts';

export const name = 'slurm';

const builds = 50;

/** Builds of the longest chain: so often something has to end before the next thing starts. */
const levels = (() => {
  const depths: number[] = [];
  for (let i = 0; i < builds; i++) depths.push(1 + Math.max(0, ...needsOf(i).map((n) => depths[n]!)));
  return Math.max(...depths);
})();

/** The same jobs without bootplan: Slurm knows their dependencies and does nothing but wait. Seconds. */
async function byTheEngine(cluster: Cluster): Promise<number> {
  const begun = performance.now();
  const ids: string[] = [];
  for (let i = 0; i < builds; i++) {
    const after = needsOf(i).map((n) => ids[n]);
    const dependency = after.length === 0 ? [] : [`--dependency=afterok:${after.join(':')}`];
    const wrap = ['--parsable', '--output=/dev/null', '--chdir=/', '--wrap=sleep 0.2'];
    ids.push(cluster.command('sbatch', ...dependency, ...wrap).trim());
  }
  while (cluster.command('squeue', '-h', '-o', '%i').trim() !== '') await sleep(100);
  return (performance.now() - begun) / 1000;
}

export async function run(): Promise<readonly Row[]> {
  const what = `${builds} builds of 0.2 s, three nodes`;
  if (!hasSlurm || !hasNginx) return [leftOut(what, 'no Slurm, or no nginx, or not root')];
  const home = mkdtempSync(join(tmpdir(), 'bootplan-bench-'));
  const nginx = await startNginx(join(home, 'nginx'));
  const cluster = await startSlurm(join(home, 'slurm'));
  try {
    const engine = await byTheEngine(cluster);
    const metadata = smallBuilds(join(home, 'metadata'), builds);
    const place = (state: string) => ['--metadata', metadata, '--state', join(home, state), '--no-image', '-q'];
    const onCluster = ['--executor', 'slurm', '--cache', `http://127.0.0.1:${nginx.port}`];
    const program = join(root, 'bin/bootplan');
    const begun = performance.now();
    const environment = Object.entries(cluster.environment).map(([key, value]) => `${key}=${value}`);
    const ran = measured('env', [...environment, program, 'run', ...place('there'), ...onCluster]);
    if (ran.code !== 0) throw new Error(ran.stderr);
    const wall = (performance.now() - begun) / 1000;
    const each = ((1000 * (wall - engine)) / builds).toFixed(0);
    const level = ((wall - engine) / levels).toFixed(2);
    return [
      { ...ran, what, wall, note: `${each} ms a build and ${level} s a level more than the engine alone` },
      { ...leftOut('  sleep, with dependencies of its own', `${levels} levels`), wall: engine },
    ];
  } finally {
    await releaseAll();
    rmSync(home, { recursive: true, force: true });
  }
}
