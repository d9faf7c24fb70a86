/**
 * A cluster of three nodes does the builds of a run; nodes, daemons, the controller and bootplan are killed meanwhile.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RunEvent } from '../src/events.ts';
import { runsHere } from '../src/runner/sandbox/runs-here.ts';
import { hasBazelWorker, hasNginx, type Server, startBazelWorker, startNginx } from './rig/cache-servers.ts';
import { files, root as program, scratch } from './rig/program.ts';
import { builtSource, toolsSeed } from './rig/project-rig.ts';
import { type Cluster, hasSlurm, startSlurm } from './rig/slurm.ts';
import { smallBuilds } from './rig/small-builds.ts';

/** Whether the kernel has kept i386 beside amd64: not every machine's does. */
const runsI386 = await runsHere('i386');

/** Builds of the run that things are killed in. */
const builds = Number(process.env.BOOTPLAN_CLUSTER_BUILDS ?? 12);

const root = scratch('cluster-');

const distribution = (count: number): string => smallBuilds(join(root, `distribution-${count}`), count);

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

function begin(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): { child: ChildProcess; end: Promise<Ended> } {
  const child = spawn(join(program, 'bin/bootplan'), [...args], {
    env: { ...process.env, ...environment, PATH: process.env.PATH ?? '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr!.on('data', (text: Buffer) => {
    stderr += text.toString();
  });
  return { child, end: new Promise((go) => child.on('exit', (code) => go({ code, stderr }))) };
}

/** What a command says with --json. */
async function answer(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ checks: { name: string; ok: boolean; found: string }[] }> {
  const child = spawn(join(program, 'bin/bootplan'), [...args], {
    env: { ...process.env, ...environment, PATH: process.env.PATH ?? '' },
  });
  let text = '';
  child.stdout.on('data', (piece: Buffer) => {
    text += piece.toString();
  });
  await new Promise((go) => child.on('exit', go));
  return JSON.parse(text) as { checks: { name: string; ok: boolean; found: string }[] };
}

const eventsOf = (state: string): RunEvent[] =>
  (existsSync(join(state, 'journal.ndjson')) ? readFileSync(join(state, 'journal.ndjson'), 'utf8') : '')
    .split('\n')
    .flatMap((line) => (line.endsWith('}') ? [JSON.parse(line) as RunEvent] : []));

const packagesOf = (state: string): string => readFileSync(join(state, 'archives/final/Packages'), 'utf8');

const finished = (state: string): number =>
  new Set(eventsOf(state).flatMap((event) => (event.type === 'build-finished' ? [event.build] : []))).size;

async function until(what: () => boolean): Promise<void> {
  for (let i = 0; i < 3000 && !what(); i++) await sleep(100);
}

describe('a farm or a cluster', () => {
  let nginx: Server;
  let cluster: Cluster;
  let state = 0;
  const fresh = (): string => join(root, `state-${state++}`);

  beforeAll(async () => {
    if (!hasSlurm || !hasNginx) return;
    nginx = await startNginx(join(root, 'nginx'));
    cluster = await startSlurm(join(root, 'slurm'), { n1: 'amd64', n2: 'amd64', n3: 'i386' });
  });

  const onSlurm = (metadata: string, directory: string): string[] => [
    'run',
    '--no-image',
    '--metadata',
    metadata,
    '--state',
    directory,
    '--cache',
    `http://127.0.0.1:${nginx.port}`,
    '--executor',
    'slurm',
  ];

  test.skipIf(!hasSlurm || !hasNginx)(
    'builds everything once although a node, a daemon, the controller and bootplan itself are killed',
    async () => {
      const metadata = distribution(builds);
      const here = fresh();
      expect((await begin(['run', '--no-image', '--metadata', metadata, '--state', here], {}).end).code).toBe(0);
      const there = fresh();
      const first = begin(onSlurm(metadata, there), cluster.environment);
      await until(() => finished(there) >= 2);
      cluster.killDaemon('n2');
      cluster.startNode('n2');
      cluster.killController();
      await sleep(1500);
      cluster.startController();
      await until(() => finished(there) >= Math.floor(builds / 3));
      first.child.kill('SIGKILL');
      await first.end;
      const second = begin(onSlurm(metadata, there), cluster.environment);
      await until(() => finished(there) >= Math.floor(builds / 2));
      cluster.killNode('n1');
      await sleep(2000);
      cluster.startNode('n1');
      const ended = await second.end;
      expect([ended.code, ended.stderr]).toEqual([0, expect.any(String)]);
      expect(packagesOf(there)).toBe(packagesOf(here));
      const runs = new Map<string, number>();
      for (const event of eventsOf(there))
        if (event.type === 'build-placed' && event.state === 'started')
          runs.set(event.build, (runs.get(event.build) ?? 0) + 1);
      // Two jobs at most ran on each node; the node, the controller and bootplan were killed once each.
      const again = [...runs.values()].reduce((sum, n) => sum + n - 1, 0);
      expect(again).toBeLessThanOrEqual(12);
    },
  );

  test.skipIf(!hasSlurm || !hasNginx)(
    'a second machine, with an empty state, builds nothing and fetches all',
    async () => {
      const metadata = distribution(builds);
      const directory = fresh();
      const args = [
        'run',
        '--no-image',
        '--metadata',
        metadata,
        '--state',
        directory,
        '--cache',
        `http://127.0.0.1:${nginx.port}`,
        '--cache-mode',
        'read',
      ];
      expect((await begin(args, {}).end).code).toBe(0);
      const how = eventsOf(directory).flatMap((event) => (event.type === 'build-finished' ? [event.how] : []));
      expect(new Set(how)).toEqual(new Set(['cache']));
      expect(how).toHaveLength(builds);
    },
  );

  test.skipIf(!hasSlurm || !hasNginx)('a build that fails there is reported here, and is not run again', async () => {
    const metadata = distribution(2);
    const file = join(metadata, 'pkg01.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('sleep 0.2', 'echo the compiler is ill >&2; exit 3'));
    const directory = fresh();
    const { code } = await begin(onSlurm(metadata, directory), cluster.environment).end;
    expect(code).toBe(1);
    const failures = eventsOf(directory).filter((event) => event.type === 'build-failed');
    expect(failures).toEqual([
      expect.objectContaining({ build: 'pkg01', step: 'install', exitCode: 3, retriable: false }),
    ]);
    const logs = join(directory, 'logs');
    expect(readFileSync(join(logs, readdirSync(logs).find((name) => name.startsWith('pkg01'))!), 'utf8')).toMatch(
      /the compiler is ill/,
    );
  });

  /** Which processor a build believes to be on, and what it is for. */
  const ofTwo = (): string =>
    files(join(root, `machines-${state++}`), {
      'seed.yaml': toolsSeed,
      'tool.yaml': builtSource('tool', 'tools:native', 'echo "$DEB_BUILD_ARCH $DEB_HOST_ARCH $(uname -m)" >greeting'),
      'app.yaml': builtSource('app', 'tools:native, tool:native', 'cp /usr/share/tool/greeting greeting'),
    });
  const machines = (name: string, text: string): string[] => {
    writeFileSync(join(root, name), text);
    return ['--executor-config', join(root, name)];
  };
  const greetingOf = (directory: string, source: string): string => {
    const pool = join(directory, 'archives/final/pool');
    const deb = globSync(`${pool}/**/${source}_*.deb`)[0]!;
    const tar = execFileSync('dpkg-deb', ['--fsys-tarfile', deb]);
    return execFileSync('tar', ['-xO', `./usr/share/${source}/greeting`], { input: tar, encoding: 'utf8' }).trim();
  };
  const ledgerOf = (directory: string): { build: string; crossCompiledBy?: string }[] =>
    readFileSync(join(directory, 'ledger.ndjson'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { build: string; crossCompiledBy?: string });
  const nodesOf = (directory: string): Set<string> =>
    new Set(
      eventsOf(directory).flatMap((event) =>
        event.type === 'build-placed' && event.state === 'started' ? [event.node] : [],
      ),
    );

  // A kernel of amd64 mostly runs i386 as well, so the programs of that seed are real ones there.
  test.skipIf(!hasSlurm || !hasNginx || !runsI386)(
    'what has machines of its own is built natively on them, what has none is crossed',
    async () => {
      const metadata = ofTwo();
      const place = 'placement: {amd64: [--constraint=amd64], i386: [--constraint=i386]}\n';
      const directory = fresh();
      const asked = [...onSlurm(metadata, directory), '--arch', 'amd64,i386,riscv64', ...machines('own.yaml', place)];
      expect(await begin(asked, cluster.environment).end).toEqual({ code: 0, stderr: expect.any(String) });
      const of = (name: string): string => join(directory, 'arch', name);
      expect(nodesOf(of('i386'))).toEqual(new Set(['n3']));
      for (const other of [directory, of('riscv64')])
        expect([...nodesOf(other)].sort().join()).toMatch(/^n1(,n2)?$|^n2$/);
      expect(greetingOf(of('i386'), 'app')).toBe('i386 i386 i686');
      expect(greetingOf(directory, 'app')).toBe('amd64 amd64 x86_64');
      // It was copied from the tool of the machine that builds.
      expect(greetingOf(of('riscv64'), 'app')).toBe('amd64 amd64 x86_64');
      expect(greetingOf(of('riscv64'), 'tool')).toBe('amd64 riscv64 x86_64');
      expect(ledgerOf(of('i386')).filter((entry) => entry.crossCompiledBy !== undefined)).toEqual([]);
      expect(ledgerOf(of('riscv64')).map((entry) => entry.crossCompiledBy !== undefined)).toContain(true);
      const again = await begin([...asked, '--json'], cluster.environment).end;
      expect(again.code).toBe(0);
      expect((await begin(['verify', '--state', directory], {}).end).code).toBe(0);
      // Without those machines it would be crossed, which is another plan.
      const here = ['run', '--no-image', '--metadata', metadata, '--state', directory, '--arch', 'amd64,i386'];
      expect(await begin(here, {}).end).toEqual({ code: 78, stderr: expect.stringContaining('another plan') });
    },
  );

  test.skipIf(!hasSlurm || !hasNginx)('a machine refuses what it cannot run, and the run says so', async () => {
    const directory = fresh();
    const wrong = machines('wrong.yaml', 'placement: {arm64: [--constraint=amd64]}\n');
    const args = [...onSlurm(ofTwo(), directory), '--arch', 'arm64', '--no-keep-going', ...wrong];
    const { code } = await begin(args, cluster.environment).end;
    expect(code).toBe(1);
    expect(eventsOf(join(directory, 'arch/arm64'))).toContainEqual(
      expect.objectContaining({
        type: 'build-failed',
        message: expect.stringMatching(/5 nodes were lost: n[12]: the job is for arm64, and this is amd64/),
      }),
    );
  });

  test.skipIf(!hasSlurm || !hasNginx)('doctor says of each architecture whether a machine would take it', async () => {
    const place = 'placement: {i386: [--constraint=i386], arm64: [--constraint=neoverse]}\n';
    const asked = ['doctor', '--json', '--executor', 'slurm', '--cache', `http://127.0.0.1:${nginx.port}`];
    const { checks } = await answer([...asked, ...machines('some.yaml', place)], cluster.environment);
    expect(checks.filter(({ name }) => name.startsWith('slurm '))).toEqual([
      expect.objectContaining({ name: 'slurm i386', ok: true, found: 'a build would start on n3' }),
      expect.objectContaining({ name: 'slurm arm64', ok: false, found: expect.stringMatching(/feature/i) }),
    ]);
    const where = async (text: string) =>
      (await answer([...asked, ...machines('one.yaml', text)], cluster.environment)).checks.filter(({ name }) =>
        name.startsWith('machine of '),
      );
    expect(await where('placement: {arm64: [--constraint=amd64]}\n')).toEqual([
      expect.objectContaining({
        ok: false,
        found: expect.stringMatching(/^n[12], of amd64, has bootplan and reaches/),
      }),
    ]);
    expect(await where('command: [/opt/nowhere/bootplan]\n')).toEqual([
      expect.objectContaining({ ok: false, found: expect.stringMatching(/^a job( on n\d)? ended without a word$/) }),
    ]);
  });

  test.skipIf(!hasSlurm || !hasNginx)('doctor tries the cache and the cluster, and says what is missing', async () => {
    const asked = ['doctor', '--json', '--executor', 'slurm', '--cache', `http://127.0.0.1:${nginx.port}`];
    const [good, bad] = [
      answer(asked, cluster.environment),
      answer(asked, { ...cluster.environment, SLURM_CONF: '/dev/null' }),
    ];
    const rows = (await good).checks.filter(({ name }) => /^(slurm$|cache |machine of )/.test(name));
    expect(rows).toEqual([
      expect.objectContaining({ ok: true, found: 'takes and gives contents and results' }),
      expect.objectContaining({ ok: true, found: expect.stringMatching(/^3 nodes with 6 cores take jobs/) }),
      expect.objectContaining({
        ok: true,
        found: expect.stringMatching(/^n\d, of amd64, has bootplan and reaches the cache$/),
      }),
    ]);
    expect((await bad).checks.find(({ name }) => name === 'slurm')).toMatchObject({ ok: false });
  });

  test.skipIf(!hasSlurm || !hasNginx)(
    'a secret of the cache is in no log, no record, no process that others see',
    async () => {
      const secret = 'Swordfish-4711-secret';
      const place = join(root, 'guarded');
      mkdirSync(place);
      const hash = execFileSync('openssl', ['passwd', '-apr1', secret], { encoding: 'utf8' }).trim();
      writeFileSync(join(place, 'users'), `porter:${hash}\n`);
      writeFileSync(join(place, 'word'), `${secret}\n`, { mode: 0o600 });
      writeFileSync(join(place, 'access.yaml'), 'user: porter\npassword: word\n');
      execFileSync('chmod', ['0755', root]);
      const guarded = await startNginx(join(root, 'guarded-nginx'), {
        server: `auth_basic x; auth_basic_user_file ${place}/users;`,
      });
      const directory = fresh();
      const seen: string[] = [];
      const watch = setInterval(() => {
        for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
          for (const file of ['cmdline', 'environ'])
            try {
              const text = readFileSync(`/proc/${pid}/${file}`, 'latin1');
              if (text.includes(secret) && Number(pid) !== process.pid) seen.push(`${file}: ${text.slice(0, 80)}`);
            } catch {
              // It has ended.
            }
      }, 200);
      try {
        const args = onSlurm(distribution(3), directory).map((word) =>
          word.startsWith('http:') ? `http://127.0.0.1:${guarded.port}` : word,
        );
        const run = await begin([...args, '--cache-access', join(place, 'access.yaml')], cluster.environment).end;
        expect(run.code).toBe(0);
        expect(run.stderr).not.toContain(secret);
        expect(seen).toEqual([]);
        expect(
          spawnSync('grep', [
            '-rlF',
            '-e',
            secret,
            '-e',
            Buffer.from(`porter:${secret}`).toString('base64'),
            directory,
            join(root, 'guarded-nginx/cache'),
            join(root, 'slurm/log'),
          ]).stdout.toString(),
        ).toBe('');
      } finally {
        clearInterval(watch);
      }
    },
  );

  const onFarm = (worker: Server, metadata: string, directory: string): readonly string[] => {
    const farm = `grpc://127.0.0.1:${worker.grpcPort}`;
    return ['run', '--no-image', '--metadata', metadata, '--state', directory, '--executor', farm];
  };

  test.skipIf(!hasBazelWorker)('a farm of the Remote Execution API yields the same archive', async () => {
    const metadata = distribution(3);
    const worker = await startBazelWorker(join(root, 'worker'));
    const [here, there] = [fresh(), fresh()];
    expect((await begin(['run', '--no-image', '--metadata', metadata, '--state', here], {}).end).code).toBe(0);
    expect(await begin(onFarm(worker, metadata, there), {}).end).toEqual({ code: 0, stderr: expect.any(String) });
    expect(packagesOf(there)).toBe(packagesOf(here));
  });

  test.skipIf(!hasBazelWorker || !runsI386)(
    'a worker is asked for by what the file says of its architecture',
    async () => {
      // This farm has one worker, which is both.
      const worker = await startBazelWorker(join(root, 'worker-of-both'));
      const both = fresh();
      const place = machines('farm.yaml', 'platform: {i386: {ISA: a-worker-of-i386}}\n');
      expect(await begin([...onFarm(worker, ofTwo(), both), '--arch', 'i386', ...place], {}).end).toEqual({
        code: 0,
        stderr: expect.stringContaining('built i386/app'),
      });
      expect(eventsOf(both).filter((event) => event.type === 'build-started')).toEqual([]);
      expect(greetingOf(join(both, 'arch/i386'), 'app')).toBe('i386 i386 i686');
      const asked = spawnSync('grep', [
        '-rlaF',
        'a-worker-of-i386',
        join(root, 'worker-of-both/cas'),
      ]).stdout.toString();
      // An action and a command of each build.
      expect(asked.trim().split('\n')).toHaveLength(4);
    },
  );
});
