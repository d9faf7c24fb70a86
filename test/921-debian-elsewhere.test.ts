/** A cycle of two Debian sources on a cluster: the same packages and the same records as on this machine. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasNginx, startNginx } from './rig/cache-servers.ts';
import { baseIndex, type MadeSource, smallDebian } from './rig/debian-rig.ts';
import { root as program, scratch } from './rig/program.ts';
import { hasSlurm, startSlurm } from './rig/slurm.ts';

const able = hasSlurm && hasNginx;
const base = able ? await baseIndex() : undefined;
const here = scratch('debian-elsewhere-');

const made = (name: string, needs: string, script: string): MadeSource => ({
  name,
  version: '1',
  needs,
  binary: `${name}-dev`,
  archived: '1+deb12u1',
  script,
});
const alpha = made(
  'alpha',
  'beta-dev <!stage1>',
  'mkdir -p tree/usr/share/alpha; cat /usr/share/beta/origin >tree/usr/share/alpha/origin || test -n "$${DEB_BUILD_PROFILES}"',
);
const beta = made(
  'beta',
  'alpha-dev',
  'mkdir -p tree/usr/share/beta; test -f /usr/share/alpha/origin && echo built >tree/usr/share/beta/origin',
);

interface Made {
  readonly packages: string;
  /** The ledger, without what tells when and where. */
  readonly ledger: readonly unknown[];
  readonly placed: number;
  readonly built: number;
}

describe.skipIf(base === undefined)('Debian sources on other machines', () => {
  test('come out as they do here, with the same record of what was installed', { timeout: 1_200_000 }, async () => {
    const archive = smallDebian(join(here, 'archive'), base!, [alpha, beta]);
    const run = async (name: string, more: readonly string[], environment: NodeJS.ProcessEnv): Promise<Made> => {
      const state = join(here, name);
      const args = ['run', ...archive, '--state', state, '--no-image', ...more];
      const child = spawn(join(program, 'bin/bootplan'), args, {
        env: { ...process.env, ...environment, PATH: process.env.PATH ?? '' },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let stderr = '';
      child.stderr.on('data', (piece: Buffer) => {
        stderr += piece.toString();
      });
      const code = await new Promise((go) => child.on('close', go));
      expect(code, stderr.slice(-4000)).toBe(0);
      const lines = (file: string) =>
        readFileSync(join(state, file), 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Record<string, unknown>);
      const events = lines('journal.ndjson');
      return {
        packages: readFileSync(join(state, 'archives/final/Packages'), 'utf8'),
        ledger: lines('ledger.ndjson').map(({ build, archive: to, tainted, installed }) => ({
          build,
          to,
          tainted,
          installed,
        })),
        placed: new Set(events.flatMap((event) => (event.type === 'build-placed' ? [event.build] : []))).size,
        built: events.filter((event) => event.type === 'build-finished').length,
      };
    };
    const local = await run('local', [], {});
    const nginx = await startNginx(join(here, 'nginx'));
    const cluster = await startSlurm(join(here, 'slurm'));
    const onCluster = ['--executor', 'slurm', '--cache', `http://127.0.0.1:${nginx.port}`];
    const there = await run('there', onCluster, cluster.environment);
    expect(there.placed).toBe(local.built);
    expect(there.packages).toBe(local.packages);
    expect(there.ledger).toEqual(local.ledger);
    const second = await run('second', [...onCluster.slice(2), '--cache-mode', 'read'], {});
    expect([second.placed, second.packages, second.ledger]).toEqual([0, local.packages, local.ledger]);
  });
});
