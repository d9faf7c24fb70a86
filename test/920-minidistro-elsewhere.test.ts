/**
 * The mini-distribution built by a cluster and by a farm: the bytes of the archives and of the image are those made
 * here.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RunEvent } from '../src/events.ts';
import { takeOver } from './rig/built-minidistro.ts';
import { hasBazelWorker, hasNginx, type Server, startBazelWorker, startNginx } from './rig/cache-servers.ts';
import { root as program, scratch } from './rig/program.ts';
import { type Cluster, hasSlurm, startSlurm } from './rig/slurm.ts';

const minutes = 60_000;
const metadata = join(program, 'metadata/minidistro');

const here = scratch('elsewhere-');

interface Made {
  /** Archive -> its index: names, versions, sizes and digests of all packages. */
  readonly packages: Readonly<Record<string, string>>;
  readonly image: string;
  /** Build -> the machine or job that did it; what came from the cache is not in it. */
  readonly placed: ReadonlySet<string>;
  readonly how: readonly string[];
}

/** A whole run with its image, in a state of its own. */
async function make(name: string, more: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Made> {
  const state = join(here, name);
  const args = ['run', '--json', '--no-boot', '--metadata', metadata, '--state', state, ...more];
  const child = spawn(join(program, 'bin/bootplan'), args, {
    env: { ...process.env, ...environment, PATH: process.env.PATH ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (piece: Buffer) => {
    stdout += piece.toString();
  });
  child.stderr.on('data', (piece: Buffer) => {
    stderr += piece.toString();
  });
  const code = await new Promise((go) => child.on('close', go));
  expect(code, stderr.slice(-3000)).toBe(0);
  const events = readFileSync(join(state, 'journal.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);
  return {
    packages: Object.fromEntries(
      ['stage1', 'stage2', 'interim', 'final'].map((archive) => [
        archive,
        readFileSync(join(state, 'archives', archive, 'Packages'), 'utf8'),
      ]),
    ),
    image: (JSON.parse(stdout) as { image: { sha256: string } }).image.sha256,
    placed: new Set(events.flatMap((event) => (event.type === 'build-placed' ? [event.build] : []))),
    how: events.flatMap((event) => (event.type === 'build-finished' ? [event.how] : [])),
  };
}

describe.skipIf(!hasSlurm || !hasNginx)('the mini-distribution on other machines', () => {
  let nginx: Server;
  let cluster: Cluster;
  let local: Made;
  beforeAll(async () => {
    nginx = await startNginx(join(here, 'nginx'));
    cluster = await startSlurm(join(here, 'slurm'));
    takeOver(join(here, 'local'));
    local = await make('local', []);
  }, 20 * minutes);

  test('a cluster of three nodes makes the same archive and the same image', { timeout: 20 * minutes }, async () => {
    const cache = `http://127.0.0.1:${nginx.port}`;
    const there = await make('slurm', ['--executor', 'slurm', '--cache', cache], cluster.environment);
    expect(there.placed.size).toBe(local.how.length);
    expect(there.packages).toEqual(local.packages);
    expect(there.image).toBe(local.image);
  });

  test('a second machine builds nothing: all of it is fetched', async () => {
    const second = await make('second', ['--cache', `http://127.0.0.1:${nginx.port}`, '--cache-mode', 'read']);
    expect(new Set(second.how)).toEqual(new Set(['cache']));
    expect(second.packages).toEqual(local.packages);
    expect(second.image).toBe(local.image);
  });

  test.skipIf(!hasBazelWorker)('a farm does, too', { timeout: 20 * minutes }, async () => {
    const worker = await startBazelWorker(join(here, 'worker'));
    const there = await make('farm', ['--executor', `grpc://127.0.0.1:${worker.grpcPort}`]);
    expect(there.placed.size).toBe(local.how.length);
    expect(there.packages).toEqual(local.packages);
    expect(there.image).toBe(local.image);
  });
});
