/**
 * Real servers of caches on the loopback, started by the tests and stopped after them: nginx with WebDAV, and Bazel's
 * own worker.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, globSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { whenDone } from './release.ts';

export interface Server {
  readonly port: number;
  /** Of Bazel's worker: the port that speaks gRPC, `port` being the one for HTTP. */
  readonly grpcPort?: number;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

export const hasNginx = existsSync('/usr/sbin/nginx');
const workerSources = '/usr/src/bazel-bootstrap/src/tools/remote/src/main/java';
const bazelJar = '/usr/share/bazel/A-server.jar';
export const hasBazelWorker = existsSync(workerSources) && existsSync(bazelJar) && existsSync('/usr/bin/javac');

/** A port that nobody uses now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function listening(port: number, process: ChildProcess): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (process.exitCode !== null) throw new Error(`the server ended with ${process.exitCode}`);
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
    });
    if (open) return;
    await sleep(100);
  }
  throw new Error(`nobody listens at ${port}`);
}

/** Ends a server that has been started; so does the end of the test file. */
function stopper(process: ChildProcess): () => Promise<void> {
  const stop = async () => {
    if (process.exitCode !== null || process.signalCode !== null) return;
    const gone = new Promise((resolve) => process.once('exit', resolve));
    process.kill('SIGTERM');
    const timer = setTimeout(() => process.kill('SIGKILL'), 5000);
    await gone;
    clearTimeout(timer);
  };
  whenDone(stop);
  return stop;
}

export interface NginxOptions {
  /** Lines in the server block, such as `auth_basic`. */
  readonly server?: string;
  /** PEM files of the server. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** The configuration that docs/clusters.md shows, with ports and places of a test. */
export async function startNginx(directory: string, options: NginxOptions = {}): Promise<Server> {
  const port = await freePort();
  for (const part of ['cache/ac', 'cache/cas', 'tmp'])
    mkdirSync(join(directory, part), { recursive: true, mode: 0o777 });
  execFileSync('chmod', ['-R', '0777', directory]);
  const tls = options.tls && `ssl_certificate ${options.tls.certificate}; ssl_certificate_key ${options.tls.key};`;
  writeFileSync(
    join(directory, 'nginx.conf'),
    `daemon off;${process.getuid?.() === 0 ? ' user root;' : ''} pid ${directory}/pid; error_log ${directory}/error.log; worker_processes 2;
events { worker_connections 512; }
http {
  access_log off; sendfile on; client_max_body_size 0; client_body_temp_path ${directory}/tmp;
  server {
    listen 127.0.0.1:${port}${tls ? ' ssl' : ''}; ${tls ?? ''}
    ${options.server ?? ''}
    location ~ "^/(ac|cas)/[0-9a-f]{64}$" { root ${directory}/cache; dav_methods PUT; }
    location / { return 403; }
  }
}
`,
  );
  const nginx = spawn('/usr/sbin/nginx', ['-c', join(directory, 'nginx.conf'), '-e', join(directory, 'error.log')], {
    stdio: 'ignore',
  });
  const stop = stopper(nginx);
  await listening(port, nginx);
  return { port, process: nginx, stop };
}

/** The classes of Bazel's worker, compiled once on a machine from Debian's source package. */
function workerClasses(): string {
  const classes = join(tmpdir(), `bazel-worker-classes-${process.getuid?.() ?? 0}`);
  if (existsSync(join(classes, 'done'))) return classes;
  mkdirSync(classes, { recursive: true });
  const sources = globSync(`${workerSources}/**/*.java`).sort();
  execFileSync('javac', ['-nowarn', '-cp', bazelJar, '-d', classes, ...sources], { stdio: 'ignore' });
  writeFileSync(join(classes, 'done'), '');
  return classes;
}

export async function startBazelWorker(directory: string, flags: readonly string[] = []): Promise<Server> {
  const [port, grpcPort] = [await freePort(), await freePort()];
  for (const part of ['work', 'cas']) mkdirSync(join(directory, part), { recursive: true });
  const worker = spawn(
    'java',
    [
      '-Xmx512m',
      '-cp',
      `${workerClasses()}:${bazelJar}`,
      'com.google.devtools.build.remote.worker.RemoteWorker',
      `--work_path=${directory}/work`,
      `--cas_path=${directory}/cas`,
      `--listen_port=${grpcPort}`,
      `--http_listen_port=${port}`,
      ...flags,
    ],
    { stdio: ['ignore', 'ignore', 'ignore'] },
  );
  const stop = stopper(worker);
  await listening(grpcPort, worker);
  await listening(port, worker);
  return { port, grpcPort, process: worker, stop };
}
